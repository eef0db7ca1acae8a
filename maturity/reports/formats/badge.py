"""A badge for a component: as shields.io's endpoint JSON, and as an SVG of our own that needs no service.

The form: https://shields.io/badges/endpoint-badge. What a badge says stands in words; its colour only repeats it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from maturity.judge import readings
from maturity.markdown.escape import one_line
from maturity.model import Answer, Ladder
from maturity.render import figure, unit_of
from maturity.reports.formats.xml import escaped
from maturity.reports.report import ComponentReport

COLOURS = {"brightgreen": "#4c1", "yellow": "#dfb317", "orange": "#fe7d37", "lightgrey": "#9f9f9f"}
"""The names that shields.io knows, and what they look like in its flat style."""

LABEL_COLOUR, HEIGHT, PAD = "#555", 20, 6
NARROW, WIDE = frozenset("iljtfrI.,:;|!'()[] 1/"), frozenset("mwMW%@")


@dataclass(frozen=True)
class Badge:
    """Two texts and a colour by its name; `error` says that the message is not to be relied on now."""

    label: str
    message: str
    colour: str
    error: bool = False


def stage(report: ComponentReport, ladder: Ladder) -> Badge:
    """A component's stage; one that a failing tool leaves in doubt says so."""
    label = report.component.name
    if report.stage is None:
        return Badge(label, "unknown", "lightgrey", error=True)
    position = ladder.stages.index(report.stage)
    colour = "brightgreen" if report.next_stage is None else "orange" if position == 0 else "yellow"
    failing = ", ".join(record.measurement.collector for record in report.failing)
    return Badge(label, f"{report.stage} ({failing} failed)" if failing else report.stage, colour, bool(failing))


def of_metric(report: ComponentReport, metric: str) -> Badge:
    """One figure, such as coverage.percentage; green where every criterion on it is met, orange where one is missed."""
    known = readings(record.measurement for record in report.records)
    reading = known.get(metric) or known.get(metric.partition(".")[0])
    label = f"{report.component.name} {metric}"
    if reading is None or reading.value is None:
        return Badge(label, "unknown", "lightgrey", error=True)
    answers = {verdict.answer for verdict in report.verdicts if verdict.criterion.metric == metric}
    colour = "orange" if Answer.MISSED in answers else "brightgreen" if answers else "lightgrey"
    as_of = f" as of {reading.as_of}" if reading.as_of else ""
    return Badge(label, f"{figure(reading.value, unit_of(metric))}{as_of}", colour, reading.failing)


def endpoint(badge: Badge) -> str:
    """The badge as shields.io reads it from an address."""
    said = {"schemaVersion": 1, "label": one_line(badge.label), "message": one_line(badge.message) or "unknown"}
    return json.dumps({**said, "color": badge.colour, "isError": badge.error}, indent=2) + "\n"


def svg(badge: Badge) -> str:
    """The badge as an image; readers that cannot see it get its text."""
    label, message = one_line(badge.label), one_line(badge.message) or "unknown"
    left, right = width(label) + 2 * PAD, width(message) + 2 * PAD
    total, said = left + right, escaped(f"{label}: {message}")
    return f"""<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="{HEIGHT}" role="img" aria-label="{said}">
  <title>{said}</title>
  <clipPath id="r"><rect width="{total}" height="{HEIGHT}" rx="3"/></clipPath>
  <g clip-path="url(#r)">
    <rect width="{left}" height="{HEIGHT}" fill="{LABEL_COLOUR}"/>
    <rect x="{left}" width="{right}" height="{HEIGHT}" fill="{COLOURS[badge.colour]}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
    <text x="{left / 2:g}" y="14" textLength="{left - 2 * PAD}">{escaped(label)}</text>
    <text x="{left + right / 2:g}" y="14" textLength="{right - 2 * PAD}">{escaped(message)}</text>
  </g>
</svg>
"""


def width(text: str) -> int:
    """About how many pixels a text takes at 11 px; the image then stretches or squeezes it to just that."""
    return round(sum(4 if sign in NARROW else 10 if sign in WIDE else 7 if sign.isascii() else 11 for sign in text))
