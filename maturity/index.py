"""What earlier runs found current, so that the next one need not read every record and document to see it.

Only a memory: it can be lost at any time, and an entry counts only while the files that it speaks of have not moved.
"""

from __future__ import annotations

import msgspec

from maturity.files import Stamp

FILE = "current.json"


class RecordEntry(msgspec.Struct, array_like=True, frozen=True):
    """A record that was current: the digest of its inputs, its own digest, and the stamps of record and trace.

    `opened` and `listed` are what its trace names as read by the test run.
    """

    inputs: str
    digest: str
    record: Stamp
    trace: Stamp
    opened: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()

    def unmoved(self, stamps: tuple[Stamp, Stamp] | None) -> bool:
        """Whether record and trace are still the files that this entry speaks of."""
        return stamps == (self.record, self.trace)


class Index(msgspec.Struct):
    """Record entries by task name (`ruff:carbon`).

    By component: for its document the digest of all that it was drafted from, and its headline in lists.
    """

    records: dict[str, RecordEntry] = {}
    documents: dict[str, str] = {}
    headlines: dict[str, str] = {}
