"""What was read of the past is remembered: a commit and a blob never change."""

from __future__ import annotations

import msgspec

from maturity.files import digest_bytes
from maturity.git.history import Commit
from maturity.history.reading import Said

NAME = "history.msgpack"
DIGEST = 32


class Memory(msgspec.Struct):
    """The log up to `head`, newest first, and what each blob says, None for one that is no document of ours.

    `read_by` is the digest of all that reads the pages: where that is another, they are read again. `asked` are the
    pathspecs of the log, and whether all parents were followed.
    """

    read_by: str
    asked: tuple[tuple[str, ...], bool]
    head: str = ""
    commits: list[Commit] = []
    pages: dict[str, Said | None] = {}


def encode(memory: Memory) -> bytes:
    """The memory as bytes, with a digest in front: what a full disk or another program left counts for nothing."""
    content = msgspec.msgpack.encode(memory)
    return digest_bytes(content).encode() + content


def decode(content: bytes) -> Memory | None:
    """The memory in some bytes, None where they are none of ours."""
    if digest_bytes(content[DIGEST:]).encode() != content[:DIGEST]:
        return None
    try:
        return msgspec.msgpack.decode(content[DIGEST:], type=Memory)
    except (msgspec.MsgspecError, RecursionError):
        return None
