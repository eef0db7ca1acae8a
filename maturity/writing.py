"""The only writer of the tree: files that are whole or absent."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

TEMPORARY = (".maturity-", ".tmp")
"""How the names of our temporary files begin and end; one that is found in peace was left by a run that was killed."""


def is_temporary(name: str) -> bool:
    """Whether a file name is that of a temporary file of ours."""
    return name.startswith(TEMPORARY[0]) and name.endswith(TEMPORARY[1])


ANYBODY_WRITES = 0o222
"""A file without any of these mode bits is read-only for us too, even where root could write it."""


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file by `content`, whole or not at all; its mode and a link in its place are kept.

    Raises OSError, for example for a file that may not be written or a full disk; the old content is then intact.
    """
    write_together({path: content})


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Replace some files as `write_atomically` does, none of them where the disk has no room for all."""
    prepared: list[tuple[Path, Path]] = []
    try:
        for path, content in contents.items():
            target = _target(path)
            prepared.append((_prepare(target, content), target))
        for temporary, target in prepared:
            temporary.replace(target)
    except BaseException:
        for temporary, _ in prepared:
            temporary.unlink(missing_ok=True)
        raise


def _target(path: Path) -> Path:
    """Where the bytes of a path are. Raises OSError where we may not write them."""
    try:
        target = path.resolve() if path.is_symlink() else path
    except RuntimeError as error:
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path)) from error
    if target.exists() and not (os.access(target, os.W_OK) and target.stat().st_mode & ANYBODY_WRITES):
        raise PermissionError(errno.EACCES, "it is read-only", str(path))
    return target


def _prepare(target: Path, content: bytes) -> Path:
    """A temporary file beside the target, with its content and mode, all of it on the disk."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=TEMPORARY[0], suffix=TEMPORARY[1], dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(target.stat().st_mode & 0o7777 if target.exists() else 0o666 & ~_umask())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _umask() -> int:
    """The process's file mode mask; reading it means setting it, so this is done once at import."""
    return _UMASK


_UMASK = os.umask(0o022)
os.umask(_UMASK)
