"""The only reader of the tree: which files there are, and what is in them."""

from __future__ import annotations

import copy
import hashlib
import os
import stat
import time
from bisect import bisect_left
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from maturity.errors import StorageError, said
from maturity.writing import is_temporary

ENVIRONMENT = "pyvenv.cfg"
"""The file that makes a directory a virtual environment."""

IGNORED_DIRECTORIES = frozenset({"__pycache__", "node_modules", "site-packages"})

OWN_NAME = "MATURITY.md"
"""How our own documents' names end: they are never inputs."""


def is_text(name: str) -> bool:
    """Whether a file name can be written as UTF-8: the names of files are bytes."""
    return name.isascii() or name.encode("utf-8", "ignore").decode("utf-8") == name


class Stamp(NamedTuple):
    """What the file system says of a file; the content is taken to be unchanged while this is.

    The inode and the change time are in it because a program can set a modification time back.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    inode: int

    def settled(self) -> bool:
        """Whether the file changed so long ago that it could not change again within the same tick of its clock."""
        return time.time_ns() - max(self.mtime_ns, self.ctime_ns) > RACY_NS

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp in a stat answer."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


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
        self._names: dict[str, tuple[str, ...]] = {}
        self._walk()
        if self._known:
            self.vanished = self._known.keys() - self.files
        self.python = tuple(sorted(path for path in self.files if path.endswith((".py", ".pyi")) and is_text(path)))
        self.unnamed = tuple(path for path in self.files if not is_text(path))

    def _walk(self) -> None:
        found: dict[str, tuple[list[str], list[str]]] = {}
        apart: set[str] = set()
        waiting = [""]
        while waiting:  # no recursion: a path can be two thousand directories deep
            directory = waiting.pop()
            prefix = f"{directory}/" if directory else ""
            try:
                files, inner = self._entries(directory)
            except OSError as error:
                if not prefix:
                    raise
                self.unreadable[directory] = said(error)
                continue
            if prefix and ENVIRONMENT in files:
                apart.add(directory)  # a virtual environment is no part of the tree
                continue
            if prefix:
                self.directories.add(directory)
            self.files.update([prefix + name for name in files])
            found[directory] = files, inner
            waiting += [prefix + name for name in inner]
        for directory, (files, inner) in found.items():
            prefix = f"{directory}/" if directory else ""
            self._names[directory] = names_of(files, [name for name in inner if prefix + name not in apart])

    def _entries(self, directory: str) -> tuple[list[str], list[str]]:
        """The names of the files, and of the directories to be walked, in a directory as it is now."""
        inner: list[str] = []
        files: list[str] = []
        with os.scandir(self._base + directory) as entries:
            for entry in entries:
                name = entry.name
                if entry.is_dir(follow_symlinks=False):
                    if name not in IGNORED_DIRECTORIES and not name.startswith("."):
                        inner.append(name)
                elif entry.is_symlink():
                    path = f"{directory}/{name}" if directory else name
                    if self._link_inside(path):
                        files.append(name)
                    else:
                        self.outward.add(path)
                elif entry.is_file():
                    if is_temporary(name):
                        self.temporary.add(f"{directory}/{name}" if directory else name)
                    else:
                        files.append(name)
        return files, inner

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
        """The content digest of a file, "absent" for a path that is no file. One run reads a file once at the most."""
        digest = self._digests.get(path)
        if digest is None:
            digest = self._digests[path] = self._current_digest(path)
            if path in self._known:
                if self._known[path][1] != digest:
                    self.changed.add(path)
            elif self._known:
                self.appeared.add(path)
        return digest

    def changed_since(self, path: str, moment: int) -> bool:
        """Whether a file was changed after a moment (nanoseconds), as far as its times tell."""
        try:
            status = os.stat(self._base + path)  # noqa: PTH116 - as above
        except (OSError, ValueError):
            return path in self.files  # it has gone; or it never was there
        return max(status.st_mtime_ns, status.st_ctime_ns) >= moment

    def is_utf8(self, path: str) -> bool:
        """Whether a file can be read as UTF-8 text."""
        try:
            Path(self._base + path).read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            return False
        return True

    def names_in(self, directory: str) -> tuple[str, ...]:
        """The names in a directory when the tree was walked, our own documents left out."""
        return self._names.get("" if directory == "." else directory, ())

    def same_names(self, directory: str) -> bool:
        """Whether a directory that was walked has the same names in it now, our own documents left out."""
        try:
            files, inner = self._entries(directory)
        except OSError:
            return False
        place = f"{self._base}{directory}/"
        inner = [name for name in inner if not os.path.exists(f"{place}{name}/{ENVIRONMENT}")]  # noqa: PTH110 - many of them
        return names_of(files, inner) == self.names_in(directory)

    def python_below(self, directory: str) -> tuple[str, ...]:
        """The Python files in a directory and all below it."""
        start = bisect_left(self.python, f"{directory}/")
        return self.python[start : bisect_left(self.python, f"{directory}0")]  # "0" is the sign after "/"

    def _current_digest(self, path: str) -> str:
        if "\0" in path or ".." in path.split("/"):
            return "absent"  # a cache says so, or a test: there is no such file in here
        try:
            stamp = Stamp.of(os.stat(self._base + path))  # noqa: PTH116 - Path.stat costs three times as much
            known = self._known.get(path)
            if known is not None and known[0] == stamp:
                self._fresh[path] = known
                return known[1]
            digest = digest_file(self._base + path, stamp.size)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return "absent"
        except OSError as error:
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


def names_of(files: Iterable[str], directories: Iterable[str]) -> tuple[str, ...]:
    """The names in a directory in a fixed order, our own documents left out."""
    return tuple(sorted(name for name in (*files, *directories) if not name.endswith(OWN_NAME)))


NEVER = Stamp(-1, -1, -1, -1)
"""The stamp of no file."""

RACY_NS = 2_000_000_000
"""A file that changed this short a time ago may change again within one tick of its clock: its stamp is not kept."""


def digest_text(text: str) -> str:
    """The digest of a text; file names that are not UTF-8 are in it as Python has them."""
    return digest_bytes(text.encode("utf-8", "surrogateescape"))


def digest_bytes(content: bytes) -> str:
    """The digest of a content, as 32 hexadecimal digits."""
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def stamp_of(path: str) -> Stamp | None:
    """The stamp of a file, None if there is none. Paths are text here: this is asked for every document."""
    try:
        return Stamp.of(os.stat(path))  # noqa: PTH116 - Path.stat costs three times as much
    except OSError:
        return None


def find_root(start: Path) -> Path:
    """The nearest directory from `start` up that has a pyproject.toml, else a .git, else `start` itself."""
    for name in ("pyproject.toml", ".git"):
        for directory in (start, *start.parents):
            if (directory / name).exists():
                return directory
    return start


def digest_file(path: str, size: int) -> str:
    """The digest of a file's content; one that is large is never in memory as a whole."""
    with open(path, "rb", buffering=0) as stream:  # noqa: PTH123 - quicker, and there are many
        if size <= IN_ONE_PIECE:
            return digest_bytes(stream.readall())
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


IN_ONE_PIECE = 1 << 20


def read_bytes(path: Path, limit: int) -> bytes | None:
    """The content of a regular file of at most `limit` bytes, None if there is none or it is larger.

    A pipe or a device is not waited for.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            return None
        with os.fdopen(handle, "rb", closefd=False) as stream:
            content = stream.read(limit + 1)
    finally:
        os.close(handle)
    return content if len(content) <= limit else None


def read_inside(root: Path, path: str, limit: int) -> bytes | None:
    """As `read_bytes`, of a path that has to stay inside the root; None for one that a link leads out of it."""
    try:
        place = (root / path).resolve(strict=True)
    except (OSError, RuntimeError):  # absent, or a circle of links
        return None
    return read_bytes(place, limit) if place.is_relative_to(root.resolve()) else None


def tick(path: Path) -> int:
    """The time by the file system's own clock (nanoseconds), as it stamps a file that is written now.

    What is changed later has a time that is not before this one, however coarse that clock is.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"")
    os.utime(path)
    return path.stat().st_mtime_ns
