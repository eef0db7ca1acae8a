"""What git has kept of the documents: which commits changed them, and their bytes. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from maturity.errors import CollectorFailure, MaturityError
from maturity.git.base import git
from maturity.processes.process import streamed

LOG = ("log", "--raw", "--no-abbrev", "--no-renames", "-z", "--diff-merges=first-parent", "--relative")
"""A merge is what it changed for its first parent. Renames are found here, for one pass serves all components."""

FORMAT = "--format=tformat:%x01%H %ct %P"
OFFLINE = ("git", "-c", "remote.origin.promisor=false")
"""A partial clone would fetch each object that it lacks, one by one."""


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
    parents = () if all_parents else ("--first-parent",)
    words = (*OFFLINE, *LOG, FORMAT, *parents, "--end-of-options", reach, "--", *paths)
    try:
        with streamed(words, root) as printed:
            return list(parse_log(printed.read()))
    except CollectorFailure as failure:
        raise MaturityError(f"git log: {failure}") from None


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
    given = "".join(f"{identity}\n" for identity in ids).encode("ascii")
    try:
        with streamed((*OFFLINE, "cat-file", "--batch", "--buffer"), root, given) as printed:
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


def head(root: Path) -> str:
    """The commit that is checked out. Raises MaturityError where there is none, or no repository."""
    return resolve(root, "HEAD")


def resolve(root: Path, revision: str) -> str:
    """The commit that a revision means. Raises MaturityError where this clone has none of that name."""
    found = git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode != 0:
        said = found.stderr.decode("utf-8", "replace").strip()
        raise MaturityError(said or f"git has no commit {revision!r} here; `git fetch` gets what a remote has")
    return found.stdout.decode("ascii").strip()


def exists(root: Path, commit: str) -> bool:
    """Whether this clone still has a commit: after a rewrite of history git may have let it go."""
    return git(root, "cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def time_of(root: Path, commit: str) -> int:
    """The committer's time of a commit (seconds since 1970)."""
    return int(git(root, "show", "--no-patch", "--format=%ct", commit).stdout.split()[-1])


def is_shallow(root: Path) -> bool:
    """Whether this clone was cut off, so that its history does not begin where the project's did."""
    return git(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def merge_base(root: Path, commit: str) -> str | None:
    """The best common ancestor of HEAD and a commit, None where this clone has none."""
    found = git(root, "merge-base", "HEAD", commit)
    return found.stdout.decode("ascii").split()[0] if found.returncode == 0 else None


def diff(root: Path, commit: str, options: Sequence[str]) -> bytes:
    """What `git diff` prints of the work tree below the root against a commit."""
    with streamed((*OFFLINE, *options, "--end-of-options", commit, "--", "."), root) as printed:
        return printed.read()


def changed_paths(root: Path, commit: str) -> frozenset[str]:
    """The paths below the root at which the work tree differs from a commit, with what git neither has nor ignores."""
    listed = diff(root, commit, ("diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative"))
    return frozenset({*listed.decode("utf-8", "surrogateescape").split("\0"), *untracked(root)} - {""})


def untracked(root: Path) -> frozenset[str]:
    """The files below the root that git neither has nor ignores."""
    listed = git(root, "ls-files", "--others", "--exclude-standard", "-z").stdout
    return frozenset(listed.decode("utf-8", "surrogateescape").split("\0")) - {""}


def tree(root: Path, commit: str) -> dict[str, str]:
    """Every file below the root in a commit, with its object id."""
    listed = git(root, "ls-tree", "-r", "-z", commit).stdout.decode("utf-8", "surrogateescape").split("\0")
    entries = (line.partition("\t") for line in listed if line)
    return {path: words.split(" ")[2] for words, _, path in entries}


def files(root: Path, commit: str, paths: Sequence[str]) -> dict[str, bytes]:
    """The bytes of files at a commit, by path below the root; those that were not there are left out."""
    names = {path: f"{commit}:./{path}" for path in paths if "\n" not in path}
    found = zip(names, blobs(root, list(names.values())), strict=True)
    return {path: content for path, (_, content) in found if content is not None}


def changed_since_last(root: Path, commit: str, document: str, code: Sequence[str]) -> bool:
    """Whether commits up to one changed some code after the last one that changed a document."""
    last = git(root, "log", "-1", "--format=%H", commit, "--", document).stdout.decode("ascii").strip()
    return bool(last and git(root, "log", "-1", "--format=%H", f"{last}..{commit}", "--", *code).stdout.strip())
