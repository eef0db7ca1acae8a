"""What a gate found, as GitHub's annotations: at the documents, and on the lines that are new and not covered."""

from __future__ import annotations

from collections.abc import Iterator

from maturity.gate.compare import Comparison
from maturity.reports.formats.github import Annotation, from_the_top, lines


def text(comparison: Comparison) -> str:
    """Workflow commands, a line each."""
    return lines(from_the_top(comparison.within, list(found(comparison))))


def found(comparison: Comparison) -> Iterator[Annotation]:
    """The annotations: what fails is an error, what passes a notice; an uncovered new line is a warning."""
    for item in comparison.found:
        title = f"gate: {' '.join(part for part in (item.component, item.metric or item.rule) if part)}"
        yield Annotation(
            "error" if item.fails else "notice", item.document, 0, title, f"{item.said}: {item.cause.value}"
        )
    for path, uncovered in comparison.code.uncovered.items():
        for line in uncovered:
            yield Annotation("warning", path, line, "not covered", "this line is new, and no test reaches it")
