"""Stale records → jobs: as few processes as the collector allows, each with what its tool needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from maturity import jobs as module
from maturity.collect import Job
from maturity.collectors.base import Collector, ConfigTable
from maturity.jobs import Stale, jobs, lengths
from maturity.repository import Repository

TREE = {
    "pyproject.toml": "[tool.maturity.tool.ruff]\ntimeout = 7\n[tool.ruff]\nline-length = 99\n",
    "src/components/carbon/a.py": "",
    "src/components/carbon/b.py": "",
    "src/components/carbon/ruff.toml": "line-length = 80\n",
    "src/components/store/a.py": "",
    "src/components/water/a.py": "",
}
RUFF = (ConfigTable("ruff.toml"), ConfigTable("pyproject.toml", ("tool.ruff",)))


@pytest.fixture
def repository(plant: Callable[..., Path]) -> Repository:
    return Repository(plant(texts=TREE))


def jobs_of(repository: Repository, collector: Collector) -> Sequence[Job]:
    items = [
        Stale(collector, component, {"files": name}, (f"{name} moved",))
        for name, component in repository.components.items()
    ]
    return jobs(items, repository.inputs, repository.tools)


def names(found: Sequence[Job]) -> list[list[str]]:
    return [[component.name for component in job.components] for job in found]


def test_one_process_for_all(repository: Repository, linter: Collector) -> None:
    (job,) = jobs_of(repository, linter)
    assert names([job]) == [["carbon", "store", "water"]]
    assert job.collector == linter.name
    assert job.timeout == 7
    assert job.inputs["store"] == {"files": "store"}
    assert job.because["store"] == ("store moved",)


def test_one_process_for_each_key_of_a_collector(repository: Repository, linter: Collector) -> None:
    by_length = replace(linter, batch=lambda component: str(len(component.files)))
    assert names(jobs_of(repository, by_length)) == [["carbon"], ["store", "water"]]


def test_a_process_that_has_enough_files_gets_no_more(
    repository: Repository, linter: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 2)
    assert names(jobs_of(repository, linter)) == [["carbon"], ["store", "water"]]


def test_nothing_stale_needs_no_process(repository: Repository) -> None:
    assert jobs([], repository.inputs, repository.tools) == []


def test_configuration_that_exists_and_says_something_is_named(repository: Repository, linter: Collector) -> None:
    (job,) = jobs_of(repository, replace(linter, configuration=RUFF))
    assert set(job.config_files) == {"pyproject.toml", "src/components/carbon/ruff.toml"}


def test_configuration_without_a_word_for_the_tool_is_not(repository: Repository, linter: Collector) -> None:
    (job,) = jobs_of(repository, replace(linter, configuration=(ConfigTable("pyproject.toml", ("tool.bandit",)),)))
    assert job.config_files == ()


def test_a_stale_record_has_the_name_of_its_task(repository: Repository, linter: Collector) -> None:
    assert Stale(linter, repository.component("carbon"), {}, ()).name == "ruff:carbon"


def test_how_long_tests_take_is_known_from_the_last_run_else_guessed(repository: Repository, tester: Collector) -> None:
    def tested(name: str, seconds: float, *tests: str) -> Stale:
        component = replace(repository.component(name), tests=tests)
        return Stale(tester, component, {}, (), seconds)

    stale = [tested("carbon", 2.5, "pyproject.toml"), tested("store", 0, "src"), tested("water", 0, "pyproject.toml")]
    found = lengths(stale, repository.inputs)
    assert sorted(found, key=found.__getitem__) == ["carbon", "store", "water"]
    assert found["carbon"][0] == 2.5


def test_what_runs_no_tests_has_no_length(repository: Repository, linter: Collector) -> None:
    assert lengths([Stale(linter, repository.component("carbon"), {}, (), 9.0)], repository.inputs) == {}
