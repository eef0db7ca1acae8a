"""A component in one line: its stage and headline figures."""

from __future__ import annotations

from collections.abc import Sequence

from maturity.judge import readings
from maturity.model import Measurement
from maturity.render import figure, unit_of

HEADLINES = (
    ("coverage.percentage", "coverage"),
    ("tests.pass_rate", "tests"),
    ("linting.total_violations", "lint"),
    ("type_checking.errors", "types"),
    ("security.total_issues", "security"),
)


def headline(stage: str, measurements: Sequence[Measurement]) -> str:
    """The stage and the figures that people look for first; "?" is unknown, "!" a figure that is not measured now."""
    known = readings(measurements)
    words = [f"{stage:<12}"]
    for metric, label in HEADLINES:
        reading = known.get(metric)
        value = "?" if reading is None or reading.value is None else figure(reading.value, unit_of(metric))
        words.append(f"{label} {value}{'!' if reading is not None and reading.failing else ''}")
    return "  ".join(words)
