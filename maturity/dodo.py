"""What a repository's dodo.py needs: `from maturity.dodo import *`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from doit.exceptions import InvalidDodoFile
from doit.task import Task

from maturity import snapshot
from maturity.errors import MaturityError
from maturity.graph.database import set_aside_if_broken
from maturity.graph.idle import idle_tasks
from maturity.graph.parts import DOIT_CONFIG, Asked

__all__ = ["DOIT_CONFIG", "task_maturity"]

# doit opens its database after it has read the dodo.py and before it asks for tasks: this is the time to look.
set_aside_if_broken(Path.cwd() / str(DOIT_CONFIG["dep_file"]))


def task_maturity() -> Iterator[Task]:
    """Component maturity."""
    asked = Asked.of_command_line(sys.argv)
    runs = asked.command == "run"
    unmoved = snapshot.read(Path.cwd()) if runs and not asked.always else None
    idle = idle_tasks(unmoved, asked) if unmoved is not None else None
    if idle is not None:
        yield from idle
        return

    # Only from here on is there work to do, and what it takes to be imported.
    from maturity.graph.tasks import Graph
    from maturity.lock import hold_until_exit
    from maturity.process import end_with_us
    from maturity.repository import Repository

    try:
        if runs:
            end_with_us()
            hold_until_exit(Path.cwd())
        yield from Graph(Repository(Path.cwd()), asked).tasks()
    except MaturityError as error:
        raise InvalidDodoFile(str(error)) from None
