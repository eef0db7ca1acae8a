"""Damage to `.maturity/` and to doit's database: repaired or reported, never believed, never a traceback.

Every file is damaged in every way, one at a time, and looked at without a run, for that is quick. Then every file at
once is damaged in one way, and a real run repairs it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from doit.dependency import Dependency, SqliteDB

from maturity.graph.database import look_at
from maturity.graph.parts import Asked
from maturity.graph.tasks import Graph
from maturity.repository import Repository

if TYPE_CHECKING:
    from conftest import Depot


def cut(share: float, less: int = 0) -> Callable[[Path], None]:
    """Cuts a file to a share of its length, and by some bytes more."""

    def damage(path: Path) -> None:
        content = path.read_bytes()
        path.write_bytes(content[: max(0, int(len(content) * share) - less)])

    return damage


def first_byte(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1])


def garbage(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


def other_json(path: Path) -> None:
    path.write_bytes(b'{"format": 1, "records": [], "x": 1e999, "inputs": {"files": 5}}')


def deep_json(path: Path) -> None:
    path.write_bytes(b"[" * 100_000)


def huge(path: Path) -> None:
    path.unlink()
    path.touch()
    os.truncate(path, 10 << 30)  # no room is taken


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "inside").touch()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def circle(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("absent/file")


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def absent(path: Path) -> None:
    path.unlink()


DAMAGES = {
    "empty": cut(0),
    "one-byte": first_byte,
    "half": cut(0.5),
    "last-byte-gone": cut(1, less=2),  # the very last one is a line feed
    "garbage": garbage,
    "other-json": other_json,
    "deep-json": deep_json,
    "huge": huge,
    "directory": directory,
    "pipe": pipe,
    "circle": circle,
    "nowhere": nowhere,
    "device": device,
    "absent": absent,
}
RECORD_FILES = ("ruff.json", "ruff.trace.json", "ruff.failure.json")
MEMORY = ("current.json", "files.json", "imports.json", "snapshot", "lock", ".gitignore")


def damaged(path: Path, damage: str) -> None:
    """Damage a file that exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(b'{"format": 1, "reason": "x", "log": "", "when": ""}\n')
    DAMAGES[damage](path)


def look(depot: Depot) -> tuple[set[str], Graph]:
    """The tasks that a run would collect, and its graph."""
    graph = Graph(Repository(depot.root), Asked("run"))
    tasks = {task.name: task for task in graph.tasks()}
    return {name for name, task in tasks.items() if task.setup_tasks}, graph


@pytest.fixture(autouse=True)
def stand_ins(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is around the runs is around this process, too: it is an input of pyright's records."""
    for name, text in depot.environment.items():
        monkeypatch.setenv(name, text)
    monkeypatch.syspath_prepend(depot.environment["PYTHONPATH"])


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_one_file_of_a_record_costs_that_record_alone(
    depot: Depot, depots: dict[int, Depot], damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert look(depot)[0] == set()
    for name in RECORD_FILES:
        place = depot.path(".maturity/records/east")
        shutil.rmtree(place)
        shutil.copytree(depots[0].path(".maturity/records/east"), place)
        damaged(place / name, damage)
        stale, graph = look(depot)
        no_failure = (name, damage) == ("ruff.failure.json", "absent")
        assert stale == (set() if no_failure else {"ruff:east"}), name
        graph.repository.save()
    assert all("Traceback" not in message for message in caplog.messages)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_to_what_makes_a_run_quicker_costs_nothing_else(depot: Depot, damage: str) -> None:
    for name in MEMORY:
        damaged(depot.path(f".maturity/{name}"), damage)
        stale, graph = look(depot)
        assert stale == set(), name
        assert {name: draft for name, draft in graph.outcome.drafts.items() if draft.changed} == {}
        graph.repository.store.prepare()
        graph.repository.save()


SPARED = {"absent", "empty", "one-byte", "last-byte-gone"}
"""SQLite takes a very short file for a new one, and makes up for a last page that is a little short."""


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_database_of_doit_is_sound_or_set_aside(
    depot: Depot, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = depot.path(".doit.db")
    damaged(path, damage)
    remembered = look_at(path)
    said = capsys.readouterr().err
    if damage not in SPARED:
        assert not remembered
        assert said == "maturity: .doit.db cannot be read and is set aside as .doit.db.broken\n"
        assert not os.path.lexists(path)
    elif damage != "last-byte-gone":
        assert (remembered, said) == (False, "")
    memory = Dependency(SqliteDB, str(path))  # as doit opens it
    for task in look(depot)[1].tasks():
        memory.get_values(task.name)
        memory.save_success(task)
    memory.close()
    assert look_at(path)
    assert capsys.readouterr().err == ""


def test_what_is_set_aside_does_not_replace_what_was(depot: Depot, capsys: pytest.CaptureFixture[str]) -> None:
    for damage in ("garbage", "directory", "directory", "garbage"):
        depot.write(".doit.db", "")
        damaged(depot.path(".doit.db"), damage)
        assert not look_at(depot.path(".doit.db"))
    names = sorted(path.name for path in depot.root.glob(".doit.db*"))
    assert names == [".doit.db.broken", ".doit.db.broken1", ".doit.db.broken2"]


@pytest.mark.parametrize("first", [0, 5])
def test_a_run_repairs_a_cache_of_which_every_file_is_damaged(
    depot: Depot, depots: dict[int, Depot], first: int
) -> None:
    files = [path for path in sorted(depot.path(".maturity").rglob("*")) if path.is_file()]
    damages = list(DAMAGES)
    for number, path in enumerate((depot.path(".doit.db"), *files), first):
        DAMAGES[damages[number % len(damages)]](path)
    ran = depot.maturity("--all") if first else depot.all()
    assert ran.exit_code == 0, ran
    assert len(ran.collected) == 12, ran
    assert "Traceback" not in ran.output
    assert depot.undated() == depots[0].undated()
    again = depot.all()
    assert (again.exit_code, again.stderr, again.collected) == (0, "", set()), again


@pytest.mark.parametrize("name", ["records", "records/east", "overwritten"])
@pytest.mark.parametrize("damage", ["garbage", "circle", "pipe"])
def test_a_directory_of_the_cache_that_is_none_is_made_anew(
    depot: Depot, depots: dict[int, Depot], name: str, damage: str
) -> None:
    path = depot.path(f".maturity/{name}")
    shutil.rmtree(path, ignore_errors=True)
    damaged(path, damage)
    store = Repository(depot.root).store
    store.append("overwritten/east.log", b"x\n")
    store.write({store.record_path("ruff", "east"): b"{}"})
    assert store.record_path("ruff", "east").read_bytes() == b"{}"
    assert depot.read(".maturity/overwritten/east.log") == "x\n"


def test_a_cache_that_is_no_directory_is_reported(depot: Depot) -> None:
    shutil.rmtree(depot.path(".maturity"))
    damaged(depot.path(".maturity"), "circle")
    for ran, exit_code in ((depot.maturity("--all"), 2), (depot.doit("validate"), 3)):
        assert ran.exit_code == exit_code, ran
        assert ".maturity is a link, or no directory; remove it" in ran.stderr
        assert "Traceback" not in ran.output
