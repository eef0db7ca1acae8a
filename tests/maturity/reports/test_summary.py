"""A component in one line, as lists show it."""

from __future__ import annotations

from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import NO_TESTS, Component, Facts, Measurement
from maturity.reports.summary import found_tests, headline


def measured(name: str, metric: object, failure: str | None = None) -> Measurement:
    return Measurement("tool", "Tool", (name,), Facts((), {name: metric}), failure=failure, measured="2024-05-06")


REST = (
    measured("linting", LintingMetrics(12)),
    measured("type_checking", TypeCheckingMetrics(0)),
    measured("security", SecurityMetrics(1)),
)
TESTED = (measured("coverage", CoverageMetrics.of_counts((6996, 10000))), measured("tests", TestMetrics(3, 0, 0, 3)))
UNTESTED = Measurement("pytest", "Tests", ("coverage", "tests"), None, NO_TESTS)


def test_figures_stand_below_one_another() -> None:
    lines = [headline("Staging", (*TESTED, *REST)), headline("Development", (UNTESTED, *REST))]
    assert lines == [
        "Staging      coverage 69.9 %   tests 100.0 %  lint 12   types 0    security 1",
        "Development  coverage ?        tests none     lint 12   types 0    security 1",
    ]


def test_what_is_not_measured_now_is_marked_whether_or_not_it_ever_was() -> None:
    failed = Measurement("bandit", "Security", ("security",), None, "bandit failed", failure="crash")
    assert headline("Development", (failed,)).endswith("security ?!")
    last_known = measured("security", SecurityMetrics(1), failure="crash")
    assert headline("Development", (last_known,)).endswith("security 1!")


def test_which_tests_were_found() -> None:
    component = Component("carbon", ("carbon.py",), "carbon.MATURITY.md", tests=("tests/test_carbon.py",))
    assert found_tests(component) == "tests: tests/test_carbon.py; integration tests: none found"
    many = tuple(f"t{number}.py" for number in range(8))
    component = Component("carbon", ("carbon.py",), "carbon.MATURITY.md", tests=(), integration_tests=many)
    shown = "t0.py, t1.py, t2.py, t3.py, t4.py, 3 more"
    assert found_tests(component) == f"tests: none found; integration tests: {shown}"
