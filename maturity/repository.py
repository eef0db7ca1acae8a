"""A repository opened for one run: its facts, which of its records are current, and what its documents should say."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from maturity.cache.index import Memory
from maturity.currency import Currency
from maturity.drafts import Drafts
from maturity.workspace import Workspace


class Repository(Workspace):
    """A workspace with its records and documents; `clock` tells the time (seconds since the epoch)."""

    def __init__(self, root: Path, opened: int = 0, clock: Callable[[], float] = time.time) -> None:
        super().__init__(root, opened)
        self._memory = Memory(self.store)
        self.currency = Currency(self, self._memory, clock)
        self.drafts = Drafts(self, self.currency, self._memory)

    def save(self) -> None:
        """Keep what this run found out, for the next one."""
        super().save()
        self.currency.save()
        self._memory.save()
