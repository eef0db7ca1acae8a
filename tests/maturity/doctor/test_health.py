"""The health of the cache: every file is read, what is damaged is named, and nothing is changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from maturity import collectors
from maturity.cache.record import FailureReport, Trace
from maturity.collectors.base import Collector
from maturity.doctor import health
from maturity.doctor.health import Health
from maturity.inputs.imports import CachedGraph
from maturity.metrics import LintingMetrics
from maturity.model import Facts
from maturity.repository import Repository
from maturity.workspace import FILES_INDEX, IMPORTS_INDEX

Plant = Callable[..., Path]
WHEN = "2026-03-04T05:06:07+00:00"


@pytest.fixture
def repository(plant: Plant, linter: Collector, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Three components: one with a record, one with a record whose collector fails now, one that always failed."""
    monkeypatch.setattr(collectors, "all_collectors", lambda: (linter,))
    made = Repository(plant("src/components/a.py", "src/components/b.py", "src/components/c.py"))
    for name in ("a", "b"):
        made.store.write_facts(
            "ruff", name, Facts((f"{name}.py",), {"linting": LintingMetrics(1)}), Trace({}, "", WHEN)
        )
    for name in ("b", "c"):
        made.store.write_failure("ruff", name, FailureReport("broken", "", WHEN))
    made.store.write_index(IMPORTS_INDEX, CachedGraph())
    made.store.write_index(FILES_INDEX, {})
    (made.store.directory / "snapshot").write_bytes(b"{}\nx\0y")
    return made


WELL = Health(2, ("ruff:b", "ruff:c"), (), 0)


def test_a_cache_in_good_health(repository: Repository) -> None:
    before = {path: path.read_bytes() for path in repository.store.directory.rglob("*") if path.is_file()}
    assert health.look(repository) == WELL
    assert {path: path.read_bytes() for path in repository.store.directory.rglob("*") if path.is_file()} == before


def test_an_empty_cache(repository: Repository) -> None:
    for path in sorted(repository.store.directory.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert health.look(repository) == Health(0, (), (), 0)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"null", b'{"format": 99}'])
@pytest.mark.parametrize(
    "name", ["records/a/ruff.json", "records/a/ruff.trace.json", "records/b/ruff.failure.json", "records/c/ruff.json"]
)
def test_a_damaged_file_is_named(repository: Repository, name: str, content: bytes) -> None:
    (repository.store.directory / name).write_bytes(content)
    found = health.look(repository)
    assert len(found.damaged) == 1
    assert found.damaged[0].startswith(f"{name}: ")
    assert found.failing == WELL.failing
    assert found.records == WELL.records - ("/c/" not in name)


@pytest.mark.parametrize("name", ["files.json", "imports.json", "current.json", "environments.json", "snapshot"])
@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_a_damaged_index_is_named(repository: Repository, name: str, content: bytes) -> None:
    (repository.store.directory / name).write_bytes(content)
    found = health.look(repository)
    assert [line.partition(": ")[0] for line in found.damaged] == [name]
    assert found.records == WELL.records


def test_a_directory_in_the_place_of_a_file_is_named(repository: Repository) -> None:
    place = repository.store.record_path("ruff", "a")
    place.unlink()
    place.mkdir()
    assert health.look(repository).damaged == ("records/a/ruff.json: is no file of at most 64 MB",)


def test_a_file_that_cannot_be_read_is_named(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_bytes(path: Path, limit: int) -> bytes | None:
        if path.match("a/ruff.json"):
            raise PermissionError(13, "Permission denied")
        return original(path, limit)

    original = health.read_bytes
    monkeypatch.setattr(health, "read_bytes", read_bytes)
    assert health.look(repository).damaged == ("records/a/ruff.json: cannot be read: Permission denied",)


def test_a_record_that_was_tampered_with_is_named(repository: Repository) -> None:
    path = repository.store.record_path("ruff", "a")
    record = json.loads(path.read_bytes())
    record["metrics"]["linting"]["total_violations"] = 0
    path.write_text(json.dumps(record))
    (problem,) = health.look(repository).damaged
    assert problem == "records/a/ruff.json: it is not the one that its trace was made with"


def test_a_trace_without_its_record_is_named(repository: Repository) -> None:
    repository.store.record_path("ruff", "a").unlink()
    assert health.look(repository).damaged == ("records/a/ruff.trace.json: its record is gone",)


def test_a_record_that_is_to_be_collected_again_is_not_damaged(repository: Repository) -> None:
    repository.store.forget("ruff", "a")
    assert health.look(repository) == Health(1, WELL.failing, (), 0)


def test_what_belongs_to_no_component_is_counted(repository: Repository) -> None:
    repository.store.write_failure("mypy", "a", FailureReport("x", "", WHEN))
    repository.store.write_failure("ruff", "gone", FailureReport("x", "", WHEN))
    assert health.look(repository) == Health(2, WELL.failing, (), 4)
