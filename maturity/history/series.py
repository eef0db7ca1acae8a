"""Commits → the versions of each document, oldest first, under all the names that it had."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maturity.git.history import Change, Commit
from maturity.history.reading import Said

ALIKE = 0.5
"""The share of lines that two documents have in common at least, where one is the other under a new name."""

Text = Callable[[str], bytes | None]
"""The bytes of a blob, None where this clone does not have them."""


@dataclass(frozen=True)
class Version:
    """A document in one commit; `blob` None: the commit removed it."""

    commit: Commit
    path: str
    blob: str | None


@dataclass(frozen=True)
class Point:
    """What a document said from one commit on; `said` None: there was no document."""

    commit: str
    time: int
    path: str
    said: Said | None


@dataclass(frozen=True)
class Series:
    """The points of one component, oldest first, and how many versions of its document could not be read."""

    points: tuple[Point, ...]
    unreadable: int = 0


class Log:
    """Commits, newest first, by the paths that they changed."""

    def __init__(self, commits: Sequence[Commit]) -> None:
        self._commits = commits
        self._removed = [[change for change in commit.changes if change.blob is None] for commit in commits]
        self._changes: defaultdict[str, list[tuple[int, Change]]] = defaultdict(list)
        for number, commit in enumerate(commits):
            for change in commit.changes:
                self._changes[change.path].append((number, change))

    def versions(self, path: str, text: Text) -> list[Version]:
        """The versions of the document that is at `path` now, oldest first.

        Where a commit adds a path, and removes another with the same bytes, the same component's name or mostly the
        same lines, the document was moved, and goes on under its former name.
        """
        found: list[Version] = []
        waiting = [(path, 0)]
        while waiting:
            path, newest = waiting.pop()
            for number, change in self._changes.get(path, ()):
                if number < newest:
                    continue
                commit = self._commits[number]
                found.append(Version(commit, path, change.blob))
                former = None if change.before is not None else origin(change, self._removed[number], text)
                if former is not None:
                    waiting.append((former, number + 1))
                    break
        return found[::-1]


def origin(added: Change, removed: Sequence[Change], text: Text) -> str | None:
    """The path that an added document had before its commit, among those that this removes; None if it is new."""
    if not removed:
        return None
    for change in removed:
        if change.before == added.blob:
            return change.path
    named = [change for change in removed if named_after(change.path) == named_after(added.path)]
    if len(named) == 1:
        return named[0].path
    content = text(added.blob or "")
    alike = [(shared_lines(content, text(change.before or "")), change.path) for change in removed]
    share, path = max(alike, default=(0.0, ""))
    return path if share >= ALIKE else None


def named_after(path: str) -> str:
    """What a document is called after: the stem of `carbon.MATURITY.md`, else its directory."""
    stem = posixpath.basename(path).rpartition(".")[0].removesuffix("MATURITY").removesuffix(".")
    return stem or posixpath.basename(posixpath.dirname(path))


def shared_lines(one: bytes | None, other: bytes | None) -> float:
    """The share of the lines of two texts that both have, from 0 to 1; what does not exist shares nothing."""
    if one is None or other is None:
        return 0.0
    lines, others = set(one.split(b"\n")), set(other.split(b"\n"))
    return len(lines & others) / max(len(lines | others), 1)
