"""What got worse is found exactly, and told apart from what only looks worse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.gate.judge import Cause, Change, Judged, State, judged, judged_code, moved, worse
from maturity.gate.newcode import NewCode
from maturity.judge import readings
from maturity.metrics import CoverageMetrics, LintingMetrics, TestMetrics
from maturity.model import Facts, Measurement, Reading
from maturity.settings.criteria import read_ladder
from maturity.settings.gate import GateSettings

LADDER = read_ladder(None, (), ())


def state(
    covered: tuple[int, int] | None = (90, 100), tests: int | None = 20, lint: int = 0, stage: str | None = "Staging"
) -> State:
    """What is known of a component, by its counts."""
    coverage = {} if covered is None else {"coverage": CoverageMetrics.of_counts(covered)}
    tested = {} if tests is None else {"tests": TestMetrics(tests, 0, 0, tests)}
    facts = Facts((), {**coverage, **tested}, unknown={"coverage": "no test ran", "tests": "no test ran"})
    known = (
        Measurement("pytest", "Tests", ("coverage", "tests"), facts),
        Measurement("ruff", "Lint", ("linting",), Facts((), {"linting": LintingMetrics(lint)})),
    )
    return State(stage, readings(known))


def found(
    before: State | None, now: State, settings: GateSettings | None = None, touched: str = "a.py"
) -> list[Judged]:
    return list(judged(Change("carbon", "MATURITY.md", before, now, touched), LADDER, settings or GateSettings()))


def rules(items: list[Judged]) -> list[tuple[str, Cause, bool]]:
    return [(item.rule, item.cause, item.fails) for item in items]


def test_nothing_worse_is_nothing_found() -> None:
    assert found(state(), state()) == []
    assert found(state(), state((99, 100), 21)) == []
    assert found(None, state((0, 100), 0)) == [], "a new component has nothing to be worse than"


@pytest.mark.parametrize(("covered", "fails"), [(850, False), (849, True), (850, False)])
def test_a_drop_of_five_points_passes_and_of_five_and_a_tenth_fails(covered: int, fails: bool) -> None:
    items = found(state((900, 1000)), state((covered, 1000)))
    assert rules(items) == ([("coverage-drop", Cause.NEW_UNCOVERED, True)] if fails else [])


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.fractions(0, 100, max_denominator=1000))
def test_a_drop_is_compared_exactly(total: int, lost: int, allowed: Fraction) -> None:
    lost = min(lost, total)
    items = found(state((total, total)), state((total - lost, total)), GateSettings(coverage_drop=allowed))
    assert bool(items) == (Fraction(100 * lost, total) > allowed)


def test_deleted_code_is_no_regression() -> None:
    (item,) = found(state((90, 100)), state((20, 30), 5))
    assert (item.rule, item.cause, item.fails) == ("coverage-drop", Cause.DELETED_CODE, False)


def test_a_lost_test_is_named_as_the_cause() -> None:
    items = found(state((90, 100), 20), state((80, 100), 19))
    assert rules(items) == [("coverage-drop", Cause.LOST_TESTS, True), ("lost-tests", Cause.LOST_TESTS, True)]
    assert rules(found(state(tests=20), state(tests=19))) == [("lost-tests", Cause.LOST_TESTS, True)]
    assert found(state(tests=20), state(tests=19), GateSettings(fewer_tests=True)) == []


def test_a_lower_stage_fails() -> None:
    assert rules(found(state(), state(stage="Development"))) == [("stage", Cause.CHANGED, True)]
    assert found(state(stage="Development"), state(stage="Production")) == []
    assert found(state(stage="Nowhere"), state(stage="Development")) == [], "another ladder says nothing of this one"


def test_what_was_known_and_is_unknown_fails() -> None:
    items = found(state(), state(covered=None, tests=None))
    assert [(item.rule, item.metric) for item in items] == [
        ("unknown", "coverage.percentage"), ("unknown", "tests.pass_rate"),
    ]  # fmt: skip
    assert "unknown (no test ran)" in items[0].said


def test_without_a_change_a_figure_is_flaky_and_passes() -> None:
    items = found(state((90, 100)), state((10, 100), 3, stage="Development"), touched="")
    assert items
    assert {item.cause for item in items} == {Cause.FLAKY}
    assert not any(item.fails for item in items)


def test_what_may_not_get_worse() -> None:
    ratchet = GateSettings(no_worse=("coverage.uncovered", "linting.total_violations", "tests.passed"))
    items = found(state((90, 100), 20, 1), state((90, 101), 20, 2), ratchet)
    assert [(item.rule, item.metric) for item in items] == [
        ("no-worse", "coverage.uncovered"), ("no-worse", "linting.total_violations"),
    ]  # fmt: skip
    assert found(state((90, 100), 20, 2), state((91, 100), 21, 1), ratchet) == []


@pytest.mark.parametrize(
    ("metric", "better"),
    [("coverage.percentage", 1), ("tests.pass_rate", 1), ("tests.passed", 1), ("coverage.lines_covered", 1),
     ("linting.total_violations", -1), ("coverage.uncovered", -1), ("tests.failed", -1)],
)  # fmt: skip
def test_which_way_is_worse(metric: str, better: int) -> None:
    assert worse(metric, Fraction(1), Fraction(1 - better))
    assert not worse(metric, Fraction(1), Fraction(1 + better))
    assert not worse(metric, Fraction(1), Fraction(1))


def test_new_code() -> None:
    asked = GateSettings(new_code=Fraction(80))
    assert list(judged_code(NewCode(4, 5), asked)) == []
    assert list(judged_code(NewCode(0, 0), asked)) == []
    assert list(judged_code(NewCode(0, 5), GateSettings())) == []
    (item,) = judged_code(NewCode(3, 4, False, {"a.py": (7,)}), asked)
    assert (item.document, item.said) == (
        "a.py", "75.0 % of the new code is covered (3 of 4 changed statements); 80 % are asked for"
    )  # fmt: skip
    (item,) = judged_code(NewCode(4, 4, unknown=("b.py",)), asked)
    assert item.fails, "unknown is not met"


def test_every_figure_that_moved_is_shown() -> None:
    change = Change("carbon", "MATURITY.md", state((90, 100)), state((91, 100)), "a.py")
    assert [(metric, then, now) for _, metric, then, now in moved([change])] == [
        ("coverage.lines_covered", "90", "91"), ("coverage.percentage", "90.0 %", "91.0 %"),
    ]  # fmt: skip


def test_a_reading_that_is_not_there_is_unknown() -> None:
    assert State(None, {}).value("coverage.percentage") is None
    assert State(None, {"coverage": Reading(None)}).value("coverage.uncovered") is None
