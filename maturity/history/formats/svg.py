"""Trends as a plot: figures over time with axes, dates and units, above bands of the stages.

One document without script, reference or font of its own; its colours follow the reader's light or dark scheme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # nosec B405 - nothing is parsed here

from maturity.history.trend import StageChange, Trend, day
from maturity.render import number, unit_of

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 40, 64
BAND = 12
"""The height of the band of stages, below the plot."""

STYLE = """
text { font: 12px sans-serif; fill: #1f2328 } .title { font-size: 14px } .ground { fill: #ffffff }
.grid { stroke: #d0d7de } .line { fill: none; stroke: #0969da; stroke-width: 2 } .dot { fill: #0969da }
.stage-0 { fill: #9a6700 } .stage-1 { fill: #0969da } .stage-2 { fill: #1a7f37 } .stage-3 { fill: #8250df }
text.stage { fill: #ffffff; font-size: 10px }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .ground { fill: #0d1117 } .grid { stroke: #3d444d }
  .line { stroke: #4493f8 } .dot { fill: #4493f8 }
}
"""
"""Each colour is said outright: many programs that show SVG know neither variables nor schemes."""


@dataclass(frozen=True)
class Scale:
    """How values become places: `low` to `high` over `length` pixels from `start`."""

    low: float
    high: float
    start: float
    length: float

    def at(self, value: float) -> float:
        """The place of a value, to a tenth of a pixel."""
        return round(self.start + (value - self.low) / (self.high - self.low) * self.length, 1)


def plot(trend: Trend, changes: Sequence[StageChange], ladder: Sequence[str], until: int) -> str:
    """One metric over time; `ladder` are the stages from the lowest up, `until` the end of the time axis (seconds).

    An unknown value interrupts the line. What there is to see is said in the title and the description, too.
    """
    unit = unit_of(trend.metric)
    times = [value.time for value in trend.values] or [until]
    across = _across(min(times), max(*times, until))
    up = _up([value.value for value in trend.known], unit)
    root = Element("svg", xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")
    name = f"{trend.component}: {trend.metric}"
    SubElement(root, "title").text = name
    SubElement(root, "desc").text = "; ".join(
        f"{day(v.time)} {'unknown' if v.value is None else number(v.value) + unit}" for v in trend.values
    )
    SubElement(root, "style").text = STYLE
    SubElement(root, "rect", {"class": "ground", "width": str(WIDTH), "height": str(HEIGHT)})
    _text(root, LEFT, 22, name, kind="title")
    for value in ticks(up.low, up.high):
        y = up.at(value)
        _rule(root, LEFT, y, WIDTH - RIGHT, y)
        _text(root, LEFT - 8, y + 4, f"{value:g}{unit}", anchor="end")
    for moment in dates(int(across.low), int(across.high)):
        x = across.at(moment)
        _rule(root, x, TOP, x, HEIGHT - BOTTOM)
        _text(root, x, HEIGHT - BOTTOM + 18, day(moment), anchor="middle")
    _lines(root, trend, across, up, until)
    _bands(root, changes, ladder, across, until)
    indent(root)
    return tostring(root, encoding="unicode") + "\n"


def _across(first: int, last: int) -> Scale:
    """The time axis; a single moment is in the middle of two days."""
    if first == last:
        first, last = first - 86_400, last + 86_400
    return Scale(first, last, LEFT, WIDTH - LEFT - RIGHT)


def _up(values: Sequence[Fraction | None], unit: str) -> Scale:
    """The axis of values: percentages from 0 to 100, counts from 0 to their highest."""
    known = [float(value) for value in values if value is not None]
    high = 100.0 if unit else max([*known, 1.0])
    return Scale(min([0.0, *known]), high, HEIGHT - BOTTOM, -(HEIGHT - TOP - BOTTOM))


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers between two: steps of 1, 2 or 5 times a power of ten, and whole ones for counts."""
    step = 1.0
    while (high - low) / step > most:
        step *= 2.5 if str(step)[0] == "2" else 2
    first = -(-low // step) * step
    return [first + step * number for number in range(int((high - first) // step) + 1)]


def dates(first: int, last: int, most: int = 5) -> list[int]:
    """Midnights (UTC, seconds) between two moments, evenly apart."""
    start = datetime.fromtimestamp(first, UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    days = max(int((last - start.timestamp()) // 86_400) + 1, 0)
    step = max(-(-days // most), 1)
    return [int(start.timestamp()) + 86_400 * number for number in range(0, days, step)]


def _lines(root: Element, trend: Trend, across: Scale, up: Scale, until: int) -> None:
    """Each stretch of known values as steps: a document holds until the next one."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for value, following in zip(trend.values, [*(later.time for later in trend.values[1:]), until], strict=False):
        if value.value is None:
            stretches.append([])
            continue
        y = up.at(float(value.value))
        SubElement(root, "circle", {"class": "dot", "cx": str(across.at(value.time)), "cy": str(y), "r": "2.5"})
        stretches[-1] += [(across.at(value.time), y), (across.at(max(following, value.time)), y)]
    for stretch in filter(None, stretches):
        SubElement(root, "polyline", {"class": "line", "points": " ".join(f"{x},{y}" for x, y in stretch)})


def _bands(root: Element, changes: Sequence[StageChange], ladder: Sequence[str], across: Scale, until: int) -> None:
    """The stages below the dates, each from the commit on that brought it."""
    y = HEIGHT - BAND - 14
    for change, following in zip(changes, [*(later.time for later in changes[1:]), until], strict=False):
        if change.stage is None:
            continue
        x, end = across.at(change.time), across.at(max(following, change.time))
        colour = ladder.index(change.stage) % 4 if change.stage in ladder else 0
        width = max(end - x, 1.0)
        box = {"class": f"stage-{colour}", "x": str(x), "y": str(y), "width": f"{width:.1f}", "height": str(BAND + 2)}
        SubElement(SubElement(root, "rect", box), "title").text = f"{change.stage} since {day(change.time)}"
        if width > 7 * len(change.stage):
            _text(root, x + 4, y + 11, change.stage, kind="stage")


def _rule(root: Element, x1: float, y1: float, x2: float, y2: float) -> None:
    SubElement(root, "line", {"class": "grid", "x1": str(x1), "y1": str(y1), "x2": str(x2), "y2": str(y2)})


def _text(root: Element, x: float, y: float, said: str, anchor: str = "start", kind: str = "") -> None:
    place = {"x": str(x), "y": str(y), "text-anchor": anchor}
    SubElement(root, "text", place | ({"class": kind} if kind else {})).text = said
