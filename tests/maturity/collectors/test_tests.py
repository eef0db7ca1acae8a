from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.collectors.base import ConfigTable, Output, Request
from maturity.collectors.tests import INTEGRATION, PYTEST
from maturity.errors import CollectorFailure
from maturity.metrics import CoverageMetrics, TestMetrics
from maturity.model import Component, Facts, Finding

CAPTURED = Path(__file__).parent.parent / "data" / "pytest"
INIT, EXPORT, FACTORS = (
    f"src/components/carbon/{name}" for name in ("__init__.py", "export/csv_file.py", "factors.py")
)
METER_FILE, OLD_FILE = "src/components/meter_component.py", "src/components/carbon/old.py"
CARBON = Component("carbon", (INIT, EXPORT, FACTORS), "src/components/carbon/MATURITY.md", tests=("tests",))
METER = Component("meter", (METER_FILE,), "src/components/meter_component.MATURITY.md", tests=("tests",))
REQUEST = Request((CARBON, METER), "/repo", "/scratch", ("/venv/bin/python",))
TWO_PASSED = TestMetrics(passed=2, failed=0, skipped=0, total=2)
CARBON_COVERAGE = CoverageMetrics(41.6, 4, 8, {EXPORT: (1, 2, 3), FACTORS: (8,)}, branches_covered=1, branches_total=4)
METER_COVERAGE = CoverageMetrics(66.6, 3, 4, {METER_FILE: (3,)}, branches_covered=1, branches_total=2)


def captured(case: str, code: int = 0, **edited: Mapping[str, Any]) -> dict[str, Output]:
    """What a real run left in tests/data/pytest; `edited` replaces fields of the report of that name."""
    reports = {path.name: path.read_bytes() for path in (CAPTURED / case).glob("*.json")}
    for name, fields in edited.items():
        reports[f"{name}.json"] = json.dumps(json.loads(reports[f"{name}.json"]) | fields).encode()
    stdout, stderr = ((CAPTURED / case / name).read_bytes() for name in ("stdout.txt", "stderr.txt"))
    return {"pytest": Output(code, stdout, stderr, reports)}


def facts(outputs: Mapping[str, Output], component: Component = CARBON) -> Facts:
    found = PYTEST.parse(REQUEST, outputs)[component.name]
    assert isinstance(found, Facts)
    return found


def reason(outputs: Mapping[str, Output]) -> str:
    with pytest.raises(CollectorFailure) as failure:
        PYTEST.parse(REQUEST, outputs)
    return str(failure.value)


def test_clean_with_one_coverage_for_each_component() -> None:
    assert PYTEST.parse(REQUEST, captured("clean")) == {
        "carbon": Facts((INIT, EXPORT, FACTORS), {"coverage": CARBON_COVERAGE, "tests": TWO_PASSED}),
        "meter": Facts((METER_FILE,), {"coverage": METER_COVERAGE, "tests": TWO_PASSED}),
    }


def test_the_integration_tests_have_metrics_of_their_own() -> None:
    found = INTEGRATION.parse(REQUEST, captured("clean"))["meter"]
    assert found == Facts((METER_FILE,), {"integration_coverage": METER_COVERAGE, "integration_tests": TWO_PASSED})
    assert set(INTEGRATION.metrics) == {"integration_coverage", "integration_tests"}


def test_a_component_is_all_of_its_files_and_not_the_first() -> None:
    coverage = facts(captured("clean")).metrics["coverage"]
    assert isinstance(coverage, CoverageMetrics)
    assert (coverage.lines_covered, coverage.lines_total) == (0 + 0 + 4, 0 + 3 + 5)


def test_failures() -> None:
    found = facts(captured("failures"), METER)
    assert found == Facts(
        (METER_FILE,),
        {
            "coverage": CoverageMetrics(0.0, 0, 4, {METER_FILE: (1, 2, 3, 4)}, branches_total=2),
            "tests": TestMetrics(passed=2, failed=6, skipped=2, total=14, errors=2, xfailed=1, xpassed=1),
        },
        findings=tuple(
            Finding(f"tests/{file}.py", line, rule, "error", f"tests/{file}.py::{message}")
            for file, line, rule, message in (
                ("test_energy", 14, "failed", "test_wrong: AssertionError: assert 0.82 == 0.9"),
                (
                    "test_energy",
                    18,
                    "failed",
                    "test_address: ValueError: <test_energy.Probe object at 0x…> in …/readings.csv of "
                    "tests/test_energy.py",
                ),
                ("test_energy", 23, "error", "test_before: OSError: no meter"),
                ("test_energy", 29, "error", "test_after: OSError: meter stuck"),
                ("test_energy", 55, "failed", "test_strict: [XPASS(strict)]"),
                ("test_energy", 67, "failed", "test_hidden_by_skip: AssertionError: assert 0.011 == 1"),
                ("test_energy", 70, "failed", "test_each[peat]: KeyError: 'peat'"),
                ("test_fuels", 5, "failed", "TestFuels::test_all"),
            )
        ),
    )


