"""SARIF 2.1.0 against the official schema, and what code scanning asks for besides."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator

from maturity.metrics import LintingMetrics
from maturity.model import Finding
from maturity.reports.formats import sarif
from maturity.reports.formats.sarif import excess, text, uri
from maturity.reports.report import ComponentReport, RecordReport, RecordState, Report

SCHEMA = json.loads((Path(__file__).parents[2] / "data/sarif/sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = Draft4Validator(SCHEMA, format_checker=Draft4Validator.FORMAT_CHECKER)
F401 = Finding("src/carbon.py", 3, "F401", "error", "`os` imported but unused", "safe")

Build = Callable[..., Report]
BuildComponent = Callable[..., ComponentReport]
BuildRecord = Callable[..., RecordReport]


def log(report: Report) -> dict[str, dict]:
    """The runs by the names of their tools, after a look at the whole with the official schema."""
    said = json.loads(text(report))
    VALIDATOR.validate(said)
    assert (said["version"], said["$schema"]) == ("2.1.0", SCHEMA["id"])
    names = [run["tool"]["driver"]["name"] for run in said["runs"]]
    assert len(set(names)) == len(names), "code scanning refuses two runs of one tool and category"
    return dict(zip(names, said["runs"], strict=True))


def results(report: Report, tool: str = "ruff") -> list[dict]:
    return log(report)[tool]["results"]


def test_the_schema_here_is_the_one_that_refuses(report: Build, component: BuildComponent) -> None:
    said = json.loads(text(report(component(findings=[F401]))))
    said["runs"][1]["results"][0]["level"] = "fatal"
    assert not VALIDATOR.is_valid(said)


def test_a_finding_with_its_place_level_and_rule(report: Build, component: BuildComponent) -> None:
    run = log(report(component(findings=[F401])))["ruff"]
    (found,) = run["results"]
    rule = run["tool"]["driver"]["rules"][found["ruleIndex"]]
    assert (found["ruleId"], rule["id"], found["level"]) == ("F401", "F401", "error")
    assert {"shortDescription", "fullDescription", "help"} <= rule.keys(), "code scanning asks for them"
    assert found["message"] == {"text": "`os` imported but unused"}
    assert found["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "src/carbon.py", "uriBaseId": "%SRCROOT%"},
                "region": {"startLine": 3},
            }
        }
    ]
    assert "uri" not in run["originalUriBaseIds"]["%SRCROOT%"], "no path of this machine"
    assert run["tool"]["driver"]["version"] == "1.2.3"


def test_every_finding_is_there_and_each_rule_once(report: Build, component: BuildComponent) -> None:
    many = [Finding("src/carbon.py", line, f"E{line % 3}", "error", "m") for line in range(1, 1001)]
    run = log(report(component(findings=many)))["ruff"]
    assert len(run["results"]) == 1000
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["E0", "E1", "E2"]


def test_fingerprints_differ_and_stay_when_lines_move(report: Build, component: BuildComponent) -> None:
    def prints(*lines: int) -> list[str]:
        found = [Finding("src/carbon.py", line, "E1", "error", "m") for line in lines]
        return [
            each["partialFingerprints"]["maturityFinding/v1"] for each in results(report(component(findings=found)))
        ]

    assert prints(3, 9) == prints(5, 70)
    assert len(set(prints(3, 9, 9))) == 3


def test_a_tool_that_found_nothing_has_a_run_and_one_that_was_never_measured_has_none(
    report: Build, component: BuildComponent, record: BuildRecord
) -> None:
    never = record("bandit", "Security", {"security": None}, state=RecordState.NOT_MEASURED, known=False)
    clean = record("ruff", "Lint", {"linting": LintingMetrics(0)})
    runs = log(report(component(records=(clean, never))))
    assert list(runs) == ["ruff"]
    assert runs["ruff"]["results"] == []
    assert runs["ruff"]["invocations"][0]["executionSuccessful"] is True


def test_a_tool_that_fails_says_so_and_keeps_the_last_known_findings(
    report: Build, component: BuildComponent, record: BuildRecord
) -> None:
    failed = record("ruff", "Lint", {"linting": LintingMetrics(1)}, [F401], RecordState.FAILED, "it crashed")
    run = log(report(component(records=(failed,))))["ruff"]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "it crashed" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]
    assert [found["ruleId"] for found in run["results"]] == ["F401"]
    assert "version" not in run["tool"]["driver"]


def test_a_shared_test_that_fails_is_one_result(report: Build, component: BuildComponent) -> None:
    failed = Finding("tests/test_all.py", 3, "failed", "error", "test_all: no")
    both = report(component("a", test_findings=[failed]), component("b", test_findings=[failed, failed]))
    assert len(results(both, "pytest")) == 2, "the tool said it twice of b"


def test_what_has_no_place_in_the_repository_is_found_at_the_document(report: Build, component: BuildComponent) -> None:
    strays = [Finding(path, 3, "error", "error", "m") for path in (".", "", "/etc/passwd", "../x.py")]
    found = results(report(component(test_findings=strays)), "pytest")
    uris = {each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in found}
    assert uris == {"src/carbon.MATURITY.md"}


@pytest.mark.parametrize(
    ("severity", "level"),
    [("error", "error"), ("high", "error"), ("warning", "warning"), ("low", "note"), ("odd", "warning")],
)
def test_levels(report: Build, component: BuildComponent, severity: str, level: str) -> None:
    (found,) = results(report(component(findings=[Finding("a.py", 0, "X", severity, "")])))
    assert found["level"] == level
    region = found["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 1}, "line 0 is the file as a whole, and code scanning asks for a line"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1))
def test_a_path_is_a_relative_reference_that_leads_back_to_it(path: str) -> None:
    made = uri(path)
    assert unquote(made) == path
    if not path.startswith("/"):
        parts = urlsplit(made)
        assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")


TEXT = st.text(st.characters(codec="utf-8"), max_size=30)


@settings(max_examples=settings().max_examples // 4)  # a whole report each time
@given(TEXT, TEXT, TEXT, st.integers(0, 10**6))
def test_any_text_gives_a_valid_log(
    report: Build, component: BuildComponent, path: str, rule: str, message: str, line: int
) -> None:
    (found,) = results(report(component(findings=[Finding(path, line, rule, "error", message)])))
    assert found["ruleId"] == rule
    assert found["message"]["text"] == (message or rule)


def test_what_code_scanning_does_not_take_is_said(
    report: Build, component: BuildComponent, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = report(component(findings=[Finding("a.py", line, f"E{line}", "error", "m") for line in range(30)]))
    assert excess(many) == []
    for name, most in (("RESULTS", 29), ("RULES", 29), ("RUNS", 1)):
        monkeypatch.setattr(sarif, name, most)
    assert excess(many) == [
        "ruff has 30 results, of at most 29",
        "ruff has 30 rules, of at most 29",
        "there are 4 runs, of at most 1",
    ]
