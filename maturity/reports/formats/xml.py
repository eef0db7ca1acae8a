"""Text inside XML 1.0: what may not stand there, even escaped, is replaced."""

from __future__ import annotations

import re

# https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def escaped(text: str) -> str:
    """The text for an element or a double-quoted attribute; a sign that XML cannot have becomes U+FFFD."""
    return "".join(_ESCAPES.get(sign, sign) for sign in _FORBIDDEN.sub("\ufffd", text))
