"""One repository, opened for one run: its settings, components, cache, and what is out of date."""

from __future__ import annotations

import posixpath
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from maturity import collectors as registry
from maturity import document
from maturity.cache.answers import Answers, LocalShelf, Question, ReadSet
from maturity.cache.index import FILE as INDEX
from maturity.cache.index import DocumentEntry, Index, RecordEntry
from maturity.cache.record import Trace
from maturity.cache.store import Known, Store
from maturity.collectors.base import Collector
from maturity.discovery.codeowners import PLACES, with_owners
from maturity.discovery.discover import discover
from maturity.document import Draft
from maturity.errors import MaturityError, UnknownComponent
from maturity.files import Stamp, digest_bytes, digest_text, stamp_of
from maturity.inputs.code import Code
from maturity.inputs.digest import Inputs
from maturity.inputs.imports import CachedGraph, ImportGraph, everything, refresh
from maturity.inputs.key import combined, earliest, is_over
from maturity.inputs.reasons import Known as Told
from maturity.inputs.reasons import reasons
from maturity.jobs import Stale
from maturity.model import Component, Measurement
from maturity.printing import log
from maturity.pyproject import PYPROJECT, read_pyproject, read_template
from maturity.settings.toml import nearest
from maturity.tools import Tools
from maturity.tree import Tree

CODE_INDEX = "code.json"
FILES_INDEX = "files.json"
IMPORTS_INDEX = "imports.json"
ENVIRONMENTS_INDEX = "environments.json"
MOST_ENVIRONMENTS = 4
FileIndex = dict[str, tuple[Stamp, str]]


