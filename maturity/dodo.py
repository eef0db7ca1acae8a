"""What a repository's dodo.py needs: `from maturity.dodo import *`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from doit.exceptions import InvalidDodoFile
from doit.globals import Globals
from doit.task import Task

from maturity.cache import snapshot
from maturity.errors import MaturityError
from maturity.graph.database import guard, look_at
from maturity.graph.idle import idle_list, idle_tasks
from maturity.graph.parts import DOIT_CONFIG, Asked, explain

if TYPE_CHECKING:
    from maturity.graph.actions import Validated

__all__ = ["DOIT_CONFIG", "task_maturity"]


def has_database() -> bool:
    """Whether doit remembers anything. Raises InvalidDodoFile where it cannot be let remember."""
    try:
        return look_at(Path.cwd() / str(DOIT_CONFIG["dep_file"]))
    except MaturityError as error:
        raise InvalidDodoFile(str(error)) from None


# doit opens its database after it has read the dodo.py and before it asks for tasks: this is the time to look.
HAS_DATABASE = has_database()

ON_GITHUB = os.environ.get("GITHUB_ACTIONS") == "true"


def idle_graph(asked: Asked) -> Iterator[Task] | None:
    """The tasks where nothing has moved since a run in which all was current; None where a closer look is needed."""
    if ON_GITHUB and any(name.partition(":")[0] == "validate" for name in asked.names):
        return None  # the job summary is about all components, current or not
    plain_list = asked.command == "list" and not asked.names and "--all" not in sys.argv and not asked.status
    if asked.always or asked.complete or not (plain_list or asked.command == "run"):
        return None
    # A word without a colon stands for all components, and so does no word.
    named = asked.names and all(":" in name for name in asked.names)
    unmoved = snapshot.read(Path.cwd(), {name.partition(":")[2] for name in asked.names} if named else None)
    if unmoved is None:
        return None
    return idle_list(unmoved) if plain_list else idle_tasks(unmoved, asked)


def reporting() -> Validated | None:
    """What is to be called when a validation ends: in a workflow of GitHub it annotates and sums up."""
    if not ON_GITHUB:
        return None
    from maturity.reports.output import validated  # hardly a run needs it

    return validated


def end_with_the_reader() -> None:
    """Let a reader who has enough, as in `doit list | head`, end the process; doit would have a traceback for it.

    Only for commands that neither run nor delete anything.
    """
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def task_maturity() -> Iterator[Task]:
    """Component maturity."""
    # Without its memory doit has to see every task once; that runs no tool.
    asked = replace(Asked.of_command_line(sys.argv), complete=not HAS_DATABASE)
    if asked.command in ("info", "list"):
        end_with_the_reader()
    idle = idle_graph(asked)
    if idle is not None:
        yield from idle
        return

    # Only from here on is there work to do, and what it takes to be imported.
    try:
        yield from closer_look(asked)
    except Exception as error:
        message = explain(error)
        if message is None:
            raise
        raise InvalidDodoFile(message) from None


def closer_look(asked: Asked) -> Iterator[Task]:
    """The tasks where something may have moved."""
    from maturity.processes.process import end_with_us

    if asked.command == "run":
        end_with_us()  # before all else is imported: that takes long enough to be stopped in the middle of it

    from maturity.cache.lock import hold_until_exit
    from maturity.graph.reporter import report_on
    from maturity.graph.tasks import Graph
    from maturity.repository import Repository
    from maturity.terminal.messages import show_messages

    show_messages()
    moment = hold_until_exit(Path.cwd()) if asked.command == "run" else 0
    graph = Graph(Repository(Path.cwd(), moment), asked, validated=reporting())
    guard(Globals.dep_manager, graph.is_ours)
    if asked.command == "run":
        report_on(graph)
    yield from graph.tasks()
