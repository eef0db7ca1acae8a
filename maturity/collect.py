"""Run one tool for the components that need it, and keep what it found."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from maturity.cache.record import FailureReport, Trace
from maturity.cache.store import Store
from maturity.collectors.base import Collector, Output, Request, Step
from maturity.errors import REPORT, CollectorFailure, RepositoryGone, StorageError, expected
from maturity.inputs.digest import what_exists
from maturity.model import Component, Facts, Failure
from maturity.printing import log
from maturity.processes.process import Completed, run
from maturity.processes.scratch import scratch_directory

QUIET = {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
"""Environment variables that keep the tools from asking the network for news and from colouring their output."""

OPENED = "opened.json"

PATIENCE = 3
"""After so many components in a row that fail alone, and for the same reason, the tool itself is taken to be broken."""


@dataclass(frozen=True)
class Job:
    """Some components for one process of a collector, which is named: a job is plain data, and any process can do it.

    `inputs` are the input digests of each component, taken before the tool starts: an edit while it runs is then seen
    by the next run. `because` are the reasons why each component is collected, in words.
    """

    collector: str
    components: tuple[Component, ...]
    inputs: Mapping[str, Mapping[str, str]]
    tool: tuple[str, ...]
    timeout: float
    config_files: tuple[str, ...] = ()
    because: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True)
class Opened:
    """What a test run read, as the probe reports it: files, directories, and what there was at paths it asked for."""

    opened: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict[str, str])


ReadByTests = Callable[[tuple[str, ...], tuple[str, ...], int], Mapping[str, str]]
"""Digests what a run opened and listed, given when it started, by label."""


def collect(
    job: Job, collector: Collector, root: Path, store: Store, read_by_tests: ReadByTests
) -> dict[str, StorageError]:
    """Do a job of a collector: every component of it has a new record, or a report of why not.

    Returned are the components whose answer the disk did not take: nothing is known of them but what was before. Never
    raises for what a tool does, but RepositoryGone where it took the repository away.

    Where the tool gave no answer for several components at once, each is tried alone: one that breaks the tool, with
    its own configuration for example, must not take the others with it. But where some in a row fail for one and the
    same reason it is the tool that is broken, and the rest gets one more chance together: a tool that hangs must not
    hang once for every component.
    """
    answers, attempted = attempt(job, collector, root, store)
    if len(job.components) == 1 or any(isinstance(answer, Facts) for answer in answers.values()):
        return keep(job, answers, attempted, store, read_by_tests)
    unkept: dict[str, StorageError] = {}
    waiting = list(job.components)
    last, in_a_row = "", 0
    while waiting:
        count = len(waiting) if in_a_row == PATIENCE else 1
        portion, waiting = replace(job, components=tuple(waiting[:count])), waiting[count:]
        answers, attempted = attempt(portion, collector, root, store)
        unkept |= keep(portion, answers, attempted, store, read_by_tests)
        answer = answers[portion.components[0].name]
        reason = "" if isinstance(answer, Facts) else first_line(answer.reason)
        in_a_row = 0 if not reason else in_a_row + 1 if reason == last else 1
        last = reason
    return unkept


def first_line(reason: str) -> str:
    """A reason without what follows for the log."""
    return reason.partition("\n")[0]


@dataclass(frozen=True)
class Attempt:
    """What one attempt at a job left besides its answers."""

    ran: Sequence[Completed]
    started: int
    seconds: float
    opened: Opened


def attempt(
    job: Job, collector: Collector, root: Path, store: Store | None = None
) -> tuple[dict[str, Facts | Failure], Attempt]:
    """Run the tool once and read its answer for every component of the job.

    Raises RepositoryGone where it has deleted the directory of the store.
    """
    there = store is not None and store.directory.is_dir()
    began, started = time.time_ns(), time.monotonic()
    ran: list[Completed] = []
    opened = Opened()
    with scratch_directory() as scratch:
        try:
            request = Request(job.components, str(root), str(scratch), job.tool, job.config_files)
            outputs: dict[str, Output] = {}
            for step in collector.steps(request):
                outputs[step.name] = run_step(step, job, root, scratch, ran)
            for step in collector.further(request, outputs):
                outputs[step.name] = run_step(step, job, root, scratch, ran)
            opened = read_opened(outputs.values())
            found = collector.parse(request, outputs)
        except CollectorFailure as failure:
            found = {component.name: Failure(str(failure)) for component in job.components}
        except Exception as error:
            known = expected(error)
            reason = str(known) if known else f"a bug in the collector {job.collector}; please report it"
            trace = "" if known else f"{traceback.format_exc()}{REPORT}"
            found = {component.name: Failure(reason, trace) for component in job.components}
    if there and store is not None and not store.directory.is_dir():
        names = ", ".join(component.name for component in job.components[:5])
        ran_what = "\n".join(completed.log() for completed in ran)
        raise RepositoryGone(
            f"{store.directory} was deleted, as was seen when {job.collector} had run for {names}: "
            "nothing of this run can be kept. Bring back what is gone, with `git restore` for example, "
            f"and mend the test that deletes it.\n{ran_what}"
        )
    nothing = Failure("the collector said nothing about this component")
    answers = {component.name: found.get(component.name, nothing) for component in job.components}
    return answers, Attempt(ran, began, time.monotonic() - started, opened)


def run_step(step: Step, job: Job, root: Path, scratch: Path, ran: list[Completed]) -> Output:
    """One process of a job, with the scratch files that go in and the reports that come out."""
    for name, content in step.writes.items():
        (scratch / name).write_bytes(content)
    completed = run(step.command, root, scratch, job.timeout, QUIET, step.reports)
    ran.append(completed)
    log.info("%s: %s (%.2f s)", job.collector, " ".join(completed.command)[:500], completed.seconds)
    reports: dict[str, bytes] = {}
    for name in step.reports:
        path = scratch / name
        if path.is_file():  # not a pipe, which would keep us waiting
            try:
                reports[name] = path.read_bytes()
            except OSError as error:
                raise CollectorFailure(f"its report {name} cannot be read: {error.strerror}") from None
    return Output(completed.returncode, completed.stdout, completed.stderr, reports)


def read_opened(outputs: Iterable[Output]) -> Opened:
    """What the test run opened and listed, from the probe's report."""
    for output in outputs:
        if OPENED in output.reports:
            try:
                return msgspec.json.decode(output.reports[OPENED], type=Opened)
            except msgspec.MsgspecError as error:
                raise CollectorFailure(f"its report {OPENED} cannot be read: {error}") from None
    return Opened()


