"""Reports to write down: made by hand, without a repository, judged as real ones are."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from maturity.judge import readings, stand
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Component, Facts, Finding, Measurement
from maturity.reports.report import (
    BaseReport,
    ComponentReport,
    DocumentReport,
    DocumentState,
    RecordReport,
    RecordState,
    Report,
)
from maturity.settings.criteria import read_ladder

LADDER = read_ladder(None, (), ())
MEASURED = "2026-03-04T05:06:07+00:00"
Build = Callable[..., Report]
BuildComponent = Callable[..., ComponentReport]


def make_record(
    collector: str,
    title: str,
    metrics: dict[str, object],
    findings: Sequence[Finding] = (),
    state: RecordState = RecordState.CURRENT,
    failure: str | None = None,
    known: bool = True,
) -> RecordReport:
    values = {name: value for name, value in metrics.items() if value is not None}
    facts = Facts(("src/carbon.py",), values, findings=tuple(findings)) if known else None
    reason = "" if known else "it was not measured yet"
    measurement = Measurement(collector, title, tuple(metrics), facts, reason, MEASURED if known else "", failure)
    version = "1.2.3" if state is RecordState.CURRENT else ""
    return RecordReport(
        measurement, state, ("files",), failed=MEASURED if failure else "", tool=(collector,), version=version
    )


def make_component(
    name: str = "carbon",
    findings: Sequence[Finding] = (),
    test_findings: Sequence[Finding] = (),
    ticks: dict[str, bool] | None = None,
    state: DocumentState = DocumentState.VALID,
    coverage: tuple[int, int] = (80, 100),
    records: Sequence[RecordReport] | None = None,
    base: BaseReport | None = None,
    **document: object,
) -> ComponentReport:
    if records is None:
        covered = CoverageMetrics.of_counts(coverage, missing_lines={"src/carbon.py": (3, 4, 9)})
        passed = TestMetrics(5, len(test_findings), 0, 5 + len(test_findings))
        records = (
            make_record("pytest", "Tests and coverage", {"coverage": covered, "tests": passed}, test_findings),
            make_record("ruff", "Lint", {"linting": LintingMetrics(len(findings))}, findings),
            make_record("pyright", "Types", {"type_checking": TypeCheckingMetrics(0)}),
            make_record("bandit", "Security", {"security": SecurityMetrics(0)}),
        )
    named = Component(name, ("src/carbon.py",), f"src/{name}.MATURITY.md", owner="@team")
    shown = DocumentReport(named.document, state, ticks={"readme": 41}, **document)
    known = readings(record.measurement for record in records)
    standing = stand(LADDER, known, ticks or {}, None)
    if state is DocumentState.BROKEN:
        return ComponentReport(named, shown, tuple(records), verdicts=standing.verdicts, base=base)
    return ComponentReport(
        named,
        shown,
        tuple(records),
        standing.stage,
        standing.next_stage,
        standing.verdicts,
        standing.blockers,
        base,
    )


@pytest.fixture(scope="session")
def component() -> BuildComponent:
    """Makes one component's report: tests and coverage, and ruff with the findings that are given."""
    return make_component


@pytest.fixture(scope="session")
def record() -> Callable[..., RecordReport]:
    """Makes one collector's record."""
    return make_record


@pytest.fixture(scope="session")
def report() -> Build:
    """Makes a report of components."""
    return lambda *components, base=None, base_found=True: Report(LADDER, components, base, base_found)
