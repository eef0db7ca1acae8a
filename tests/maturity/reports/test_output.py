"""Where results go: standard output or a file as UTF-8, and GitHub's annotations and job summary."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import pytest

from maturity.arguments import REPORTS
from maturity.errors import MaturityError, UsageError
from maturity.model import Component
from maturity.reports import output
from maturity.reports.formats import FORMATS
from maturity.reports.output import base_of, check_base, on_github, put, rendered, tell_github
from maturity.reports.report import ComponentReport, DocumentReport, DocumentState, Report
from maturity.settings.criteria import read_ladder

Plant = Callable[..., Path]
STALE = DocumentReport("a/MATURITY.md", DocumentState.STALE, line=4)
REPORT = Report(read_ladder(None, (), ()), (ComponentReport(Component("a", ("a.py",), "a/MATURITY.md"), STALE, ()),))


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No workflow of GitHub, wherever these tests run."""
    for name in ("GITHUB_ACTIONS", "GITHUB_BASE_REF", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def test_results_are_utf8_and_messages_are_apart(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    put("é → ✅\n", None)
    assert capfdbinary.readouterr() == ("é → ✅\n".encode(), b"")


def test_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    put("é\n", tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_bytes() == "é\n".encode()
    assert capsys.readouterr().out == ""
    with pytest.raises(MaturityError, match="cannot be written"):
        put("", tmp_path / "no" / "out.txt")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_ends_in_one_line_end(name: str) -> None:
    said = rendered(REPORT, name)
    assert said.endswith("\n")
    assert not said.endswith("\n\n")


def test_a_sarif_file_that_code_scanning_refuses_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(output.sarif, "excess", lambda report: ["ruff has 30000 results, of at most 25000"])
    rendered(REPORT, "sarif")
    assert "will refuse this SARIF file: ruff has 30000 results" in capsys.readouterr().err


def test_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not on_github()
    monkeypatch.setenv("GITHUB_ACTIONS", "false")
    assert not on_github()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert on_github()


def test_annotations_and_a_summary_that_is_added_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    tell_github(REPORT)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("::error file=a/MATURITY.md,line=4,title=")
    assert summary.read_text("utf-8").startswith("before\n## Component maturity\n")


def test_a_summary_that_cannot_be_written_fails_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    tell_github(REPORT)
    assert "the job summary cannot be written" in capsys.readouterr().err


def test_the_base(monkeypatch: pytest.MonkeyPatch, plant: Plant) -> None:
    nothing, typed = argparse.Namespace(base=None), argparse.Namespace(base="v1")
    assert base_of() is None
    monkeypatch.setenv("GITHUB_BASE_REF", "")
    assert base_of(nothing) is None
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert (base_of(), base_of(nothing), base_of(typed)) == ("main", "main", "v1")
    root = plant("a.py")
    check_base(nothing, root)
    with pytest.raises(UsageError, match="no such revision"):
        check_base(typed, root)


def test_findings_only_on_request(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    asked: list[Report] = []
    monkeypatch.setattr(output.github, "with_findings", lambda report: asked.append(report) or "")
    tell_github(REPORT)
    assert asked == []
    tell_github(REPORT, findings=True)
    assert asked == [REPORT]


def test_the_words_of_a_command_line_are_the_formats() -> None:
    assert tuple(FORMATS) == REPORTS
