"""Which records are current, and why the others are not; what is out of date but was found before is brought back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from maturity.cache.answers import Answers, LocalShelf, Question, ReadSet
from maturity.cache.index import Memory, RecordEntry
from maturity.cache.record import Trace
from maturity.cache.store import Known
from maturity.collectors.base import Collector
from maturity.inputs.key import combined, earliest, is_over
from maturity.inputs.reasons import Known as Explained
from maturity.inputs.reasons import reasons
from maturity.jobs import Stale
from maturity.model import Component
from maturity.workspace import Workspace

ENVIRONMENTS_INDEX = "environments.json"
MOST_ENVIRONMENTS = 4


class Currency:
    """The records of a workspace; `clock` tells the time (seconds since the epoch)."""

    def __init__(self, workspace: Workspace, memory: Memory, clock: Callable[[], float] = time.time) -> None:
        self._workspace = workspace
        self._store = workspace.store
        self._memory = memory
        self._shelf = LocalShelf(self._store)
        self._answers = Answers(self._shelf)
        self._store.replaced = self._answers.replaced
        self._current: dict[str, str] = {}
        self._until: dict[str, float | None] = {}
        self.now = clock()

    def known(self, collector: Collector, component: Component) -> Known:
        """What the cache holds now."""
        return self._store.known(collector, component.name)

    def read_by_last_run(
        self, collector: Collector, component: Component
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None:
        """What a component's tests opened, listed and asked for; None if they never gave an answer."""
        entry = self._memory.index.records.get(f"{collector.name}:{component.name}")
        if entry is not None and entry.unmoved(self._store.stamps(collector.name, component.name)):
            return entry.opened, entry.listed, entry.asked
        trace = self.known(collector, component).trace
        return None if trace is None else (trace.opened, trace.listed, tuple(trace.asked))

    def stale(self, collector: Collector, component: Component, always: bool = False) -> Stale | None:
        """None if the record is current, which it is if and only if its inputs are those that it was made from.

        With `always` every record is out of date.
        """
        name = f"{collector.name}:{component.name}"
        self._current.pop(name, None)
        self._until.pop(name, None)
        entry = self._memory.index.records.get(name)
        if entry is not None and not always and entry.unmoved(self._store.stamps(collector.name, component.name)):
            inputs = self._workspace.inputs.of(collector, component, entry.opened, entry.listed, entry.asked)
            if combined(inputs) == entry.inputs and not is_over(entry.until, self.now):
                self._current[name], self._until[name] = entry.digest, entry.until
                return None
        known = self.known(collector, component)
        trace = known.trace or Trace({}, "", "")
        inputs = self._workspace.inputs.of(collector, component, trace.opened, trace.listed, tuple(trace.asked))
        because = ["it was asked for"] if always else self._reasons(collector, component, known, inputs)
        if because:
            inputs = self._workspace.inputs.of(collector, component)
            return Stale(collector, component, inputs, tuple(because), trace.seconds)
        self._note_record(name, collector, component, known, inputs)
        return None

    def recall(self, stale: Sequence[Stale]) -> set[str]:
        """Bring back the records that were made from the inputs as they are now, by the names of their tasks."""
        found = self._answers.find([self._question(item) for item in stale])
        recalled: set[str] = set()
        for item, answer in zip(stale, found, strict=True):
            if answer is None or is_over(answer.trace.until, self.now):
                continue
            self._store.write_facts(item.collector.name, item.component.name, answer.facts, answer.trace)
            if self.stale(item.collector, item.component) is None:
                recalled.add(item.name)
        return recalled

    def _question(self, item: Stale) -> Question:
        def with_read(read: ReadSet) -> Mapping[str, str]:
            return self._workspace.inputs.of(item.collector, item.component, read.opened, read.listed, read.asked)

        return Question(item.collector, item.component.name, item.inputs, with_read)

    def _reasons(self, collector: Collector, component: Component, known: Known, inputs: dict[str, str]) -> list[str]:
        """Why a record is out of date; nothing if it is current."""
        if known.failure is not None:
            return ["the last attempt failed"]
        if known.trace is None:
            return ["it was never collected"]
        trace = known.trace
        if is_over(trace.until, self.now):
            return ["its time is over"]

        def involved(label: str) -> Iterable[str]:
            return self._workspace.inputs.involved(label, collector, component, trace.opened, trace.listed, trace.asked)

        return reasons(
            trace.inputs,
            inputs,
            Explained(self._workspace.tree, involved, self._environments | self._workspace.tools.environments),
        )

    def _note_record(
        self, name: str, collector: Collector, component: Component, known: Known, inputs: dict[str, str]
    ) -> None:
        stamps = self._store.stamps(collector.name, component.name)
        if stamps is not None and known.trace is not None:
            trace = known.trace
            self._current[name], self._until[name] = known.digest, trace.until
            read = (trace.opened, trace.listed, tuple(trace.asked))
            self._memory.index.records[name] = RecordEntry(combined(inputs), known.digest, *stamps, *read, trace.until)
            self._memory.moved = True

    def forget(self, collector: Collector, component: Component) -> None:
        """Let the next run collect a record again."""
        self._store.forget(collector.name, component.name)

    def digest(self, collector: Collector, component: Component) -> str | None:
        """The digest of a record, as it was found to be current or is now; None where the collector fails."""
        digest = self._current.get(f"{collector.name}:{component.name}")
        if digest is None:
            known = self.known(collector, component)
            return None if known.failure is not None else known.digest
        return digest

    def ends(self, component: Component) -> float | None:
        """When the first of the records of a component ends to be current, though nothing moves."""
        return earliest(self._ends_of(collector, component) for collector in self._workspace.applying(component))

    def until(self) -> float | None:
        """When the first of all answers ends to be current, though nothing moves (seconds since the epoch)."""
        return earliest(map(self.ends, self._workspace.components.values()))

    def _ends_of(self, collector: Collector, component: Component) -> float | None:
        name = f"{collector.name}:{component.name}"
        if name not in self._until:
            trace = self.known(collector, component).trace
            self._until[name] = None if trace is None else trace.until
        return self._until[name]

    @cached_property
    def _environments(self) -> dict[str, dict[str, str]]:
        """The installed distributions that earlier runs have seen."""
        return self._store.read_index(ENVIRONMENTS_INDEX, dict[str, dict[str, str]], {})

    def save(self) -> None:
        """Keep what this run found out around the files, and no more answers than there is room for."""
        seen = self._workspace.tools.environments
        if not seen.keys() <= self._environments.keys():
            kept = dict(list(self._environments.items())[-MOST_ENVIRONMENTS:])
            self._environments = {**kept, **seen}
            self._store.write_index(ENVIRONMENTS_INDEX, self._environments)
        self._shelf.close()
