"""Verdicts as JUnit XML, as CI servers show test reports: a suite for each component, a case for each criterion.

met: passed · missed: a failure, a manual criterion that nobody ticked too · unknown: skipped, with the reason · resting
on a tool that fails now: an error, for it was not measured, though a missed last known figure stays a failure. A first
case of each suite is the document itself: stale, edited by hand or missing is a failure, broken markup an error.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from maturity.model import Answer, Verdict
from maturity.render import figure, threshold, unit_of
from maturity.reports.formats.xml import escaped
from maturity.reports.report import ComponentReport, DocumentState, Report


@dataclass(frozen=True)
class Case:
    """One test case: `ending` "" is a pass, else "failure", "error" or "skipped", with what is said of it."""

    classname: str
    name: str
    ending: str = ""
    said: str = ""
    body: str = ""


def text(report: Report) -> str:
    """The report as one `testsuites` element."""
    suites = [(each.component.name, list(cases(each))) for each in report.components]
    everything = [case for _, found in suites for case in found]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<testsuites name="maturity" {counts(everything)}>']
    for name, found in suites:
        lines.append(f'  <testsuite name="{escaped(name)}" {counts(found)}>')
        lines += [line for case in found for line in element(case)]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def counts(cases: list[Case]) -> str:
    """The attributes that say how many cases ended how."""
    endings = [case.ending for case in cases]
    return (
        f'tests="{len(cases)}" failures="{endings.count("failure")}" errors="{endings.count("error")}" '
        f'skipped="{endings.count("skipped")}" time="0"'
    )


def element(case: Case) -> Iterator[str]:
    """One case."""
    head = f'    <testcase classname="{escaped(case.classname)}" name="{escaped(case.name)}" time="0"'
    if not case.ending:
        yield f"{head}/>"
        return
    yield f"{head}>"
    body = f">{escaped(case.body)}</{case.ending}>" if case.body else "/>"
    yield f'      <{case.ending} message="{escaped(case.said)}"{body}'
    yield "    </testcase>"


def cases(report: ComponentReport) -> Iterator[Case]:
    """The document and every criterion of a component."""
    name, shown = f"maturity.{report.component.name}", report.document
    where = f"{shown.path}:{shown.line}"
    match shown.state:
        case DocumentState.VALID:
            yield Case(name, "document")
        case DocumentState.BROKEN:
            problems = "\n".join(f"{shown.path}:{each.line}: {each}" for each in shown.problems)
            yield Case(name, "document", "error", f"{shown.path} cannot be obeyed", problems)
        case _:
            yield Case(name, "document", "failure", f"{where} is {shown.state.value}", shown.diff)
    for verdict in report.verdicts:
        yield judged(f"{name}.{verdict.criterion.stage}", verdict)


def judged(classname: str, verdict: Verdict) -> Case:
    """One criterion."""
    criterion, reading = verdict.criterion, verdict.reading
    if criterion.manual or reading is None:
        if verdict.answer is Answer.MET:
            return Case(classname, criterion.title)
        return Case(classname, criterion.title, "failure", "nobody has ticked it")
    name = f"{criterion.title} {threshold(criterion)}"
    as_of = f", as of {reading.as_of}" if reading.as_of else ""
    if reading.value is None:
        return Case(classname, name, "error" if reading.failing else "skipped", f"unknown: {reading.reason}")
    detail = f" ({reading.detail})" if reading.detail else ""
    said = f"{figure(reading.value, unit_of(criterion.metric or ''))}{detail}, {verdict.answer.value}{as_of}"
    if verdict.answer is Answer.MISSED:
        return Case(classname, name, "failure", said)
    return Case(classname, name, "error", f"not measured now; {said}") if reading.failing else Case(classname, name)
