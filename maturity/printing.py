"""Text of others on a terminal: signs that would steer it are shown by their code, here and in every log message."""

from __future__ import annotations

import logging
import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but for tab and line feed, what turns the direction of writing, and bytes that are no UTF-8."""


def plain(text: str) -> str:
    """The text with such signs written as in a Python string; line feeds and tabs stay."""
    return _STEERING.sub(lambda match: ascii(match[0])[1:-1], text)


class _Plain(logging.Filter):
    """Makes every message plain."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the message; all records pass."""
        record.msg, record.args = plain(record.getMessage()), ()
        return True


log = logging.getLogger("maturity")
"""The logger of the whole package."""

log.addFilter(_Plain())
