"""The report as JSON: against the schema in the package, which knows every key that there is."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maturity.markdown.markers import Problem
from maturity.metrics import LintingMetrics
from maturity.model import Finding
from maturity.reports.formats.json import document, text
from maturity.reports.report import BaseReport, ComponentReport, DocumentState, Moved, RecordReport, RecordState, Report

F401 = Finding("src/carbon.py", 3, "F401", "error", "`os` imported but unused", "safe")

Build = Callable[..., Report]
BuildComponent = Callable[..., ComponentReport]
BuildRecord = Callable[..., RecordReport]
Written = Callable[[Report], dict]


@pytest.fixture
def written(of_form: Callable[[str, str], dict]) -> Callable[[Report], dict]:
    """A report as it is read again, after a look at it with the schema in the package."""
    return lambda report: of_form("report", text(report))


def test_the_form_says_what_it_is_and_its_version(written: Written, report: Build, component: BuildComponent) -> None:
    said = written(report(component()))
    assert (said["form"], said["format"]) == ("maturity-report", 1)
    assert said["stages"] == ["Development", "Staging", "Production"]
    assert said["base"] is None


def test_a_component_with_its_criteria(written: Written, report: Build, component: BuildComponent) -> None:
    (carbon,) = written(report(component(findings=[F401], coverage=(69, 100), ticks={"readme": True})))["components"]
    assert (carbon["name"], carbon["owner"], carbon["stage"], carbon["next_stage"]) == (
        "carbon",
        "@team",
        "Development",
        "Staging",
    )
    by_id = {each["id"]: each for each in carbon["criteria"]}
    coverage, lint, readme, integration = (
        by_id[name] for name in ("coverage", "lint", "readme", "integration-coverage")
    )
    assert (coverage["figure"], coverage["value"], coverage["exact"]) == ("69.0 %", 69, "69")
    assert (coverage["threshold"], coverage["at_least"], coverage["answer"]) == ("≥ 70 %", 70, "missed")
    assert coverage["blocks"]
    assert coverage["enough"]["count"] == 1
    assert lint["enough"]["commands"] == [["ruff", "check", "--fix", "--", "src/carbon.py"]]
    assert (readme["manual"], readme["answer"], readme["line"], readme["enough"]) == (True, "met", 41, None)
    assert (integration["answer"], integration["value"], integration["blocks"]) == ("unknown", None, False)
    assert integration["reason"]


def test_a_record_with_all_that_it_says(written: Written, report: Build, component: BuildComponent) -> None:
    (carbon,) = written(report(component(findings=[F401])))["components"]
    tests, ruff, *_ = carbon["records"]
    assert tests["metrics"]["coverage"]["missing_lines"] == {"src/carbon.py": [3, 4, 9]}
    assert (ruff["state"], ruff["because"], ruff["version"]) == ("current", ["files"], "1.2.3")
    assert ruff["findings"] == [
        {
            "path": "src/carbon.py",
            "line": 3,
            "rule": "F401",
            "severity": "error",
            "message": "`os` imported but unused",
            "fix": "safe",
        }
    ]


def test_what_fails_and_what_is_broken(
    written: Written, report: Build, component: BuildComponent, record: BuildRecord
) -> None:
    failed = record("ruff", "Lint", {"linting": LintingMetrics(1)}, [F401], RecordState.FAILED, "it crashed")
    problem = Problem(7, "orphan-end", "no region is open", "remove the marker")
    (carbon,) = written(report(component(records=(failed,), state=DocumentState.BROKEN, problems=(problem,))))[
        "components"
    ]
    assert carbon["records"][0]["failure"]["reason"] == "it crashed"
    assert carbon["document"]["problems"][0]["code"] == "orphan-end"
    assert carbon["stage"] is None


def test_the_base(written: Written, report: Build, component: BuildComponent) -> None:
    moved = (Moved("coverage.percentage", "70.0 %", "65.0 %"),)
    said = written(report(component(base=BaseReport(True, "Staging", moved)), base="main"))
    assert said["base"] == {"revision": "main", "found": True}
    figure = {"metric": "coverage.percentage", "before": "70.0 %", "now": "65.0 %"}
    assert said["components"][0]["base"] == {"exists": True, "stage": "Staging", "moved": [figure]}


@settings(max_examples=settings().max_examples // 4)  # a whole report each time
@given(st.integers(0, 10**6).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_a_value_is_never_rounded_up(report: Build, component: BuildComponent, coverage: tuple[int, int]) -> None:
    (carbon,) = document(report(component(coverage=coverage)))["components"]
    (said,) = (each for each in carbon["criteria"] if each["id"] == "coverage")
    covered, total = coverage
    if total:
        assert said["value"] * total <= 100 * covered + 1e-6 * total
        assert (said["value"] >= 70) <= (100 * covered >= 70 * total)
    else:
        assert said["value"] is None


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=settings().max_examples // 4)  # a whole report each time
@given(TEXT, TEXT, TEXT, st.integers(0, 10**9))
def test_any_text_comes_back(
    report: Build, component: BuildComponent, path: str, rule: str, message: str, line: int
) -> None:
    printed = text(report(component(findings=[Finding(path, line, rule, "error", message)])))
    (carbon,) = json.loads(printed)["components"]
    (found,) = carbon["records"][1]["findings"]
    assert (found["path"], found["rule"], found["message"], found["line"] or 0) == (path, rule, message, line)
    assert printed.isascii()
