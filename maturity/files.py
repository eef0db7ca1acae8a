"""The only reader of files: what the file system says of them, their digests, their contents."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import time
from pathlib import Path
from typing import NamedTuple


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


def kind_of(path: str) -> str:
    """What there is at a path: "file", "directory" or "absent"; "" for anything else."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - as above
    except (FileNotFoundError, NotADirectoryError):
        return "absent"
    except (OSError, ValueError) as error:
        return "absent" if getattr(error, "errno", 0) == errno.ELOOP else ""
    return "file" if stat.S_ISREG(mode) else "directory" if stat.S_ISDIR(mode) else ""
