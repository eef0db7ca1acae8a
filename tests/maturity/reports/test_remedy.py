"""The least that meets a criterion: exact, and one less is not enough."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from maturity.judge import judge, readings
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Answer, Component, Criterion, Facts, Finding, Measurement
from maturity.reports.remedy import Remedy, Stretch, evidence, longest, remedy, stretches
from maturity.reports.report import ComponentReport, DocumentReport, DocumentState, RecordReport, RecordState

CARBON = Component("carbon", ("a.py",), "MATURITY.md")


def at_least(metric: str, least: Fraction | int) -> Criterion:
    return Criterion("Staging", "c", "C", metric, at_least=Fraction(least))


def at_most(metric: str, most: int) -> Criterion:
    return Criterion("Staging", "c", "C", metric, at_most=Fraction(most))


def report(
    name: str, metric: object, findings: tuple[Finding, ...] = (), state: RecordState = RecordState.CURRENT
) -> ComponentReport:
    failure = "it crashed" if state is RecordState.FAILED else None
    facts = Facts(("a.py",), {} if metric is None else {name: metric}, findings=findings)
    measured = Measurement("ruff", "Lint", (name,), facts, "", "2026-03-04T05:06:07+00:00", failure)
    record = RecordReport(measured, state, tool=("uv", "run", "ruff"))
    shown = DocumentReport("MATURITY.md", DocumentState.VALID, ticks={"c": 12})
    return ComponentReport(CARBON, shown, (record,))


def least(criterion: Criterion, of: ComponentReport) -> Remedy | None:
    known = readings(record.measurement for record in of.records)
    return remedy(judge(criterion, known, {}), of)


COUNTS = st.integers(0, 400).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))
THRESHOLDS = st.fractions(0, 100, max_denominator=1000)


def met(metric: CoverageMetrics | TestMetrics, name: str, threshold: Fraction) -> bool:
    value = metric.readings()[name].value
    return value is not None and value >= threshold


@given(COUNTS, COUNTS, THRESHOLDS)
def test_the_fewest_statements_and_branches(
    lines: tuple[int, int], branches: tuple[int, int], threshold: Fraction
) -> None:
    coverage = CoverageMetrics.of_counts(lines, branches)
    assume(lines[1] + branches[1])
    found = least(at_least("coverage.percentage", threshold), report("coverage", coverage))
    if met(coverage, "percentage", threshold):
        assert found is None
        return
    assert found is not None
    assert found.count is not None

    def after(more: int) -> CoverageMetrics:
        """As many more statements covered as there are, then branches."""
        statements = min(more, lines[1] - lines[0])
        return CoverageMetrics.of_counts(
            (lines[0] + statements, lines[1]), (branches[0] + more - statements, branches[1])
        )

    assert met(after(found.count), "percentage", threshold)
    assert not met(after(found.count - 1), "percentage", threshold)


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 50), THRESHOLDS)
def test_the_fewest_tests(passed: int, failed: int, errors: int, threshold: Fraction) -> None:
    assume(passed + failed + errors)

    def after(more: int) -> TestMetrics:
        return TestMetrics(passed + more, failed + errors - more, 0, passed + failed + errors)

    tests = TestMetrics(passed, failed, 0, passed + failed + errors, errors)
    found = least(at_least("tests.pass_rate", threshold), report("tests", tests))
    if met(tests, "pass_rate", threshold):
        assert found is None
        return
    assert found is not None
    assert found.count is not None
    assert met(after(found.count), "pass_rate", threshold)
    assert not met(after(found.count - 1), "pass_rate", threshold)


def test_69_96_percent_lack_four_of_ten_thousand() -> None:
    found = least(at_least("coverage.percentage", 70), report("coverage", CoverageMetrics.of_counts((6996, 10000))))
    assert found is not None
    assert found.count == 4


LINES = st.dictionaries(st.sampled_from(["a.py", "b.py", "c.py"]), st.sets(st.integers(1, 60)).map(sorted).map(tuple))


@given(LINES, st.integers(1, 200))
def test_the_fewest_places_are_stretches_of_uncovered_statements(
    missing: dict[str, tuple[int, ...]], count: int
) -> None:
    places = list(longest(missing, count))
    covered = {(place.path, line) for place in places for line in range(place.first, place.last + 1)}
    every = {(path, line) for path, lines in missing.items() for line in lines}
    assert covered <= every
    assert sum(place.statements for place in places) == len(covered)
    assert len(covered) >= min(count, len(every))
    if places:
        assert len(covered) - min(place.statements for place in places) < count, "one place less is not enough"


@given(st.sets(st.integers(1, 60)))
def test_stretches_are_the_lines_put_together(lines: set[int]) -> None:
    found = list(stretches("a.py", lines))
    assert [line for each in found for line in range(each.first, each.last + 1)] == sorted(lines)
    assert all(left.last + 1 < right.first for left, right in pairwise(found))


def lint(*fixes: str) -> tuple[Finding, ...]:
    return tuple(Finding(f"{n}.py", n, "F401", "error", "m", fix) for n, fix in enumerate(fixes, 1))


def test_what_ruff_mends_itself_with_the_command_to_do_it() -> None:
    found = least(
        at_most("linting.total_violations", 0),
        report("linting", LintingMetrics(4), lint("safe", "", "unsafe", "safe")),
    )
    assert found == Remedy(
        "mend the 4 violations; ruff mends 2 itself; ruff mends 3 if it may change what the code does",
        4,
        commands=(
            ("uv", "run", "ruff", "check", "--fix", "--", "1.py", "4.py"),
            ("uv", "run", "ruff", "check", "--fix", "--unsafe-fixes", "--", "1.py", "3.py", "4.py"),
        ),
    )


def test_a_threshold_above_zero_leaves_some() -> None:
    found = least(at_most("linting.total_violations", 3), report("linting", LintingMetrics(4), lint(*[""] * 4)))
    assert found == Remedy("mend 1 of the 4 violations", 1)


def test_type_errors_are_not_warnings() -> None:
    said = (Finding("a.py", 1, "x", "error", "m"), Finding("a.py", 2, "y", "warning", "m"))
    of = report("type_checking", TypeCheckingMetrics(1, 1), said)
    criterion = at_most("type_checking.errors", 0)
    assert least(criterion, of) == Remedy("mend the 1 type error", 1)
    verdict = judge(criterion, readings(record.measurement for record in of.records), {})
    assert [finding.rule for finding in evidence(verdict, of).findings] == ["x"]


@pytest.mark.parametrize(
    ("criterion", "of", "said"),
    [
        (at_most("security.total_issues", 0), report("security", SecurityMetrics(2)), "bring security.total_issues"),
        (at_least("coverage.percentage", 101), report("coverage", CoverageMetrics.of_counts((1, 2))), "no code can"),
        (at_least("tests.total", 9), report("tests", TestMetrics(1, 0, 0, 1)), "bring tests.total from 1 to ≥ 9"),
        (at_least("coverage.percentage", 70), report("coverage", None), "make it measurable: it was not measured"),
        (
            at_least("coverage.percentage", 70),
            report("coverage", None, state=RecordState.NOT_MEASURED),
            "measure it: maturity --component carbon",
        ),
        (
            at_most("linting.total_violations", 0),
            report("linting", LintingMetrics(0), state=RecordState.FAILED),
            "ruff must give an answer again; it failed: it crashed",
        ),
        (Criterion("Staging", "c", "C"), report("linting", LintingMetrics(0)), 'tick "C" in MATURITY.md:12'),
    ],
)
def test_what_to_do_in_words(criterion: Criterion, of: ComponentReport, said: str) -> None:
    found = least(criterion, of)
    assert found is not None
    assert found.text.startswith(said)
    assert found.commands == ()


def test_what_is_met_needs_nothing() -> None:
    assert least(at_most("linting.total_violations", 0), report("linting", LintingMetrics(0))) is None
    ticked = judge(Criterion("Staging", "c", "C"), {}, {"c": True})
    assert ticked.answer is Answer.MET
    assert remedy(ticked, report("linting", LintingMetrics(0))) is None


def test_uncovered_lines_stand_behind_coverage_and_broken_tests_behind_its_absence() -> None:
    coverage = CoverageMetrics.of_counts((1, 3), missing_lines={"a.py": (2, 3), "b.py": ()})
    criterion = at_least("coverage.percentage", 70)
    of = report("coverage", coverage, (Finding("t.py", 1, "failed", "error", "m"),))
    found = evidence(judge(criterion, readings(record.measurement for record in of.records), {}), of)
    assert (found.findings, found.uncovered) == ((), {"a.py": (2, 3)})
    broken = report("coverage", None, (Finding("t.py", 0, "error", "error", "no module"),))
    found = evidence(judge(criterion, readings(record.measurement for record in broken.records), {}), broken)
    assert [finding.message for finding in found.findings] == ["no module"]


def test_a_stretch_counts_its_statements() -> None:
    assert list(stretches("a.py", [3, 4, 9])) == [Stretch("a.py", 3, 4, 2), Stretch("a.py", 9, 9, 1)]
