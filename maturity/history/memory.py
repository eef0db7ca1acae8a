"""What was read of the past is remembered: a commit and a blob never change."""

from __future__ import annotations

from fractions import Fraction

import msgspec

from maturity.files import digest_bytes
from maturity.git.history import Commit
from maturity.history.reading import Page
from maturity.history.series import Said

NAME = "history.msgpack"
DIGEST = 32


class Remembered(msgspec.Struct, array_like=True, frozen=True):
    """What one blob says: its stage, and its figures as whole numbers or "2800/29"; None is unknown."""

    stage: str | None
    figures: dict[str, int | str | None]
    claimed: bool = False

    @classmethod
    def of(cls, page: Page) -> Remembered:
        """What is worth keeping of a page: reasons and verdicts are for those who look at one version."""
        values = {name: reading.value for name, reading in page.readings.items()}
        return cls(page.stage, {name: _short(value) for name, value in values.items()}, page.claimed)

    @classmethod
    def claimed_by(cls, stage: str | None, coverage: Fraction | None) -> Remembered:
        """What people claim in a document that they wrote by hand."""
        return cls(stage, {} if coverage is None else {"coverage.percentage": _short(coverage)}, True)

    def said(self) -> Said:
        """The same with exact figures."""
        figures = {name: None if value is None else Fraction(value) for name, value in self.figures.items()}
        return Said(self.stage, figures, self.claimed)


def _short(value: Fraction | None) -> int | str | None:
    return None if value is None else value.numerator if value.denominator == 1 else str(value)


class Memory(msgspec.Struct):
    """The log up to `head`, newest first, and what each blob says, None for one that is no document of ours.

    `read_by` is the digest of all that reads the pages: where that is another, they are read again. `asked` are the
    pathspecs of the log, and whether all parents were followed.
    """

    read_by: str
    asked: tuple[tuple[str, ...], bool]
    head: str = ""
    commits: list[Commit] = []
    pages: dict[str, Remembered | None] = {}


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
