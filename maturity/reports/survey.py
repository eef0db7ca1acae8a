"""Repository → Report: what is known of some components now. Nothing is collected and no document is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from difflib import SequenceMatcher

from maturity import document, render
from maturity.collectors.base import Collector
from maturity.document import Draft
from maturity.errors import MaturityError
from maturity.git.base import Base, below_top
from maturity.history.reading import Reader, Unreadable
from maturity.judge import judge, readings
from maturity.markdown.markers import MarkupError, Problem, looks_like_marker
from maturity.model import Component, Measurement, Reading
from maturity.reports.report import (
    BaseReport,
    ComponentReport,
    DocumentReport,
    DocumentState,
    Moved,
    RecordReport,
    RecordState,
    Report,
)
from maturity.reports.summary import HEADLINES
from maturity.repository import Repository

_BOX = re.compile(rb"<!--\s*criterion=(\S+?)\s*-->")
_INCIDENTAL = (render.DATE_LABEL, render.FOOTER_LABEL)


def survey(
    repository: Repository,
    components: Iterable[Component],
    base: str | None = None,
    updated: frozenset[str] = frozenset(),
) -> Report:
    """What is known of the components, by name.

    `base` is a git revision to compare stages with; `updated` names the components whose documents this run wrote.
    """
    components = sorted(components, key=lambda component: component.name)
    found = [_component(repository, component, component.name in updated) for component in components]
    ladder, within = repository.settings.ladder, below_top(repository.root)
    if base is None:
        return Report(ladder, tuple(found), within=within)
    revision = Base.find(repository.root, base)
    if revision is not None:
        said = revision.documents([component.document for component in components])
        labels = {collector.title: tuple(collector.metrics) for collector in repository.collectors}
        reader = Reader(labels)
        found = [_compared(repository, each, said, reader) for each in found]
    return Report(ladder, tuple(found), base, revision is not None, within)


def today() -> str:
    """The day that a document changed now would bear (ISO 8601, UTC)."""
    return datetime.now(UTC).date().isoformat()


def _compared(
    repository: Repository, report: ComponentReport, said: Mapping[str, bytes], reader: Reader
) -> ComponentReport:
    content = said.get(report.component.document)
    if content is None:
        return replace(report, base=BaseReport(False))
    stage = document.stated_stage(content, repository.settings.ladder)
    try:
        then = reader.read(content).readings
    except Unreadable:
        return replace(report, base=BaseReport(True, stage))
    now = readings(record.measurement for record in report.records)
    return replace(report, base=BaseReport(True, stage, tuple(moved(then, now))))


def moved(then: Mapping[str, Reading], now: Mapping[str, Reading]) -> Iterator[Moved]:
    """The headline figures that are others now than at the base."""
    for metric, *_ in HEADLINES:
        before, after = (each.get(metric) or Reading(None) for each in (then, now))
        if before.value != after.value:
            shown = (
                "unknown" if r.value is None else render.figure(r.value, render.unit_of(metric))
                for r in (before, after)
            )
            yield Moved(metric, *shown)


def _component(repository: Repository, component: Component, updated: bool) -> ComponentReport:
    measurements = repository.drafts.measurements(component)
    records = tuple(
        record(repository, collector, component, measurement)
        for collector, measurement in zip(repository.collectors, measurements, strict=True)
    )
    try:
        draft = repository.drafts.draft(component, measurements, today())
    except MaturityError as error:
        problems = problems_of(error, component)
        line = problems[0].line
        shown = DocumentReport(component.document, DocumentState.BROKEN, line, problems=problems, updated=updated)
        known = readings(measurements)
        automated = [criterion for criterion in repository.settings.ladder.criteria if not criterion.manual]
        verdicts = tuple(judge(criterion, known, {}) for criterion in automated)
        return ComponentReport(component, shown, records, verdicts=verdicts)
    standing = draft.standing
    return ComponentReport(
        component,
        replace(described(draft), updated=updated),
        records,
        standing.stage,
        standing.next_stage,
        standing.verdicts,
        standing.blockers,
    )


def record(
    repository: Repository, collector: Collector, component: Component, measurement: Measurement
) -> RecordReport:
    """One collector's record: whether it is current, and why it was collected last."""
    command = repository.tools.settings(collector).command
    tool = command or (collector.module or collector.name,)
    if not collector.applies(component):
        return RecordReport(measurement, RecordState.NOTHING_TO_CHECK, tool=tool)
    known = repository.currency.known(collector, component)
    because = known.trace.because if known.trace is not None else ()
    if known.failure is not None:
        moved = ("the last attempt failed",)
        return RecordReport(measurement, RecordState.FAILED, because, moved, known.failure.when, tool)
    if known.trace is None:
        return RecordReport(measurement, RecordState.NOT_MEASURED, because, tool=tool)
    stale = repository.currency.stale(collector, component)
    if stale is not None:
        return RecordReport(measurement, RecordState.OUT_OF_DATE, because, stale.reasons, tool=tool)
    # The version is an input of the record: it is the one that is installed now, as long as the record is current.
    names = collector.distributions[:1] if command is None else ()
    version = "".join(repository.tools.installed.get(name, "") for name in names)
    return RecordReport(measurement, RecordState.CURRENT, because, tool=tool, version=version)


def described(draft: Draft) -> DocumentReport:
    """A document that can be read, against its draft."""
    ticks = boxes(draft.before or b"")
    state = DocumentState(draft.state)
    if draft.before is None or state is DocumentState.VALID:
        return DocumentReport(draft.path, state, diff=draft.diff(), ticks=ticks)
    line, changes = changed_lines(draft.before, draft.after)
    return DocumentReport(draft.path, state, line, changes, draft.diff(), draft.edited, ticks=ticks)


def problems_of(error: MaturityError, component: Component) -> tuple[Problem, ...]:
    """What is wrong with a document that no draft can be made for."""
    if isinstance(error, MarkupError) and error.problems:
        return error.problems
    said = str(error).removeprefix(f"{component.document}: ")
    return (Problem(0, "unreadable", said, "put a file in its place that can be read"),)


def boxes(content: bytes) -> dict[str, int]:
    """The line of each manual criterion's checkbox, by the criterion's id."""
    lines = content.splitlines()
    return {found[1].decode("utf-8", "replace"): n for n, line in enumerate(lines, 1) if (found := _BOX.search(line))}


def changed_lines(before: bytes, after: bytes) -> tuple[int, tuple[str, ...]]:
    """The first line of `before` that changes for a reason, and all lines that go ("-") and come ("+") for one.

    Dates and markers change only because something else does; where nothing else does, they count for the first line.
    """
    old, new = ([line.decode("utf-8", "replace") for line in text.splitlines()] for text in (before, after))
    moved = [code for code in SequenceMatcher(None, old, new).get_opcodes() if code[0] != "equal"]
    first, said = 0, list[str]()
    for _, start, end, new_start, new_end in moved:
        lines = [f"-{line}" for line in old[start:end]] + [f"+{line}" for line in new[new_start:new_end]]
        lines = [line for line in lines if not _incidental(line[1:])]
        first = first or (start + 1 if lines else 0)
        said += lines
    if not first and moved:
        first = moved[0][1] + 1
    return min(max(first, 1), max(len(old), 1)), tuple(said)


def _incidental(line: str) -> bool:
    return not line.strip() or line.startswith(_INCIDENTAL) or looks_like_marker(line)
