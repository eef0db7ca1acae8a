"""The tree below a root, as one walk found it: which files there are, and the digests of what is in them."""

from __future__ import annotations

import copy
import errno
import os
import stat
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from maturity.errors import StorageError, said
from maturity.files import NEVER, Stamp, digest_file, digest_text, kind_of, stamp_of
from maturity.writing import is_temporary

COMPILED = (".so", ".pyd")
"""How the names of compiled modules end."""

ENVIRONMENT = "pyvenv.cfg"
"""The file that makes a directory a virtual environment."""

IGNORED_DIRECTORIES = frozenset({"__pycache__", "node_modules", "site-packages"})

UNLISTED = IGNORED_DIRECTORIES | {
    ".git", ".hg", ".svn", ".maturity", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".tox", ".nox",
}  # fmt: skip
"""Directories that come and go with the tools: where a directory is listed, these names in it say nothing."""

OWN_DATABASE = ".doit.db"
"""How the names of doit's files at the root begin."""

OWN_NAME = "MATURITY.md"
"""How our own documents' names end: they are never inputs."""


def is_text(name: str) -> bool:
    """Whether a file name can be written as UTF-8: the names of files are bytes."""
    return name.isascii() or name.encode("utf-8", "ignore").decode("utf-8") == name


class Entries(NamedTuple):
    """The names in a directory: its files, the directories to be walked, all directories, and what is neither.

    A link counts as the file that it leads to where that is inside the root, as a directory where it leads to one, else
    as neither.
    """

    files: list[str]
    walked: list[str]
    folders: list[str]
    others: list[str]


