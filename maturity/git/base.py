"""What the documents of a repository said at another git revision, such as the base of a pull request."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maturity.errors import CollectorFailure, MaturityError
from maturity.processes.process import Completed, run
from maturity.processes.scratch import scratch_directory

SECONDS = 60


@dataclass(frozen=True)
class Base:
    """One commit of the repository that `root` is in, by its object id."""

    root: Path
    commit: str

    @classmethod
    def find(cls, root: Path, name: str) -> Base | None:
        """The commit that a name means, here or at `origin`; None where this clone has no such commit.

        A name never becomes an option, whatever its first sign is.
        """
        for revision in (name, f"origin/{name}"):
            words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
            found = git(root, *words)
            if found.returncode == 0:
                return cls(root, found.stdout.decode("ascii").strip())
        return None

    def documents(self, paths: Sequence[str]) -> dict[str, bytes]:
        """The bytes of the documents that existed then, by path; only those that differ now cost a process each."""
        listed = git(self.root, "ls-tree", "-r", "-z", "--name-only", self.commit)
        if listed.returncode != 0:
            raise MaturityError(f"git ls-tree failed: {listed.stderr.decode('utf-8', 'replace').strip()}")
        known = {os.fsdecode(name) for name in listed.stdout.split(b"\0")}
        moved = git(self.root, "diff", *PLAIN, self.commit, "--")
        if moved.returncode != 0:
            raise MaturityError(f"git diff failed: {moved.stderr.decode('utf-8', 'replace').strip()}")
        differing = {os.fsdecode(name) for name in moved.stdout.split(b"\0")}
        found: dict[str, bytes] = {}
        for path in paths:
            if path in known:
                content = self._then(path) if path in differing else _now(self.root / path)
                found |= {} if content is None else {path: content}
        return found

    def _then(self, path: str) -> bytes | None:
        shown = git(self.root, "cat-file", "blob", f"{self.commit}:./{path}")
        return shown.stdout if shown.returncode == 0 else None


def below_top(root: Path) -> str:
    """How a root is reached from the top of the git repository that it is in: "" or "services/shop/"."""
    for top in (root, *root.parents):
        if (top / ".git").exists():
            return "" if top == root else f"{root.relative_to(top).as_posix()}/"
    return ""


PLAIN = ("--name-only", "-z", "--relative", "--no-renames", "--no-ext-diff", "--no-textconv")
"""Names alone, below our root, whatever the user has configured."""


def _now(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def git(root: Path, *words: str) -> Completed:
    """Run git in a directory. Raises MaturityError where it cannot be run."""
    with scratch_directory() as scratch:
        try:
            return run(("git", "-c", "core.quotePath=false", *words), root, scratch, SECONDS)
        except CollectorFailure as failure:
            raise MaturityError(str(failure)) from None
