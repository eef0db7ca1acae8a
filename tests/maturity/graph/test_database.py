"""doit's database is only its memory: what it has lost, cannot take or should not say costs nothing but that."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from doit.dependency import Dependency, SqliteDB
from doit.task import Task

from maturity.errors import StorageError
from maturity.graph.database import guard, look_at


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database in which doit has noted two tasks."""
    database = tmp_path / ".doit.db"
    memory = Dependency(SqliteDB, str(database))
    for name in ("ruff:carbon", "theirs"):
        memory.save_success(Task(name, None))
    memory.close()
    return database


def execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def names(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def test_a_database_with_tasks_is_remembered(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert look_at(path)
    assert capsys.readouterr().err == ""


def test_no_database_and_an_empty_one_remember_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not look_at(path.with_name("absent"))
    execute(path, "delete from doit")
    assert not look_at(path)
    assert capsys.readouterr().err == ""
    assert names(path) == [".doit.db"]


@pytest.mark.parametrize(
    "statement",
    [
        "create table other (x)",
        "create view v as select 1",
        "create trigger t after insert on doit begin delete from doit; end",
        "alter table doit rename to other",
        "alter table doit rename column task_data to x",
        "update doit set task_data = 'no JSON'",
        "update doit set task_data = '[]'",
    ],
)
def test_a_database_of_another_form_is_set_aside(
    path: Path, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    execute(path, statement)
    assert not look_at(path)
    assert capsys.readouterr().err == "maturity: .doit.db cannot be read and is set aside as .doit.db.broken\n"
    assert names(path) == [".doit.db.broken"]


def test_a_database_that_another_run_is_writing_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        with pytest.MonkeyPatch.context() as patch:
            connect = sqlite3.connect
            patch.setattr("maturity.graph.database.sqlite3.connect", lambda file: connect(file, timeout=0))
            assert look_at(path)
    assert names(path) == [".doit.db"]


def test_another_run_may_be_quicker_to_set_it_aside(
    path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_bytes(b"garbage, and more of it")

    def rename(self: Path, to: Path) -> None:
        raise FileNotFoundError(2, "No such file or directory", str(self))

    monkeypatch.setattr("pathlib.Path.rename", rename)
    assert not look_at(path)
    assert capsys.readouterr().err == ""


def test_what_can_neither_be_made_nor_set_aside_is_an_error(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("maturity.graph.database.os.access", lambda place, kind: False)
        with pytest.raises(StorageError, match="absent cannot be made, for its directory is read-only; a run keeps"):
            look_at(path.with_name("absent"))
    path.write_bytes(b"garbage, and more of it")

    def rename(self: Path, to: Path) -> None:
        raise OSError(30, "Read-only file system", str(self))

    monkeypatch.setattr("pathlib.Path.rename", rename)
    with pytest.raises(StorageError, match="cannot be read, nor set aside: Read-only file system"):
        look_at(path)


def ours(name: str) -> bool:
    return name != "theirs"


def guarded(path: Path) -> Dependency:
    memory = Dependency(SqliteDB, str(path))
    guard(memory, ours)
    return memory


def test_our_tasks_cannot_be_ignored_and_others_can(path: Path) -> None:
    memory = Dependency(SqliteDB, str(path))
    tasks = [Task("ruff:carbon", None), Task("theirs", None)]
    for task in tasks:
        memory.ignore(task)
    memory.close()
    again = guarded(path)
    assert [bool(again.status_is_ignore(task)) for task in tasks] == [False, True]


@pytest.mark.parametrize("row", ['{"deps:": 5}', '{"deps:": [{}]}', '{"deps:": ["f"], "f": 5}', '{"f": ["x"]}'])
def test_a_row_that_doit_cannot_read_is_forgotten(path: Path, row: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    Path("f").touch()
    execute(path, f"update doit set task_data = '{row}'")
    memory = guarded(path)
    task = Task("ruff:carbon", None, file_dep=["f"])
    assert memory.get_status(task, {}).status == "run"
    memory.save_success(task)
    memory.close()
    assert look_at(path)


def test_a_bug_in_a_task_s_own_check_is_no_matter_of_the_database(path: Path) -> None:
    def check() -> bool:
        raise ValueError("a bug")

    with pytest.raises(ValueError, match="a bug"):
        guarded(path).get_status(Task("ruff:carbon", None, uptodate=[check]), {})


def test_a_database_that_cannot_be_written_ends_the_run_with_its_own_code(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memory = guarded(path)
    memory.save_success(Task("new", None))
    execute(path, "drop table doit")
    with pytest.raises(SystemExit) as end:
        memory.close()
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert said == "maturity: .doit.db cannot be written: no such table: doit; make room there and run again\n"


def test_a_file_that_went_while_a_task_ran_is_no_error_of_ours(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    Path("kept").touch()
    memory = guarded(path)
    task, theirs = (Task(name, None, file_dep=["kept", "gone"]) for name in ("ruff:carbon", "theirs"))
    memory.save_success(task)
    assert memory.get_values("ruff:carbon") == {}, "nothing is remembered of it: the next run looks again"
    with pytest.raises(FileNotFoundError):
        memory.save_success(theirs)
    assert memory.get_status(Task("ruff:carbon", None, file_dep=["kept", "gone"]), {}).status == "run"
    assert memory.get_status(Task("theirs", None, file_dep=["kept", "gone"]), {}).status == "error"
