"""The report as JSON, in the form of `maturity/schemas/report.schema.json`.

`format` is the version: it changes when a key changes its meaning or goes, not when one is added. Whoever reads it
should pass over keys that it does not know. Exact values are texts such as "12000/131"; the number beside one is cut to
six decimals and never rounded up.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import cast

from maturity.metrics import cut
from maturity.model import Finding, Verdict
from maturity.render import figure, threshold, unit_of
from maturity.reports.remedy import Remedy, remedy
from maturity.reports.report import ComponentReport, DocumentReport, RecordReport, Report

FORM = "maturity-report"
FORMAT = 1

Object = dict[str, object]


def text(report: Report) -> str:
    """The whole report, indented, in ASCII."""
    return json.dumps(document(report), indent=2) + "\n"


def document(report: Report) -> Object:
    """The report as JSON values."""
    base = None if report.base is None else {"revision": report.base, "found": report.base_found}
    return {
        "form": FORM,
        "format": FORMAT,
        "stages": list(report.ladder.stages),
        "base": base,
        "root": report.within,
        "components": [component(each) for each in report.components],
    }


def component(report: ComponentReport) -> Object:
    """One component."""
    named = report.component
    base = None if report.base is None else dataclasses.asdict(report.base)
    return {
        "name": named.name,
        "owner": named.owner,
        "group": named.group,
        "source": list(named.source),
        "tests": list(named.tests),
        "integration_tests": list(named.integration_tests),
        "document": _document(report.document),
        "stage": report.stage,
        "next_stage": report.next_stage,
        "base": base,
        "criteria": [criterion(verdict, report) for verdict in report.verdicts],
        "records": [record(each) for each in report.records],
    }


def _document(report: DocumentReport) -> Object:
    return {
        "path": report.path,
        "state": report.state.value,
        "line": report.line,
        "updated": report.updated,
        "edited": list(report.edited),
        "diff": report.diff,
        "problems": [dataclasses.asdict(problem) for problem in report.problems],
    }


def criterion(verdict: Verdict, report: ComponentReport) -> Object:
    """One criterion with its verdict, and what would be enough to meet it."""
    asked, reading = verdict.criterion, verdict.reading
    value = None if reading is None else reading.value
    enough = remedy(verdict, report)
    return {
        "id": asked.id,
        "title": asked.title,
        "stage": asked.stage,
        "manual": asked.manual,
        "metric": asked.metric,
        "threshold": None if asked.manual else threshold(asked),
        "at_least": number(asked.at_least),
        "at_most": number(asked.at_most),
        "answer": verdict.answer.value,
        "blocks": verdict in report.blockers,
        "failing": verdict.failing,
        "figure": None if value is None else figure(value, unit_of(asked.metric or "")),
        "value": None if value is None else cut(value, 6),
        "exact": None if value is None else str(value),
        "detail": "" if reading is None else reading.detail,
        "reason": "" if reading is None else reading.reason,
        "as_of": None if reading is None else reading.as_of,
        "line": report.document.ticks.get(asked.id) if asked.manual else None,
        "enough": None if enough is None else _enough(enough),
    }


def _enough(enough: Remedy) -> Object:
    return {
        "text": enough.text,
        "count": enough.count,
        "places": [dataclasses.asdict(place) for place in enough.places],
        "commands": [list(command) for command in enough.commands],
    }


def record(report: RecordReport) -> Object:
    """One collector's record."""
    measured = report.measurement
    facts = measured.facts
    failure = None if measured.failure is None else {"reason": measured.failure, "when": report.failed}
    return {
        "collector": measured.collector,
        "title": measured.title,
        "state": report.state.value,
        "version": report.version or None,
        "measured": measured.measured or None,
        "because": list(report.because),
        "moved": list(report.moved),
        "failure": failure,
        "reason": measured.reason if facts is None else "",
        "metrics": {} if facts is None else {name: metric(value) for name, value in facts.metrics.items()},
        "unknown": {} if facts is None else dict(facts.unknown),
        "excluded": [] if facts is None else list(facts.excluded),
        "findings": [finding(each) for each in report.findings],
    }


def metric(value: object) -> Object:
    """A metric's own figures, by name; a third party's may be any dataclass."""
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return {"value": str(value)}
    return cast(Object, plain(dataclasses.asdict(value)))


def plain(value: object) -> object:
    """A value as JSON has it: a fraction becomes text, and so does whatever JSON has no form for."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Mapping():
            return {str(key): plain(inner) for key, inner in cast(Mapping[object, object], value).items()}
        case list() | tuple():
            return [plain(inner) for inner in cast(list[object], value)]
        case _:
            return str(value)


def number(value: Fraction | None) -> int | float | None:
    """A threshold as it was configured."""
    if value is None:
        return None
    return value.numerator if value.denominator == 1 else float(value)


def finding(each: Finding) -> Object:
    """One finding; `fix` is null where the tool cannot mend it."""
    return {
        "path": each.path,
        "line": each.line or None,
        "rule": each.rule,
        "severity": each.severity,
        "message": each.message,
        "fix": each.fix or None,
    }
