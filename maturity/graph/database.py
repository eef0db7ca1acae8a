"""doit's database is only its memory: one that is broken is set aside, and costs nothing but that memory."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def set_aside_if_broken(path: Path) -> None:
    """Rename a database that cannot be read, with a message; doit then makes a new one."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path)) as connection:
            broken = connection.execute("pragma quick_check(1)").fetchone() != ("ok",)
    except sqlite3.Error as error:
        broken = "locked" not in str(error)  # locked: another run is writing it, which doit waits for
    if broken:
        aside = path.with_name(f"{path.name}.broken")
        path.replace(aside)
        print(f"maturity: {path.name} cannot be read and is set aside as {aside.name}", file=sys.stderr)
