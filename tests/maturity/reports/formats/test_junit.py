"""JUnit XML: which verdict is which ending, and that any text gives a document that can be parsed."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maturity.markdown.markers import Problem
from maturity.metrics import LintingMetrics
from maturity.model import Finding
from maturity.reports.formats.junit import text
from maturity.reports.formats.xml import escaped
from maturity.reports.report import ComponentReport, DocumentState, RecordReport, RecordState, Report

Build = Callable[..., Report]
BuildComponent = Callable[..., ComponentReport]
BuildRecord = Callable[..., RecordReport]


def endings(report: Report) -> dict[str, tuple[str, str]]:
    """By the beginning of a case's name its ending and what is said of it; the counts are checked on the way."""
    root = ElementTree.fromstring(text(report).encode())
    found: dict[str, tuple[str, str]] = {}
    for element in [root, *root.findall("testsuite")]:
        cases = list(element.iter("testcase"))
        for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.attrib[attribute]) == sum(case.find(tag) is not None for case in cases)
        assert int(element.attrib["tests"]) == len(cases)
    for case in root.iter("testcase"):
        inner = list(case)
        found[case.attrib["name"].partition(" ≥")[0].partition(" =")[0]] = (
            (inner[0].tag, inner[0].attrib["message"]) if inner else ("", "")
        )
    return found


def test_each_verdict_has_its_ending(report: Build, component: BuildComponent) -> None:
    found = endings(report(component(coverage=(69, 100), ticks={"readme": True})))
    assert found["document"] == ("", "")
    assert found["Lint violations"] == ("", "")
    assert found["Test coverage"] == ("failure", "69.0 % (69 of 100 statements), missed")
    assert found["Component README exists"] == ("", "")
    assert found["API documented"] == ("failure", "nobody has ticked it")
    assert found["Integration test coverage"][0] == "skipped"
    assert "unknown" in found["Integration test coverage"][1]


def test_what_rests_on_a_failing_tool_is_no_pass(report: Build, component: BuildComponent, record: BuildRecord) -> None:
    def ending(violations: int, known: bool = True) -> str:
        failed = record(
            "ruff", "Lint", {"linting": LintingMetrics(violations)}, (), RecordState.FAILED, "it crashed", known
        )
        return endings(report(component(records=(failed,))))["Lint violations"][0]

    assert ending(0) == "error", "met the last time is not met now"
    assert ending(1) == "failure"
    assert ending(0, known=False) == "error"


@pytest.mark.parametrize(
    ("state", "ending"),
    [
        (DocumentState.STALE, "failure"),
        (DocumentState.EDITED, "failure"),
        (DocumentState.MISSING, "failure"),
        (DocumentState.BROKEN, "error"),
    ],
)
def test_a_document_that_is_not_valid(
    report: Build, component: BuildComponent, state: DocumentState, ending: str
) -> None:
    problems = (Problem(7, "orphan-end", "no region is open", "remove the marker"),)
    found = endings(report(component(state=state, problems=problems, diff="-a\n+b")))
    assert found["document"][0] == ending


@given(st.text())
def test_any_text_is_escaped_for_xml(said: str) -> None:
    element = ElementTree.fromstring(f'<a b="{escaped(said)}">{escaped(said)}</a>')
    expected = "".join(
        sign
        if sign in "\t\n\r" or "\x20" <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign > "\uffff"
        else "\ufffd"
        for sign in said
    )
    assert (element.attrib["b"], element.text or "") == (expected, expected)


@settings(max_examples=settings().max_examples // 4)  # a whole report each time
@given(st.text(max_size=20), st.text(max_size=20))
def test_any_name_and_diff_can_be_parsed(report: Build, component: BuildComponent, name: str, diff: str) -> None:
    made = report(
        component(name, findings=[Finding("a.py", 1, "X", "error", diff)], state=DocumentState.STALE, diff=diff)
    )
    assert endings(made)["document"][0] == "failure"
