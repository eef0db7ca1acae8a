"""git, for a hook: what is staged, what differs from that, and how a document gets into an index.

git tells its hooks about the repository in environment variables. The index may then be another file than usual:
`git commit -a` gives a locked one, `git commit PATH` one that has those paths alone. Paths here are relative to our
root, which may lie below git's top level; what lies outside of it is left out.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from maturity.errors import CollectorFailure, MaturityError
from maturity.processes.process import Completed, run
from maturity.processes.scratch import scratch_directory

SECONDS = 120
LINK, SUBMODULE = "120000", "160000"
PARTIAL = "next-index-"
"""How the names of the index begin that `git commit PATH` makes for its hooks."""


@dataclass(frozen=True)
class Entry:
    """One path in an index: mode and object id as git writes them."""

    mode: str
    object: str


@dataclass(frozen=True)
class Git:
    """The work tree at `top`, with the index that the caller means; `prefix` leads from there to our root.

    `prefix` is empty or ends in "/". `environment` is what every git command gets besides our own variables.
    """

    top: Path
    prefix: str
    environment: Mapping[str, str]

    @classmethod
    def here(cls, root: Path, place: Path) -> Git:
        """The repository around `root`, for a process that was started in `place`. Raises MaturityError."""
        # A hook in a linked work tree has GIT_DIR without GIT_WORK_TREE; below the top level that would mislead git.
        told = {name: str(place / os.environ[name]) for name in ("GIT_DIR", "GIT_WORK_TREE") if name in os.environ}
        found = _locate(root, {})
        meant = _locate(place, told) if "GIT_DIR" in told else found
        if meant is None or (found is not None and found[0] == meant[0]):
            told = {}
        else:
            found = meant
        if found is None:
            raise MaturityError(f"{root} is in no git repository; --auto is for git's pre-commit hook")
        directory, top = found
        if not root.resolve().is_relative_to(top):
            raise MaturityError(f"{root} is outside of git's work tree {top}")
        below = root.resolve().relative_to(top).as_posix()
        kept = ("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES")
        environment = told | {name: os.environ[name] for name in kept if name in os.environ}
        environment |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_LITERAL_PATHSPECS": "1"}
        environment["GIT_INDEX_FILE"] = str(top / os.environ.get("GIT_INDEX_FILE", directory / "index"))
        return cls(top, "" if below == "." else f"{below}/", environment)

    @property
    def index(self) -> Path:
        """The index file."""
        return Path(self.environment["GIT_INDEX_FILE"])

    def behind(self) -> Git | None:
        """The same with the index that stays when a `git commit PATH` is done; None in every other case.

        git has written that file, keeps it locked and renames it after the commit. Raises MaturityError where it does
        not do so.
        """
        if not self.index.name.startswith(PARTIAL):
            return None
        kept = self.index.with_name("index.lock")
        if not kept.exists():
            raise MaturityError(
                "nothing can be staged in a `git commit PATH` of this git; stage the paths, then commit"
            )
        return replace(self, environment={**self.environment, "GIT_INDEX_FILE": str(kept)})

    def ask(self, *words: str) -> Completed:
        """Run git and give what it did, well or not. Raises MaturityError where it cannot be run."""
        return _git(words, self.top, self.environment)

    def lines(self, *words: str) -> list[str]:
        """What git prints, cut at NUL. Raises MaturityError where it fails."""
        return [part for part in _text(checked(self.ask(*words)).stdout).split("\0") if part]

    def bases(self) -> list[str]:
        """The commits that the next one follows: HEAD, and while a merge is not concluded those that are merged.

        Before the first commit it is the empty tree.
        """
        head = self.ask("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if head.returncode != 0:
            return [_text(checked(self.ask("hash-object", "-t", "tree", os.devnull)).stdout).strip()]
        merging = self.top / _text(checked(self.ask("rev-parse", "--git-path", "MERGE_HEAD")).stdout).rstrip("\n")
        others = merging.read_text("ascii").split() if merging.is_file() else []
        return [_text(head.stdout).strip(), *others]

    def staged(self, base: str) -> frozenset[str]:
        """The paths at which the index differs from a commit or tree."""
        return self._inside(self.lines("diff", "--cached", *PLAIN, base, "--"))

    def unstaged(self, entries: Mapping[str, Entry]) -> frozenset[str]:
        """The paths at which the work tree differs from the index, with the files that git neither has nor ignores."""
        others = ("ls-files", "--others", "--exclude-standard", "-z")
        untracked = self.lines(*others)
        # git counts a submodule as changed for any untracked file in it, such as bytecode: we need the names.
        for path in (path for path, entry in entries.items() if entry.mode == SUBMODULE):
            place = self.top / self.prefix / path
            if (place / ".git").exists():
                listed = _text(checked(_git(others, place, {})).stdout).split("\0")
                untracked += [f"{self.prefix}{path}/{name}" for name in listed if name]
        return self._inside([*self.lines("diff", *PLAIN, "--"), *untracked])

    def unmerged(self) -> frozenset[str]:
        """The paths with a conflict that nobody has resolved yet."""
        return self._inside(self.lines("diff", *PLAIN, "--diff-filter=U", "--"))

    def entries(self) -> dict[str, Entry]:
        """Everything in the index that lies inside our root."""
        found: dict[str, Entry] = {}
        cut = len(self.prefix)
        for line in self.lines("ls-files", "--stage", "-z"):
            words, _, path = line.partition("\t")
            if path.startswith(self.prefix):
                found[path[cut:]] = Entry(*words.split(" ", 2)[:2])
        return found

    def content(self, path: str, tree: str = "") -> bytes | None:
        """The bytes of a file as they are in a commit or tree, or else in the index; None if it is not there."""
        shown = self.ask("cat-file", "blob", f"{tree}:{self.prefix}{path}")
        return shown.stdout if shown.returncode == 0 else None

    def add(self, paths: Sequence[str]) -> None:
        """Stage files as they are in the work tree."""
        if paths:
            with scratch_directory() as scratch:
                names = scratch / "paths"
                names.write_bytes(b"\0".join(os.fsencode(self.prefix + path) for path in paths))
                checked(self.ask("add", "--sparse", f"--pathspec-from-file={names}", "--pathspec-file-nul"))

    def put(self, path: str, content: bytes, mode: str) -> None:
        """Stage a content for a path; the work tree stays as it is."""
        with scratch_directory() as scratch:
            place = scratch / "content"
            place.write_bytes(content)
            identity = _text(checked(self.ask("hash-object", "-w", "--no-filters", "--", str(place))).stdout).strip()
        checked(self.ask("update-index", "--cacheinfo", f"{mode},{identity},{self.prefix}{path}"))

    def _inside(self, paths: Iterable[str]) -> frozenset[str]:
        cut = len(self.prefix)
        return frozenset(path[cut:] for path in paths if path.startswith(self.prefix) and path != self.prefix)


PLAIN = (
    *("--name-only", "-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-relative"),
    "--ignore-submodules=untracked",
)
"""Whatever the user has configured: names alone, and a rename is a file that went and one that came."""


def _locate(place: Path, environment: Mapping[str, str]) -> tuple[Path, Path] | None:
    """Where git keeps its files, and the top of the work tree; None for a place in no repository."""
    asked = ("rev-parse", "--path-format=absolute", "--git-dir", "--show-toplevel")
    answer = _git(asked, place, environment)
    words = _text(answer.stdout).splitlines()
    return (Path(words[0]), Path(words[1]).resolve()) if answer.returncode == 0 and len(words) == 2 else None


def _git(words: Sequence[str], place: Path, environment: Mapping[str, str]) -> Completed:
    with scratch_directory() as scratch:
        try:
            return run(("git", *words), place, scratch, SECONDS, environment)
        except CollectorFailure as failure:
            raise MaturityError(str(failure)) from None


def checked(completed: Completed) -> Completed:
    """What git did, if it did it. Raises MaturityError with its words."""
    if completed.returncode != 0:
        said = completed.stderr.decode("utf-8", "replace").strip()
        raise MaturityError(f"git {completed.command[1]} failed: {said or completed.log()}")
    return completed


def _text(printed: bytes) -> str:
    """What git printed; file names are bytes."""
    return printed.decode("utf-8", "surrogateescape")
