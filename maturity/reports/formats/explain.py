"""Why a component is where it is, for people: every criterion, what stands behind it, and what would be enough."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from maturity.markdown.escape import one_line
from maturity.model import Answer, Finding, Verdict
from maturity.render import figure, plural, threshold, unit_of
from maturity.reports.remedy import Remedy, Stretch, evidence, remedy, stretches
from maturity.reports.report import ComponentReport, DocumentState, RecordReport, RecordState, Report, met

SHOWN = 20
"""Findings, files and places that are shown of one kind, unless all are asked for."""

At = Callable[[str], str]


def text(report: Report, everything: bool = False, at: At = str) -> str:
    """The components, a blank line between them. `at` gives a path as seen from where the reader is."""
    limit = None if everything else SHOWN
    paragraphs = ["\n".join(explained(each, report.ladder.stages, limit, at)) for each in report.components]
    return "\n\n".join(paragraphs) + "\n"


def explained(report: ComponentReport, stages: Sequence[str], limit: int | None, at: At) -> Iterator[str]:
    """The lines about one component."""
    yield from headed(report, at)
    for lower, stage in pairwise(stages):
        verdicts = report.of_stage(stage)
        yield ""
        yield f"{lower} → {stage}: {met(verdicts)} met"
        for verdict in verdicts:
            yield from criterion(verdict, report, limit, at)
    yield ""
    yield from enough(report, limit, at)
    yield ""
    yield "Records"
    for record in report.records:
        yield from recorded(record)


def headed(report: ComponentReport, at: At) -> Iterator[str]:
    """What the component is, its stage, and the state of its document."""
    named, shown = report.component, report.document
    yield f"{one_line(named.name)}: {report.stage or 'stage unknown'}"
    line = 0 if shown.state in (DocumentState.VALID, DocumentState.MISSING) else shown.line
    yield f"  document: {spot(at, shown.path, line)} is {shown.state.value}"
    for problem in shown.problems:
        yield f"    {spot(at, shown.path, problem.line)}: {one_line(problem.message)}; {one_line(problem.advice)}"
    if named.owner is not None or named.group is not None:
        yield f"  owner: {one_line(named.owner or 'none')}, group: {one_line(named.group or 'none')}"
    for label, found in (("tests", named.tests), ("integration tests", named.integration_tests)):
        yield f"  {label}: {', '.join(one_line(test) for test in found) or 'none found'}"


def criterion(verdict: Verdict, report: ComponentReport, limit: int | None, at: At) -> Iterator[str]:
    """One criterion: its verdict in a word, figure and threshold, and what it rests on."""
    asked, reading = verdict.criterion, verdict.reading
    if asked.manual or reading is None:
        line = report.document.ticks.get(asked.id)
        where = "" if line is None else f": {spot(at, report.document.path, line)}"
        said = "ticked" if verdict.answer is Answer.MET else "not ticked"
        yield f"  {verdict.answer.value:8} {one_line(asked.title)} (manual, {said}){where}"
        return
    name = f"{one_line(asked.title)} {threshold(asked)}"
    if reading.value is None:
        yield f"  {verdict.answer.value:8} {name}: unknown ({one_line(reading.reason)})"
    else:
        detail = f" ({one_line(reading.detail)})" if reading.detail else ""
        as_of = f", as of {one_line(reading.as_of)}, not measured now" if reading.as_of else ""
        yield f"  {verdict.answer.value:8} {name}: {figure(reading.value, unit_of(asked.metric or ''))}{detail}{as_of}"
    behind = evidence(verdict, report)
    yield from cut([found(finding, at) for finding in behind.findings], limit, "finding")
    yield from cut(list(uncovered(behind.uncovered, at)), limit, "file")


def found(finding: Finding, at: At) -> str:
    """One finding, with a place that terminals and editors open."""
    mends = {"safe": " (it can be mended automatically)", "unsafe": " (it can be mended, perhaps not safely)"}
    said = f"{one_line(finding.rule)} {one_line(finding.message, 500)}{mends.get(finding.fix, '')}"
    return f"           {spot(at, finding.path, finding.line)}: {said}"


def uncovered(missing: Mapping[str, tuple[int, ...]], at: At) -> Iterator[str]:
    """The lines of each file that no test reaches, the file with the most first."""
    for path, lines in sorted(missing.items(), key=lambda item: (-len(item[1]), item[0])):
        ranges = ", ".join(ranged(stretch) for stretch in stretches(path, lines))
        count = plural(len(lines), "statement")
        noun = "line" if len(lines) == 1 else "lines"
        yield f"           {spot(at, path, min(lines))}: {count} not covered, in {noun} {ranges}"


def enough(report: ComponentReport, limit: int | None, at: At) -> Iterator[str]:
    """What would be enough for the next stage."""
    if report.next_stage is None:
        yield "There is no higher stage." if report.stage is not None else "Mend the document's markup first."
        return
    yield f"Enough for {report.next_stage}"
    for verdict in report.blockers:
        least = remedy(verdict, report)
        if least is not None:
            yield f"  {one_line(verdict.criterion.title)}: {one_line(least.text, 1000)}"
            yield from how(least, limit, at)


def how(least: Remedy, limit: int | None, at: At) -> Iterator[str]:
    """The commands that do some of it, and where the rest could be done in the fewest places."""
    for command in least.commands:
        yield f"    {shlex.join(command)}"
    if least.places:
        together = sum(place.statements for place in least.places)
        yield f"    the fewest places for it ({plural(together, 'statement')} together):"
        places = [f"      {spot(at, place.path, place.first)}: lines {ranged(place)}" for place in least.places]
        yield from cut(places, limit, "place")


def recorded(report: RecordReport) -> Iterator[str]:
    """When and why a record was collected, and whether it is out of date."""
    measured = report.measurement
    said = f"  {measured.collector}: {report.state.value}"
    if report.state is RecordState.NOTHING_TO_CHECK:
        yield f"{said} ({one_line(measured.reason)})"
        return
    yield said
    if report.state is RecordState.FAILED:
        yield f"    failed {one_line(report.failed)}: {one_line(measured.failure or '', 1000)}"
    if measured.measured:
        because = f"; because: {reasons(report.because)}" if report.because else ""
        yield f"    collected {one_line(measured.measured)}{because}"
    if report.state is RecordState.OUT_OF_DATE:
        yield f"    out of date; because: {reasons(report.moved)}"


def reasons(said: Sequence[str]) -> str:
    """Why a record was or will be collected."""
    return ", ".join(one_line(reason) for reason in said)


def ranged(stretch: Stretch) -> str:
    """Line numbers, from and to."""
    return str(stretch.first) if stretch.first == stretch.last else f"{stretch.first}-{stretch.last}"


def spot(at: At, path: str, line: int) -> str:
    """A place as `path:line`."""
    place = one_line(at(path), 4096)
    return f"{place}:{line}" if line > 0 else place


def cut(lines: Sequence[str], limit: int | None, noun: str) -> Iterator[str]:
    """The first lines, and how many there are more."""
    kept = lines if limit is None or len(lines) <= limit else lines[:limit]
    yield from kept
    if len(kept) < len(lines):
        indent = " " * (len(lines[0]) - len(lines[0].lstrip()))
        yield f"{indent}… and {plural(len(lines) - len(kept), noun)} more; --full shows all"
