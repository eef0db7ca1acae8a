"""What a gate found, for people: what fails, then what is worse and passes, then new code, then the verdict."""

from __future__ import annotations

from collections.abc import Iterator

from maturity.gate.compare import Comparison
from maturity.gate.judge import Judged, moved
from maturity.render import figure, plural

LINES_SHOWN = 10
"""Uncovered new lines that are listed, file by file."""


def text(comparison: Comparison) -> str:
    """All of it, a line each."""
    return "".join(f"{line}\n" for line in lines(comparison))


def lines(comparison: Comparison) -> Iterator[str]:
    """The lines of the text."""
    for item in sorted(comparison.found, key=lambda each: (not each.fails, each.component)):
        yield line(item)
    yield from new_code(comparison)
    for change, metric, then, now in moved(comparison.changes):
        if not any(item.component == change.component and item.metric == metric for item in comparison.found):
            yield f"  {change.component}: {metric} {then} → {now}"
    for note in comparison.notes:
        yield f"note: {note}"
    yield verdict(comparison)


def line(item: Judged) -> str:
    """One thing that is worse."""
    about = " ".join(part for part in (item.component, item.metric) if part)
    return f"{'FAIL' if item.fails else 'pass'} {about or item.rule}: {item.said} ({item.cause.value})"


def new_code(comparison: Comparison) -> Iterator[str]:
    """How far new code is covered, and where it is not."""
    code = comparison.code
    if code.percentage is None:
        return
    of = f"{code.covered} of {code.total} changed {'statements and branches' if code.branches else 'statements'}"
    yield f"new code: {figure(code.percentage, ' %')} covered ({of})"
    for path, uncovered in list(code.uncovered.items())[:LINES_SHOWN]:
        shown = ", ".join(map(str, uncovered[:LINES_SHOWN]))
        yield f"  {path}: not covered in line {shown}{' …' if len(uncovered) > LINES_SHOWN else ''}"


def verdict(comparison: Comparison) -> str:
    """Whether the gate passes, in one line."""
    failing = sum(item.fails for item in comparison.found)
    compared = sum(change.before is not None for change in comparison.changes)
    new = len(comparison.changes) - compared
    about = f"{plural(compared, 'component')} compared with {comparison.base[:12]}{f', {new} new' if new else ''}"
    outcome = "passed" if comparison.passes else f"failed, {plural(failing, 'regression')}"
    return f"gate: {outcome}; {about}"
