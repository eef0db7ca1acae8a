"""The tasks of a repository in which there may be something to do.

A task for each collector and component, with its files and its JSON target; one for each document; `validate` and `all`
above them. A task `_run:COLLECTOR:N` is one process of a tool. It is the setup of the collector tasks that it serves,
and doit runs a setup task only if one of these is out of date: so many components share one process, and none is
started for nothing. Paths are relative to the root, which is the working directory while doit runs.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from doit.exceptions import TaskError, TaskFailed
from doit.task import Task

from maturity import document
from maturity.closing import Closing, Figures, Noted, Process, Seen, close, counted_states, figures, left_alone
from maturity.collect import Job, collect
from maturity.collectors.base import Collector
from maturity.document import Draft
from maturity.errors import MaturityError, RepositoryGone, StorageError, UsageError
from maturity.graph.parts import (
    ALL,
    DOCUMENT_TASKS,
    EXPLAIN,
    PREVIEW,
    VALIDATE,
    Action,
    Asked,
    collect_all,
    group,
    task,
)
from maturity.model import Component
from maturity.printing import log, plain
from maturity.process import is_stopping
from maturity.repository import Repository, Stale
from maturity.rest import take_snapshot
from maturity.summary import found_tests, headline, some
from maturity.terminal.plain import write

Validated = Callable[[Repository, Iterable[Component]], None]


@dataclass
class Outcome:
    """What a run did, for those who started it: drafts by component, and what is wrong with documents.

    `undone` are the components that were not current when it began. `written` are those whose documents were, with the
    drafts that were written; `failing` those without an answer from some collectors; `figures` go with the drafts;
    `processes` are those that have ended; `unkept` the collectors' tasks whose answer could not be kept, and why.
    """

    drafts: dict[str, Draft] = field(default_factory=dict[str, Draft])
    undone: set[str] = field(default_factory=set[str])
    written: dict[str, Draft] = field(default_factory=dict[str, Draft])
    broken: dict[str, MaturityError] = field(default_factory=dict[str, MaturityError])
    failing: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    figures: dict[str, Figures] = field(default_factory=dict[str, Figures])
    processes: list[Process] = field(default_factory=list[Process])
    unkept: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def lost(self) -> set[str]:
        """The components of which not all that was found could be kept: their documents stay as they are."""
        return {name.partition(":")[2] for name in self.unkept}


class Graph:
    """The tasks for one run over one repository."""

    def __init__(
        self,
        repository: Repository,
        asked: Asked,
        outcome: Outcome | None = None,
        validated: Validated | None = None,
    ) -> None:
        """`validated` is called at the end of a validation, with the components that it was about."""
        self.repository = repository
        self._validated = validated
        self.asked = asked
        self.outcome = outcome or Outcome()
        self._today = datetime.now(UTC).date().isoformat()
        self._runs: dict[str, str] = {}
        self._reported: set[tuple[str, str]] = set()
        self._undone: tuple[Component, ...] | None = None
        self._finished = False
        self._began = time.monotonic()
        self._jobs: dict[str, Job] = {}
        self._about: tuple[Component, ...] = ()
        self._leave: Callable[[], None] = lambda: None

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
        undone = [c for c in components if c in behind or not self._is_current(None, None, c)]
        self.outcome.undone |= {component.name for component in undone}
        runs = self.asked.command == "run"
        shown = tuple(undone) if runs and not named else components
        for component in shown if runs else ():
            log.info("%s: %s", component.name, found_tests(component))
        if runs and not named:
            self._undone = tuple(undone)
            if not undone:
                take_snapshot(repository)
        yield from self._run_tasks(list(stale.values()))
        for component in shown:
            yield self._maturity(component)
            for collector in repository.applying(component):
                yield self._record(collector, component, stale.get(f"{collector.name}:{component.name}"))
            yield self._preview(component)
            doc = f"check {component.document}"
            yield self._validate(f"validate:{component.name}", [component], [component], doc)
            yield task(f"explain:{component.name}", [(self._explain, [component])], f"explain {component.name}")
        yield from self._groups(shown, undone)
        repository.save()

    def _listed(self, components: Iterable[Component]) -> Iterator[Task]:
        """What `doit list` shows: the components as last collected, and the few commands.

        Which of them are current takes a closer look, and is found out only if the list is to say so.
        """
        undone: list[Component] = []
        for component in components:
            if self.repository.headline(component) is None:
                self.draft(component)  # it was never drafted, or the memory of it is lost
            shown = self.repository.headline(component) or f"! {self.outcome.broken[component.name]}".splitlines()[0]
            stale = {item.name: item for item in (self._stale([component]) if self.asked.status else ())}
            behind = self.asked.status and (bool(stale) or not self._is_current(None, None, component))
            undone += [component] if behind else []
            files = self._document(component)  # doit compares the names, too
            yield task(f"maturity:{component.name}", [], plain(shown), file_dep=files, uptodate=[not behind])
            for collector in self.repository.applying(component):
                yield self._record(collector, component, stale.get(f"{collector.name}:{component.name}"))
        yield from self._groups(undone, [])
        self.repository.save()

    def _groups(self, shown: Iterable[Component], undone: list[Component]) -> Iterator[Task]:
        names = [component.name for component in shown]
        yield group("all", [f"maturity:{name}" for name in names], ALL)
        if self.asked.command != "list":
            yield group("preview", [f"preview:{name}" for name in names], PREVIEW)
        yield self._validate("validate", undone, self.repository.components.values(), VALIDATE)
        yield group("explain", [f"explain:{name}" for name in names], EXPLAIN)
        for collector in self.repository.collectors:
            served = [f"{collector.name}:{c.name}" for c in shown if collector.applies(c)]
            yield group(collector.name, served, collect_all(collector.title))

    def is_ours(self, name: str) -> bool:
        """Whether a task of this name is one of ours: a dodo.py may have others beside them."""
        kind = name.partition(":")[0]
        return kind in ("all", "_run", *DOCUMENT_TASKS) or any(kind == one.name for one in self.repository.collectors)

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
        names = self.asked.components({*kinds, "explain"})
        if names is not None:
            return self.repository.select(names), True
        ours = {"all", "preview", "validate", *kinds}
        return tuple(self.repository.components.values()), self.asked.complete or not self.asked.names <= ours

    def _stale(self, components: Iterable[Component]) -> Iterator[Stale]:
        for component in components:
            for collector in self.repository.applying(component):
                item = self.repository.stale(collector, component, self.asked.always)
                if item is not None:
                    yield item

    def _forget(self, components: Iterable[Component]) -> None:
        for component in components:
            for collector in self.repository.applying(component):
                names = {f"{collector.name}:{component.name}", f"maturity:{component.name}", collector.name, "all"}
                if not self.asked.names or names & self.asked.names:
                    self.repository.forget(collector, component)

    def _run_tasks(self, stale: list[Stale]) -> Iterator[Task]:
        for collector in self.repository.collectors:
            items = [item for item in stale if item.collector is collector]
            for number, job in enumerate(self.repository.jobs(items)):
                name = f"_run:{collector.name}:{number}"
                self._runs |= {f"{collector.name}:{component.name}": name for component in job.components}
                self._jobs[name] = job
                yield task(name, [(self._run, [job])], f"one process of {collector.name}")

    def process(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The collector and the components of a process, by the name of its task."""
        job = self._jobs[name]
        return job.collector.name, tuple(component.name for component in job.components)

    def on_leaving(self, stop: Callable[[], None]) -> None:
        """What is to be done before the process is given up."""
        self._leave = stop

    def _run(self, job: Job) -> None:
        began = time.monotonic()
        try:
            unkept = collect(job, self.repository.root, self.repository.store)
        except RepositoryGone as error:
            # Nothing that this process still could do is of any use, and doit would stumble over its own database.
            log.critical("maturity: %s", error)
            self._leave()
            sys.stdout.flush()
            os._exit(error.exit_code)
        names = tuple(component.name for component in job.components)
        self.outcome.processes.append(Process(job.collector.name, names, time.monotonic() - began))
        self.outcome.unkept |= {f"{job.collector.name}:{name}": str(error) for name, error in unkept.items()}

    def _record(self, collector: Collector, component: Component, stale: Stale | None) -> Task:
        name = f"{collector.name}:{component.name}"
        root = self.repository.root
        why = f"; runs because: {', '.join(stale.reasons)}" if stale is not None else ""
        tests = f": {some(collector.tests(component))}" if collector.tests(component) else ""
        if stale is not None:
            log.info("%s runs: %s", name, ", ".join(stale.reasons))
        made = task(
            name,
            [(self._answer, [collector, component])],
            plain(f"{collector.title} of {component.name}{tests}{why}"),
            file_dep=list(component.files),
            targets=[str(self.repository.store.record_path(collector.name, component.name).relative_to(root))],
            uptodate=[stale is None],
            setup=[self._runs[name]] if name in self._runs else [],
            teardown=[(self._finish,)],
            clean=True,
        )
        made.subtask_of = f"maturity:{component.name}"
        return made

    def _answer(self, collector: Collector, component: Component) -> TaskError | None:
        """The end of a collector's task. A failure is the document's to report, if a document follows in this run."""
        name = f"{collector.name}:{component.name}"
        if name in self.outcome.unkept:  # and no document is made of it: it would mix what was found with what was
            return TaskError(f"{name}: what was found could not be kept: {plain(self.outcome.unkept[name])}")
        failure = self.repository.known(collector, component).failure
        if failure is None:
            return None
        if (collector.name, failure.log) not in self._reported:  # one process, one report, however many components
            log.error("%s failed: %s\n%s", name, failure.reason, failure.log)
            self._reported.add((collector.name, failure.log))
        alone = self.asked.names and all(n.partition(":")[0] not in ("all", *DOCUMENT_TASKS) for n in self.asked.names)
        return TaskError(plain(f"{name} failed: {failure.reason}")) if alone else None

    def _maturity(self, component: Component) -> Task:
        return task(
            f"maturity:{component.name}",
            [(self._update, [component])],
            f"update {component.document}",
            task_dep=self._records(component),
            file_dep=self._document(component),
            uptodate=[(self._is_current, [component])],
            teardown=[(self._finish,)],
        )

    def _document(self, component: Component) -> list[str]:
        """The path of a component's document, if it is there."""
        return [component.document] if (self.repository.root / component.document).is_file() else []

    def _records(self, component: Component) -> list[str]:
        """The names of the tasks that collect a component's records."""
        return [f"{collector.name}:{component.name}" for collector in self.repository.applying(component)]

    def _is_current(self, task: object, values: object, component: Component) -> bool:
        """Whether the document says what it should: asked again after the component's records are in."""
        del task, values
        with contextlib.suppress(MaturityError):  # which the draft will say
            if self.repository.document_is_current(component):
                return True
        draft = self.draft(component)
        return draft is not None and not draft.changed and not self.repository.failing(component)

    def _finish(self) -> None:
        """Keep what this run found out, once all tasks are done. doit calls this for each task: the first is enough."""
        if self._finished:
            return
        self._finished = True
        undone, self._undone = self._undone, None
        if undone and not is_stopping() and not any(self.repository.failing(component) for component in undone):
            take_snapshot(self.repository, undone)
        self.repository.save()

    def draft(self, component: Component) -> Draft | None:
        """What the document should say, None where its markup is broken."""
        repository = self.repository
        try:
            measurements = repository.measurements(component)
            draft = repository.draft(component, measurements, self._today)
        except MaturityError as error:
            kind = StorageError if isinstance(error, StorageError) else MaturityError
            said = str(error).removeprefix(f"{component.document}: ")
            self.outcome.broken[component.name] = kind(f"{component.document}: {said}")
            return None
        self.outcome.drafts[component.name] = draft
        self.outcome.figures[component.name] = figures(measurements)
        repository.note_headline(component, headline(draft.standing.stage, measurements))
        if not draft.changed:
            repository.note_document(component, draft.after)
        return draft

    def _final_draft(self, component: Component) -> Draft | None:
        """As `draft`, once the component's records are in; None also where a test has taken some of them away again."""
        store, name = self.repository.store, component.name
        applying = [collector.name for collector in self.repository.applying(component)]
        gone = [collector for collector in applying if not store.record_path(collector, name).exists()]
        if not gone:
            return self.draft(component)
        what = f"the records of {', '.join(gone)} for {name} are gone; run again"
        self.outcome.broken[name] = StorageError(f"{component.document}: {what}")
        return None

    def _update(self, component: Component) -> TaskError | None:
        draft = self._final_draft(component)
        if draft is not None:
            try:
                self._warn(component, draft)
                document.write(self.repository.root, draft)
                self.repository.note_document(component, draft.after)
                if draft.changed:
                    self.outcome.written[component.name] = draft
            except MaturityError as error:
                self.outcome.broken[component.name] = error
        return self._verdict(component)

    def _warn(self, component: Component, draft: Draft) -> None:
        """Tell people what of theirs goes with this rewrite, and keep it in a log."""
        lines: list[str] = []
        if draft.edited:
            names = ", ".join(draft.edited)
            lines.append(f"edited by hand inside generated regions ({names}); move what you need to a manual section")
        lines += [f"the tick of {identity!r} goes: there is no such manual criterion" for identity in draft.lost_ticks]
        lines += [f"the text of {name} is replaced for the first time" for name in draft.taken_over]
        if lines and draft.changed:
            log.warning("%s: %s\n%s", draft.path, "; ".join(lines), draft.diff())
            self.repository.store.log_overwritten(component.name, [*lines, draft.diff()])

    def _preview(self, component: Component) -> Task:
        doc = f"work out {component.document} and do not write it"
        return task(f"preview:{component.name}", [(self._look, [component])], doc, task_dep=self._records(component))

    def _look(self, component: Component) -> TaskError | None:
        self._final_draft(component)
        return self._verdict(component)

    def _verdict(self, component: Component) -> TaskError | None:
        """How the task of a document ends."""
        errors = self._errors(component)
        return TaskError(plain("\n".join(errors))) if errors else None

    def _errors(self, component: Component) -> list[str]:
        """What keeps the task of a document from ending well."""
        if component.name in self.outcome.broken:
            return [str(self.outcome.broken[component.name])]
        failing = self.repository.failing(component)
        self.outcome.failing[component.name] = tuple(failing)
        return [f"{', '.join(failing)} failed for {component.name}"] if failing else []

    def _explain(self, component: Component) -> None:
        from maturity.formats import explain  # only now: hardly a run needs it
        from maturity.survey import survey

        write(explain.text(survey(self.repository, [component])).removesuffix("\n"), sys.stdout)

    def _validate(self, name: str, components: Iterable[Component], about: Iterable[Component], doc: str) -> Task:
        # One task that reports all and fails alone: doit counts a failed task that has a dependent as an error.
        components = tuple(components)
        records = [name for component in components for name in self._records(component)]
        actions: list[Action] = [(self._compare, [components, about])]
        return task(name, actions, doc, task_dep=records, teardown=[(self._finish,)])

    def _compare(self, components: Iterable[Component], about: Iterable[Component]) -> TaskError | TaskFailed | None:
        """Hold documents against their drafts; the others that validation is `about` are known to be current."""
        wrong: dict[str, str] = {}
        errors: list[str] = []
        for component in components:
            draft = self._final_draft(component)
            errors += self._errors(component)
            if draft is not None and draft.changed:
                wrong[component.document] = draft.state
                edited = f"; edited by hand in {', '.join(draft.edited)}" if draft.edited else ""
                state = "is missing" if draft.before is None else f"is not what a run would write{edited}"
                write(plain(f"{component.document} {state}\n{draft.diff()}"), sys.stderr)
        if self._validated is not None:
            self._validated(self.repository, about)
        if wrong:
            errors.append(counted_states(wrong))
        if not errors:
            return None
        message = plain("\n".join(errors))
        return TaskFailed(message) if wrong and len(errors) == 1 else TaskError(message)

    def closing(self) -> Closing:
        """How the run ends: a table of what it did, or one line."""
        verbs = {name.partition(":")[0] for name in self.asked.names}
        if verbs == {"explain"}:
            return Closing()
        if verbs and verbs <= {"preview", "validate"}:
            changed = sum(draft.changed for draft in self.outcome.drafts.values())
            wrong = changed or self.outcome.broken or self.outcome.unkept or any(self.outcome.failing.values())
            said = left_alone(len(self._about), validated=verbs == {"validate"})
            return Closing(line="" if wrong else said)
        outcome, repository = self.outcome, self.repository
        named = {name.partition(":")[2] for name in self.asked.names}
        collected = {name for process in outcome.processes for name in process.components}
        failing = {name for name, collectors in outcome.failing.items() if collectors}
        touched = {*collected, *outcome.written, *failing, *outcome.broken, *named}
        about = [component for component in self._about if component.name in touched]
        seen = [self._seen(c, c.name in collected, c.name in named) for c in about]
        records = sum(len(repository.applying(component)) for component in self._about)
        seconds = time.monotonic() - self._began
        return close(Noted(len(self._about), records, seconds, seen, tuple(outcome.processes)))

    def _seen(self, component: Component, collected: bool, named: bool) -> Seen:
        """What the run noted of one component; what it did not draft after collecting is drafted now."""
        outcome, name = self.outcome, component.name
        judged = name in outcome.failing  # its document's task has seen all that was collected
        if not judged and (collected or name not in outcome.drafts):
            self.draft(component)
        draft = outcome.written.get(name) or outcome.drafts.get(name)
        failing = outcome.failing[name] if judged else tuple(self.repository.failing(component))
        unkept = tuple(task.partition(":")[0] for task in outcome.unkept if task.partition(":")[2] == name)
        return Seen(
            component=name,
            before=draft.stage_before if draft is not None else None,
            stage=draft.standing.stage if draft is not None else "?",
            figures=outcome.figures.get(name) or figures(self.repository.measurements(component)),
            applying=tuple(collector.name for collector in self.repository.applying(component)),
            failing=(*failing, *(collector for collector in unkept if collector not in failing)),
            written=name in outcome.written,
            stale=draft is not None and draft.changed,
            new=draft is not None and draft.before is None,
            named=named,
            problem=str(outcome.broken.get(name, "")) or ("not all that was found could be kept" if unkept else ""),
        )