class Tree:
    """The files below a root, as one walk found them, and their content digests.

    Hidden directories, caches, installed packages and virtual environments are not walked; links to directories are not
    followed, and a link to a file counts only if it stays inside the root. `known` has the digests of an earlier walk
    with the stamps they were taken at; a digest is computed again only for a file whose stamp has moved. As far as
    digests were asked for, `changed` are the files of which the earlier walk knew another content, and `appeared` those
    that it did not know; `vanished` are those that it alone knew. `unnamed` are files whose names are not UTF-8: no
    tool's report could speak of them. `outward` are the links that lead to no file in the root; they are not in the
    tree, though a tool may obey one that is called like its configuration. `unreadable` are directories that cannot be
    listed, with what the system says; `temporary` are files of ours that a killed run has left.
    """

    def __init__(self, root: Path, known: dict[str, tuple[Stamp, str]] | None = None) -> None:
        self.root = root
        self.files: set[str] = set()
        self.directories: set[str] = set()
        self.outward: set[str] = set()
        self.unreadable: dict[str, str] = {}
        self.temporary: set[str] = set()
        self.changed: set[str] = set()
        self.appeared: set[str] = set()
        self.vanished: set[str] = set()
        self._base = f"{root}/"
        self._known = known or {}
        self._fresh: dict[str, tuple[Stamp, str]] = {}
        self._digests: dict[str, str] = {}
        self._names: dict[str, tuple[str, ...] | None] = {}
        self._folders: dict[str, frozenset[str]] = {}
        self._kinds: dict[str, str] = {}
        self._inodes: dict[str, int] = {}
        self._swapped: dict[tuple[str, int], bool] = {}
        self._sorted: list[str] | None = None
        self._walk()
        if self._known:
            self.vanished = self._known.keys() - self.files
        self.python = tuple(sorted(path for path in self.files if path.endswith((".py", ".pyi")) and is_text(path)))
        self._compiled = {
            path.rpartition("/")[0] + "/" + path.rpartition("/")[2].partition(".")[0]
            for path in self.files
            if path.endswith(COMPILED)
        }
        self.unnamed = tuple(path for path in self.files if not is_text(path))

    def _walk(self) -> None:
        found: dict[str, Entries] = {}
        apart: set[str] = set()
        waiting = [""]
        while waiting:  # no recursion: a path can be two thousand directories deep
            directory = waiting.pop()
            prefix = f"{directory}/" if directory else ""
            try:
                entries = self._entries(directory)
            except OSError as error:
                if not prefix:
                    raise
                self.unreadable[directory] = said(error)
                continue
            if prefix and ENVIRONMENT in entries.files:
                apart.add(directory)  # a virtual environment is no part of the tree
                continue
            if prefix:
                self.directories.add(directory)
            self.files.update([prefix + name for name in entries.files])
            found[directory] = entries
            waiting += [prefix + name for name in entries.walked]
        for directory, entries in found.items():
            prefix = f"{directory}/" if directory else ""
            self._names[directory] = self._names_of(
                directory, entries, {name for name in entries.walked if prefix + name in apart}
            )
            self._folders[directory] = frozenset(entries.folders)

    def _names_of(self, directory: str, entries: Entries, apart: Iterable[str]) -> tuple[str, ...]:
        """The names that say something where the directory is listed, in a fixed order."""
        place = f"{self._base}{directory}/"
        unwalked = {*entries.folders} - {*entries.walked}
        environments = {name for name in unwalked if os.path.exists(f"{place}{name}/{ENVIRONMENT}")}  # noqa: PTH110 - many of them
        folders = {*entries.folders} - environments - UNLISTED - {*apart}
        names = (*entries.files, *folders, *entries.others)
        own = (OWN_DATABASE,) if not directory else ()
        return tuple(sorted(name for name in names if not name.endswith(OWN_NAME) and not name.startswith(own)))

    def _entries(self, directory: str) -> Entries:
        """What is in a directory now."""
        found = Entries([], [], [], [])
        with os.scandir(self._base + directory) as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    found.folders.append(name)
                    if name not in IGNORED_DIRECTORIES and not name.startswith("."):
                        found.walked.append(name)
                        self._inodes.setdefault(f"{directory}/{name}" if directory else name, entry.inode())
                elif entry.is_symlink():
                    path = f"{directory}/{name}" if directory else name
                    if self._link_inside(path):
                        found.files.append(name)
                    else:
                        self.outward.add(path)
                        (found.folders if kind_of(self._base + path) == "directory" else found.others).append(name)
                elif not entry.is_file():
                    found.others.append(name)
                elif is_temporary(name):
                    self.temporary.add(f"{directory}/{name}" if directory else name)
                else:
                    found.files.append(name)
        return found

    def _link_inside(self, path: str) -> bool:
        try:
            target = (self.root / path).resolve(strict=True)
        except (OSError, RuntimeError):  # a broken link, a circle
            return False
        return target.is_file() and target.is_relative_to(self.root)

    def having(self, paths: Iterable[str]) -> Tree:
        """The same tree, as if these files were in it too; the names in a directory are as they were."""
        other = copy.copy(self)
        other.files = self.files.union(paths)
        other.directories = self.directories.union(
            *({*map(str, PurePosixPath(path).parents)} - {"."} for path in paths)
        )
        other.python = tuple(sorted(path for path in other.files if path.endswith((".py", ".pyi")) and is_text(path)))
        return other

    def __contains__(self, path: str) -> bool:
        return path in self.files

    def digest(self, path: str) -> str:
        """The digest of a file's content and of its being executable, "absent" for a path that is no file.

        One run reads a file once at the most.
        """
        digest = self._digests.get(path)
        if digest is None:
            digest = self._digests[path] = self._current_digest(path)
            if path in self._known:
                if self._known[path][1] != digest:
                    self.changed.add(path)
            elif self._known and digest != "absent":
                self.appeared.add(path)
        return digest

    def changed_since(self, path: str, moment: int) -> bool:
        """Whether a file was changed or replaced after a moment (nanoseconds), as far as its times tell.

        A link counts with what it leads to, and a file with the directories above it: see `swapped_since`.
        """
        try:
            statuses = os.lstat(self._base + path), os.stat(self._base + path)  # noqa: PTH116 - as above
        except (OSError, ValueError):
            return path in self.files  # it has gone; or it never was there
        changed = max(max(status.st_mtime_ns, status.st_ctime_ns) for status in statuses)
        return changed >= moment or self.swapped_since(path.rpartition("/")[0], moment)

    def swapped_since(self, directory: str, moment: int) -> bool:
        """Whether a directory, or one above it, was put in another's place after a moment (nanoseconds).

        To move a directory changes nothing below it, and of its own times only that of its status; an entry that comes
        or goes changes both. The number of one that was walked tells even where an entry came after the move.
        """
        while directory not in ("", "."):
            if (directory, moment) not in self._swapped:
                self._swapped[directory, moment] = self._is_swapped(directory, moment)
            if self._swapped[directory, moment]:
                return True
            directory = directory.rpartition("/")[0]
        return False

    def _is_swapped(self, directory: str, moment: int) -> bool:
        try:
            status = os.lstat(self._base + directory)
        except (OSError, ValueError):
            return directory in self.directories
        if self._inodes.get(directory, status.st_ino) != status.st_ino:
            return True
        if stat.S_ISLNK(status.st_mode):
            return status.st_ctime_ns >= moment
        return status.st_ctime_ns >= moment and status.st_ctime_ns > status.st_mtime_ns

    def size(self, path: str) -> int:
        """The bytes of a file; 0 where there is none."""
        stamp = stamp_of(self._base + path)
        return 0 if stamp is None else stamp.size

    def read(self, path: str) -> bytes:
        """The content of a file; nothing where it cannot be read."""
        try:
            return Path(self._base + path).read_bytes()
        except OSError:
            return b""

    def is_utf8(self, path: str) -> bool:
        """Whether a file can be read as UTF-8 text."""
        try:
            Path(self._base + path).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return False
        return True

    def names_in(self, directory: str) -> tuple[str, ...] | None:
        """The names in a directory, our own documents and caches left out; None if there is none, or it leads out.

        One that is not walked, as a hidden one, is looked at when it is first asked for.
        """
        directory = "" if directory == "." else directory
        if directory not in self._names:
            try:
                leads_out = not (self.root / directory).resolve(strict=True).is_relative_to(self.root)
                entries = None if leads_out else self._entries(directory)
            except (OSError, ValueError, RuntimeError):
                entries = None
            self._names[directory] = None if entries is None else self._names_of(directory, entries, ())
        return self._names[directory]

    def folders_in(self, directory: str) -> frozenset[str]:
        """The names of all directories in one that is walked, whether they are walked themselves or not."""
        return self._folders.get("" if directory == "." else directory, frozenset())

    def kind(self, path: str) -> str:
        """What there is at a path: "file", "directory" or "absent"; "" for anything else."""
        if path in self.files:
            return "file"
        if path in self.directories or path == ".":
            return "directory"
        if ".." in path.split("/"):
            return "absent"  # a cache says so
        if path not in self._kinds:
            self._kinds[path] = kind_of(self._base + path)
        return self._kinds[path]

    def same_names(self, directory: str) -> bool:
        """Whether a directory that was walked has the same names in it now, our own documents left out."""
        try:
            entries = self._entries(directory)
        except OSError:
            return False
        place = f"{self._base}{directory}/"
        apart = {name for name in entries.walked if os.path.exists(f"{place}{name}/{ENVIRONMENT}")}  # noqa: PTH110 - as above
        return self._names_of(directory, entries, apart) == self.names_in(directory)

    def python_below(self, directory: str) -> tuple[str, ...]:
        """The Python files in a directory and all below it."""
        start = bisect_left(self.python, f"{directory}/")
        return self.python[start : bisect_left(self.python, f"{directory}0")]  # "0" is the sign after "/"

    def directories_below(self, directory: str) -> list[str]:
        """A directory and all below it, as far as they are walked."""
        if self._sorted is None:
            self._sorted = sorted(self.directories)
        start = bisect_left(self._sorted, f"{directory}/")
        below = self._sorted[start : bisect_left(self._sorted, f"{directory}0")]  # as above
        return [directory, *below] if directory in self.directories else below

    def hides(self, path: str) -> bool:
        """Whether an import finds a package or a compiled module beside this one instead."""
        beside = path.removesuffix(".py")
        directory, _, name = beside.rpartition("/")
        return beside != path and (f"{beside}/__init__.py" in self.files or f"{directory}/{name}" in self._compiled)

    def _current_digest(self, path: str) -> str:
        if "\0" in path or ".." in path.split("/"):
            return "absent"  # a cache says so, or a test: there is no such file in here
        try:
            status = os.stat(self._base + path)  # noqa: PTH116 - Path.stat costs three times as much
            stamp = Stamp.of(status)
            known = self._known.get(path)
            if known is not None and known[0] == stamp:
                self._fresh[path] = known
                return known[1]
            digest = digest_file(self._base + path, stamp.size)
            if status.st_mode & stat.S_IXUSR:  # git keeps it too, and linters and tests can ask for it
                digest = digest_text(f"{digest} executable")
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return "absent"
        except OSError as error:
            if error.errno == errno.ELOOP:
                return "absent"
            raise StorageError(f"{path}: cannot be read: {said(error)}") from None
        self._fresh[path] = (stamp if stamp.settled() else NEVER, digest)
        return digest

    def watched(self) -> set[str]:
        """Every path that an answer of this tree rests on: directories, and the files whose digest was asked for."""
        return {*self.directories, *self._digests}

    def index(self) -> dict[str, tuple[Stamp, str]]:
        """What the next walk should know: the stamps and digests of the files that are still there."""
        kept = {path: entry for path, entry in self._known.items() if path in self.files and path not in self._digests}
        return {path: entry for path, entry in (kept | self._fresh).items() if is_text(path)}