def test_numbers_left_by_a_run_that_crashed_in_collection() -> None:
    outputs = captured("collection")
    left = json.loads(outputs["pytest"].reports["coverage.json"])["files"]
    assert left[FACTORS]["summary"]["covered_lines"] > 0
    assert facts(outputs) == Facts(
        CARBON.source,
        {"tests": TestMetrics(passed=0, failed=0, skipped=0, total=4, errors=2)},
        findings=(
            Finding(
                "tests/test_trade.py",
                0,
                "error",
                "error",
                "tests/test_trade.py: ModuleNotFoundError: No module named 'no_such_market'",
            ),
            Finding("tests/test_typo.py", 0, "error", "error", "tests/test_typo.py: SyntaxError: invalid syntax"),
        ),
        unknown={"coverage": "2 test modules could not be collected"},
    )


def test_a_collection_error_counts_also_where_the_run_went_on() -> None:
    broken = {"nodeid": "tests/test_b.py", "outcome": "failed", "longrepr": "ImportError"}
    found = facts(captured("clean", coverage={"pytest_exit": 1}, pytest={"collectors": [broken]}))
    assert found.metrics == {"tests": TestMetrics(passed=2, failed=0, skipped=0, total=3, errors=1)}
    assert found.unknown == {"coverage": "1 test module could not be collected"}
    assert found.findings == (Finding("tests/test_b.py", 0, "error", "error", "tests/test_b.py: ImportError"),)


def test_no_failure_where_no_test_ran_is_no_pass() -> None:
    found = facts(captured("no_tests"))
    tests = found.metrics["tests"]
    assert tests == TestMetrics(passed=0, failed=0, skipped=0, total=0)
    assert isinstance(tests, TestMetrics)
    assert tests.readings()["pass_rate"].value is None
    assert found.unknown == {"coverage": "no test ran"}
    assert "coverage" not in found.metrics


def test_collected_only_is_no_test_either() -> None:
    found = facts(captured("collect_only"))
    assert found.metrics == {"tests": TestMetrics(passed=0, failed=0, skipped=0, total=2)}
    assert found.unknown == {"coverage": "no test ran"}


def test_all_skipped_is_no_test_either() -> None:
    skipped = {"nodeid": "tests/test_a.py::test_a", "outcome": "skipped", "setup": {"outcome": "skipped"}}
    found = facts(captured("clean", pytest={"tests": [skipped], "selected": 1}))
    assert found.metrics == {"tests": TestMetrics(passed=0, failed=0, skipped=1, total=1)}
    assert found.unknown == {"coverage": "no test ran"}


def test_a_run_that_stopped_early() -> None:
    found = facts(captured("stopped"))
    assert found.metrics == {"tests": TestMetrics(passed=0, failed=1, skipped=0, total=2)}
    assert found.unknown == {"coverage": "the run stopped after 1 of 2 tests"}


def test_a_run_that_stopped_early_without_a_failure_has_not_passed() -> None:
    found = facts(captured("clean", pytest={"selected": 3}))
    assert found.metrics == {}
    stopped = "the run stopped after 2 of 3 tests"
    assert found.unknown == {"coverage": stopped, "tests": stopped}


def test_omitted_files_are_excluded_and_an_omitted_component_is_unknown() -> None:
    found = PYTEST.parse(REQUEST, captured("omitted"))
    assert found == {
        "carbon": Facts(
            (INIT, FACTORS),
            {"coverage": CoverageMetrics(80.0, 4, 5, {FACTORS: (8,)}), "tests": TWO_PASSED},
            excluded=(EXPORT,),
        ),
        "meter": Facts(
            (),
            {"tests": TWO_PASSED},
            excluded=(METER_FILE,),
            unknown={"coverage": "every source file is omitted by coverage's configuration"},
        ),
    }


