"""One run at a time in a repository: a second one waits, with a message."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from maturity.cache.store import DIRECTORY, Store
from maturity.errors import StorageError, said

_held: list[FileLock] = []


@contextmanager
def hold(root: Path) -> Generator[int]:
    """Hold the repository's lock for the time of the block; gives the moment at which it was taken."""
    lock = acquire(root)
    try:
        yield Store(root).now()
    finally:
        lock.release()


def hold_until_exit(root: Path) -> int:
    """Hold the repository's lock until this process ends, however it ends; the moment at which it was taken."""
    _held.append(acquire(root))
    return Store(root).now()


def acquire(root: Path) -> FileLock:
    """Wait for the lock and take it; the operating system lets it go with the process.

    Raises StorageError where the cache cannot be written: a run would have nowhere to keep what it finds.
    """
    store = Store(root)
    store.prepare()
    try:
        lock = FileLock(store.place("lock"))
        try:
            lock.acquire(timeout=0.2)
        except Timeout:
            print("maturity: waiting for another run in this repository to end", file=sys.stderr)
            lock.acquire()
    except OSError as error:
        raise StorageError(f"{DIRECTORY}/lock: cannot be written: {said(error)}") from None
    return lock