def keep(
    job: Job, answers: Mapping[str, Facts | Failure], attempted: Attempt, store: Store, read_by_tests: ReadByTests
) -> dict[str, StorageError]:
    """Write what a collector found for the components of a job; returned are those for which that could not be."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    unkept: dict[str, StorageError] = {}
    for component in job.components:
        try:
            if isinstance(answer := answers[component.name], Facts):
                keep_facts(job, component, answer, attempted, store, read_by_tests, now)
            else:
                keep_failure(job, component, answer, attempted, store, now)
        except StorageError as error:
            unkept[component.name] = error
    return unkept


def keep_facts(
    job: Job,
    component: Component,
    facts: Facts,
    attempted: Attempt,
    store: Store,
    read_by_tests: ReadByTests,
    now: str,
) -> None:
    """Write what a collector found for one component, with its trace. Raises StorageError."""
    read = attempted.opened
    found = read_by_tests(read.opened, read.listed, attempted.started)
    trace = Trace(
        inputs={**job.inputs[component.name], **found, **what_exists(read.asked)},
        record="",
        measured=now,
        seconds=attempted.seconds,
        opened=read.opened,
        listed=read.listed,
        because=job.because.get(component.name, ()),
        asked=read.asked,
        until=facts.until,
    )
    store.write_facts(job.collector, component.name, facts, trace)


def keep_failure(job: Job, component: Component, failure: Failure, attempted: Attempt, store: Store, now: str) -> None:
    """Write why a collector has no answer for one component. Raises StorageError."""
    _, _, more = failure.reason.partition("\n")
    logs = (more, failure.log, *(completed.log() for completed in attempted.ran))
    text = "\n".join(part for part in logs if part)
    store.write_failure(job.collector, component.name, FailureReport(first_line(failure.reason), text, now))
