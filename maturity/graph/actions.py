"""What the tasks do when their turn comes: run a tool, write a document, hold documents against their drafts."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from doit.exceptions import TaskError, TaskFailed

from maturity import document
from maturity.collect import Job, collect
from maturity.collectors.base import Collector
from maturity.document import Draft
from maturity.errors import MaturityError, RepositoryGone, StorageError
from maturity.graph.outcome import Outcome
from maturity.graph.parts import DOCUMENT_TASKS, Asked
from maturity.graph.rest import take_snapshot
from maturity.model import Component
from maturity.printing import log, plain
from maturity.processes.process import is_stopping
from maturity.reports.closing import Process, counted_states, figures
from maturity.reports.summary import headline
from maturity.repository import Repository
from maturity.terminal.plain import write

Validated = Callable[[Repository, Iterable[Component]], None]


class Actions:
    """The actions of one run's tasks; `outcome` is where they note what they did.

    `validated` is called at the end of a validation, with the components that it was about. `resting` are the
    components after which, if all goes well, nothing is left to do; None where that is not to be asked. `leave` is what
    is to be done before the process is given up.
    """

    def __init__(self, repository: Repository, asked: Asked, outcome: Outcome, validated: Validated | None) -> None:
        self.repository = repository
        self.asked = asked
        self.outcome = outcome
        self.resting: tuple[Component, ...] | None = None
        self.leave: Callable[[], None] = lambda: None
        self._validated = validated
        self._today = datetime.now(UTC).date().isoformat()
        self._reported: set[tuple[str, str]] = set()
        self._finished = False

    def run(self, job: Job) -> None:
        """Start one process of a tool, and keep what it found."""
        began = time.monotonic()
        try:
            unkept = self._collect(job)
        except RepositoryGone as error:
            # Nothing that this process still could do is of any use, and doit would stumble over its own database.
            log.critical("maturity: %s", error)
            self.leave()
            sys.stdout.flush()
            os._exit(error.exit_code)
        names = tuple(component.name for component in job.components)
        self.outcome.processes.append(Process(job.collector, names, time.monotonic() - began))
        self.outcome.unkept |= {f"{job.collector}:{name}": str(error) for name, error in unkept.items()}

    def _collect(self, job: Job) -> dict[str, StorageError]:
        repository = self.repository
        collector = next(one for one in repository.collectors if one.name == job.collector)
        return collect(job, collector, repository.root, repository.store, repository.inputs.read_by_tests)

    def answer(self, collector: Collector, component: Component) -> TaskError | None:
        """The end of a collector's task. A failure is the document's to report, if a document follows in this run."""
        name = f"{collector.name}:{component.name}"
        if name in self.outcome.unkept:  # and no document is made of it: it would mix what was found with what was
            return TaskError(f"{name}: what was found could not be kept: {plain(self.outcome.unkept[name])}")
        failure = self.repository.currency.known(collector, component).failure
        if failure is None:
            return None
        if (collector.name, failure.log) not in self._reported:  # one process, one report, however many components
            log.error("%s failed: %s\n%s", name, failure.reason, failure.log)
            self._reported.add((collector.name, failure.log))
        alone = self.asked.names and all(n.partition(":")[0] not in ("all", *DOCUMENT_TASKS) for n in self.asked.names)
        return TaskError(plain(f"{name} failed: {failure.reason}")) if alone else None

    def is_current(self, task: object, values: object, component: Component) -> bool:
        """Whether the document says what it should: asked again after the component's records are in."""
        del task, values
        with contextlib.suppress(MaturityError):  # which the draft will say
            if self.repository.drafts.is_current(component):
                return True
        draft = self.draft(component)
        return draft is not None and not draft.changed and not self.repository.drafts.failing(component)

    def draft(self, component: Component) -> Draft | None:
        """What the document should say, None where its markup is broken."""
        repository = self.repository
        try:
            measurements = repository.drafts.measurements(component)
            draft = repository.drafts.draft(component, measurements, self._today)
        except MaturityError as error:
            kind = StorageError if isinstance(error, StorageError) else MaturityError
            said = str(error).removeprefix(f"{component.document}: ")
            self.outcome.broken[component.name] = kind(f"{component.document}: {said}")
            return None
        self.outcome.drafts[component.name] = draft
        self.outcome.figures[component.name] = figures(measurements)
        repository.drafts.note_headline(component, headline(draft.standing.stage, measurements))
        if not draft.changed:
            repository.drafts.note(component, draft.after)
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

    def update(self, component: Component) -> TaskError | None:
        """Write the document of a component."""
        draft = self._final_draft(component)
        if draft is not None:
            try:
                self._warn(component, draft)
                document.write(self.repository.root, draft)
                self.repository.drafts.note(component, draft.after)
                if draft.changed:
                    self.outcome.written[component.name] = draft
            except MaturityError as error:
                self.outcome.broken[component.name] = error
        return self._verdict(component)

    def look(self, component: Component) -> TaskError | None:
        """Work out the document of a component, and write nothing."""
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
        failing = self.repository.drafts.failing(component)
        self.outcome.failing[component.name] = tuple(failing)
        return [f"{', '.join(failing)} failed for {component.name}"] if failing else []

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

    def compare(self, components: Iterable[Component], about: Iterable[Component]) -> TaskError | TaskFailed | None:
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

    def explain(self, component: Component) -> None:
        """Print what stands behind the verdicts on a component."""
        from maturity.reports.formats import explain  # only now: hardly a run needs it
        from maturity.reports.survey import survey

        write(explain.text(survey(self.repository, [component])).removesuffix("\n"), sys.stdout)

    def trend(self, components: Iterable[Component], named: bool) -> None:
        """Print how stages and figures of components went."""
        from maturity.history.formats import Asked, rendered  # only now: hardly a run needs it
        from maturity.history.trend import DEFAULT
        from maturity.reports.past import limits, past_of, remember

        names = [component.name for component in components]
        past = past_of(self.repository, names)
        found = past.series(names)
        remember(self.repository, past)
        for said in limits(past, found):
            log.warning("%s", said)
        shown = rendered(found, Asked("text", DEFAULT, named, self.repository.settings.ladder.stages), past.shallow)
        write(plain(shown.removesuffix("\n")), sys.stdout)

    def gate(self, base: str) -> TaskFailed | None:
        """Hold the repository against the merge base of a revision, "" for that of the pull request."""
        from maturity.gate.compare import base_commit, compare  # only now: hardly a run needs it
        from maturity.gate.formats import FORMATS, text
        from maturity.reports.output import on_github, summarize

        comparison = compare(self.repository, base_commit(self.repository.root, base or None), self.outcome.drafts)
        write(text.text(comparison).removesuffix("\n"), sys.stdout)
        if on_github():
            write(FORMATS["github"](comparison).removesuffix("\n"), sys.stderr)
            summarize(FORMATS["markdown"](comparison))
        return None if comparison.passes else TaskFailed(text.verdict(comparison))

    def finish(self) -> None:
        """Keep what this run found out, once all tasks are done. doit calls this for each task: the first is enough."""
        if self._finished:
            return
        self._finished = True
        undone, self.resting = self.resting, None
        if undone and not is_stopping() and not any(self.repository.drafts.failing(component) for component in undone):
            take_snapshot(self.repository, undone)
        self.repository.save()