def test_a_file_that_cannot_be_parsed_has_no_coverage_and_takes_nothing_else_away() -> None:
    old = Component("old", (OLD_FILE, METER_FILE), "", tests=("tests",))
    found = PYTEST.parse(Request((old, METER), "/repo", "/scratch", ("python",)), captured("unparsable"))
    (old, meter) = found["old"], found["meter"]
    assert isinstance(old, Facts)
    assert isinstance(meter, Facts)
    reason = old.unknown["coverage"]
    assert OLD_FILE in reason
    assert reason.endswith("at line 1")
    assert old.metrics == {"tests": meter.metrics["tests"]}
    assert not meter.unknown


def test_a_file_that_breaks_the_tests_is_a_result() -> None:
    outputs = captured("collection", coverage={"unparsable": {FACTORS: "at line 3"}})
    assert facts(outputs).unknown == {"coverage": "2 test modules could not be collected"}


def test_a_file_without_figures_is_not_left_out() -> None:
    lost = Component("carbon", (*CARBON.source, "src/components/carbon/lost.py"), "", tests=("tests",))
    found = PYTEST.parse(Request((lost,), "/repo", "/scratch", ("python",)), captured("clean"))["carbon"]
    assert isinstance(found, Facts)
    assert found.unknown == {"coverage": "src/components/carbon/lost.py is not accounted for by coverage"}


def test_tests_without_source() -> None:
    bare = Component("bare", (), "", tests=("tests",))
    found = PYTEST.parse(Request((bare,), "/repo", "/scratch", ("python",)), captured("clean"))["bare"]
    assert found == Facts((), {"tests": TWO_PASSED}, unknown={"coverage": "there is no source file"})


def test_figures_are_exact_and_cut() -> None:
    summary = {"summary": {"covered_lines": 1749, "num_statements": 2500}, "missing_lines": [7]}
    found = facts(captured("clean", coverage={"files": {METER_FILE: summary}}), METER)
    coverage = found.metrics["coverage"]
    assert isinstance(coverage, CoverageMetrics)
    assert coverage.percentage == 69.9
    assert coverage.readings()["percentage"].value == Fraction(6996, 100)


def test_missing_lines_are_in_order() -> None:
    summary = {"summary": {"covered_lines": 1, "num_statements": 3}, "missing_lines": [20, 3]}
    coverage = facts(captured("clean", coverage={"files": {METER_FILE: summary}}), METER).metrics["coverage"]
    assert isinstance(coverage, CoverageMetrics)
    assert coverage.missing_lines == {METER_FILE: (3, 20)}


def test_too_many_warnings_are_no_failure_of_tests() -> None:
    assert facts(captured("clean", coverage={"pytest_exit": 6})).metrics["tests"] == TWO_PASSED


def test_every_failed_test_is_counted_and_kept() -> None:
    failed = [
        {
            "nodeid": f"tests/test_a.py::test_{number:03}",
            "outcome": "failed",
            "lineno": number,
            "call": {"outcome": "failed"},
        }
        for number in range(250)
    ]
    found = facts(captured("failures", pytest={"tests": failed, "selected": 250, "collectors": []}))
    assert found.metrics["tests"] == TestMetrics(passed=0, failed=250, skipped=0, total=250)
    assert [finding.line for finding in found.findings] == list(range(1, 251))


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        (captured("usage"), "pytest ended with exit code 4 (usage error): tests/conftest.py:1: in <module>"),
        (captured("interrupted"), "pytest ended with exit code 2 (interrupted): "),
        (captured("clean", coverage={"pytest_exit": 3}), "pytest ended with exit code 3 (internal error): "),
        (
            captured("clean", coverage={"pytest_exit": 1}),
            "pytest ended with exit code 1 (tests failed), but its report ",
        ),
        (
            captured("clean", pytest={"selected": -1}),
            "the figures that the run reports contradict one another (a count is below zero): ",
        ),
        (captured("ended"), "pytest's process left no coverage.json: a test may have ended it: "),
        (captured("clean", -11), "pytest's process was ended by signal 11 (SIGSEGV) before it left its reports: "),
        (captured("clean", 1), "pytest's process ended with exit code 1 before it left its reports: "),
    ],
)
def test_what_is_no_answer(outputs: Mapping[str, Output], said: str) -> None:
    text = reason(outputs)
    assert text.startswith(said)
    assert "/repo" not in text
    assert "\n" not in text
    assert "passed in" not in text


def test_what_was_printed_last_is_told() -> None:
    assert reason(captured("usage")).endswith("E RuntimeError: no meter")


def test_a_run_that_only_said_its_version_has_no_report() -> None:
    outputs = captured("usage", coverage={"pytest_exit": 0})
    assert reason(outputs).startswith("pytest ended with exit code 0 (without a report)")


