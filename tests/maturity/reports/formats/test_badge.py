"""Badges: shields.io's endpoint form, and an image that is well-formed and says its text."""

from __future__ import annotations

import json
from collections.abc import Callable
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.metrics import LintingMetrics
from maturity.reports.formats.badge import COLOURS, Badge, endpoint, of_metric, stage, svg
from maturity.reports.report import ComponentReport, DocumentState, RecordReport, RecordState
from maturity.settings.criteria import read_ladder

BuildComponent = Callable[..., ComponentReport]
BuildRecord = Callable[..., RecordReport]
LADDER = read_ladder(None, (), ())
SVG = "{http://www.w3.org/2000/svg}"


def test_the_stage(component: BuildComponent) -> None:
    assert stage(component(), LADDER) == Badge("carbon", "Development", "orange")
    ticks = {"api-documented": True, "readme": True}
    assert stage(component(ticks=ticks), LADDER) == Badge("carbon", "Staging", "yellow")


def test_a_stage_in_doubt_is_an_error(component: BuildComponent, record: BuildRecord) -> None:
    assert stage(component(state=DocumentState.BROKEN), LADDER) == Badge("carbon", "unknown", "lightgrey", error=True)
    failed = record("ruff", "Lint", {"linting": LintingMetrics(0)}, (), RecordState.FAILED, "it crashed")
    assert stage(component(records=(failed,)), LADDER) == Badge(
        "carbon", "Development (ruff failed)", "orange", error=True
    )


@pytest.mark.parametrize(
    ("coverage", "message", "colour"), [((6996, 10000), "69.9 %", "orange"), ((70, 100), "70.0 %", "brightgreen")]
)
def test_a_figure(component: BuildComponent, coverage: tuple[int, int], message: str, colour: str) -> None:
    made = of_metric(component(coverage=coverage), "coverage.percentage")
    assert made == Badge("carbon coverage.percentage", message, colour)


def test_a_figure_that_is_not_known_or_not_measured_now(component: BuildComponent, record: BuildRecord) -> None:
    unknown = of_metric(component(), "integration_coverage.percentage")
    assert (unknown.message, unknown.error) == ("unknown", True)
    failed = record("ruff", "Lint", {"linting": LintingMetrics(2)}, (), RecordState.FAILED, "it crashed")
    old = of_metric(component(records=(failed,)), "linting.total_violations")
    assert (old.message, old.error) == ("2 as of 2026-03-04", True)


@given(st.text(), st.text(), st.sampled_from(sorted(COLOURS)), st.booleans())
def test_any_text_is_a_badge(label: str, message: str, colour: str, error: bool) -> None:
    badge = Badge(label, message, colour, error)
    said = json.loads(endpoint(badge))
    assert said.keys() == {"schemaVersion", "label", "message", "color", "isError"}
    assert (said["schemaVersion"], said["color"], said["isError"]) == (1, colour, error)
    assert said["message"], "shields.io refuses an empty message"
    image = ElementTree.fromstring(svg(badge))
    texts = [element.text or "" for element in image.iter(f"{SVG}text")]
    assert texts == [said["label"], said["message"]]
    assert image.attrib["aria-label"] == image.findtext(f"{SVG}title") == f"{texts[0]}: {texts[1]}"
    boxes = [int(element.attrib["width"]) for element in image.iter(f"{SVG}rect")]
    assert boxes[0] == boxes[1] + boxes[2] == int(image.attrib["width"])
