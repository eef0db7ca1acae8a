"""What explain says: verdicts, places that can be clicked, what is enough, and why records are what they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from maturity.markdown.markers import Problem
from maturity.metrics import LintingMetrics
from maturity.model import Finding
from maturity.reports.formats.explain import text, uncovered
from maturity.reports.report import ComponentReport, DocumentState, RecordReport, RecordState, Report

Build = Callable[..., Report]
BuildComponent = Callable[..., ComponentReport]
BuildRecord = Callable[..., RecordReport]
F401 = Finding("src/carbon.py", 3, "F401", "error", "unused", "safe")


def test_every_criterion_with_figure_threshold_and_verdict(report: Build, component: BuildComponent) -> None:
    said = text(report(component(findings=[F401], coverage=(69, 100), ticks={"readme": True}))).splitlines()
    assert "carbon: Development" in said
    assert "  missed   Test coverage ≥ 70 %: 69.0 % (69 of 100 statements)" in said
    assert "  missed   Lint violations = 0: 1" in said
    assert "  met      All tests passing ≥ 100 %: 100.0 % (5 of 5 passed)" in said
    assert "  met      Component README exists (manual, ticked): src/carbon.MATURITY.md:41" in said
    assert "  unknown  Integration test coverage ≥ 80 %: unknown (nothing measures it)" in said


def test_what_stands_behind_them_and_what_would_be_enough(report: Build, component: BuildComponent) -> None:
    said = text(report(component(findings=[F401], coverage=(68, 100)))).splitlines()
    assert "           src/carbon.py:3: F401 unused (it can be mended automatically)" in said
    assert "           src/carbon.py:3: 3 statements not covered, in lines 3-4, 9" in said
    (lone,) = uncovered({"src/carbon.py": (9,)}, str)
    assert lone == "           src/carbon.py:9: 1 statement not covered, in line 9"
    enough = said[said.index("Enough for Staging") :]
    assert enough[1:7] == [
        "  Test coverage: cover 2 more of the 32 statements that no test reaches",
        "    the fewest places for it (2 statements together):",
        "      src/carbon.py:3: lines 3-4",
        "  Lint violations: mend the 1 violation; ruff mends it itself",
        "    ruff check --fix -- src/carbon.py",
        '  API documented: tick "API documented" in src/carbon.MATURITY.md once it is so',
    ]


def test_why_each_record_was_collected_and_that_one_is_out_of_date(
    report: Build, component: BuildComponent, record: BuildRecord
) -> None:
    current = record("ruff", "Lint", {"linting": LintingMetrics(0)})
    stale = replace(
        record("bandit", "Security", {"security": None}, state=RecordState.OUT_OF_DATE),
        moved=("files", "changed: a.py"),
    )
    failed = record("pyright", "Types", {"types": None}, (), RecordState.FAILED, "it crashed")
    never = record("pytest", "Tests", {"tests": None}, (), RecordState.NOT_MEASURED, known=False)
    said = text(report(component(records=(current, stale, failed, never)))).splitlines()
    assert said[said.index("Records") + 1 :] == [
        "  ruff: current",
        "    collected 2026-03-04T05:06:07+00:00; because: files",
        "  bandit: out of date",
        "    collected 2026-03-04T05:06:07+00:00; because: files",
        "    out of date; because: files, changed: a.py",
        "  pyright: failed",
        "    failed 2026-03-04T05:06:07+00:00: it crashed",
        "    collected 2026-03-04T05:06:07+00:00; because: files",
        "  pytest: not measured",
    ]


def test_long_lists_are_cut_and_say_so_unless_all_is_asked_for(report: Build, component: BuildComponent) -> None:
    made = report(component(findings=[replace(F401, line=line) for line in range(1, 31)]))
    assert text(made).count(": F401 ") == 20
    assert "           … and 10 findings more; --full shows all" in text(made).splitlines()
    assert text(made, everything=True).count(": F401 ") == 30
    assert "--full" not in text(made, everything=True)


def test_places_are_as_seen_from_where_one_stands(report: Build, component: BuildComponent) -> None:
    said = text(report(component(findings=[F401], state=DocumentState.STALE, line=7)), at=lambda path: f"../{path}")
    assert "  document: ../src/carbon.MATURITY.md:7 is stale" in said.splitlines()
    assert "           ../src/carbon.py:3: F401 unused (it can be mended automatically)" in said.splitlines()


def test_a_broken_document(report: Build, component: BuildComponent) -> None:
    problem = Problem(7, "orphan-end", "no region is open", "remove the marker")
    said = text(report(component(state=DocumentState.BROKEN, line=7, problems=(problem,)))).splitlines()
    assert said[0] == "carbon: stage unknown"
    assert "    src/carbon.MATURITY.md:7: no region is open; remove the marker" in said
    assert "Mend the document's markup first." in said


def test_text_from_tools_stays_on_its_line(report: Build, component: BuildComponent) -> None:
    odd = Finding("src/\x1b[31mred\n.py", 1, "E\n1", "error", "a\n\x1b]8;;x\x07b")
    said = text(report(component("na\nme", findings=[odd])))
    assert all(line.isprintable() for line in said.splitlines())
    assert "\x1b" not in said
