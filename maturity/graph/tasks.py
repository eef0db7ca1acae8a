"""The tasks of a repository in which there may be something to do.

A task for each collector and component, with its files and its JSON target; one for each document; `validate` and `all`
above them. A task `_run:COLLECTOR:N` is one process of a tool. It is the setup of the collector tasks that it serves,
and doit runs a setup task only if one of these is out of date: so many components share one process, and none is
started for nothing. Paths are relative to the root, which is the working directory while doit runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from doit.task import Task

from maturity.collect import Job
from maturity.collectors.base import Collector
from maturity.errors import UsageError
from maturity.graph.actions import Actions, Validated
from maturity.graph.ending import closing
from maturity.graph.outcome import Outcome
from maturity.graph.parts import (
    ALL,
    DOCUMENT_TASKS,
    EXPLAIN,
    GATE,
    PREVIEW,
    TREND,
    VALIDATE,
    Action,
    Asked,
    collect_all,
    group,
    task,
)
from maturity.graph.rest import take_snapshot
from maturity.jobs import Stale, jobs, lengths
from maturity.model import Component
from maturity.printing import log, plain
from maturity.reports.closing import Closing
from maturity.reports.summary import found_tests, some
from maturity.repository import Repository


class Graph:
    """The tasks for one run over one repository."""

    def __init__(self, repository: Repository, asked: Asked, validated: Validated | None = None) -> None:
        """`validated` is called at the end of a validation, with the components that it was about."""
        self.repository = repository
        self.asked = asked
        self.outcome = Outcome()
        self.actions = Actions(repository, asked, self.outcome, validated)
        self._began = time.monotonic()
        self._runs: dict[str, str] = {}
        self.jobs: dict[str, Job] = {}  # by the name of the task that does it
        self._about: tuple[Component, ...] = ()
        self._lengths: dict[str, tuple[float, int]] = {}

    def tasks(self) -> Iterator[Task]:
        """Every task that the run can need: of a component that nobody named only what is out of date."""
        repository = self.repository
        components, named = self._components()
        self._about = components
        if self.asked.command == "run":
            repository.sweep()
        if self.asked.command == "list":
            yield from self._listed(components)
            return
        if self.asked.command == "forget":
            self._forget(components)
        stale = {item.name: item for item in self._stale(components)}
        behind = [c for c in components if any(f"{k.name}:{c.name}" in stale for k in repository.applying(c))]
        if self.asked.command == "run" and not self.asked.always:
            for name in repository.currency.recall(list(stale.values())):
                del stale[name]
        self.outcome.stale |= stale.keys()
        undone = [c for c in components if c in behind or not self.actions.is_current(None, None, c)]
        self.outcome.undone |= {component.name for component in undone}
        runs = self.asked.command == "run"
        shown = tuple(undone) if runs and not named else components
        for component in shown if runs else ():
            log.info("%s: %s", component.name, found_tests(component))
        if runs and not named:
            self.actions.resting = tuple(undone)
            if not undone:
                take_snapshot(repository)
        self._lengths = lengths(stale.values(), repository.inputs)
        yield from self._run_tasks(list(stale.values()))
        for component in shown:
            yield self._maturity(component)
            for collector in repository.applying(component):
                yield self._record(collector, component, stale.get(f"{collector.name}:{component.name}"))
            yield self._preview(component)
            doc = f"check {component.document}"
            yield self._validate(f"validate:{component.name}", [component], [component], doc)
            yield task(
                f"trend:{component.name}", [(self.actions.trend, [[component], True])], f"trend of {component.name}"
            )
            yield task(f"explain:{component.name}", [(self.actions.explain, [component])], f"explain {component.name}")
        yield from self._groups(shown, undone)
        repository.save()

    def _listed(self, components: Iterable[Component]) -> Iterator[Task]:
        """What `doit list` shows: the components as last collected, and the few commands.

        Which of them are current takes a closer look, and is found out only if the list is to say so.
        """
        undone: list[Component] = []
        for component in components:
            if self.repository.drafts.headline(component) is None:
                self.actions.draft(component)  # it was never drafted, or the memory of it is lost
            shown = (
                self.repository.drafts.headline(component) or f"! {self.outcome.broken[component.name]}".splitlines()[0]
            )
            stale = {item.name: item for item in (self._stale([component]) if self.asked.status else ())}
            behind = self.asked.status and (bool(stale) or not self.actions.is_current(None, None, component))
            undone += [component] if behind else []
            files = self._document(component)  # doit compares the names, too
            yield task(f"maturity:{component.name}", [], plain(shown), file_dep=files, uptodate=[not behind])
            for collector in self.repository.applying(component):
                yield self._record(collector, component, stale.get(f"{collector.name}:{component.name}"))
        yield from self._groups(undone, [])
        self.repository.save()

    def _groups(self, shown: Iterable[Component], undone: list[Component]) -> Iterator[Task]:
        names = [component.name for component in shown]
        yield group("all", [f"maturity:{component.name}" for component in self._in_turn(shown)], ALL)
        if self.asked.command != "list":
            yield group("preview", [f"preview:{name}" for name in names], PREVIEW)
        yield self._validate("validate", undone, self.repository.components.values(), VALIDATE)
        yield self._gate(undone)
        shown_only = [True] if self.asked.command == "list" else []  # which says what a run would do
        trend: list[Action] = [(self.actions.trend, [self.repository.components.values(), False])]
        yield task("trend", trend, TREND, uptodate=shown_only)
        yield group("explain", [f"explain:{name}" for name in names], EXPLAIN)
        for collector in self.repository.collectors:
            served = [f"{collector.name}:{c.name}" for c in self._in_turn(shown) if collector.applies(c)]
            yield group(collector.name, served, collect_all(collector.title))

    def _in_turn(self, components: Iterable[Component]) -> list[Component]:
        """Components in the order in which doit is to begin with them."""
        return sorted(components, key=lambda component: self._lengths.get(component.name, (0.0, 0)), reverse=True)

    def is_ours(self, name: str) -> bool:
        """Whether a task of this name is one of ours: a dodo.py may have others beside them."""
        kind = name.partition(":")[0]
        return kind in ("all", "gate", "trend", "_run", *DOCUMENT_TASKS) or any(
            kind == one.name for one in self.repository.collectors
        )

    def _components(self) -> tuple[tuple[Component, ...], bool]:
        """The components that the run is about, and whether they were named: all are where a name is not one of ours.

        Raises UnknownComponent for a task of a component that does not exist, UsageError for a collector's task where
        that has nothing to check.
        """
        collectors = {collector.name: collector for collector in self.repository.collectors}
        kinds = {*DOCUMENT_TASKS, *collectors}
        for name in sorted(self.asked.names):
            kind, colon, component = name.partition(":")
            if colon and kind in collectors and not collectors[kind].applies(self.repository.component(component)):
                raise UsageError(f"there is no task {name}: {collectors[kind].idle}")
        names = self.asked.components({*kinds, "explain", "trend"})
        if names is not None:
            return self.repository.select(names), True
        ours = {"all", "gate", "preview", "trend", "validate", *kinds}
        return tuple(self.repository.components.values()), self.asked.complete or not self.asked.names <= ours

    def _stale(self, components: Iterable[Component]) -> Iterator[Stale]:
        for component in components:
            for collector in self.repository.applying(component):
                item = self.repository.currency.stale(collector, component, self.asked.always)
                if item is not None:
                    yield item

    def _forget(self, components: Iterable[Component]) -> None:
        for component in components:
            for collector in self.repository.applying(component):
                names = {f"{collector.name}:{component.name}", f"maturity:{component.name}", collector.name, "all"}
                if not self.asked.names or names & self.asked.names:
                    self.repository.currency.forget(collector, component)

    def _run_tasks(self, stale: list[Stale]) -> Iterator[Task]:
        for collector in self.repository.collectors:
            items = [item for item in stale if item.collector is collector]
            for number, job in enumerate(jobs(items, self.repository.inputs, self.repository.tools)):
                name = f"_run:{collector.name}:{number}"
                self._runs |= {f"{collector.name}:{component.name}": name for component in job.components}
                self.jobs[name] = job
                yield task(name, [(self.actions.run, [job])], f"one process of {collector.name}")

    def process(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The collector and the components of a process, by the name of its task."""
        job = self.jobs[name]
        return job.collector, tuple(component.name for component in job.components)

    def on_leaving(self, stop: Callable[[], None]) -> None:
        """What is to be done before the process is given up."""
        self.actions.leave = stop

    def closing(self) -> Closing:
        """How the run ends."""
        return closing(self.actions, self._about, time.monotonic() - self._began)

    def _record(self, collector: Collector, component: Component, stale: Stale | None) -> Task:
        name = f"{collector.name}:{component.name}"
        root = self.repository.root
        why = f"; runs because: {', '.join(stale.reasons)}" if stale is not None else ""
        tests = f": {some(collector.tests(component))}" if collector.tests(component) else ""
        if stale is not None:
            log.info("%s runs: %s", name, ", ".join(stale.reasons))
        made = task(
            name,
            [(self.actions.answer, [collector, component])],
            plain(f"{collector.title} of {component.name}{tests}{why}"),
            file_dep=list(component.files),
            targets=[str(self.repository.store.record_path(collector.name, component.name).relative_to(root))],
            uptodate=[stale is None],
            setup=[self._runs[name]] if name in self._runs else [],
            teardown=[(self.actions.finish,)],
            clean=True,
        )
        made.subtask_of = f"maturity:{component.name}"
        return made

    def _maturity(self, component: Component) -> Task:
        return task(
            f"maturity:{component.name}",
            [(self.actions.update, [component])],
            f"update {component.document}",
            task_dep=self._records(component),
            file_dep=self._document(component),
            uptodate=[(self.actions.is_current, [component])],
            teardown=[(self.actions.finish,)],
        )

    def _document(self, component: Component) -> list[str]:
        """The path of a component's document, if it is there."""
        return [component.document] if (self.repository.root / component.document).is_file() else []

    def _records(self, component: Component) -> list[str]:
        """The names of the tasks that collect a component's records."""
        return [f"{collector.name}:{component.name}" for collector in self.repository.applying(component)]

    def _preview(self, component: Component) -> Task:
        doc = f"work out {component.document} and do not write it"
        return task(
            f"preview:{component.name}", [(self.actions.look, [component])], doc, task_dep=self._records(component)
        )

    def _gate(self, undone: Iterable[Component]) -> Task:
        base = {"name": "base", "long": "base", "type": str, "default": "", "help": "compare with its merge base"}
        looked_at = [f"preview:{component.name}" for component in undone] if self.asked.command != "list" else []
        actions: list[Action] = [(self.actions.gate, [])]
        shown_only = [True] if self.asked.command == "list" else []  # which says what a run would do
        finish = [(self.actions.finish,)]
        return task("gate", actions, GATE, task_dep=looked_at, params=[base], uptodate=shown_only, teardown=finish)

    def _validate(self, name: str, components: Iterable[Component], about: Iterable[Component], doc: str) -> Task:
        # One task that reports all and fails alone: doit counts a failed task that has a dependent as an error.
        components = tuple(components)
        records = [name for component in self._in_turn(components) for name in self._records(component)]
        actions: list[Action] = [(self.actions.compare, [components, about])]
        return task(name, actions, doc, task_dep=records, teardown=[(self.actions.finish,)])
