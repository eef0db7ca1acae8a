"""Command lines, read the same way everywhere."""

from __future__ import annotations

import argparse
from typing import NoReturn

from maturity.errors import UsageError


class Parser(argparse.ArgumentParser):
    """argparse, with our exit code for wrong arguments; options are typed in full."""

    def __init__(self, prog: str, description: str, epilog: str | None = None) -> None:
        super().__init__(prog, description=description, epilog=epilog, allow_abbrev=False)
        self.formatter_class = argparse.RawDescriptionHelpFormatter

    def error(self, message: str) -> NoReturn:
        """Say what is wrong; raises UsageError."""
        raise UsageError(f"{message}\n{self.format_usage().rstrip()}")
