"""Command lines, read the same way everywhere."""

from __future__ import annotations

import argparse
from typing import NoReturn

from maturity.errors import UsageError


class Parser(argparse.ArgumentParser):
    """argparse, with our exit code for wrong arguments."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong; raises UsageError."""
        raise UsageError(f"{message}\n{self.format_usage().rstrip()}")
