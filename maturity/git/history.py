"""What git has kept of the documents: which commits changed them, and their bytes. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from maturity.errors import CollectorFailure, MaturityError
from maturity.processes.process import streamed

LOG = ("log", "--raw", "--no-abbrev", "--no-renames", "-z", "--diff-merges=first-parent", "--relative")
"""A merge is what it changed for its first parent. Renames are found here, for one pass serves all components."""

FORMAT = "--format=tformat:%x01%H %ct %P"
PARTIAL = r"^(extensions\.partialclone|remote\..*\.promisor)$"
"""The settings of a partial clone, in which git would fetch each object that it lacks, one by one."""

LONG = 1000
"""Commits in a history that is worth two processes."""


@dataclass(frozen=True)
class Change:
    """One path in a commit: the object ids `before` and after it (`blob`), None where there is no such file."""

    path: str
    before: str | None
    blob: str | None


@dataclass(frozen=True)
class Commit:
    """One commit: `time` is the committer's (seconds since 1970)."""

    id: str
    time: int
    parents: tuple[str, ...]
    changes: tuple[Change, ...]


def commits(root: Path, paths: Sequence[str], reach: str = "HEAD", all_parents: bool = False) -> list[Commit]:
    """The commits of `reach` that changed any of the paths, newest first. Raises MaturityError where git cannot say.

    `paths` are git's pathspecs, relative to the root; without any, all commits are there, with what they changed below
    the root. Without `all_parents` only the first parent of each commit is followed.
    """
    parents = ("--date-order",) if all_parents else ("--first-parent",)
    reaches = (reach,) if all_parents or ".." in reach else halves(root, reach)
    commands = [("git", *LOG, FORMAT, *parents, "--end-of-options", each, "--", *paths) for each in reaches]
    with ThreadPoolExecutor(len(commands)) as pool:
        return [commit for printed in pool.map(partial(_printed, root), commands) for commit in parse_log(printed)]


def _printed(root: Path, command: Sequence[str]) -> bytes:
    """All that a command of git's prints. Raises MaturityError where it fails."""
    try:
        with streamed(command, root) as printed:
            return printed.read()
    except CollectorFailure as failure:
        raise MaturityError(f"git log: {failure}") from None


def halves(root: Path, head: str) -> tuple[str, ...]:
    """The first parents of a commit as two reaches, newest first, that git can list at once; a short history is one."""
    words = ("rev-list", "--first-parent")
    count = int(asked(root, *words, "--count", "--end-of-options", head, "--") or 0)
    if count < LONG:
        return (head,)
    middle = asked(root, *words, "--max-count=1", f"--skip={count // 2}", "--end-of-options", head, "--")
    return (f"{middle}..{head}", str(middle))


def parse_log(printed: bytes) -> Iterator[Commit]:
    """The commits in what `git log` printed for LOG and FORMAT. Raises ValueError for anything else."""
    head: tuple[str, int, tuple[str, ...]] | None = None
    changes: list[Change] = []
    words = iter(printed.decode("utf-8", "surrogateescape").split("\0"))
    for word in words:
        if word.startswith("\x01"):
            if head is not None:
                yield Commit(*head, tuple(changes))
            identity, time, *parents = word[1:].split()
            head, changes = (identity, int(time), tuple(parents)), []
        elif word.strip("\n"):
            changes.append(_change(word.strip("\n"), next(words)))
    if head is not None:
        yield Commit(*head, tuple(changes))


def _change(said: str, path: str) -> Change:
    """One entry: `:MODE MODE ID ID STATUS`, and the path. Raises ValueError for anything else."""
    fields = said.split(" ")
    if len(fields) != 5 or not fields[0].startswith(":"):
        raise ValueError(f"git printed {said!r}")
    before, blob = (None if set(identity) == {"0"} else identity for identity in fields[2:4])
    return Change(path, before, blob)


def blobs(root: Path, ids: Sequence[str]) -> Iterator[tuple[str, bytes | None]]:
    """The bytes of each object, None for one that this clone does not have; in one process, in the order of `ids`."""
    if not ids:
        return
    if asked(root, "config", "--get-regexp", PARTIAL):
        every = asked(root, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)") or ""
        here = frozenset(every.split())
        yield from ((identity, None) for identity in ids if identity not in here)
        ids = [identity for identity in ids if identity in here]
    given = "".join(f"{identity}\n" for identity in ids).encode("ascii")
    try:
        with streamed(("git", "cat-file", "--batch", "--buffer"), root, given) as printed:
            for identity in ids:
                yield identity, _object(printed)
    except CollectorFailure as failure:
        raise MaturityError(f"git cat-file: {failure}") from None


