"""The task graph: the only module that knows doit.

A task for each collector and component, with its files and its JSON target; one for each document; `validate` and `all`
above them. A task `_run:COLLECTOR:N` is one process of a tool. It is the setup of the collector tasks that it serves,
and doit runs a setup task only if one of these is out of date: so many components share one process, and none is
started for nothing.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from doit.exceptions import TaskError, TaskFailed
from doit.task import Task, dict_to_task  # pyright: ignore[reportUnknownVariableType] - doit has no types

from maturity import document
from maturity.collect import Job, collect
from maturity.collectors.base import Collector
from maturity.document import Draft
from maturity.errors import MaturityError
from maturity.model import Component
from maturity.repository import Repository, Stale
from maturity.summary import headline

log = logging.getLogger("maturity")

DOIT_CONFIG: dict[str, object] = {
    "default_tasks": ["all"],
    "backend": "sqlite3",
    "dep_file": ".doit.db",
    "par_type": "thread",  # the work is in child processes; a dying worker process would hang doit for ever
    "continue": True,
    "verbosity": 2,
    "sort": "definition",
}
NO_CAPTURE = {"capture": False}
"""doit's capture swaps sys.stdout for all threads at once."""


@dataclass(frozen=True)
class Asked:
    """What a run is to do: doit's command, the task names that were typed, and whether to collect what is current too.

    No name stands for every component.
    """

    command: str = "run"
    names: frozenset[str] = frozenset()
    always: bool = False


@dataclass
class Outcome:
    """What a run did, for those who started it."""

    drafts: dict[str, Draft] = field(default_factory=dict[str, Draft])
    failed: set[str] = field(default_factory=set[str])
    broken: dict[str, str] = field(default_factory=dict[str, str])


