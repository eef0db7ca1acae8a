"""Globs over the paths that a walk has found: what they match is inside the root, and no link is followed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from difflib import get_close_matches
from fnmatch import fnmatchcase

MAGIC = frozenset("*?[")


class Paths:
    """Files and directories by the directory that they are in, for `expand`."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._names: defaultdict[str, list[str]] = defaultdict(list)
        self._all = {"", *paths}
        for path in self._all - {""}:
            directory, _, name = path.rpartition("/")
            self._names[directory].append(name)

    def expand(self, pattern: str) -> set[str]:
        """The paths that a glob matches, as Python's own `glob` with `recursive` reads it, without slashes at the end.

        `**` alone between slashes is any number of directories; a slash at the end asks for directories. A name that
        begins with a dot has to be asked for.
        """
        found = {""}
        parts = [part for part in pattern.split("/") if part not in ("", ".")]
        for number, part in enumerate(parts, 1):
            if part == "**":
                found = self._below(found & self._names.keys())
                if number < len(parts):
                    found &= self._names.keys()
            elif MAGIC.isdisjoint(part):
                found = {join(start, part) for start in found} & self._all
            else:
                found = {
                    join(start, name) for start in found for name in self._names.get(start, ()) if fits(name, part)
                }
        if pattern.endswith("/"):
            found &= self._names.keys()
        return found - {""}

    def nearest(self, pattern: str) -> str | None:
        """The glob with names that exist for those that do not, if such names are near; it matches something."""
        parts: list[str] = []
        for part in pattern.strip("/").split("/"):
            known = self.expand("/".join([*parts, part]))
            name = part.rstrip("*")
            if not known and MAGIC.isdisjoint(name):
                starts = self.expand("/".join(parts)) if parts else {""}
                names = sorted({name for start in starts for name in self._names.get(start, ())})
                close = get_close_matches(name, names, n=1)
                if not close:
                    return None
                part = close[0] + part[len(name) :]
            parts.append(part)
        near = "/".join(parts)
        return near if self.expand(near) else None

    def _below(self, starts: Iterable[str]) -> set[str]:
        """Some paths, and everything below them whose names do not begin with a dot."""
        seen = set(starts)
        waiting = list(seen)
        while waiting:
            path = waiting.pop()
            inner = {join(path, name) for name in self._names.get(path, ()) if not name.startswith(".")} - seen
            seen |= inner
            waiting += inner
        return seen


def fits(name: str, part: str) -> bool:
    """Whether a name matches one part of a glob."""
    return fnmatchcase(name, part) and (part.startswith(".") or not name.startswith("."))


def join(directory: str, name: str) -> str:
    """A path."""
    return f"{directory}/{name}" if directory else name
