"""Text of others on a terminal: signs that would steer it are shown by their code, here and in every log message."""

from __future__ import annotations

import logging
import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but for tab and line feed, what turns the direction of writing, and bytes that are no UTF-8."""


_COMMAND = re.compile(r"^([ \t]*:)(?=:)|##(?=\[|vso\[|teamcity\[)", re.MULTILINE)
"""What a job's log takes for a command: GitHub `::` first on a line and `##[` anywhere, Azure and TeamCity likewise."""


def plain(text: str) -> str:
    """The text with such signs written as in a Python string; line feeds and tabs stay. It commands no CI system."""
    return inert(_STEERING.sub(lambda match: ascii(match[0])[1:-1], text))


def inert(text: str) -> str:
    """The text with a blank in what a CI system would obey, where a tool or a test printed it into our log."""
    return _COMMAND.sub(lambda match: f"{match[0]} ", text)


class _Plain(logging.Filter):
    """Makes every message plain."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message; all records pass."""
        record.msg, record.args = plain(record.getMessage()), ()
        return True


log = logging.getLogger("maturity")
"""The logger of the whole package."""

log.addFilter(_Plain())
