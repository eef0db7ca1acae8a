"""The public figures: exact readings, cut display, unknown that is never met."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.metrics import (
    CoverageMetrics,
    LintingMetrics,
    Metric,
    MetricsResult,
    SecurityMetrics,
    TestMetrics,
    TypeCheckingMetrics,
    cut,
)
from maturity.model import Criterion, Ladder

COUNTS = st.integers(0, 10**6)
GOOD = MetricsResult(
    "carbon",
    coverage=CoverageMetrics.of_counts((70, 100)),
    linting=LintingMetrics(0),
    type_checking=TypeCheckingMetrics(0, warnings=3),
    security=SecurityMetrics(0),
    tests=TestMetrics(passed=5, failed=0, skipped=2, total=7),
)


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("69.96", 1, 69.9),
        ("69.99999999999999999999", 1, 69.9),
        ("70", 1, 70.0),
        ("0.05", 1, 0.0),
        ("99.95", 1, 99.9),
        ("-0.05", 1, -0.1),
        ("69.96", 3, 69.96),
        ("12.3456", 3, 12.345),
        ("69.96", 0, 69.0),
    ],
)
def test_figures_are_cut(value: str, places: int, expected: float) -> None:
    assert cut(Fraction(value), places) == expected


@given(st.fractions(0, 100))
def test_a_cut_figure_is_below_its_value_by_less_than_a_tenth(value: Fraction) -> None:
    shown = Fraction(str(cut(value)))
    assert shown <= value < shown + Fraction(1, 10)


def test_coverage_is_exact_however_it_is_shown() -> None:
    metrics = CoverageMetrics.of_counts((1749, 2500))
    reading = metrics.readings()["percentage"]
    assert metrics.percentage == 69.9
    assert reading.value == Fraction(6996, 100)
    assert reading.detail == "1749 of 2500 statements"


def test_coverage_with_branches() -> None:
    metrics = CoverageMetrics.of_counts((60, 80), (10, 20), {"a.py": (1, 2)})
    assert metrics == CoverageMetrics(70.0, 60, 80, {"a.py": (1, 2)}, "", 10, 20)
    reading = metrics.readings()["percentage"]
    assert (reading.value, reading.detail) == (70, "60 of 80 statements, 10 of 20 branches")


def test_coverage_without_a_word_about_branches_has_none() -> None:
    reading = CoverageMetrics(50.0, 1, 2).readings()["percentage"]
    assert (reading.value, reading.detail) == (50, "1 of 2 statements")


def test_coverage_of_no_statement_is_unknown() -> None:
    metrics = CoverageMetrics.of_counts((0, 0))
    assert metrics.percentage == 0.0
    assert metrics.readings()["percentage"].value is None
    assert metrics.readings()["lines_total"].value == 0


def test_every_file_uncovered_is_zero_and_known() -> None:
    assert CoverageMetrics.of_counts((0, 97)).readings()["percentage"].value == 0


@given(COUNTS, COUNTS)
def test_a_percentage_of_100_means_that_nothing_is_missing(covered: int, more: int) -> None:
    metrics = CoverageMetrics.of_counts((covered, covered + more))
    assert (metrics.percentage == 100.0) == (more == 0 and covered > 0)


def test_no_test_ran() -> None:
    assert TestMetrics(0, 0, 0, 0).readings()["pass_rate"].value is None
    assert TestMetrics(0, 0, skipped=4, total=4).readings()["pass_rate"].value is None


@pytest.mark.parametrize(
    ("metrics", "rate"),
    [
        (TestMetrics(1, 0, 0, 1), 100),
        (TestMetrics(1, 0, 9, 10), 100),
        (TestMetrics(2, 1, 0, 3), Fraction(200, 3)),
        (TestMetrics(1, 0, 0, 2, errors=1), 50),
        (TestMetrics(0, 0, 0, 1, errors=1), 0),
        (TestMetrics(1, 0, 0, 2, xfailed=1), 100),
        (TestMetrics(1, 1, 0, 4, xfailed=1, xpassed=1), 50),
    ],
)
def test_the_pass_rate(metrics: TestMetrics, rate: Fraction) -> None:
    assert metrics.readings()["pass_rate"].value == rate


@given(COUNTS, st.integers(0, 3), st.integers(0, 3), st.integers(0, 3))
def test_only_without_failure_and_error_is_it_100(passed: int, failed: int, skipped: int, errors: int) -> None:
    metrics = TestMetrics(passed, failed, skipped, passed + failed + skipped + errors, errors)
    rate = metrics.readings()["pass_rate"].value
    assert (rate == 100) == (passed > 0 and failed == errors == 0)
    assert (rate is None) == (passed == failed == errors == 0)


def test_an_expected_failure_is_not_said_to_have_passed() -> None:
    detail = TestMetrics(passed=2, failed=0, skipped=0, total=3, xfailed=1).readings()["pass_rate"].detail
    assert "3 of 3 passed" not in detail
    assert detail


def test_only_expected_failures_are_no_proof_that_anything_passes() -> None:
    assert TestMetrics(passed=0, failed=0, skipped=0, total=2, xfailed=2).readings()["pass_rate"].value != 100


METRICS: tuple[Metric, ...] = (
    CoverageMetrics.of_counts((1, 2)),
    CoverageMetrics.of_counts((0, 0)),
    LintingMetrics(3, {"error": 3}, {"F401": 3}),
    TypeCheckingMetrics(1, 2, 3),
    SecurityMetrics(2, {"LOW": 2}),
    TestMetrics(1, 2, 3, 6),
    TestMetrics(0, 0, 0, 0),
)


@pytest.mark.parametrize("metrics", METRICS, ids=repr)
def test_readings_have_the_names_that_a_criterion_may_use(metrics: Metric) -> None:
    assert set(metrics.readings()) == set(metrics.NAMES)


def test_counts_are_readings() -> None:
    assert LintingMetrics(3).readings()["total_violations"].value == 3
    assert SecurityMetrics(2).readings()["total_issues"].value == 2
    counts = {name: reading.value for name, reading in TypeCheckingMetrics(1, 2, 3).readings().items()}
    assert counts == {"errors": 1, "warnings": 2, "information": 3}


def test_staging_criteria_met() -> None:
    assert GOOD.meets_staging_criteria()


@pytest.mark.parametrize(
    "change",
    [
        {"coverage": CoverageMetrics.of_counts((6996, 10000))},
        {"coverage": CoverageMetrics.of_counts((0, 0))},
        {"coverage": None},
        {"linting": LintingMetrics(1)},
        {"linting": None},
        {"type_checking": TypeCheckingMetrics(1)},
        {"type_checking": None},
        {"security": SecurityMetrics(1)},
        {"security": None},
        {"tests": TestMetrics(0, 0, 0, 0)},
        {"tests": TestMetrics(0, 0, 3, 3)},
        {"tests": TestMetrics(99, 1, 0, 100)},
        {"tests": TestMetrics(99, 0, 0, 100, errors=1)},
        {"tests": None},
    ],
)
def test_staging_criteria_missed_by_one(change: dict[str, object]) -> None:
    assert not replace(GOOD, **change).meets_staging_criteria()


def test_nothing_measured_meets_nothing() -> None:
    assert not MetricsResult("carbon").meets_staging_criteria()


def test_staging_does_not_ask_for_integration_tests() -> None:
    failing = replace(
        GOOD, integration_tests=TestMetrics(0, 1, 0, 1), integration_coverage=CoverageMetrics.of_counts((0, 5))
    )
    assert failing.meets_staging_criteria()


def test_another_ladder_is_held_to_its_second_stage() -> None:
    ladder = Ladder(
        ("Ore", "Bronze", "Gold"),
        (
            Criterion("Bronze", "c", "C", "integration_coverage.lines_covered", Fraction(3)),
            Criterion("Bronze", "demo", "Demo"),
            Criterion("Gold", "d", "D", "tests.passed", Fraction(1000)),
        ),
    )
    assert not GOOD.meets_staging_criteria(ladder)
    assert replace(GOOD, integration_coverage=CoverageMetrics.of_counts((3, 9))).meets_staging_criteria(ladder)
