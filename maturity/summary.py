"""A component in one line: its stage and headline figures, as last collected."""

from __future__ import annotations

from maturity import document
from maturity.errors import MaturityError
from maturity.model import Component
from maturity.render import find, shown
from maturity.repository import Repository

HEADLINES = (
    ("coverage", "coverage"),
    ("tests", "tests"),
    ("linting", "lint"),
    ("type_checking", "types"),
    ("security", "security"),
)


def headline(repository: Repository, component: Component) -> str:
    """The stage and figures of a component, from its document and the cache alone."""
    measurements = repository.measurements(component)
    try:
        before = document.read(repository.root, component.document)
        stage = document.draft(component, repository.settings.ladder, measurements, before, "").standing.stage
    except MaturityError as error:
        return f"! {error}".splitlines()[0]
    figures = [f"{label} {shown(find(measurements, metric), metric)}" for metric, label in HEADLINES]
    return f"{stage} | {' | '.join(figures)}"