def _object(printed: IO[bytes]) -> bytes | None:
    """The next object of a batch: `ID TYPE SIZE`, its bytes and a line feed; or `ID missing`."""
    words = printed.readline().split()
    if len(words) != 3:
        return None
    content = printed.read(int(words[2]))
    printed.read(1)
    return content if words[1] == b"blob" else None


def asked(root: Path, *words: str) -> str | None:
    """What a question to git prints, without white space around it; None where git says no.

    Raises MaturityError where there is no git.
    """
    try:
        with streamed(("git", *words), root, quiet=True) as printed:
            return printed.read().decode("utf-8", "surrogateescape").strip()
    except CollectorFailure as failure:
        if str(failure).startswith("cannot start"):
            raise MaturityError(str(failure)) from None
        return None


def is_shallow(root: Path) -> bool:
    """Whether this clone was cut off, so that its history does not begin where the project's did."""
    return asked(root, "rev-parse", "--is-shallow-repository") == "true"


def head(root: Path) -> str:
    """The commit that is checked out. Raises MaturityError where there is none, or no repository."""
    return resolve(root, "HEAD")


def resolve(root: Path, revision: str) -> str:
    """The commit that a revision means. Raises MaturityError where this clone has none of that name."""
    found = asked(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not found:
        raise MaturityError(f"git has no commit {revision!r} here; `git fetch` gets what a remote has")
    return found


def exists(root: Path, commit: str) -> bool:
    """Whether this clone still has a commit: after a rewrite of history git may have let it go."""
    return asked(root, "cat-file", "-e", f"{commit}^{{commit}}") is not None


def time_of(root: Path, commit: str) -> int:
    """The committer's time of a commit (seconds since 1970)."""
    return int((asked(root, "show", "--no-patch", "--format=%ct", commit) or "0").split()[-1])


def merge_base(root: Path, commit: str) -> str | None:
    """The best common ancestor of HEAD and a commit, None where this clone has none."""
    return (asked(root, "merge-base", "HEAD", commit) or "").partition("\n")[0] or None


def diff(root: Path, commit: str, options: Sequence[str]) -> bytes:
    """What `git diff` prints of the work tree below the root against a commit."""
    with streamed(("git", *options, "--end-of-options", commit, "--", "."), root) as printed:
        return printed.read()


def changed_paths(root: Path, commit: str) -> frozenset[str]:
    """The paths below the root at which the work tree differs from a commit, with what git neither has nor ignores."""
    listed = diff(root, commit, ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative"))
    return frozenset({*listed.decode("utf-8", "surrogateescape").split("\0"), *untracked(root)} - {""})


def untracked(root: Path) -> frozenset[str]:
    """The files below the root that git neither has nor ignores."""
    return frozenset((asked(root, "ls-files", "--others", "--exclude-standard", "-z") or "").split("\0")) - {""}


def tree(root: Path, commit: str) -> dict[str, str]:
    """Every file below the root in a commit, with its object id."""
    listed = (asked(root, "ls-tree", "-r", "-z", commit) or "").split("\0")
    entries = (line.partition("\t") for line in listed if line)
    return {path: words.split(" ")[2] for words, _, path in entries}


def files(root: Path, commit: str, paths: Sequence[str]) -> dict[str, bytes]:
    """The bytes of files at a commit, by path below the root; those that were not there are left out."""
    names = {path: f"{commit}:./{path}" for path in paths if "\n" not in path}
    found = zip(names, blobs(root, list(names.values())), strict=True)
    return {path: content for path, (_, content) in found if content is not None}


def changed_since_last(root: Path, commit: str, document: str, code: Sequence[str]) -> bool:
    """Whether commits up to one changed some code after the last one that changed a document."""
    last = asked(root, "log", "-1", "--format=%H", commit, "--", document)
    return bool(last and asked(root, "log", "-1", "--format=%H", f"{last}..{commit}", "--", *code))
