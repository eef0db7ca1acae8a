"""What `git diff --unified=0` says → the lines that a change added, by file as it is now. Text to text."""

from __future__ import annotations

import re
from collections.abc import Mapping

WORDS = ("diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--find-renames", "--relative")
QUIET = ("--ignore-all-space", "--ignore-blank-lines", "--src-prefix=a/", "--dst-prefix=b/")
"""A line that has only moved to the right is no new code; a renamed file is compared with what it was."""

_HUNK = re.compile(rb"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@")
_ESCAPED = re.compile(rb'\\(?:([abfnrtv"\\])|([0-7]{3}))')
_SIGNS = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


def added_lines(printed: bytes) -> Mapping[str, frozenset[int]]:
    """The lines, from 1, that are new or changed in each file; files that are gone have none."""
    found: dict[str, set[int]] = {}
    path: str | None = None
    left = 0
    for line in printed.split(b"\n"):
        if left > 0 and line[:1] in (b"+", b"-", b"\\"):
            left -= line[:1] == b"+"
            continue
        hunk = _HUNK.match(line)
        if hunk is not None and path is not None:
            first, left = int(hunk[1]), int(hunk[2] or 1)
            found.setdefault(path, set()).update(range(first, first + left))
        elif line.startswith(b"+++ "):
            path = _path(line[4:])
    return {path: frozenset(lines) for path, lines in found.items()}


def _path(word: bytes) -> str | None:
    """The path in a `+++` line, None for /dev/null; git quotes names with odd signs as C does."""
    word = word.rstrip(b"\t")
    if word.startswith(b'"'):
        word = _ESCAPED.sub(lambda m: _SIGNS.get(m[1], m[1]) if m[1] else bytes([int(m[2], 8)]), word[1:-1])
    return word[2:].decode("utf-8", "surrogateescape") if word.startswith(b"b/") else None
