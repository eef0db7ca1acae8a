"""A document is known to be current while all that it is drafted from is the same, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from maturity import collectors
from maturity.cache.record import Trace
from maturity.collectors.base import Collector
from maturity.document import write
from maturity.inputs.code import Code
from maturity.metrics import LintingMetrics
from maturity.model import Facts
from maturity.repository import Repository

Plant = Callable[..., Path]
Register = Callable[..., None]
MEASURED = "2026-03-04T05:06:07+00:00"
END = 2_000_000_000.0
"""A moment that is not near."""

PROJECT = "[tool.maturity]\ntemplate = 'template.md'\n"
TEMPLATE = "# {title}\n\n<!-- BEGIN GENERATED: status -->\n<!-- END GENERATED: status -->\n"


@pytest.fixture
def register(linter: Collector, tester: Collector, monkeypatch: pytest.MonkeyPatch) -> Register:
    """Lets these be the collectors, changed as said."""

    def let(**changes: object) -> None:
        monkeypatch.setattr(collectors, "all_collectors", lambda: (tester, replace(linter, **changes)))

    let()
    return let


@pytest.fixture
def root(plant: Plant, register: Register) -> Path:
    """One component without tests, its record and its document current."""
    root = plant(texts={"src/components/carbon/a.py": "import os\n", "pyproject.toml": ""})
    measure(root)
    assert at_rest(root)
    return root


def measure(root: Path, until: float | None = None, violations: int = 0) -> None:
    """Make the record, and the document of it."""
    repository = Repository(root)
    carbon = repository.component("carbon")
    facts = Facts(("src/components/carbon/a.py",), {"linting": LintingMetrics(violations)})
    linter = repository.collectors[1]
    trace = Trace(repository.inputs.of(linter, carbon), "", MEASURED, until=until)
    repository.store.write_facts("ruff", "carbon", facts, trace)
    draft = repository.drafts.draft(carbon, repository.drafts.measurements(carbon), "2026-03-04")
    write(root, draft)
    repository.drafts.note(carbon, draft.after)
    repository.save()


def at_rest(root: Path, now: float = END - 1) -> bool:
    """Whether the document is known to be current, by what was noted of it."""
    repository = Repository(root, clock=lambda: now)
    return repository.drafts.is_current(repository.component("carbon"))


def test_it_stays_current_when_nothing_changes(root: Path) -> None:
    assert at_rest(root)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another"},
        {"idle": "another reason"},
        {"metrics": {"linting": LintingMetrics, "x": LintingMetrics}},
    ],
    ids=["title", "idle", "metrics"],
)
def test_what_is_shown_of_a_collector_is_what_a_document_is_drafted_from(
    root: Path, register: Register, changes: dict[str, object]
) -> None:
    register(**changes)
    assert not at_rest(root)


@pytest.mark.parametrize("code", ["our code", "code of a plugin"])
def test_so_is_all_code(root: Path, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    original = Code.inputs
    monkeypatch.setattr(Code, "inputs", lambda self, collector: original(self, collector) | {code: "another"})
    assert not at_rest(root)


@pytest.mark.parametrize(
    "text",
    [
        "[[tool.maturity.criterion]]\nstage = 'Staging'\nid = 'x'\nmetric = 'coverage.percentage'\nat-least = 99\n",
        "[tool.maturity.component.carbon]\ngroup = 'Energy'\n",
        "[tool.maturity.component.carbon]\nowner = '@team'\n",
        PROJECT,
    ],
    ids=["ladder", "group", "owner", "template"],
)
def test_so_are_the_settings(root: Path, text: str) -> None:
    (root / "template.md").write_text(TEMPLATE)
    (root / "pyproject.toml").write_text(text)
    assert not at_rest(root)


def test_so_is_the_record(root: Path) -> None:
    facts = Facts(("src/components/carbon/a.py",), {"linting": LintingMetrics(1)})
    repository = Repository(root)
    repository.store.write_facts("ruff", "carbon", facts, Trace({}, "", MEASURED))
    assert not at_rest(root)


def test_it_ends_with_the_first_of_its_records(root: Path) -> None:
    measure(root, END)
    assert at_rest(root, END - 0.5)
    assert not at_rest(root, END)


def test_what_never_ends_is_current_at_any_time(root: Path) -> None:
    assert at_rest(root, 1e18)
