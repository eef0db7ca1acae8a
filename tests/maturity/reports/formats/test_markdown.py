"""The job summary: a table that Markdown reads as one, whatever the names are, below GitHub's limit."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from maturity.markdown.escape import one_line
from maturity.metrics import LintingMetrics
from maturity.reports.formats import markdown
from maturity.reports.formats.markdown import text
from maturity.reports.report import BaseReport, ComponentReport, DocumentState, RecordReport, RecordState, Report

Build = Callable[..., Report]
BuildComponent = Callable[..., ComponentReport]
BuildRecord = Callable[..., RecordReport]


def rows(said: str) -> list[list[str]]:
    """The text of every cell, as Markdown reads the summary."""
    tokens = MarkdownIt("commonmark").enable("table").parse(said)
    found: list[list[str]] = []
    for token, following in pairwise(tokens):
        if token.type == "tr_open":
            found.append([])
        elif token.type in ("td_open", "th_open"):
            found[-1].append("".join(child.content for child in following.children or ()))
    return found


def test_component_stage_change_and_what_blocks(report: Build, component: BuildComponent) -> None:
    ticks = {"api-documented": True, "readme": True}
    promoted = component("b", ticks=ticks, base=BaseReport(True, "Development"))
    said = text(report(component("a", base=BaseReport(True, "Development")), promoted, base="main"))
    head, first, second = rows(said)
    assert head == ["Component", "Stage", "Change", "Document", "Blocked by"]
    assert first[:4] == ["b", "Staging", "promoted from Development", "src/b.MATURITY.md valid"]
    assert second == ["a", "Development", "none", "src/a.MATURITY.md valid", second[4]]
    assert "API documented" in second[4]
    assert "2 of 2 documents are valid. Stages: 1 Development, 1 Staging." in said


@pytest.mark.parametrize(
    ("base", "change"),
    [
        (None, ""),
        (BaseReport(False), "new"),
        (BaseReport(True), "unknown"),
        (BaseReport(True, "Production"), "demoted from Production"),
    ],
)
def test_the_change_in_words(report: Build, component: BuildComponent, base: BaseReport | None, change: str) -> None:
    assert rows(text(report(component(base=base), base="main")))[1][2] == change


def test_a_base_that_is_not_here_and_a_tool_that_fails(
    report: Build, component: BuildComponent, record: BuildRecord
) -> None:
    failed = record("ruff", "Lint", {"linting": LintingMetrics(0)}, (), RecordState.FAILED, "it crashed")
    said = text(report(component(records=(failed,)), base="main", base_found=False))
    assert "`main` is not in this clone" in said
    assert "A tool failed for 1 of them." in said
    assert "Change" not in rows(said)[0]
    assert "ruff failed" in rows(said)[1][3]


@settings(max_examples=settings().max_examples // 4)  # a whole report each time
@given(st.text(min_size=1, max_size=30))
def test_any_name_stays_in_its_cell(report: Build, component: BuildComponent, name: str) -> None:
    table = rows(text(report(component(name, state=DocumentState.STALE))))
    assert [len(row) for row in table] == [4, 4]
    assert table[1][0].strip() == one_line(name)
    assert table[1][1] == "Development"


def test_a_summary_that_is_too_long_says_what_it_leaves_out(
    report: Build, component: BuildComponent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(markdown, "LIMIT", 3000)
    said = text(report(*(component(f"c{number}") for number in range(99)), component("z", state=DocumentState.STALE)))
    shown = len(rows(said)) - 1
    assert 0 < shown < 100
    assert len(said.encode()) < 3000
    assert f"{100 - shown} more components are left out here." in said
    assert rows(said)[1][0] == "z", "what needs attention is not left out"
