"""What earlier runs found current, so that the next one need not read every record and document to see it.

Only a memory: it can be lost at any time, and an entry counts only while the files that it speaks of have not moved.
"""

from __future__ import annotations

import msgspec

from maturity.cache.store import Store
from maturity.files import Stamp

FILE = "current.json"


class RecordEntry(msgspec.Struct, array_like=True, frozen=True):
    """A record that was current: the digest of its inputs, its own digest, and the stamps of record and trace.

    `opened`, `listed` and `asked` are what its trace names as read by the test run, `until` is when it ends.
    """

    inputs: str
    digest: str
    record: Stamp
    trace: Stamp
    opened: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    until: float | None = None

    def unmoved(self, stamps: tuple[Stamp, Stamp] | None) -> bool:
        """Whether record and trace are still the files that this entry speaks of."""
        return stamps == (self.record, self.trace)


class DocumentEntry(msgspec.Struct, array_like=True, frozen=True):
    """A document that said what it should: the digest of all that it was drafted from, and that of its content.

    `stamp` is what the file system said of it before that content was read; None if that is not known for sure.
    `until` is when the first of what it was drafted from ends.
    """

    drafted_from: str
    content: str
    stamp: Stamp | None = None
    until: float | None = None


class Index(msgspec.Struct):
    """Record entries by task name (`ruff:carbon`); documents, and their headlines in lists, by component."""

    records: dict[str, RecordEntry] = {}
    documents: dict[str, DocumentEntry] = {}
    headlines: dict[str, str] = {}


class Memory:
    """The index of one run; `moved` says that it is to be written again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.index = store.read_index(FILE, Index, Index())
        self.moved = False

    def save(self) -> None:
        """Keep it for the next run, if anything in it moved."""
        if self.moved:
            self._store.write_index(FILE, self.index)
            self.moved = False
