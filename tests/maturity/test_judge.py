"""Verdicts and stages, above all where something is unknown or a collector fails."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.judge import judge, readings, stand
from maturity.metrics import CoverageMetrics, LintingMetrics, TestMetrics
from maturity.model import Answer, Criterion, Facts, Ladder, Measurement, Reading, Standing

COVERAGE = Criterion("Staging", "coverage", "Coverage", "coverage.percentage", at_least=Fraction(70))
LINT = Criterion("Staging", "lint", "Lint", "linting.total_violations", at_most=Fraction(0))
README = Criterion("Staging", "readme", "Readme")
SLOW = Criterion("Production", "slow", "Integration", "integration_tests.pass_rate", at_least=Fraction(100))
ROLLBACK = Criterion("Production", "rollback", "Rollback")
LADDER = Ladder(("Development", "Staging", "Production"), (COVERAGE, LINT, README, SLOW, ROLLBACK))
TICKED = {"readme": True, "rollback": True}
ALL_MET = {
    "coverage.percentage": Reading(Fraction(70)),
    "linting.total_violations": Reading(Fraction(0)),
    "integration_tests.pass_rate": Reading(Fraction(100)),
}
WHEN = "2026-03-04T05:06:07+00:00"


def failing(value: int | None) -> Reading:
    """A last known value of a collector that fails now."""
    return Reading(None if value is None else Fraction(value), as_of="2026-03-04", failing=True)


def standing(known: Mapping[str, Reading], previous: str | None, ticks: Mapping[str, bool] = TICKED) -> Standing:
    return stand(LADDER, {**ALL_MET, **known}, ticks, previous)


def blockers(standing: Standing) -> list[str]:
    return [verdict.criterion.id for verdict in standing.blockers]


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (Fraction(70), Answer.MET),
        (Fraction("69.96"), Answer.MISSED),
        (Fraction("69.9999999999999999999999"), Answer.MISSED),
        (Fraction("70.0000000000000000000001"), Answer.MET),
        (None, Answer.UNKNOWN),
    ],
)
def test_at_least(value: Fraction | None, answer: Answer) -> None:
    reading = Reading(value)
    verdict = judge(COVERAGE, {"coverage.percentage": reading}, {})
    assert (verdict.answer, verdict.reading) == (answer, reading)


@pytest.mark.parametrize(("value", "answer"), [(0, Answer.MET), (1, Answer.MISSED), (None, Answer.UNKNOWN)])
def test_at_most(value: int | None, answer: Answer) -> None:
    known = {"linting.total_violations": Reading(None if value is None else Fraction(value))}
    assert judge(LINT, known, {}).answer is answer


def test_what_nothing_measures_is_unknown() -> None:
    verdict = judge(COVERAGE, {}, {"coverage": True})
    assert verdict.answer is Answer.UNKNOWN
    assert verdict.reading == Reading(None, reason="nothing measures it")


def test_an_unknown_metric_makes_all_its_readings_unknown_with_its_reason() -> None:
    verdict = judge(COVERAGE, {"coverage": Reading(None, reason="collection errors")}, {})
    assert verdict.answer is Answer.UNKNOWN
    assert verdict.reading == Reading(None, reason="collection errors")


@pytest.mark.parametrize(
    ("ticks", "answer"),
    [({"readme": True}, Answer.MET), ({"readme": False}, Answer.MISSED), ({"other": True}, Answer.MISSED)],
)
def test_a_manual_criterion_is_met_by_its_tick_alone(ticks: dict[str, bool], answer: Answer) -> None:
    assert judge(README, {}, ticks).answer is answer


def test_readings_of_facts() -> None:
    facts = Facts(("a.py",), {"coverage": CoverageMetrics.of_counts((7, 10))}, unknown={"tests": "no report"})
    found = readings([Measurement("pytest", "Tests", ("coverage", "tests"), facts, measured=WHEN)])
    assert found["coverage.percentage"] == Reading(Fraction(70), "7 of 10 statements")
    assert found["coverage.lines_total"] == Reading(Fraction(10))
    assert found["tests"] == Reading(None, reason="no report")
    assert "coverage" not in found


def test_readings_where_nothing_is_known() -> None:
    found = readings([Measurement("ruff", "Lint", ("linting",), None, reason="it was not measured yet")])
    assert found == {"linting": Reading(None, reason="it was not measured yet")}


def test_readings_of_a_failing_collector_have_the_date_of_the_last_facts() -> None:
    facts = Facts(("a.py",), {"linting": LintingMetrics(0)}, unknown={"tests": "x"})
    found = readings([Measurement("ruff", "Lint", ("linting", "tests"), facts, measured=WHEN, failure="timeout")])
    assert found == {
        "linting.total_violations": Reading(Fraction(0), as_of="2026-03-04", failing=True),
        "tests": Reading(None, reason="x", as_of="2026-03-04", failing=True),
    }


def test_readings_of_a_collector_that_always_failed() -> None:
    found = readings([Measurement("ruff", "Lint", ("linting",), None, reason="ruff failed", failure="timeout")])
    assert found == {"linting": Reading(None, reason="ruff failed", failing=True)}


def test_a_metric_without_a_word_about_it_is_unknown() -> None:
    (reading,) = readings([Measurement("ruff", "Lint", ("linting",), Facts((), {}))]).values()
    assert reading.value is None
    assert reading.reason


def test_all_met_is_the_highest_stage() -> None:
    top = standing({}, None)
    assert (top.stage, top.next_stage, top.blockers) == ("Production", None, ())
    assert [verdict.criterion for verdict in top.verdicts] == list(LADDER.criteria)


@pytest.mark.parametrize("previous", [None, "Development", "Staging", "Production", "Gold"])
@pytest.mark.parametrize(
    ("known", "ticks", "stage", "blocking"),
    [
        ({"coverage.percentage": Reading(Fraction("69.96"))}, TICKED, "Development", ["coverage"]),
        ({"coverage.percentage": Reading(None)}, TICKED, "Development", ["coverage"]),
        ({"linting.total_violations": Reading(Fraction(1))}, TICKED, "Development", ["lint"]),
        ({}, {"rollback": True}, "Development", ["readme"]),
        ({}, {}, "Development", ["readme"]),
        ({"integration_tests.pass_rate": Reading(Fraction(99))}, TICKED, "Staging", ["slow"]),
        ({"integration_tests.pass_rate": Reading(None)}, {"readme": True}, "Staging", ["slow", "rollback"]),
    ],
)
def test_the_stage_is_what_is_met_whatever_it_was(
    known: dict[str, Reading], ticks: dict[str, bool], stage: str, blocking: list[str], previous: str | None
) -> None:
    found = standing(known, previous, ticks)
    assert (found.stage, blockers(found)) == (stage, blocking)
    assert found.next_stage == LADDER.stages[LADDER.stages.index(stage) + 1]


@pytest.mark.parametrize("last", [70, None])
@pytest.mark.parametrize(("previous", "ticks"), [("Production", TICKED), ("Staging", {"readme": True})])
def test_a_failed_collector_alone_does_not_lower_the_stage(
    previous: str, ticks: dict[str, bool], last: int | None
) -> None:
    assert standing({"coverage.percentage": failing(last)}, previous, ticks).stage == previous


@pytest.mark.parametrize("last", [70, None])
@pytest.mark.parametrize("previous", [None, "Development", "Gold"])
def test_a_failed_collector_does_not_let_the_stage_rise(previous: str | None, last: int | None) -> None:
    found = standing({"coverage.percentage": failing(last)}, previous)
    assert (found.stage, blockers(found)) == ("Development", ["coverage"])


@pytest.mark.parametrize("last", [70, None])
def test_a_stage_does_not_rise_over_a_lower_criterion_that_is_not_measured_now(last: int | None) -> None:
    found = standing({"coverage.percentage": failing(last)}, "Staging")
    assert found.stage == "Staging"
    assert found.next_stage == "Production"
    assert "coverage" in blockers(found)


def test_another_missed_criterion_lowers_the_stage_while_a_collector_fails() -> None:
    known = {"coverage.percentage": failing(70), "linting.total_violations": Reading(Fraction(2))}
    found = standing(known, "Production")
    assert (found.stage, blockers(found)) == ("Development", ["coverage", "lint"])


def test_an_unticked_criterion_lowers_the_stage_while_a_collector_fails() -> None:
    assert standing({"coverage.percentage": failing(70)}, "Production", {"readme": True}).stage == "Staging"


def test_a_last_known_value_that_misses_a_raised_threshold_lowers_the_stage() -> None:
    assert standing({"coverage.percentage": failing(69)}, "Staging").stage == "Development"


def test_no_test_run_is_no_pass() -> None:
    facts = Facts((), {"integration_tests": TestMetrics(0, 0, 0, 0)})
    known = readings([Measurement("integration", "Integration", ("integration_tests",), facts)])
    found = standing(known, "Production")
    assert (found.stage, blockers(found)) == ("Staging", ["slow"])


LEVELS = ("Ore", "Bronze", "Silver", "Gold", "Platinum")
LONG = Ladder(LEVELS, tuple(Criterion(stage, stage.lower(), stage) for stage in LEVELS[1:]))
READINGS = st.builds(Reading, st.one_of(st.none(), st.integers(0, 1).map(Fraction)), failing=st.booleans())


@pytest.mark.parametrize("count", range(5))
def test_own_ladders_have_more_levels(count: int) -> None:
    found = stand(LONG, {}, {stage.lower(): True for stage in LEVELS[1 : count + 1]}, None)
    assert found.stage == LEVELS[count]
    assert found.next_stage == (LEVELS[count + 1] if count < 4 else None)


def test_a_level_in_the_middle_holds_back_those_above() -> None:
    found = stand(LONG, {}, {"bronze": True, "gold": True, "platinum": True}, "Platinum")
    assert (found.stage, found.next_stage, blockers(found)) == ("Bronze", "Silver", ["silver"])


def test_a_level_that_asks_for_nothing_is_reached() -> None:
    assert stand(Ladder(("A", "B"), ()), {}, {}, None).stage == "B"


@given(st.lists(READINGS, min_size=4, max_size=4), st.sampled_from([None, *LEVELS]))
def test_the_stage_never_rises_on_what_is_not_measured_and_never_falls_on_a_failure_alone(
    values: list[Reading], previous: str | None
) -> None:
    criteria = tuple(
        Criterion(stage, stage.lower(), stage, f"m{n}.x", at_least=Fraction(1)) for n, stage in enumerate(LEVELS[1:])
    )
    found = stand(Ladder(LEVELS, criteria), {f"m{n}.x": value for n, value in enumerate(values)}, {}, previous)
    reached, before = LEVELS.index(found.stage), LEVELS.index(previous or "Ore")
    if reached > before:
        assert all(value.value == 1 and not value.failing for value in values[:reached])
    if reached < before:
        assert any(value.value == 0 or (value.value is None and not value.failing) for value in values[:before])
    assert (found.next_stage is None) == (found.stage == "Platinum")
    assert bool(found.blockers) == (found.next_stage is not None)
