"""A record is current if and only if its inputs are those that it was made from, and its time is not over."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from maturity import collectors
from maturity.cache.record import FailureReport, Trace
from maturity.collectors.base import Collector
from maturity.graph import rest
from maturity.metrics import LintingMetrics
from maturity.model import Facts
from maturity.repository import Repository

Plant = Callable[..., Path]
CODE = "src/components/carbon/a.py"
MEASURED = "2026-03-04T05:06:07+00:00"
END = 2_000_000_000.0
DAY = 86400.0


@pytest.fixture
def root(plant: Plant, linter: Collector, tester: Collector, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One component without tests, with a record of it."""
    root = plant(texts={CODE: "import os\n", "pyproject.toml": "", "data.txt": "1"})
    monkeypatch.setattr(collectors, "all_collectors", lambda: (tester, linter))
    measure(root)
    return root


def measure(root: Path, violations: int = 0, until: float | None = None, opened: tuple[str, ...] = ()) -> None:
    repository = Repository(root)
    carbon, linter = repository.component("carbon"), repository.collectors[1]
    inputs = repository.inputs.of(linter, carbon, opened)
    facts = Facts((CODE,), {"linting": LintingMetrics(violations)})
    repository.store.write_facts("ruff", "carbon", facts, Trace(inputs, "", MEASURED, until=until, opened=opened))


def why(root: Path, now: float = 0.0, always: bool = False) -> tuple[str, ...]:
    """Why the record is stale, asked twice: without what was noted of it, and with that; nothing if it is current."""
    found: set[tuple[str, ...]] = set()
    for _ in range(2):
        repository = Repository(root, clock=lambda: now)
        stale = repository.currency.stale(repository.collectors[1], repository.component("carbon"), always)
        # Which file it was is known only to the first run that sees the change.
        found.add(() if stale is None else tuple(reason.partition(":")[0] for reason in stale.reasons))
        repository.save()
    (reasons,) = found
    return reasons


def violations(root: Path) -> int:
    repository = Repository(root)
    facts = repository.currency.known(repository.collectors[1], repository.component("carbon")).facts
    assert facts is not None
    metric = facts.metrics["linting"]
    assert isinstance(metric, LintingMetrics)
    return metric.total_violations


def recalled(root: Path, now: float = 0.0) -> set[str]:
    repository = Repository(root, clock=lambda: now)
    stale = repository.currency.stale(repository.collectors[1], repository.component("carbon"))
    assert stale is not None
    return repository.currency.recall([stale])


def test_it_is_current_until_an_input_moves(root: Path) -> None:
    assert why(root) == ()
    (root / CODE).write_text("import sys\n")
    assert why(root) == ("files",)


def test_it_is_stale_where_it_was_asked_for(root: Path) -> None:
    assert why(root, always=True) == ("it was asked for",)


def test_it_is_stale_where_the_last_attempt_failed_or_there_was_none(root: Path) -> None:
    store = Repository(root).store
    store.write_failure("ruff", "carbon", FailureReport("timeout", "", MEASURED))
    assert why(root) == ("the last attempt failed",)
    store.forget("ruff", "carbon")
    assert why(root) == ("the last attempt failed",)
    measure(root)
    store.forget("ruff", "carbon")
    assert why(root) == ("it was never collected",)


@pytest.mark.parametrize(("now", "current"), [(END - DAY, True), (END - 0.5, True), (END, False), (END + DAY, False)])
def test_the_day_before_it_is_current_and_the_day_after_it_is_not(root: Path, now: float, current: bool) -> None:
    measure(root, until=END)
    assert why(root, now) == (() if current else ("its time is over",))
    repository = Repository(root, clock=lambda: now)
    assert repository.currency.until() == END
    assert rest.described(repository).until == END


def test_what_never_ends_has_no_end(root: Path) -> None:
    assert why(root, 1e18) == ()
    assert Repository(root).currency.until() is None


def test_what_gave_way_is_brought_back_when_its_inputs_are(root: Path) -> None:
    before = (root / CODE).read_text()
    (root / CODE).write_text("import sys\n")
    assert recalled(root) == set()
    measure(root, violations=1)
    (root / CODE).write_text(before)
    assert recalled(root) == {"ruff:carbon"}
    assert (violations(root), why(root)) == (0, ())
    (root / CODE).write_text("import sys\n")
    assert recalled(root) == {"ruff:carbon"}, "what gave way to it was kept, too"
    assert violations(root) == 1


def test_what_it_read_has_to_be_the_same_too(root: Path) -> None:
    shutil.rmtree(root / ".maturity")
    measure(root, violations=1, opened=("data.txt",))
    (root / "data.txt").write_text("2")
    measure(root, violations=2, opened=("data.txt",))
    (root / "data.txt").write_text("3")
    assert recalled(root) == set()
    (root / "data.txt").write_text("1")
    assert recalled(root) == {"ruff:carbon"}
    assert violations(root) == 1


def test_what_is_over_is_not_brought_back(root: Path) -> None:
    measure(root, violations=1, until=END)
    before = (root / CODE).read_text()
    (root / CODE).write_text("import sys\n")
    measure(root, violations=2)
    (root / CODE).write_text(before)
    assert recalled(root, END) == set()
    assert recalled(root, END - 1) == {"ruff:carbon"}


def test_what_is_forgotten_is_not_brought_back(root: Path) -> None:
    before = (root / CODE).read_text()
    (root / CODE).write_text("import sys\n")
    measure(root, violations=1)
    (root / CODE).write_text(before)
    measure(root, violations=2)
    repository = Repository(root)
    repository.currency.forget(repository.collectors[1], repository.component("carbon"))
    assert recalled(root) == set()


def test_a_failure_is_ended_by_an_answer_that_is_brought_back(root: Path) -> None:
    before = (root / CODE).read_text()
    (root / CODE).write_text("import sys\n")
    measure(root, violations=1)
    Repository(root).store.write_failure("ruff", "carbon", FailureReport("crash", "", MEASURED))
    (root / CODE).write_text(before)
    assert recalled(root) == {"ruff:carbon"}
    assert why(root) == ()


def test_an_unknown_figure_is_an_ordinary_record(root: Path) -> None:
    repository = Repository(root)
    carbon, linter = repository.component("carbon"), repository.collectors[1]
    trace = Trace(repository.inputs.of(linter, carbon), "", MEASURED)
    repository.store.write_facts("ruff", "carbon", Facts((), {}, unknown={"linting": "it does not parse"}), trace)
    assert why(root) == ()
    measured = replace(repository.drafts.measurements(carbon)[1], measured="")
    assert (measured.failure, measured.facts) == (None, Facts((), {}, unknown={"linting": "it does not parse"}))
