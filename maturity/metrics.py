"""The figures of a component: the public dataclasses, and what each contributes to the criteria.

Every metric offers `readings()`: exact values by the name that a criterion uses after the dot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import ClassVar, Protocol, cast

from maturity.judge import judge
from maturity.model import Answer, Ladder, Reading
from maturity.settings.criteria import read_ladder


class Metric(Protocol):
    """What a collector may hand to the criteria; `NAMES` are all the names that its readings can have."""

    NAMES: ClassVar[tuple[str, ...]]

    def readings(self) -> Mapping[str, Reading]:
        """Exact values by name, without the metric's own name in front."""
        ...


def cut(value: Fraction, places: int = 1) -> float:
    """The value with `places` decimals, cut towards minus infinity: 69.96 is 69.9."""
    scale = 10**places
    return (value.numerator * scale // value.denominator) / scale


def _check(*counts: int) -> None:
    """Refuse counts that cannot be: a cache that was tampered with is no measurement."""
    if any(count < 0 for count in counts):
        raise ValueError("a count is below zero")


def _counts(**values: int) -> dict[str, Reading]:
    return {name: Reading(Fraction(value)) for name, value in values.items()}


@dataclass(frozen=True)
class Branches:
    """The branches that leave from one line: how many there are, and how many of them the tests took."""

    line: int
    taken: int
    total: int


@dataclass(frozen=True)
class CoverageMetrics:
    """Statement coverage of a component's source files, with branch coverage where the user's settings measure it.

    `percentage` is for display (cut to one decimal); the counts are what gates compare. `missing_lines` and
    `executed_lines` have the first lines of the statements of each file that no test reaches, and that one does;
    `branches` the lines of each file that more than one way leads on from. `timestamp` is when it was measured
    (ISO 8601), "" if that is not known.
    """

    NAMES: ClassVar[tuple[str, ...]] = ("percentage", "lines_covered", "lines_total")

    percentage: float
    lines_covered: int
    lines_total: int
    missing_lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    timestamp: str = ""
    branches_covered: int = 0
    branches_total: int = 0
    executed_lines: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    branches: Mapping[str, tuple[Branches, ...]] = field(default_factory=dict[str, tuple[Branches, ...]])

    def __post_init__(self) -> None:
        _check(self.lines_covered, self.lines_total, self.branches_covered, self.branches_total)
        if self.lines_covered > self.lines_total or self.branches_covered > self.branches_total:
            raise ValueError("more is covered than there is")

    @classmethod
    def of_counts(
        cls,
        lines: tuple[int, int],
        branches: tuple[int, int] = (0, 0),
        missing_lines: Mapping[str, tuple[int, ...]] | None = None,
    ) -> CoverageMetrics:
        """Metrics from (covered, total) pairs; a total of no statement at all shows 0.0 and reads as unknown."""
        total = lines[1] + branches[1]
        exact = Fraction(100 * (lines[0] + branches[0]), total) if total else Fraction(0)
        return cls(cut(exact), *lines, missing_lines or {}, "", *branches)

    def readings(self) -> Mapping[str, Reading]:
        """`percentage` from the exact counts; unknown where there is no statement to cover."""
        covered = self.lines_covered + self.branches_covered
        total = self.lines_total + self.branches_total
        counts = _counts(lines_covered=self.lines_covered, lines_total=self.lines_total)
        if not total:
            return {**counts, "percentage": Reading(None, reason="there is no statement to cover")}
        detail = f"{self.lines_covered} of {self.lines_total} statements"
        if self.branches_total:
            detail += f", {self.branches_covered} of {self.branches_total} branches"
        return {**counts, "percentage": Reading(Fraction(100 * covered, total), detail)}


@dataclass(frozen=True)
class LintingMetrics:
    """What the linter counts."""

    NAMES: ClassVar[tuple[str, ...]] = ("total_violations",)

    total_violations: int
    by_severity: Mapping[str, int] = field(default_factory=dict[str, int])
    by_rule: Mapping[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        _check(self.total_violations, *self.by_severity.values(), *self.by_rule.values())

    def readings(self) -> Mapping[str, Reading]:
        """`total_violations`."""
        return _counts(total_violations=self.total_violations)


@dataclass(frozen=True)
class TypeCheckingMetrics:
    """What the type checker counts."""

    NAMES: ClassVar[tuple[str, ...]] = ("errors", "warnings", "information")

    errors: int
    warnings: int = 0
    information: int = 0

    def __post_init__(self) -> None:
        _check(self.errors, self.warnings, self.information)

    def readings(self) -> Mapping[str, Reading]:
        """`errors`, `warnings` and `information`."""
        return _counts(errors=self.errors, warnings=self.warnings, information=self.information)


@dataclass(frozen=True)
class SecurityMetrics:
    """What the security scanner counts."""

    NAMES: ClassVar[tuple[str, ...]] = ("total_issues",)

    total_issues: int
    by_severity: Mapping[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        _check(self.total_issues, *self.by_severity.values())

    def readings(self) -> Mapping[str, Reading]:
        """`total_issues`."""
        return _counts(total_issues=self.total_issues)


@dataclass(frozen=True)
class TestMetrics:
    """How the tests of a component ended.

    `total` counts every test that was selected and every error. An expected failure (`xfailed`) is no failure; an
    error, in collection or in a fixture, is not a pass.
    """

    NAMES: ClassVar[tuple[str, ...]] = ("pass_rate", "passed", "failed", "errors", "total")

    __test__ = False  # pytest would take the name for a test class

    passed: int
    failed: int
    skipped: int
    total: int
    errors: int = 0
    xfailed: int = 0
    xpassed: int = 0

    def __post_init__(self) -> None:
        _check(self.passed, self.failed, self.skipped, self.total, self.errors, self.xfailed, self.xpassed)

    def readings(self) -> Mapping[str, Reading]:
        """The counts, and `pass_rate`: the percentage of passed tests; unknown if none passed or failed.

        A test that is expected to fail says nothing either way.
        """
        counts = _counts(passed=self.passed, failed=self.failed, errors=self.errors, total=self.total)
        decided = self.passed + self.failed + self.errors
        if not decided:
            return {**counts, "pass_rate": Reading(None, reason="no test ran")}
        rate = Fraction(100 * self.passed, decided)
        return {**counts, "pass_rate": Reading(rate, f"{self.passed} of {decided} passed")}


@dataclass(frozen=True)
class MetricsResult:
    """Everything measured for one component; None is unknown, and unknown is never met."""

    component: str
    coverage: CoverageMetrics | None = None
    linting: LintingMetrics | None = None
    type_checking: TypeCheckingMetrics | None = None
    security: SecurityMetrics | None = None
    tests: TestMetrics | None = None
    integration_coverage: CoverageMetrics | None = None
    integration_tests: TestMetrics | None = None

    def meets_staging_criteria(self, ladder: Ladder | None = None) -> bool:
        """Whether every automated criterion of the second stage is met; manual ones are not looked at.

        `ladder` is the default one unless given.
        """
        ladder = ladder or read_ladder(None, (), ())
        known = {
            f"{item.name}.{name}": reading
            for item in fields(self)
            if item.name != "component" and getattr(self, item.name) is not None
            for name, reading in cast(Metric, getattr(self, item.name)).readings().items()
        }
        automated = [criterion for criterion in ladder.of_stage(ladder.stages[1]) if not criterion.manual]
        return all(judge(criterion, known, {}).answer is Answer.MET for criterion in automated)
