"""Text from tools and people, made safe for a generated region: it reads as itself and can do nothing else."""

from __future__ import annotations

import re

from maturity.markdown.markers import looks_like_marker

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&])")
_BACKTICKS = re.compile(r"`+")


def one_line(text: str, limit: int = 300) -> str:
    """The text on one printable line, cut with an ellipsis where it is longer than `limit` characters."""
    words = "".join(sign if sign.isprintable() else " " for sign in text).split()
    line = " ".join(words)
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def code(text: str) -> str:
    """A code span; its fence is longer than any run of backticks in the text (CommonMark 0.31, section 6.1).

    What looks like a marker of ours becomes prose: a marker is one wherever it stands.
    """
    line = one_line(text) or " "
    if looks_like_marker(line):
        return prose(line)
    fence = "`" * (1 + max((len(run) for run in _BACKTICKS.findall(line)), default=0))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def prose(text: str) -> str:
    """Plain words inside a line: every sign that could mean something in Markdown is escaped.

    What looks like a marker of ours gets another first sign: an escape would not do, for formatters choose their own.
    """
    line = one_line(text)
    if looks_like_marker(line):
        line = line.replace("<!-", "‹!-")
    return _SPECIAL.sub(r"\\\1", line)


def title(text: str) -> str:
    """The words of a heading; the signs that could close it (CommonMark 0.31, section 4.2) are escaped too."""
    line = prose(text)
    bare = line.rstrip("#")
    return bare + "\\#" * (len(line) - len(bare))
