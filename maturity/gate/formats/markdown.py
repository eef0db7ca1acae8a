"""What a gate found, as Markdown for a job summary or a comment."""

from __future__ import annotations

from maturity.gate.compare import Comparison
from maturity.gate.formats.text import verdict
from maturity.gate.judge import moved
from maturity.markdown.escape import code, prose
from maturity.render import figure
from maturity.reports.formats.markdown import in_cell

MOST = 50
"""Rows of a table."""


def text(comparison: Comparison) -> str:
    """A heading, the verdict, what is worse, new code, and the figures that moved."""
    lines = ["## Maturity gate", "", prose(verdict(comparison)), ""]
    if comparison.found:
        lines += ["| | Component | Figure | Change | Cause |", "| --- | --- | --- | --- | --- |"]
        for item in sorted(comparison.found, key=lambda each: (not each.fails, each.component))[:MOST]:
            about = (in_cell(item.component) if item.component else "", in_cell(item.metric or item.rule))
            cells = ["❌" if item.fails else "✅", *about, prose(item.said), prose(item.cause.value)]
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    fresh = comparison.code
    if fresh.percentage is not None:
        lines += [f"New code: {figure(fresh.percentage, ' %')} covered ({fresh.covered} of {fresh.total}).", ""]
        lines += [f"- {code(path)}: line {', '.join(map(str, at[:MOST]))}" for path, at in fresh.uncovered.items()]
        lines += [""] if fresh.uncovered else []
    other = list(moved(comparison.changes))
    if other:
        lines += ["| Component | Figure | Before | Now |", "| --- | --- | --- | --- |"]
        for change, metric, then, now in other[:MOST]:
            lines.append(f"| {in_cell(change.component)} | {in_cell(metric)} | {prose(then)} | {prose(now)} |")
        lines += ["", f"{len(other) - MOST} more figures moved.", ""] if len(other) > MOST else [""]
    lines += [f"- {prose(note)}" for note in comparison.notes]
    return "\n".join(lines).rstrip("\n") + "\n"
