"""Trends on a terminal: a sparkline for each figure, with first, last, lowest and highest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from maturity.history.series import Point
from maturity.history.trend import StageChange, Trend, Value, day, stages
from maturity.metrics import cut
from maturity.render import figure, number, unit_of

BARS = "▁▂▃▄▅▆▇█"
GAP = " "
"""Stands for a value that is unknown: a line never goes on over what nobody knows."""

WIDTH = 40
"""Signs in a sparkline; of more values each sign shows the last of its share."""


def sparkline(values: Sequence[Fraction | None], width: int = WIDTH) -> str:
    """The values as bars between their lowest and highest; equal values are all in the middle."""
    kept = values if len(values) <= width else [values[(at + 1) * len(values) // width - 1] for at in range(width)]
    shown = [None if value is None else float(value) for value in kept]  # eight heights do not need exact values
    known = [value for value in shown if value is not None]
    if not known:
        return GAP * len(shown)
    low, span = min(known), max(known) - min(known)

    def bar(value: float) -> str:
        return BARS[int((value - low) / span * (len(BARS) - 1))] if span else BARS[len(BARS) // 2]

    return "".join(GAP if value is None else bar(value) for value in shown)


def block(component: str, changes: Sequence[StageChange], trends: Iterable[Trend]) -> str:
    """One component: its stages, then a line for each figure."""
    lines = [component, f"  {'stage':<{LABEL}}  {stage_words(changes)}"]
    return "\n".join([*lines, *(f"  {trend.metric:<{LABEL}}  {line(trend)}" for trend in trends)]) + "\n"


def overview(found: Mapping[str, tuple[Sequence[Point], Trend]]) -> str:
    """A line for each component: how one figure went, and the stage now."""
    width = max((len(name) for name in found), default=0)
    lines: list[str] = []
    for name, (points, trend) in found.items():
        stage = [change.stage or "no document" for change in stages(points)][-1:] or ["no history"]
        bars = sparkline([value.value for value in trend.values], SHORT) if len(trend.values) > 1 else ""
        now = shown(trend, trend.values[-1]) if trend.values else ""
        moved = "" if trend.change is None or len(trend.values) < 2 else signed(trend)
        lines.append(f"{name:<{width}}  {stage[0]:<11}  {bars:<{SHORT}}  {now:>8}  {moved}".rstrip())
    return "".join(f"{line}\n" for line in lines)


SHORT = 20
"""Signs in a sparkline where each component has one line."""

LABEL = 25
"""The width of a metric's name; the longest of ours is `integration_tests.pass_rate`, which few ask for."""


def stage_words(changes: Sequence[StageChange]) -> str:
    """The stages with the days on which they came."""
    return " → ".join(f"{change.stage or 'no document'} ({day(change.time)})" for change in changes) or "no history"


def line(trend: Trend) -> str:
    """One figure: a single known value is said as one, and is no line."""
    known = trend.known
    if not known:
        return "unknown in every version" if trend.values else "no history"
    if len(trend.values) == 1:
        return f"{shown(trend, known[0])} ({day(known[0].time)}, the only version)"
    first, last = trend.values[0], trend.values[-1]
    parts = [
        sparkline([value.value for value in trend.values]),
        f"{shown(trend, first)} ({day(first.time)}) → {shown(trend, last)} ({day(last.time)})",
    ]
    if trend.change is not None:
        parts.append(signed(trend))
    if trend.lowest.value != trend.highest.value:
        parts += [f"{word} {shown(trend, v)} ({day(v.time)})" for word, v in extremes(trend)]
    return "  ".join(parts)


def extremes(trend: Trend) -> tuple[tuple[str, Value], ...]:
    """The lowest and the highest value, each as it was first reached."""
    return ("lowest", trend.lowest), ("highest", trend.highest)


def shown(trend: Trend, value: Value) -> str:
    """A value with its unit."""
    return "unknown" if value.value is None else figure(value.value, unit_of(trend.metric))


def signed(trend: Trend) -> str:
    """What lies between the first and the last value, as these are shown; of percentages it is in points."""
    unit = unit_of(trend.metric)
    first, last = (trend.values[at].value or Fraction(0) for at in (0, -1))
    change = Fraction(str(cut(last))) - Fraction(str(cut(first))) if unit else last - first
    sign = "+" if change > 0 else "−" if change < 0 else "±"
    return f"{sign}{float(abs(change)):.1f} points" if unit else f"{sign}{number(abs(change))}"