@pytest.mark.parametrize("name", ["pytest.json", "coverage.json"])
@pytest.mark.parametrize("raw", [b"", b"{", b"{}", b"[]", b"\xff"])
def test_an_unreadable_report_is_no_answer(name: str, raw: bytes) -> None:
    output = captured("clean")["pytest"]
    with pytest.raises(CollectorFailure):
        PYTEST.parse(REQUEST, {"pytest": Output(0, b"", b"", {**output.reports, name: raw})})


def test_a_report_with_a_summary_only_is_no_answer() -> None:
    report = json.loads(captured("clean")["pytest"].reports["pytest.json"])
    del report["tests"]
    reports = {**captured("clean")["pytest"].reports, "pytest.json": json.dumps(report).encode()}
    assert "tests" in reason({"pytest": Output(0, b"", b"", reports)})


OUTCOMES = st.sampled_from(["passed", "failed", "error", "skipped", "xfailed", "xpassed", "rerun"])
PHASES = st.none() | st.fixed_dictionaries({"outcome": st.sampled_from(["passed", "failed", "skipped", "rerun"])})


@given(st.lists(st.tuples(OUTCOMES, PHASES, PHASES, PHASES), max_size=5), st.integers(0, 3))
def test_every_test_is_counted_once_and_a_failed_phase_is_never_a_pass(
    drawn: list[tuple[str, Any, Any, Any]], unstarted: int
) -> None:
    tests = [
        {"nodeid": f"t.py::t{number}", "outcome": outcome, "setup": setup, "call": call, "teardown": teardown}
        for number, (outcome, setup, call, teardown) in enumerate(drawn)
    ]
    report = {"tests": tests, "selected": len(tests) + unstarted, "collectors": []}
    counts = facts(captured("clean", pytest=report)).metrics.get("tests")
    failing = sum(any(phase and phase["outcome"] == "failed" for phase in phases) for _, *phases in drawn)
    if counts is None:
        assert not failing
        return
    assert isinstance(counts, TestMetrics)
    assert counts.failed + counts.errors >= failing
    parts = (counts.passed, counts.failed, counts.skipped, counts.errors, counts.xfailed, counts.xpassed)
    assert sum(parts) <= counts.total == len(tests) + unstarted


def test_one_step_with_the_probe_and_its_request() -> None:
    first = Component("a", ("a/x.py", "a/é.py"), "", tests=("tests/test_a.py::T::test[x y]", "-odd", "@file"))
    second = Component("b", ("b.py",), "", tests=first.tests)
    (step,) = PYTEST.steps(Request((first, second), "/repo", "/scratch", ("uv", "run", "python")))
    assert step.command[:3] == ("uv", "run", "python")
    assert Path(step.command[3]) == Path(__file__).parents[3] / "maturity" / "processes" / "probe.py"
    assert step.command[4:] == ("/scratch/request.json",)
    assert json.loads(step.writes["request.json"]) == {
        "sources": ["a/x.py", "a/é.py", "b.py"],
        "arguments": ["tests/test_a.py::T::test[x y]", "./-odd", "./@file"],
    }
    assert step.reports == ("pytest.json", "coverage.json", "opened.json")


def test_integration_tests_are_what_the_other_collector_runs() -> None:
    component = Component("a", ("a.py",), "", tests=("t.py",), integration_tests=("i.py",))
    (step,) = INTEGRATION.steps(Request((component,), "/repo", "/scratch", ("python",)))
    assert json.loads(step.writes["request.json"])["arguments"] == ["i.py"]


def test_components_share_a_run_only_with_the_same_arguments() -> None:
    def key(*tests: str) -> str:
        return PYTEST.batch(Component("a", (), "", tests=tests))

    assert key("a.py", "b.py") == key("a.py", "b.py")
    assert len({key("a.py", "b.py"), key("b.py", "a.py"), key("a.py b.py"), key("a.py,b.py"), key('a.py","b.py')}) == 5


def test_there_is_something_to_do_where_there_are_tests() -> None:
    assert PYTEST.applies(CARBON)
    assert not INTEGRATION.applies(CARBON)
    assert INTEGRATION.applies(Component("a", (), "", integration_tests=("i.py",)))


def test_what_a_test_run_depends_on() -> None:
    for collector in (PYTEST, INTEGRATION):
        assert collector.imports
        assert collector.environment
        assert collector.module == ""
        assert ConfigTable("pyproject.toml", ("tool.pytest", "tool.coverage"), presence=True) in collector.configuration
    assert PYTEST.tests(CARBON) == ("tests",)
    assert INTEGRATION.settings == "pytest"
