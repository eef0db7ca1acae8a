"""Long lists of files, in portions that a process can be started with."""

from __future__ import annotations

from collections.abc import Iterable

LIMIT = 100_000  # bytes; the smallest limit in use is far above (macOS allows 1 MB for arguments and environment)


def chunks(files: Iterable[str], limit: int = LIMIT) -> tuple[tuple[str, ...], ...]:
    """The files in their order, in portions whose names take at most `limit` bytes as arguments.

    A single name longer than that is a portion of its own. No file gives no portion: a tool that is started without
    files would check the whole directory.
    """
    portions: list[tuple[str, ...]] = []
    portion: list[str] = []
    room = limit
    for file in files:
        length = len(file.encode("utf-8", "surrogateescape")) + 1
        if portion and length > room:
            portions.append(tuple(portion))
            portion, room = [], limit
        portion.append(file)
        room -= length
    if portion:
        portions.append(tuple(portion))
    return tuple(portions)
