"""doit's database is only its memory: what it has lost, cannot take or should not say costs nothing but that memory."""

from __future__ import annotations

import itertools
import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from maturity.errors import StorageError

NEEDS = "a run keeps doit's memory there, also one that writes no document"
ODD_ROWS = "select count(*) from doit where json_type(task_data) is not 'object'"


def look_at(path: Path) -> bool:
    """Whether there is a database that remembers something.

    What is none, or cannot be read, is set aside with a message, and doit makes a new one. Raises StorageError where
    doit could not make one.
    """
    try:
        kind = path.lstat().st_mode
    except OSError:
        if not os.access(path.parent, os.W_OK):
            raise StorageError(f"{path.name} cannot be made, for its directory is read-only; {NEEDS}") from None
        return False
    if stat.S_ISREG(kind):
        try:
            return remembers(path)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_READONLY")):
                return True  # another run writes it, and doit waits; or nobody can, which doit says at the end
    set_aside(path)
    return False


def remembers(path: Path) -> bool:
    """Whether there is any task in the database. Raises sqlite3.Error where it is none of doit's."""
    with closing(sqlite3.connect(path)) as connection:
        parts = connection.execute("select type, tbl_name, coalesce(sql, '') from sqlite_master").fetchall()
        if not parts:
            return False  # made, and never written
        plain = all(kind == "index" or (kind == "table" and sql.startswith("CREATE TABLE ")) for kind, _, sql in parts)
        if not plain or {table for _, table, _ in parts} != {"doit"}:
            raise sqlite3.DatabaseError("it has other tables than doit's")
        sound = connection.execute("pragma quick_check(1)").fetchone() == ("ok",)
        if not sound or connection.execute(ODD_ROWS).fetchone() != (0,):
            raise sqlite3.DatabaseError("it is damaged")
        return connection.execute("select 1 from doit").fetchone() is not None


def set_aside(path: Path) -> None:
    """Give the file another name. Raises StorageError."""
    names = (f"{path.name}.broken{number or ''}" for number in itertools.count())
    places = (path.with_name(name) for name in names)
    aside = next(at for at in places if not os.path.lexists(at) or (path.is_file() and at.is_file()))
    try:
        path.rename(aside)
    except FileNotFoundError:
        return  # another run was quicker
    except OSError as error:
        raise StorageError(f"{path.name} cannot be read, nor set aside: {error.strerror}; {NEEDS}") from None
    print(f"maturity: {path.name} cannot be read and is set aside as {aside.name}", file=sys.stderr)


def guard(memory: Any, is_ours: Callable[[str], bool]) -> None:
    """See to it that doit's database (a `doit.dependency.Dependency`) decides nothing about our tasks.

    Rows of a form that doit cannot read are forgotten. `doit ignore` does not apply to our tasks: a gate that a file
    can silence is none. Files that a tool or an editor has deleted during the run are no error: the records stand for
    what was there, and the next run sees that it is gone. A database that cannot be written at the end of a run ends
    it with exit code 2.
    """
    status, ignored, close = memory.get_status, memory.status_is_ignore, memory.close
    save = memory.save_success

    def get_status(task: Any, *more: Any, **named: Any) -> Any:
        try:
            found = status(task, *more, **named)
        except (TypeError, ValueError, AttributeError):
            memory.remove(task.name)
            found = status(task, *more, **named)
        if found.status == "error" and is_ours(task.name):
            task.file_dep = {path for path in task.file_dep if Path(path).exists()}
            found = status(task, *more, **named)
        return found

    def save_success(task: Any, *more: Any, **named: Any) -> None:
        try:
            save(task, *more, **named)
        except FileNotFoundError:
            if not is_ours(task.name):
                raise
            memory.remove(task.name)

    def status_is_ignore(task: Any) -> object:
        return not is_ours(task.name) and ignored(task)

    def close_it() -> None:
        try:
            close()
        except sqlite3.Error as error:
            name = Path(memory.name).name
            print(f"maturity: {name} cannot be written: {error}; make room there and run again", file=sys.stderr)
            raise SystemExit(StorageError.exit_code) from None

    memory.get_status, memory.status_is_ignore, memory.close = get_status, status_is_ignore, close_it
    memory.save_success = save_success
