"""The ladder as data: the defaults of the design, additions to them, ladders of one's own."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from fractions import Fraction

import pytest

from maturity.collectors import BUILT_IN, metric_names
from maturity.errors import ConfigurationError
from maturity.model import Criterion, Ladder
from maturity.settings.criteria import DEFAULT_STAGES, DEFAULTS, read_ladder
from maturity.settings.toml import Table

METRICS = metric_names(BUILT_IN)


def ladder(toml: str, stages: tuple[str, ...] | None = None) -> Ladder:
    tables = tomllib.loads(toml, parse_float=Decimal).get("criterion", [])
    return read_ladder(stages, (Table(f"criterion number {n}", t) for n, t in enumerate(tables, 1)), METRICS)


def refusal(toml: str, stages: tuple[str, ...] | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        ladder(toml, stages)
    return str(caught.value)


def thresholds(stage: str) -> dict[str, tuple[str | None, Fraction | None, Fraction | None]]:
    return {c.id: (c.metric, c.at_least, c.at_most) for c in ladder("").of_stage(stage)}


def test_what_staging_asks_for_by_default() -> None:
    assert thresholds("Staging") == {
        "coverage": ("coverage.percentage", 70, None),
        "lint": ("linting.total_violations", None, 0),
        "types": ("type_checking.errors", None, 0),
        "security": ("security.total_issues", None, 0),
        "tests": ("tests.pass_rate", 100, None),
        "api-documented": (None, None, None),
        "readme": (None, None, None),
    }


def test_what_production_asks_for_by_default() -> None:
    assert thresholds("Production") == {
        "integration-coverage": ("integration_coverage.percentage", 80, None),
        "integration-tests": ("integration_tests.pass_rate", 100, None),
        "performance": (None, None, None),
        "uptime": (None, None, None),
        "security-review": (None, None, None),
        "monitoring": (None, None, None),
        "rollback": (None, None, None),
    }


def test_the_lowest_stage_asks_for_nothing() -> None:
    assert ladder("").stages == DEFAULT_STAGES == ("Development", "Staging", "Production")
    assert ladder("").of_stage("Development") == ()


def test_the_defaults_are_written_as_a_user_would_write_them() -> None:
    assert ladder(DEFAULTS, DEFAULT_STAGES) == ladder("")


def test_every_default_metric_is_measured_by_some_collector() -> None:
    assert {c.metric for c in ladder("").criteria if c.metric} <= set(METRICS)


def test_a_criterion_of_the_same_stage_and_id_replaces_the_default_in_its_place() -> None:
    toml = '[[criterion]]\nstage = "Staging"\nid = "coverage"\nmetric = "coverage.percentage"\nat-least = 69.96'
    raised = ladder(toml)
    assert raised.criteria[0] == Criterion(
        "Staging", "coverage", "Test coverage", "coverage.percentage", Fraction(6996, 100)
    )
    assert raised.criteria[1:] == ladder("").criteria[1:]


def test_a_new_criterion_joins_the_others_of_its_stage() -> None:
    more = ladder('[[criterion]]\nstage = "Staging"\nid = "on-call"')
    assert more.of_stage("Staging")[-1] == Criterion("Staging", "on-call", "On call")
    assert more.of_stage("Staging")[:-1] == ladder("").of_stage("Staging")
    assert more.of_stage("Production") == ladder("").of_stage("Production")


def test_a_ladder_of_ones_own_has_nothing_of_the_default_one() -> None:
    own = ladder(
        """
        [[criterion]]
        stage = "Gold"
        id = "demo"
        title = "Demo given"
        [[criterion]]
        stage = "Silver"
        id = "coverage"
        metric = "coverage.percentage"
        at-least = 10
        [[criterion]]
        stage = "Bronze"
        id = "types"
        metric = "type_checking.errors"
        at-most = 3
        """,
        ("Ore", "Bronze", "Silver", "Gold"),
    )
    assert own.stages == ("Ore", "Bronze", "Silver", "Gold")
    assert own.criteria == (
        Criterion("Bronze", "types", "Types", "type_checking.errors", None, Fraction(3)),
        Criterion("Silver", "coverage", "Coverage", "coverage.percentage", Fraction(10)),
        Criterion("Gold", "demo", "Demo given"),
    )


def test_an_id_may_stand_at_two_stages_if_it_is_measured() -> None:
    twice = ladder(
        '[[criterion]]\nstage = "Production"\nid = "coverage"\nmetric = "coverage.percentage"\nat-least = 90'
    )
    assert [c.at_least for c in twice.criteria if c.id == "coverage"] == [70, 90]
    assert {c.title for c in twice.criteria if c.id == "coverage"} == {"Test coverage"}


def test_two_manual_criteria_of_one_id_are_refused_for_they_would_share_a_tick() -> None:
    assert "'readme'" in refusal('[[criterion]]\nstage = "Production"\nid = "readme"')


def test_thresholds_are_exact() -> None:
    own = ladder('[[criterion]]\nstage = "B"\nid = "x"\nmetric = "coverage.percentage"\nat-least = 0.1', ("A", "B"))
    assert own.criteria[0].at_least == Fraction(1, 10)


@pytest.mark.parametrize("value", ["true", '"70"', "nan", "inf", "-inf", "[70]", "2024-01-01", "1e999999999", "1e-999"])
def test_a_threshold_that_is_no_number_is_refused(value: str) -> None:
    toml = f'[[criterion]]\nstage = "Staging"\nid = "x"\nmetric = "coverage.percentage"\nat-least = {value}'
    assert refusal(toml).startswith("criterion number 1 at-least: expected a number, found ")


@pytest.mark.parametrize(
    "lines",
    [
        'metric = "coverage.percentage"',
        "at-least = 70",
        "at-most = 70",
        'metric = "coverage.percentage"\nat-least = 70\nat-most = 80',
    ],
)
def test_a_metric_goes_with_exactly_one_threshold(lines: str) -> None:
    said = refusal(f'[[criterion]]\nstage = "Staging"\nid = "x"\n{lines}')
    assert said.startswith("criterion number 1: ")
    assert "at-least or at-most" in said


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('stage = "Stagin"\nid = "x"', "criterion number 1 stage: unknown value 'Stagin'; did you mean 'Staging'?"),
        ('stage = "Development"\nid = "x"', "criterion number 1 stage: unknown value 'Development'; known: "),
        ('id = "x"', "criterion number 1 stage: missing; expected one line of text"),
        ('stage = "Staging"', "criterion number 1 id: missing; expected one line of text"),
        ('stage = "Staging"\nid = "a b"', "criterion number 1 id: use letters, "),
        ('stage = "Staging"\nid = "-->"', "criterion number 1 id: use letters, "),
        (
            'stage = "Staging"\nid = "x"\nat_least = 3',
            "criterion number 1 at_least: unknown key; did you mean 'at-least'?",
        ),
        (
            'stage = "Staging"\nid = "x"\nmetric = "coverage.percent"\nat-least = 3',
            "criterion number 1 metric: unknown value 'coverage.percent'; did you mean 'coverage.percentage'?",
        ),
    ],
)
def test_a_slip_is_named_with_the_nearest_spelling(lines: str, said: str) -> None:
    assert refusal(f"[[criterion]]\n{lines}").startswith(said)


@pytest.mark.parametrize("metric", ["coverage", "lint", "types", "security", "pass-rate"])
def test_a_metric_that_is_none_is_answered_with_those_that_are(metric: str) -> None:
    said = refusal(f'[[criterion]]\nstage = "Staging"\nid = "x"\nmetric = "{metric}"\nat-least = 3')
    assert any(known in said for known in METRICS), said
