"""An answer that was found once is found again: a branch that is switched to and back, and a stash, run no tool."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from maturity.cache import store
from maturity.graph.parts import Asked
from maturity.graph.tasks import Graph
from maturity.model import Facts
from maturity.repository import Repository

if TYPE_CHECKING:
    from conftest import Checkout, Depot, Ran

CARBON = "src/components/carbon/MATURITY.md"
EXPECTED = "src/components/carbon/tests/expected.txt"


def tools(depot: Depot, log: str) -> list[str]:
    place = depot.path(log)
    return place.read_text().split() if place.exists() else []


def all_logged(depot: Depot, log: str) -> Ran:
    return depot.doit("all", MATURITY_FAKE_LOG=str(depot.path(log)))


def test_a_branch_that_is_switched_to_and_back_runs_no_tool(depot: Depot) -> None:
    depot.git("init", "--quiet", "--initial-branch=main")
    depot.write(".gitignore", ".doit.db*\n__pycache__/\n")
    depot.git("add", "--all")
    depot.git("commit", "--quiet", "--message=one")
    depot.git("switch", "--quiet", "--create=other")
    depot.edit(violations=3)
    assert all_logged(depot, ".maturity/first").exit_code == 0
    assert tools(depot, ".maturity/first")
    depot.git("commit", "--quiet", "--all", "--message=two")
    other = depot.documents()
    for branch, documents in (("main", None), ("other", other), ("main", None)):
        depot.git("switch", "--quiet", branch)
        expected = depot.documents()
        ran = all_logged(depot, ".maturity/second")
        assert ran.exit_code == 0, ran
        assert depot.documents() == expected == (documents or expected)
        assert depot.doit("validate").exit_code == 0
    assert tools(depot, ".maturity/second") == []


def test_a_stash_runs_no_tool_and_a_new_edit_does(depot: Depot) -> None:
    clean = depot.documents()
    depot.edit(violations=1, places=["east"])
    all_logged(depot, ".maturity/first")
    depot.edit(violations=0, places=["east"])
    ran = all_logged(depot, ".maturity/second")
    assert tools(depot, ".maturity/second") == [], ran
    assert depot.undated() == {path: text for path, text in depot.undated().items() if path in clean}
    assert not any("1 violation" in text.decode() for text in depot.documents().values())
    depot.edit(violations=2, places=["east"])
    all_logged(depot, ".maturity/third")
    assert tools(depot, ".maturity/third")


def test_what_is_forgotten_is_collected_again(depot: Depot) -> None:
    for violations in (1, 0):
        depot.edit(violations, places=["east"])
        assert all_logged(depot, f".maturity/{violations}").exit_code == 0
    assert tools(depot, ".maturity/0") == []
    depot.doit("forget", "ruff:east")
    assert all_logged(depot, ".maturity/again").exit_code == 0
    assert "ruff" in tools(depot, ".maturity/again")


def test_what_a_run_found_out_decides_whether_an_answer_is_the_one(shop: Checkout) -> None:
    first, text = shop.documents(), shop.read(EXPECTED)
    shop.write(EXPECTED, "841\n")
    assert "pytest:carbon" in shop.all().executed
    assert "1 passed, 1 failed" in shop.read(CARBON)
    shop.write(EXPECTED, text)
    ran = shop.maturity("--all")
    assert "0 processes, 0 records new" in ran.output, ran
    assert shop.read(CARBON) == first[CARBON].decode()
    shop.write(EXPECTED, "842\n")
    ran = shop.maturity("--all")
    assert "1 process, 1 record new" in ran.output, ran
    assert "1 passed, 1 failed" in shop.read(CARBON)


def test_a_collector_that_was_never_collected_is_not_from_the_cache(depot: Depot) -> None:
    fresh = depot.copy(depot.root.with_name("fresh"), ".maturity", ".doit.db")
    ran = fresh.start(sys.executable, "-m", "doit", "ruff:east")
    assert "1 record new, 0 from the cache" in ran.output, ran
    ran = fresh.start(sys.executable, "-m", "doit", "maturity:east")
    assert "2 records new, 1 from the cache" in ran.output, ran


def test_a_record_is_decoded_once_a_run(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    depot.path(".maturity/current.json").unlink()
    counted: Counter[tuple[str, str]] = Counter()
    original = store.decode_facts

    def decode(content: bytes, collector: str, component: str, metrics: object) -> object:
        counted[collector, component] += 1
        return original(content, collector, component, metrics)

    monkeypatch.setattr(store, "decode_facts", decode)
    graph = Graph(Repository(depot.root), Asked("run"))
    list(graph.tasks())
    for component in graph.repository.components.values():
        assert graph.actions.draft(component) is not None
        assert graph.repository.drafts.failing(component) == []
    graph.closing()
    assert len(counted) == 12
    assert set(counted.values()) == {1}


ELSEWHERE = """
import pickle, sys
from pathlib import Path
from maturity.collect import attempt
from maturity.collectors import all_collectors
job, root = pickle.loads(sys.stdin.buffer.read())
collector = next(one for one in all_collectors() if one.name == job.collector)
sys.stdout.buffer.write(pickle.dumps(attempt(job, collector, Path(root))[0]))
"""


def test_a_job_is_done_in_another_process_with_the_same_answers(shop: Checkout) -> None:
    graph = Graph(Repository(shop.root), Asked("run", always=True))
    list(graph.tasks())
    assert {job.collector for job in graph.jobs.values()} == {"pytest", "integration", "ruff", "pyright", "bandit"}
    for job in graph.jobs.values():
        collector = next(one for one in graph.repository.collectors if one.name == job.collector)
        command = [sys.executable, "-c", ELSEWHERE]
        given = pickle.dumps((job, str(shop.root)))
        ended = subprocess.run(
            command, input=given, capture_output=True, cwd=shop.root, env=shop.surroundings(), timeout=300, check=True
        )
        there = pickle.loads(ended.stdout)
        for component in job.components:
            known = graph.repository.currency.known(collector, component)
            assert isinstance(there[component.name], Facts)
            assert there[component.name] == known.facts, (job.collector, component.name)
