"""Run one tool for the components that need it, and keep what it found."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from maturity.collectors.base import Collector, Output, Request, Step
from maturity.errors import REPORT, CollectorFailure, StorageError, expected
from maturity.files import read_bytes
from maturity.model import Component, Facts, Failure
from maturity.process import OUTPUT_LIMIT, Completed, run, scratch_directory
from maturity.record import FailureReport, Trace
from maturity.store import Store
from maturity.terminal import log

QUIET = {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}
"""Environment variables that keep the tools from asking the network for news and from colouring their output."""

OPENED = "opened.json"


@dataclass(frozen=True)
class Job:
    """Some components for one process of a collector.

    `inputs` are the input digests of each component, taken before the tool starts: an edit while it runs is then seen
    by the next run. `read_by_tests` digests what the run opened and listed, given when it started.
    """

    collector: Collector
    components: tuple[Component, ...]
    inputs: Mapping[str, Mapping[str, str]]
    tool: tuple[str, ...]
    timeout: float
    read_by_tests: Callable[[tuple[str, ...], tuple[str, ...], int], Mapping[str, str]]
    config_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Opened:
    """The files and directories that a test run read, as the probe reports them."""

    opened: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


def collect(job: Job, root: Path, store: Store) -> dict[str, StorageError]:
    """Do a job: every component of it has a new record, or a report of why not. Never raises for what a tool does.

    Returned are the components whose answer the disk did not take: nothing is known of them but what was before.

    Where the tool gave no answer for several components at once, each is tried alone: one that breaks the tool, with
    its own configuration for example, must not take the others with it.
    """
    answers, kept = attempt(job, root)
    unkept: dict[str, StorageError] = {}
    if len(job.components) > 1 and all(isinstance(answer, Failure) for answer in answers.values()):
        for component in job.components:
            unkept |= collect(replace(job, components=(component,)), root, store)
        return unkept
    for component in job.components:
        try:
            keep(job, component, answers[component.name], store, kept)
        except StorageError as error:
            unkept[component.name] = error
    return unkept


@dataclass(frozen=True)
class Attempt:
    """What one attempt at a job left besides its answers."""

    ran: Sequence[Completed]
    started: int
    seconds: float
    opened: Opened


def attempt(job: Job, root: Path) -> tuple[dict[str, Facts | Failure], Attempt]:
    """Run the tool once and read its answer for every component of the job."""
    began, started = time.time_ns(), time.monotonic()
    ran: list[Completed] = []
    opened = Opened()
    with scratch_directory() as scratch:
        try:
            request = Request(job.components, str(root), str(scratch), job.tool, job.config_files)
            outputs: dict[str, Output] = {}
            for step in job.collector.steps(request):
                outputs[step.name] = run_step(step, job, root, scratch, ran)
            opened = read_opened(outputs.values())
            found = job.collector.parse(request, outputs)
        except CollectorFailure as failure:
            found = {component.name: Failure(str(failure)) for component in job.components}
        except Exception as error:
            known = expected(error)
            reason = str(known) if known else f"a bug in the collector {job.collector.name}; please report it"
            trace = "" if known else f"{traceback.format_exc()}{REPORT}"
            found = {component.name: Failure(reason, trace) for component in job.components}
    nothing = Failure("the collector said nothing about this component")
    answers = {component.name: found.get(component.name, nothing) for component in job.components}
    return answers, Attempt(ran, began, time.monotonic() - started, opened)


def run_step(step: Step, job: Job, root: Path, scratch: Path, ran: list[Completed]) -> Output:
    """One process of a job, with the scratch files that go in and the reports that come out."""
    for name, content in step.writes.items():
        (scratch / name).write_bytes(content)
    completed = run(step.command, root, scratch, job.timeout, QUIET)
    ran.append(completed)
    log.info("%s: %s (%.2f s)", job.collector.name, " ".join(completed.command)[:500], completed.seconds)
    reports: dict[str, bytes] = {}
    for name in step.reports:
        path = scratch / name
        content = read_bytes(path, OUTPUT_LIMIT)
        if content is not None:
            reports[name] = content
        elif path.exists():
            raise CollectorFailure(f"its report {name} is larger than {OUTPUT_LIMIT >> 20} MB")
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


def keep(job: Job, component: Component, answer: Facts | Failure, store: Store, attempted: Attempt) -> None:
    """Write what a collector found for one component."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    name = job.collector.name
    if isinstance(answer, Facts):
        commands = tuple(completed.command for completed in attempted.ran)
        read = attempted.opened
        inputs = {**job.inputs[component.name], **job.read_by_tests(read.opened, read.listed, attempted.started)}
        trace = Trace(inputs, "", now, commands, attempted.seconds, read.opened, read.listed)
        store.write_facts(name, component.name, answer, trace)
    else:
        reason, _, more = answer.reason.partition("\n")
        text = "\n".join(part for part in (more, answer.log, *(completed.log() for completed in attempted.ran)) if part)
        store.write_failure(name, component.name, FailureReport(reason, text, now))
