"""Repository → doit's tasks: in which order doit is to begin with them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from maturity import collectors
from maturity.cache.record import Trace
from maturity.collectors.base import Collector
from maturity.graph.parts import Asked
from maturity.graph.tasks import Graph
from maturity.model import Facts
from maturity.repository import Repository

Plant = Callable[..., Path]
TESTS = {"carbon": "x = 1\n", "store": "x = 1\n" * 9, "water": "x = 1\n" * 5}


@pytest.fixture
def root(plant: Plant, linter: Collector, tester: Collector, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(collectors, "all_collectors", lambda: (tester, linter))
    plant("pyproject.toml", "src/components/untested/code.py", *(f"src/components/{name}/code.py" for name in TESTS))
    return plant(texts={f"src/components/{name}/test_code.py": text for name, text in TESTS.items()})


def timed(root: Path, seconds: dict[str, float]) -> None:
    """As if the tests had been run once, and were out of date since."""
    repository = Repository(root)
    for name, taken in seconds.items():
        repository.store.write_facts("pytest", name, Facts((), {}), Trace({}, "", "2026-03-04", seconds=taken))


def order(root: Path, name: str) -> list[str]:
    (found,) = (task for task in Graph(Repository(root), Asked()).tasks() if task.name == name)
    return list(dict.fromkeys(each.partition(":")[2] for each in found.task_dep))


@pytest.mark.parametrize("name", ["all", "validate", "ruff"])
def test_the_longest_test_run_comes_first(root: Path, name: str) -> None:
    timed(root, {"carbon": 3.0, "store": 1.0, "water": 2.0})
    assert order(root, name) == ["carbon", "water", "store", "untested"]


def test_one_that_was_never_timed_comes_before_the_others_the_largest_first(root: Path) -> None:
    timed(root, {"carbon": 100.0})
    assert order(root, "all") == ["store", "water", "carbon", "untested"]


def test_what_is_printed_one_after_the_other_keeps_the_order_of_names(root: Path) -> None:
    assert order(root, "explain") == ["carbon", "store", "untested", "water"]
