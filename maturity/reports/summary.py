"""A component in one line: its stage and headline figures, or its tests."""

from __future__ import annotations

from collections.abc import Sequence

from maturity.judge import readings
from maturity.model import NO_TESTS, Component, Measurement
from maturity.reports.closing import shown_figure

HEADLINES = (
    ("coverage.percentage", "coverage", 7),
    ("tests.pass_rate", "tests", 7),
    ("linting.total_violations", "lint", 3),
    ("type_checking.errors", "types", 3),
    ("security.total_issues", "security", 0),
)
"""Metrics, what they are called here, and the width that lets most of their figures stand below one another."""


def headline(stage: str, measurements: Sequence[Measurement]) -> str:
    """The stage and the figures that people look for first; "?" is unknown, "!" a figure that is not measured now."""
    known = readings(measurements)
    untested = "tests" in known and known["tests"].reason == NO_TESTS
    words = [f"{stage:<11}"]
    for metric, label, width in HEADLINES:
        shown = "none" if label == "tests" and untested else shown_figure(metric, known)
        words.append(f"{label} {shown:<{width}}")
    return "  ".join(words)


def found_tests(component: Component) -> str:
    """Which tests a component has."""
    unit, integration = some(component.tests), some(component.integration_tests)
    return f"tests: {unit or 'none found'}; integration tests: {integration or 'none found'}"


def some(paths: tuple[str, ...], most: int = 5) -> str:
    """The first paths, and how many more there are."""
    more = [f"{len(paths) - most} more"] if len(paths) > most else []
    return ", ".join([*paths[:most], *more])
