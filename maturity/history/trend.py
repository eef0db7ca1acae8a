"""Series → trends: how one figure, and the stage, of a component went over time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction

from maturity.history.series import Point, Series

DEFAULT = (
    "coverage.percentage",
    "tests.pass_rate",
    "linting.total_violations",
    "type_checking.errors",
    "security.total_issues",
)
"""The figures of a trend for which none is named."""


@dataclass(frozen=True)
class Value:
    """A figure from one commit on; `value` None is unknown, or no document at all."""

    commit: str
    time: int
    value: Fraction | None


@dataclass(frozen=True)
class Trend:
    """One metric of one component, oldest value first; there is a value for each commit that changed the document."""

    component: str
    metric: str
    values: tuple[Value, ...]

    @property
    def known(self) -> tuple[Value, ...]:
        """The values that are known."""
        return tuple(value for value in self.values if value.value is not None)

    @property
    def lowest(self) -> Value:
        """The lowest known value, as it was first reached. Raises ValueError where none is known."""
        return min(self.known, key=lambda value: value.value or Fraction(0))

    @property
    def highest(self) -> Value:
        """The highest known value, as it was first reached. Raises ValueError where none is known."""
        return max(self.known, key=lambda value: value.value or Fraction(0))

    @property
    def change(self) -> Fraction | None:
        """The last value less the first one; None where one of these is unknown."""
        if not self.values:
            return None
        first, last = self.values[0].value, self.values[-1].value
        return None if first is None or last is None else last - first


@dataclass(frozen=True)
class StageChange:
    """The stage of a component from one commit on; None: no document, or one that names no stage."""

    commit: str
    time: int
    stage: str | None


def since(series: Series, moment: int) -> Series:
    """The points from a moment on (seconds since 1970), the one that was in force then included."""
    later = [point for point in series.points if point.time > moment]
    before = [point for point in series.points if point.time <= moment]
    return Series((*before[-1:], *later), series.unreadable)


def trend(component: str, metric: str, points: Iterable[Point]) -> Trend:
    """How one metric went."""
    return Trend(component, metric, tuple(Value(p.commit, p.time, figure(p, metric)) for p in points))


def figure(point: Point, metric: str) -> Fraction | None:
    """A metric in one version of a document, None where that does not say it."""
    return None if point.said is None else point.said.figure(metric)


def stages(points: Sequence[Point]) -> Iterator[StageChange]:
    """The stages, each from the commit on that brought it."""
    last: str | None = None
    for number, point in enumerate(points):
        stage = None if point.said is None else point.said.stage
        if number == 0 or stage != last:
            yield StageChange(point.commit, point.time, stage)
        last = stage


def day(time: int) -> str:
    """The day of a moment (ISO 8601, UTC)."""
    return datetime.fromtimestamp(time, UTC).date().isoformat()
