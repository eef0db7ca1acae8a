"""GitLab's code quality report: the fields that it asks for, unique fingerprints, relative paths."""

from __future__ import annotations

import json
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from maturity.markdown.markers import Problem
from maturity.model import Finding
from maturity.reports.formats.gitlab import text
from maturity.reports.report import ComponentReport, DocumentState, Report

Build = Callable[..., Report]
BuildComponent = Callable[..., ComponentReport]
F401 = Finding("src/carbon.py", 3, "F401", "error", "unused", "safe")
SEVERITIES = {"info", "minor", "major", "critical", "blocker"}


def entries(report: Report) -> list[dict]:
    said = json.loads(text(report))
    for each in said:
        assert each.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert each["description"]
        assert each["severity"] in SEVERITIES
        assert each["location"]["lines"]["begin"] >= 1
        assert not each["location"]["path"].startswith(("/", "./"))
    prints = [each["fingerprint"] for each in said]
    assert len(set(prints)) == len(prints)
    return said


def test_nothing_is_an_empty_list(report: Build, component: BuildComponent) -> None:
    assert entries(report(component())) == []


def test_findings_and_documents(report: Build, component: BuildComponent) -> None:
    said = entries(report(component(findings=[F401, F401]), component("b", state=DocumentState.STALE, line=9)))
    stale, *found = said
    assert (stale["check_name"], stale["location"]) == (
        "maturity:stale",
        {"path": "src/b.MATURITY.md", "lines": {"begin": 9}},
    )
    assert [(each["check_name"], each["severity"]) for each in found] == [("ruff:F401", "major")] * 2
    assert found[0]["location"] == {"path": "src/carbon.py", "lines": {"begin": 3}}


def test_a_broken_document_blocks(report: Build, component: BuildComponent) -> None:
    problem = Problem(0, "unreadable", "odd", "move it")
    (broken,) = entries(report(component(state=DocumentState.BROKEN, line=0, problems=(problem,))))
    assert (broken["severity"], broken["location"]["lines"]) == ("blocker", {"begin": 1})


def test_a_fingerprint_stays_when_lines_move(report: Build, component: BuildComponent) -> None:
    def prints(line: int) -> list[str]:
        finding = Finding("src/carbon.py", line, "F401", "error", "unused")
        return [each["fingerprint"] for each in entries(report(component(findings=[finding])))]

    assert prints(3) == prints(70)


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(max_examples=settings().max_examples // 4)  # a whole report each time
@given(TEXT, TEXT, TEXT, st.sampled_from(["error", "low", "fatal", "odd"]))
def test_any_finding(
    report: Build, component: BuildComponent, path: str, rule: str, message: str, severity: str
) -> None:
    finding = Finding(path, 0, rule or "X", severity, message)
    assert len(entries(report(component(findings=[finding])))) == 1
