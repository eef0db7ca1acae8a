"""Directories for what tools write: outside the repository, and gone with the job or with us."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

from maturity.errors import StorageError, said

_open: set[Path] = set()


@contextlib.contextmanager
def scratch_directory() -> Generator[Path]:
    """An empty directory outside the repository, gone when the job is done. Raises StorageError."""
    try:
        path = Path(tempfile.mkdtemp(prefix="maturity-"))
    except OSError as error:
        raise StorageError(f"no directory for temporary files can be made: {said(error)}") from None
    _open.add(path)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        _open.discard(path)


def remove_all() -> None:
    """Remove those of threads that this process does not wait for, once their tools are gone."""
    for path in tuple(_open):
        shutil.rmtree(path, ignore_errors=True)
