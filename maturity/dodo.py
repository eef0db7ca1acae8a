"""What a repository's dodo.py needs: `from maturity.dodo import *`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from doit.exceptions import InvalidDodoFile
from doit.task import Task

from maturity.errors import MaturityError
from maturity.lock import hold_until_exit
from maturity.process import end_with_us
from maturity.repository import Repository
from maturity.tasks import DOIT_CONFIG, Asked, Graph

__all__ = ["DOIT_CONFIG", "task_maturity"]

COMMANDS = frozenset(["clean", "dumpdb", "forget", "help", "ignore", "info", "list", "reset-dep", "strace", "tabcompletion"])


def task_maturity() -> Iterator[Task]:
    """Component maturity."""
    wanted = asked(sys.argv)
    try:
        if wanted.command == "run":
            end_with_us()
            hold_until_exit(Path.cwd())
        yield from Graph(Repository(Path.cwd()), wanted).tasks()
    except MaturityError as error:
        raise InvalidDodoFile(str(error)) from None


def asked(arguments: list[str]) -> Asked:
    """What the command line asks for. doit does not tell task creators, so we look for ourselves.

    A word that is not ours makes the whole graph, so that a wrong guess costs time and nothing else.
    """
    if Path(arguments[0]).stem not in ("doit", "__main__"):
        return Asked()
    words = [word for word in arguments[1:] if not word.startswith("-")]
    command = words.pop(0) if words and words[0] in {*COMMANDS, "run"} else "run"
    names = frozenset(word for word in words if not word.isdigit())
    return Asked(command, names, always="-a" in arguments or "--always-execute" in arguments)
