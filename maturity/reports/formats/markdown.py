"""The job summary: a Markdown table of components, their stage, its change since the base, and what blocks the next.

GitHub cuts a step's summary off at 1 MiB, without the rest of the table; ours stays below, and says what it leaves out.
"""

from __future__ import annotations

from maturity.markdown.escape import code, prose
from maturity.render import blocker
from maturity.reports.report import ComponentReport, DocumentState, Report

LIMIT = 1_000_000
"""Bytes of a summary (1 MiB is 1,048,576)."""


def text(report: Report) -> str:
    """The summary; the components that need attention come first."""
    ordered = sorted(report.components, key=lambda each: (not needs_attention(report, each), each.component.name))
    lines = ["## Component maturity", "", summary(report), ""]
    if report.base is not None and not report.base_found:
        lines += [f"The base {code(report.base)} is not in this clone, so that changes are not known.", ""]
    columns = ["Component", "Stage", *(["Change"] if compared(report) else []), "Document", "Blocked by"]
    lines += ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    room = LIMIT - sum(len(line.encode()) + 1 for line in lines) - 200
    for number, each in enumerate(ordered):
        line = "| " + " | ".join(cells(report, each)) + " |"
        room -= len(line.encode("utf-8", "replace")) + 1
        if room < 0:
            lines += ["", f"{len(ordered) - number} more components are left out here."]
            break
        lines.append(line)
    return "\n".join([*lines, ""])


def summary(report: Report) -> str:
    """How many documents are what they should be, and how many components are in each stage."""
    states = [each.document.state for each in report.components]
    valid = states.count(DocumentState.VALID)
    stages = [(stage, sum(each.stage == stage for each in report.components)) for stage in report.ladder.stages]
    in_words = ", ".join(f"{count} {prose(stage)}" for stage, count in stages if count)
    failing = sum(bool(each.failing) for each in report.components)
    said = f"{valid} of {len(states)} documents are valid. Stages: {in_words or 'none known'}."
    return f"{said} A tool failed for {failing} of them." if failing else said


def needs_attention(report: Report, each: ComponentReport) -> bool:
    """Whether a component's line should not be far down."""
    moved = change(report, each) not in ("", "none") or bool(figures(each))
    return moved or bool(each.failing) or each.document.state is not DocumentState.VALID


def cells(report: Report, each: ComponentReport) -> list[str]:
    """One component's line."""
    stage = "unknown" if each.stage is None else prose(each.stage)
    document = f"{in_cell(each.document.path)} {each.document.state.value}"
    failing = [f"{prose(record.measurement.collector)} failed" for record in each.failing]
    blocks = [blocker(verdict) for verdict in each.blockers]
    moved = [", ".join([change(report, each), *figures(each)])] if compared(report) else []
    return [in_cell(each.component.name), stage, *moved, document, ", ".join([*failing, *blocks])]


def figures(each: ComponentReport) -> list[str]:
    """The headline figures that moved since the base, in words."""
    moved = () if each.base is None else each.base.moved
    return [f"{code(item.metric)} {item.before} → {item.now}" for item in moved]


def in_cell(text: str) -> str:
    """A code span inside a table, where a bar ends the cell even in code (GitHub Flavored Markdown, section 4.10)."""
    return code(text).replace("|", "\\|")


def compared(report: Report) -> bool:
    """Whether there is a base to compare with."""
    return report.base is not None and report.base_found


def change(report: Report, each: ComponentReport) -> str:
    """The change of a component's stage since the base, in words; empty where there is no base to compare with."""
    if each.base is None:
        return ""
    if not each.base.exists:
        return "new"
    if each.base.stage is None or each.stage is None:
        return "unknown"
    stages = report.ladder.stages
    before, now = stages.index(each.base.stage), stages.index(each.stage)
    if before == now:
        return "none"
    return f"{'promoted' if now > before else 'demoted'} from {prose(each.base.stage)}"
