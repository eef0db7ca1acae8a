"""Repository → Report on a real tree: the state of documents and records, and where to look first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity import collectors
from maturity.cache.record import FailureReport, Trace
from maturity.collectors.base import Collector
from maturity.document import write
from maturity.metrics import LintingMetrics
from maturity.model import Answer, Facts, Finding
from maturity.reports.report import ComponentReport, DocumentState, RecordState
from maturity.reports.survey import changed_lines, survey, today
from maturity.repository import Repository

Plant = Callable[..., Path]
CARBON = "src/components/carbon/MATURITY.md"
MEASURED = "2026-03-04T05:06:07+00:00"


@pytest.fixture
def root(plant: Plant, linter: Collector, tester: Collector, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One component without tests, with one finding and a document that says so."""
    root = plant("pyproject.toml", texts={"src/components/carbon/a.py": "import os\n"})
    monkeypatch.setattr(collectors, "all_collectors", lambda: (tester, linter))
    measure(root, 1)
    repository = Repository(root)
    carbon = repository.component("carbon")
    write(root, repository.drafts.draft(carbon, repository.drafts.measurements(carbon), "2026-03-04"))
    return root


def measure(root: Path, violations: int) -> None:
    repository = Repository(root)
    linter = repository.collectors[1]
    inputs = repository.inputs.of(linter, repository.component("carbon"))
    findings = (Finding("src/components/carbon/a.py", 1, "F401", "error", "unused", "safe"),)
    facts = Facts(("src/components/carbon/a.py",), {"linting": LintingMetrics(violations)}, findings=findings)
    trace = Trace(inputs, "", MEASURED, because=("files", "tool"))
    repository.store.write_facts("ruff", "carbon", facts, trace)


def look(root: Path, **options: object) -> ComponentReport:
    (found,) = survey(Repository(root), Repository(root).components.values(), **options).components
    return found


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def line_of(path: Path, text: str) -> int:
    (number,) = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if text in line]
    return number


def test_a_valid_document_and_a_current_record(root: Path) -> None:
    found = look(root)
    assert (found.document.state, found.document.diff, found.document.changes) == (DocumentState.VALID, "", ())
    tests, ruff = found.records
    assert (tests.state, tests.measurement.reason) == (RecordState.NOTHING_TO_CHECK, "no tests found")
    assert (ruff.state, ruff.because, ruff.moved) == (RecordState.CURRENT, ("files", "tool"), ())
    assert ruff.version
    assert ruff.tool == ("ruff",)
    assert [finding.fix for finding in ruff.findings] == ["safe"]
    assert (found.stage, found.next_stage) == ("Development", "Staging")
    assert found.document.ticks["readme"] == line_of(root / CARBON, "criterion=readme ")


def test_a_stale_document_at_the_line_that_changes_for_a_reason(root: Path) -> None:
    measure(root, 7)
    shown = look(root).document
    assert shown.state is DocumentState.STALE
    assert shown.line == line_of(root / CARBON, "Lint violations = 0: 1, missed")
    assert "- [ ] ❌ Lint violations = 0: 1, missed" in "\n".join(shown.changes)
    assert not any("Last Updated" in line or "sum=" in line for line in shown.changes)
    assert "sum=" in shown.diff


def test_a_document_that_was_edited_by_hand(root: Path) -> None:
    replace_in(root / CARBON, "- **Current Stage**: Development", "- **Current Stage**: Production")
    shown = look(root).document
    assert (shown.state, shown.edited) == (DocumentState.EDITED, ("status",))
    assert shown.line == line_of(root / CARBON, "**Current Stage**")


def test_a_document_that_is_missing_and_one_that_is_broken(root: Path) -> None:
    (root / CARBON).unlink()
    missing = look(root).document
    assert (missing.state, missing.line) == (DocumentState.MISSING, 1)
    assert missing.diff.startswith("--- /dev/null")
    assert not missing.ticks, "there is no line to go to"
    (root / CARBON).write_text("# x\n\n<!-- END AUTO-GENERATED -->\n")
    broken = look(root)
    assert (broken.document.state, broken.document.line) == (DocumentState.BROKEN, 3)
    assert broken.document.problems[0].code == "orphan-end"
    assert (broken.stage, broken.blockers) == (None, ())
    assert {verdict.criterion.id: verdict.answer for verdict in broken.verdicts}["lint"] is Answer.MISSED
    (root / CARBON).unlink()
    (root / CARBON).mkdir()
    assert look(root).document.problems[0].code == "unreadable"


def test_a_record_out_of_date_says_why(root: Path) -> None:
    (root / "src/components/carbon/a.py").write_text("import sys\n")
    ruff = look(root).records[1]
    assert (ruff.state, ruff.moved, ruff.version) == (RecordState.OUT_OF_DATE, ("files: changed",), "")
    assert ruff.measurement.facts is not None


def test_a_record_that_failed_and_one_that_never_was(root: Path) -> None:
    store = Repository(root).store
    store.write_failure("ruff", "carbon", FailureReport("it crashed", "log", "2026-05-06T00:00:00+00:00"))
    found = look(root)
    assert [record.measurement.collector for record in found.failing] == ["ruff"]
    assert (found.failing[0].failed[:10], found.failing[0].because) == ("2026-05-06", ("files", "tool"))
    for path in store.paths("ruff", "carbon"):
        (root / path).unlink()
    assert look(root).records[1].state is RecordState.NOT_MEASURED


def test_the_user_s_own_command_is_how_the_tool_is_started(root: Path) -> None:
    (root / "pyproject.toml").write_text('[tool.maturity.tool.ruff]\ncommand = ["uv", "run", "ruff"]\n')
    ruff = look(root).records[1]
    assert (ruff.tool, ruff.version) == (("uv", "run", "ruff"), "")


def test_nothing_is_written(root: Path) -> None:
    def tree() -> dict[Path, tuple[int, bytes]]:
        return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*") if path.is_file()}

    before = tree()
    survey(Repository(root), Repository(root).components.values())
    assert tree() == before


def test_a_base_that_is_not_there(root: Path) -> None:
    report = survey(Repository(root), Repository(root).components.values(), base="main")
    assert (report.base, report.base_found) == ("main", False)
    assert report.components[0].base is None


LINES = st.lists(st.sampled_from(["a", "b", "", "- **Last Updated**: 2026-03-04", "- **Last Updated**: 2026-05-06"]))


@given(LINES, LINES)
def test_the_first_line_that_changes_is_a_line_of_the_document(before: list[str], after: list[str]) -> None:
    line, changes = changed_lines("\n".join(before).encode(), "\n".join(after).encode())
    assert 1 <= line <= max(len("\n".join(before).splitlines()), 1)
    assert {change[0] for change in changes} <= {"-", "+"}
    assert not any("Last Updated" in change for change in changes)


def test_a_date_alone_is_no_reason_but_a_place() -> None:
    before, after = (f"# x\n\ny\n- **Last Updated**: 2026-03-0{day}\n".encode() for day in (4, 5))
    assert changed_lines(before, after) == (4, ())


def test_today_is_a_day() -> None:
    assert len(today()) == 10


def test_a_report_can_be_made_of_some_components_only(root: Path) -> None:
    (root / "src/components/ledger.py").write_text("")
    repository = Repository(root)
    report = survey(repository, [repository.component("ledger")], updated=frozenset({"ledger"}))
    (ledger,) = report.components
    assert ledger.component.name == "ledger"
    assert ledger.document == replace(ledger.document, updated=True)