class Graph:
    """The tasks for one run over one repository."""

    def __init__(self, repository: Repository, asked: Asked, outcome: Outcome | None = None) -> None:
        self.repository = repository
        self.asked = asked
        self.outcome = outcome or Outcome()
        self._today = datetime.now(UTC).date().isoformat()
        self._runs: dict[tuple[str, str], str] = {}

    def tasks(self) -> Iterator[Task]:
        """Every task that the run can need."""
        repository = self.repository
        if self.asked.command == "forget":
            self._forget()
        components = self._components()
        stale = {(item.collector.name, item.component.name): item for item in self._stale(components)}
        yield from self._run_tasks(list(stale.values()))
        for component in components:
            yield self._maturity(component)
            for collector in repository.applying(component):
                yield self._record(collector, component, stale.get((collector.name, component.name)))
            if self.asked.command != "list":
                yield self._preview(component)
                yield self._validate_one(component)
        names = [component.name for component in components]
        yield group("all", [f"maturity:{name}" for name in names], "update the documents of all components")
        if self.asked.command != "list":
            yield group("preview", [f"preview:{name}" for name in names], "work out the documents and write none")
        yield self._validate("validate", components, "say whether every document is what a run would write")
        for collector in repository.collectors:
            served = [f"{collector.name}:{c.name}" for c in components if collector.applies(c)]
            yield group(collector.name, served, f"collect {collector.title.lower()} for all components")
        repository.save()

    def _components(self) -> tuple[Component, ...]:
        """The components that were asked for by name; all where a name is not one of a component's tasks.

        Raises UnknownComponent for a task of a component that does not exist.
        """
        known = self.repository.components
        prefixes = {"maturity", "preview", "validate", *(collector.name for collector in self.repository.collectors)}
        wanted: set[str] = set()
        for name in self.asked.names:
            prefix, colon, component = name.partition(":")
            if prefix not in prefixes or not colon:
                return tuple(known.values())
            wanted.add(component)
        return self.repository.select(wanted) if wanted else tuple(known.values())

    def _stale(self, components: Iterable[Component]) -> Iterator[Stale]:
        if self.asked.command == "list":
            return
        for component in components:
            for collector in self.repository.applying(component):
                item = self.repository.stale(collector, component)
                if item is None and self.asked.always:
                    inputs = self.repository.inputs.of(collector, component, None)
                    item = Stale(collector, component, inputs, ("it was asked for",))
                if item is not None:
                    yield item

    def _forget(self) -> None:
        for component in self._components():
            for collector in self.repository.applying(component):
                names = {f"{collector.name}:{component.name}", f"maturity:{component.name}", collector.name, "all"}
                if not self.asked.names or names & self.asked.names:
                    self.repository.store.forget(collector.name, component.name)

    def _run_tasks(self, stale: list[Stale]) -> Iterator[Task]:
        for collector in self.repository.collectors:
            items = [item for item in stale if item.collector is collector]
            for number, job in enumerate(self.repository.jobs(items)):
                name = f"_run:{collector.name}:{number}"
                for component in job.components:
                    self._runs[collector.name, component.name] = name
                yield task(name, [(self._run, [job])], f"one process of {collector.name}")

    def _run(self, job: Job) -> None:
        collect(job, self.repository.root, self.repository.store)

    def _record(self, collector: Collector, component: Component, stale: Stale | None) -> Task:
        name = f"{collector.name}:{component.name}"
        if stale is not None:
            log.info("%s runs: %s", name, ", ".join(stale.reasons))
        run = self._runs.get((collector.name, component.name))
        made = task(
            name,
            [(self._answered, [collector, component])],
            f"{collector.title} of {component.name}" + (f"; runs because: {', '.join(stale.reasons)}" if stale else ""),
            file_dep=[str(self.repository.root / path) for path in component.files],
            targets=[str(self.repository.store.record_path(collector.name, component.name))],
            uptodate=[stale is None],
            setup=[run] if run is not None else [],
            clean=True,
        )
        made.subtask_of = f"maturity:{component.name}"
        return made

    def _answered(self, collector: Collector, component: Component) -> TaskError | None:
        """The end of a collector's task. A failure is the document's to report, if a document follows in this run."""
        known = self.repository.known(collector, component, fresh=True)
        if known.failure is None:
            return None
        if component.name not in self.outcome.failed:
            log.error("%s:%s failed: %s\n%s", collector.name, component.name, known.failure.reason, known.failure.log)
        self.outcome.failed.add(component.name)
        alone = f"{collector.name}:{component.name}" in self.asked.names
        followed = any(name.partition(":")[0] not in (collector.name,) for name in self.asked.names)
        return TaskError(known.failure.reason) if alone and not followed else None

    def _maturity(self, component: Component) -> Task:
        place = self.repository.root / component.document
        return task(
            f"maturity:{component.name}",
            [(self._update, [component])],
            headline(self.repository, component) if self.asked.command == "list" else f"update {component.document}",
            task_dep=self._records(component),
            file_dep=[str(place)] if place.is_file() else [],
            uptodate=[(self._is_current, [component])],
        )

    def _is_current(self, task: object, values: object, component: Component) -> bool:
        """Whether the document says what it should: asked after the component's records are in."""
        del task, values
        draft = self._draft(component)
        return draft is not None and not draft.changed and not self._failing(component)

    def _draft(self, component: Component) -> Draft | None:
        """What the document should say, None where its markup is broken."""
        repository = self.repository
        try:
            before = document.read(repository.root, component.document)
            measurements = repository.measurements(component)
            draft = document.draft(component, repository.settings.ladder, measurements, before, self._today)
        except MaturityError as error:
            self.outcome.broken[component.name] = f"{component.document}: {error}"
            return None
        self.outcome.drafts[component.name] = draft
        return draft

    def _failing(self, component: Component) -> list[str]:
        """The collectors that have no answer for a component now."""
        return [m.collector for m in self.repository.measurements(component) if m.failure is not None]

    def _update(self, component: Component) -> TaskError | None:
        draft = self._draft(component)
        if draft is None:
            return TaskError(self.outcome.broken[component.name])
        warn_of_edits(draft)
        try:
            document.write(self.repository.root, draft)
        except MaturityError as error:
            self.outcome.broken[component.name] = str(error)
            return TaskError(str(error))
        failing = self._failing(component)
        return TaskError(f"{', '.join(failing)} failed for {component.name}") if failing else None

    def _preview(self, component: Component) -> Task:
        doc = f"work out {component.document} and do not write it"
        return task(f"preview:{component.name}", [(self._look, [component])], doc, task_dep=self._records(component))

    def _look(self, component: Component) -> TaskError | None:
        if self._draft(component) is None:
            return TaskError(self.outcome.broken[component.name])
        failing = self._failing(component)
        return TaskError(f"{', '.join(failing)} failed for {component.name}") if failing else None

    def _records(self, component: Component) -> list[str]:
        """The names of the tasks that collect a component's records."""
        return [f"{collector.name}:{component.name}" for collector in self.repository.applying(component)]

    def _validate_one(self, component: Component) -> Task:
        return self._validate(f"validate:{component.name}", [component], f"check {component.document}")

    def _validate(self, name: str, components: Iterable[Component], doc: str) -> Task:
        # One task that reports all and fails alone: doit counts a failed task that has a dependent as an error.
        components = tuple(components)
        records = [name for component in components for name in self._records(component)]
        return task(name, [(self._compare, [components])], doc, task_dep=records)

    def _compare(self, components: Iterable[Component]) -> TaskError | TaskFailed | None:
        stale: list[str] = []
        failing: list[str] = []
        for component in components:
            draft = self._draft(component)
            if draft is None:
                failing.append(self.outcome.broken[component.name])
                continue
            if draft.changed:
                stale.append(component.document)
                edited = f"; edited by hand in {', '.join(draft.edited)}" if draft.edited else ""
                state = "is missing" if draft.before is None else f"is not what a run would write{edited}"
                print(f"{component.document} {state}\n{draft.diff()}", file=sys.stderr)
            failing += [f"{collector} failed for {component.name}" for collector in self._failing(component)]
        if failing:
            return TaskError("\n".join(failing))
        if stale:
            return TaskFailed(f"{len(stale)} stale documents: {', '.join(stale[:20])}")
        return None


def warn_of_edits(draft: Draft) -> None:
    """Tell people that their edits inside generated regions go, and show them."""
    if draft.edited:
        log.warning(
            "%s: edited by hand inside generated regions (%s); the edits are overwritten, move them to a manual section:"
            "\n%s",
            draft.path,
            ", ".join(draft.edited),
            draft.diff(),
        )


Action = tuple[Callable[..., object], list[Any]]


def task(name: str, actions: list[Action], doc: str, **attributes: Any) -> Task:
    """One doit task whose Python actions print for themselves."""
    return dict_to_task({"name": name, "actions": actions, "doc": doc, "io": NO_CAPTURE, **attributes})


def group(name: str, members: list[str], doc: str) -> Task:
    """A task that stands for others."""
    return Task(name, None, task_dep=members, doc=doc, has_subtask=True)