class Repository:
    """A repository as it is at one moment; open a new one to see a change.

    `opened` is that moment, by the clock of the file system: what has changed since has a time that is not before it;
    0 if it was not taken, as only a run that holds the lock does. `clock` tells the time (seconds since the epoch).
    """

    def __init__(self, root: Path, opened: int = 0, clock: Callable[[], float] = time.time) -> None:
        self.root = root.resolve()
        self.store = Store(self.root)
        self._shelf = LocalShelf(self.store)
        self._answers = Answers(self._shelf)
        self.store.replaced = self._answers.replaced
        self.opened = opened
        self.collectors = registry.all_collectors()
        self.settings = read_pyproject(self.root, self.collectors)
        self._file_index: FileIndex = self.store.read_index(FILES_INDEX, FileIndex, {})
        self.tree = Tree(self.root, self._file_index)
        self.template = read_template(self.root, self.settings, self.tree)
        found = with_owners(discover(self.settings, self.tree), self.tree)
        self.components = {component.name: component for component in found}
        self._index = self.store.read_index(INDEX, Index, Index())
        self._index_moved = False
        self._current: dict[str, str] = {}
        self._until: dict[str, float | None] = {}
        self._now = clock()
        self._code_index: FileIndex = self.store.read_index(CODE_INDEX, FileIndex, {})
        self.code = Code(self._code_index)
        self.tools = Tools(self.root, self.settings, self.code)
        self.inputs = Inputs(self.tree, lambda: self.imports, self.tools.inputs, lambda: self.tools.importable)

    def draft(self, component: Component, measurements: Sequence[Measurement], today: str) -> Draft:
        """What a component's document should say. Raises MaturityError where it cannot be read or obeyed."""
        before = document.read(self.root, component.document)
        template = self.template if before is None else None
        return document.draft(component, self.settings.ladder, measurements, before, today, template)

    def component(self, name: str) -> Component:
        """The component of a name. Raises UnknownComponent with the nearest name."""
        try:
            return self.components[name]
        except KeyError:
            raise UnknownComponent(f"no component is named {name!r}{nearest(name, self.components)}") from None

    def applying(self, component: Component) -> tuple[Collector, ...]:
        """The collectors that have something to check in a component."""
        return tuple(collector for collector in self.collectors if collector.applies(component))

    def known(self, collector: Collector, component: Component) -> Known:
        """What the cache holds now."""
        return self.store.known(collector, component.name)

    def read_by_last_run(
        self, collector: Collector, component: Component
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None:
        """What a component's tests opened, listed and asked for; None if they never gave an answer."""
        entry = self._index.records.get(f"{collector.name}:{component.name}")
        if entry is not None and entry.unmoved(self.store.stamps(collector.name, component.name)):
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
        entry = self._index.records.get(name)
        if entry is not None and not always and entry.unmoved(self.store.stamps(collector.name, component.name)):
            inputs = self.inputs.of(collector, component, entry.opened, entry.listed, entry.asked)
            if combined(inputs) == entry.inputs and not is_over(entry.until, self._now):
                self._current[name], self._until[name] = entry.digest, entry.until
                return None
        known = self.known(collector, component)
        trace = known.trace or Trace({}, "", "")
        inputs = self.inputs.of(collector, component, trace.opened, trace.listed, tuple(trace.asked))
        because = ["it was asked for"] if always else self._reasons(collector, component, known, inputs)
        if because:
            inputs = self.inputs.of(collector, component)
            return Stale(collector, component, inputs, tuple(because), trace.seconds)
        self._note_record(name, collector, component, known, inputs)
        return None

    def recall(self, stale: Sequence[Stale]) -> set[str]:
        """Bring back the records that were made from the inputs as they are now, by the names of their tasks."""
        found = self._answers.find([self._question(item) for item in stale])
        recalled: set[str] = set()
        for item, answer in zip(stale, found, strict=True):
            if answer is None or is_over(answer.trace.until, self._now):
                continue
            self.store.write_facts(item.collector.name, item.component.name, answer.facts, answer.trace)
            if self.stale(item.collector, item.component) is None:
                recalled.add(item.name)
        return recalled

    def _question(self, item: Stale) -> Question:
        def with_read(read: ReadSet) -> Mapping[str, str]:
            return self.inputs.of(item.collector, item.component, read.opened, read.listed, read.asked)

        return Question(item.collector, item.component.name, item.inputs, with_read)

    def _reasons(self, collector: Collector, component: Component, known: Known, inputs: dict[str, str]) -> list[str]:
        """Why a record is out of date; nothing if it is current."""
        if known.failure is not None:
            return ["the last attempt failed"]
        if known.trace is None:
            return ["it was never collected"]
        trace = known.trace
        if is_over(trace.until, self._now):
            return ["its time is over"]

        def involved(label: str) -> Iterable[str]:
            return self.inputs.involved(label, collector, component, trace.opened, trace.listed, trace.asked)

        return reasons(trace.inputs, inputs, Told(self.tree, involved, self._environments | self.tools.environments))

    def _note_record(
        self, name: str, collector: Collector, component: Component, known: Known, inputs: dict[str, str]
    ) -> None:
        stamps = self.store.stamps(collector.name, component.name)
        if stamps is not None and known.trace is not None:
            trace = known.trace
            self._current[name], self._until[name] = known.digest, trace.until
            read = (trace.opened, trace.listed, tuple(trace.asked))
            self._index.records[name] = RecordEntry(combined(inputs), known.digest, *stamps, *read, trace.until)
            self._index_moved = True

    def forget(self, collector: Collector, component: Component) -> None:
        """Let the next run collect a record again."""
        self.store.forget(collector.name, component.name)

    def document_is_current(self, component: Component) -> bool:
        """Whether the document is known to say what it should, without reading more than the document itself."""
        noted = self._index.documents.get(component.name)
        if noted is None or is_over(noted.until, self._now):
            return False
        key = self._draft_inputs(component)
        if key is None or noted.drafted_from != combined(key):
            return False
        stamp = stamp_of(f"{self.root}/{component.document}")
        if stamp is not None and stamp == noted.stamp:
            return True
        content = document.read(self.root, component.document)
        if content is None or digest_bytes(content) != noted.content:
            return False
        self.note_document(component, content, stamp)
        return True

    def headline(self, component: Component) -> str | None:
        """A component in one line, as last collected; None if that is not remembered."""
        return self._index.headlines.get(component.name)

    def note_headline(self, component: Component, headline: str) -> None:
        """Remember a component's line for lists."""
        self._index_moved = True
        self._index.headlines[component.name] = headline

    def note_document(self, component: Component, content: bytes, stamp: Stamp | None = None) -> None:
        """Remember that this content is what the document should say, as long as all it was drafted from stays.

        `stamp` is that of the file, taken before the content was read.
        """
        self._index_moved = True
        key = self._draft_inputs(component)
        if key is None:
            self._index.documents.pop(component.name, None)
        else:
            sure = stamp is not None and stamp.settled()
            until = self._ends(component)
            entry = DocumentEntry(combined(key), digest_bytes(content), stamp if sure else None, until)
            self._index.documents[component.name] = entry

    def _draft_inputs(self, component: Component) -> dict[str, str] | None:
        """All that a document is drafted from besides itself, by label; None where a collector fails."""
        inputs = {**self._shown_everywhere, "component": digest_text(repr(component))}
        for collector in self.applying(component):
            digest = self._current.get(f"{collector.name}:{component.name}")
            if digest is None:
                known = self.known(collector, component)
                if known.failure is not None:
                    return None
                digest = known.digest
            inputs[f"record of {collector.name}"] = digest
        return inputs

    @cached_property
    def _shown_everywhere(self) -> Mapping[str, str]:
        """What all documents are drafted from, by label: the code, and what is shown without a record, too."""
        inputs = {"ladder": digest_text(repr(self.settings.ladder)), "template": digest_text(self.template or "")}
        for collector in self.collectors:
            shown = (collector.title, collector.idle, *collector.metrics)
            inputs |= self.code.inputs(collector)
            inputs[f"words of {collector.name}"] = digest_text("\n".join(shown))
        return inputs

    def _ends(self, component: Component) -> float | None:
        """When the first of the records of a component ends to be current, though nothing moves."""
        return earliest(self._ends_of(collector, component) for collector in self.applying(component))

    def _ends_of(self, collector: Collector, component: Component) -> float | None:
        name = f"{collector.name}:{component.name}"
        if name not in self._until:
            trace = self.known(collector, component).trace
            self._until[name] = None if trace is None else trace.until
        return self._until[name]

    def until(self) -> float | None:
        """When the first of all answers ends to be current, though nothing moves (seconds since the epoch)."""
        return earliest(map(self._ends, self.components.values()))

    def failing(self, component: Component) -> list[str]:
        """The collectors that have no answer for a component now."""
        return [measured.collector for measured in self.measurements(component) if measured.failure is not None]

    def measurements(self, component: Component) -> tuple[Measurement, ...]:
        """What is known of a component now, collector by collector, for its document."""
        return tuple(self._measurement(collector, component) for collector in self.collectors)

    def _measurement(self, collector: Collector, component: Component) -> Measurement:
        metrics = tuple(collector.metrics)
        if not collector.applies(component):
            return Measurement(collector.name, collector.title, metrics, None, collector.idle)
        known = self.known(collector, component)
        failure = None if known.failure is None else known.failure.reason
        measured = known.trace.measured if known.trace is not None else ""
        reason = f"{collector.name} failed" if failure is not None else "it was not measured yet"
        return Measurement(collector.name, collector.title, metrics, known.facts, reason, measured, failure)

    @cached_property
    def imports(self) -> ImportGraph:
        """The first-party import graph, refreshed where files changed.

        Where that fails no run does: every Python file then counts as imported by all, until it works again.
        """
        cached = self.store.read_index(IMPORTS_INDEX, CachedGraph, CachedGraph())
        try:
            version = self.tools.installed.get("ruff", "")
            graph = refresh(
                cached, self.tree, version, self.tools.analyze_imports, self.inputs.named_places(*self.collectors)
            )
        except MaturityError as error:
            log.warning("which files import which is not known, so all count as imported: %s", error)
            return ImportGraph(everything(self.tree).edges, self.tree)
        if graph is not cached:
            self.store.write_index(IMPORTS_INDEX, graph)
        return ImportGraph(graph.edges, self.tree)

    @cached_property
    def _environments(self) -> dict[str, dict[str, str]]:
        """The installed distributions that earlier runs have seen."""
        return self.store.read_index(ENVIRONMENTS_INDEX, dict[str, dict[str, str]], {})

    def save(self) -> None:
        """Keep what this run found out about the files and around them, for the next one."""
        if not self.tools.environments.keys() <= self._environments.keys():
            kept = dict(list(self._environments.items())[-MOST_ENVIRONMENTS:])
            self._environments = {**kept, **self.tools.environments}
            self.store.write_index(ENVIRONMENTS_INDEX, self._environments)
        index = self.tree.index()
        if index != self._file_index:
            self.store.write_index(FILES_INDEX, index)
            self._file_index = index
        self._shelf.close()
        code = self.code.index()
        if code and code != self._code_index:
            self.store.write_index(CODE_INDEX, code)
            self._code_index = code
        if self._index_moved:
            self.store.write_index(INDEX, self._index)
            self._index_moved = False

    def sweep(self) -> None:
        """Remove the temporary files that killed runs have left; only for a run that holds the lock."""
        self.store.sweep()
        places = {posixpath.dirname(component.document) for component in self.components.values()}
        for path in self.tree.temporary:
            if posixpath.dirname(path) in places:
                (self.root / path).unlink(missing_ok=True)

    def watched(self) -> set[str]:
        """Every path that the answers of this run rest on, besides records and documents; relative inside the root."""
        code = {path.removeprefix(f"{self.root}/") for path in self.code.watched()}
        return {*self.tree.watched(), *self.inputs.watched(), *code, *PLACES, PYPROJECT}

    def outputs(self, component: Component) -> set[str]:
        """The paths that are written for a component: its document, and what the cache holds on it, and where."""
        stored = {path for k in self.applying(component) for path in self.store.paths(k.name, component.name)}
        return {component.document, *stored, *map(posixpath.dirname, stored)}

    def select(self, names: Iterable[str]) -> tuple[Component, ...]:
        """Components by name, in the order of their names."""
        return tuple(self.component(name) for name in sorted(set(names)))
