"""The log as people see it: on stderr, above the progress, and unable to steer the terminal."""

from __future__ import annotations

import logging
import sys

from maturity.terminal.plain import printable, write


class Messages(logging.Handler):
    """Prints messages to what is stderr at that time: while progress is shown, that is the place above it."""

    def emit(self, record: logging.LogRecord) -> None:
        """Print one message."""
        write(printable(self.format(record)), sys.stderr)


def show_messages(level: int = logging.WARNING) -> None:
    """Print what is logged from this level on."""
    logging.basicConfig(level=level, format="%(message)s", handlers=[Messages()])
    logging.getLogger().setLevel(level)
