"""Series as people and programs see them."""

from __future__ import annotations

import csv
import json
from fractions import Fraction
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.history import trend
from maturity.history.formats import Asked, rendered, svg, text
from maturity.history.reading import Said
from maturity.history.series import Point, Series
from maturity.history.trend import Trend, Value

DAY = 86_400
METRIC = "coverage.percentage"


def point(day: int, covered: int | None, stage: str | None = "Development") -> Point:
    figures = {} if covered is None else {METRIC: covered}
    return Point(f"{day:040x}", day * DAY, "a/MATURITY.md", Said(stage, figures))


SERIES = Series((point(0, 40), point(1, 60, "Staging"), Point("f" * 40, 2 * DAY, "", None), point(3, 50, "Staging")))


def lines(series: Series = SERIES, named: bool = True) -> list[str]:
    return rendered({"carbon": series}, Asked("text", (METRIC,), named, ("Development", "Staging")), False).splitlines()


def test_a_block_has_stages_and_figures_with_their_days() -> None:
    assert lines() == [
        "carbon",
        "  stage                      Development (1970-01-01) → Staging (1970-01-02) → no document (1970-01-03)"
        " → Staging (1970-01-04)",
        "  coverage.percentage        ▁█ ▄  40.0 % (1970-01-01) → 50.0 % (1970-01-04)  +10.0 points"
        "  lowest 40.0 % (1970-01-01)  highest 60.0 % (1970-01-02)",
    ]


def test_a_single_version_is_no_line() -> None:
    assert lines(Series((point(0, 40),)))[2] == "  coverage.percentage        40.0 % (1970-01-01, the only version)"
    assert lines(Series(()))[1:] == [
        "  stage                      no history",
        "  coverage.percentage        no history",
    ]
    assert lines(Series((point(0, None), point(1, None))))[2].endswith("unknown in every version")


def test_an_overview_has_a_line_for_each_component() -> None:
    (line,) = lines(named=False)
    assert line.split() == ["carbon", "Staging", "▁█", "▄", "50.0", "%", "+10.0", "points"]


def test_the_change_is_what_is_seen() -> None:
    values = (Value("a", 0, Fraction("84.22")), Value("b", DAY, Fraction("87.32")))
    assert text.signed(Trend("c", METRIC, values)) == "+3.1 points"
    assert (
        text.signed(Trend("c", "linting.total_violations", (Value("a", 0, Fraction(3)), Value("b", 1, Fraction(1)))))
        == "−2"
    )


@given(st.lists(st.none() | st.fractions(0, 100, max_denominator=50), max_size=90))
def test_a_sparkline_has_a_sign_for_each_value_and_a_gap_for_what_is_unknown(values: list[Fraction | None]) -> None:
    line = text.sparkline(values)
    assert len(line) == min(len(values), text.WIDTH)
    if len(values) <= text.WIDTH:
        assert [sign == text.GAP for sign in line] == [value is None for value in values]
    assert set(line) <= {*text.BARS, text.GAP}


def test_since_a_moment_begins_with_what_was_in_force() -> None:
    assert [p.time // DAY for p in trend.since(SERIES, 2 * DAY + 5).points] == [2, 3]
    assert [p.time // DAY for p in trend.since(SERIES, 0).points] == [0, 1, 2, 3]


def test_csv_has_a_row_for_each_point_and_metric() -> None:
    rows = list(csv.DictReader(rendered({"carbon": SERIES}, Asked("csv", (METRIC,), True, ()), False).splitlines()))
    assert [row["value"] for row in rows] == ["40.0", "60.0", "", "50.0"]
    assert [row["stage"] for row in rows] == ["Development", "Staging", "", "Staging"]
    assert rows[1]["date"] == "1970-01-02T00:00:00+00:00"


def test_json_is_exact() -> None:
    exact = Series((Point("a" * 40, 0, "a/MATURITY.md", Said("Staging", {METRIC: "2800/29"}, claimed=True)),))
    found = json.loads(rendered({"carbon": exact}, Asked("json", (METRIC, "tests.passed"), True, ()), True))
    assert found["shallow"] is True
    (shown,) = found["components"][0]["points"]
    assert shown["figures"] == {METRIC: {"value": pytest.approx(96.5517), "exact": "2800/29"}, "tests.passed": None}
    assert shown["claimed"] is True


def plotted(series: Series, metric: str = METRIC) -> ElementTree.Element:
    drawn = svg.plot(
        trend.trend("<c>", metric, series.points), [*trend.stages(series.points)], ("Development", "Staging"), 4 * DAY
    )
    return ElementTree.fromstring(drawn)


def test_a_plot_has_axes_dates_units_and_bands() -> None:
    root = plotted(SERIES)
    name = "{http://www.w3.org/2000/svg}"
    said = [element.text for element in root.iter(f"{name}text")]
    assert {"<c>: coverage.percentage", "0 %", "100 %", "1970-01-02", "Development", "Staging"} <= {*said}
    assert len(root.findall(f"{name}polyline")) == 2, "what is unknown interrupts the line"
    assert len(root.findall(f"{name}circle")) == 3
    assert "unknown" in (root.find(f"{name}desc").text or "")  # type: ignore[union-attr]
    assert "prefers-color-scheme: dark" in (root.find(f"{name}style").text or "")  # type: ignore[union-attr]


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.none() | st.integers(0, 10**6)), max_size=20),
    st.sampled_from([METRIC, "linting.total_violations"]),
)
def test_nothing_of_a_plot_lies_outside_of_it(values: list[tuple[int, int | None]], metric: str) -> None:
    highest = 100 if metric == METRIC else 10**6
    points = [
        Point("a", day * DAY, "p", Said("Staging", {metric: None if value is None else min(value, highest)}))
        for day, value in sorted(values, key=lambda each: each[0])
    ]
    for element in plotted(Series(tuple(points)), metric).iter():
        for key, limit in (("x", svg.WIDTH), ("cx", svg.WIDTH), ("y", svg.HEIGHT), ("cy", svg.HEIGHT)):
            assert 0 <= float(element.get(key, 0)) <= limit


@given(st.floats(0, 10), st.floats(1, 10**7))
def test_ticks_are_few_and_inside(low: float, more: float) -> None:
    found = svg.ticks(low, low + more)
    assert len(found) <= 6
    assert all(low <= tick <= low + more for tick in found)
