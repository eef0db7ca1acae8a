"""doit's database is only its memory: one that is broken is set aside, and costs nothing but that memory."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path


def look_at(path: Path) -> bool:
    """Whether there is a database; one that cannot be read is set aside, with a message, and doit makes a new one."""
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            broken = connection.execute("pragma quick_check(1)").fetchone() != ("ok",)
    except sqlite3.Error as error:
        broken = "locked" not in str(error)  # locked: another run is writing it, which doit waits for
    if broken:
        aside = path.with_name(f"{path.name}.broken")
        path.replace(aside)
        print(f"maturity: {path.name} cannot be read and is set aside as {aside.name}", file=sys.stderr)
    return not broken
