"""What every task graph of ours is made of: doit's configuration, what was asked for, and single tasks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from pathlib import PurePath
from typing import Any

from doit.exceptions import TaskError
from doit.task import Task, dict_to_task  # pyright: ignore[reportUnknownVariableType] - doit has no types

from maturity.graph.reporter import OURS, MaturityReporter

DOIT_CONFIG: dict[str, object] = {
    "default_tasks": ["all"],
    "backend": "sqlite3",
    "dep_file": ".doit.db",
    "num_process": os.cpu_count() or 1,  # unless -n says otherwise
    "par_type": "thread",  # the work is in child processes; a dying worker process would hang doit for ever
    "continue": True,
    "verbosity": 2,
    "sort": "definition",
    "reporter": MaturityReporter,
}
NO_CAPTURE = {"capture": False}
"""doit's capture swaps sys.stdout for all threads at once."""

_LONG = ("backend", "db-file", "dir", "file", "output-file", "parallel-type", "process", "reporter", "verbosity")
VALUED = frozenset([*(f"-{letter}" for letter in "dfnoPrv"), *(f"--{name}" for name in (*_LONG, "base"))])
"""The options of doit and of our tasks whose value may be the next word, which then names no task."""

COMMANDS = frozenset(
    ["clean", "dumpdb", "forget", "help", "ignore", "info", "list", "reset-dep", "run", "strace", "tabcompletion"]
)
DOCUMENT_TASKS = ("maturity", "preview", "validate")
"""The tasks of a component that are about its document; the others are named after collectors."""

ALL = "update the documents of all components"
PREVIEW = "work out all documents and write none"
EXPLAIN = "explain every verdict, and what would be enough for the next stage"
GATE = "fail where a change makes a component worse than at its merge base (--base REF)"
TREND = "show how stages and figures went over time"
VALIDATE = "say whether every document is what a run would write"

Action = tuple[Callable[..., object], list[Any]]


@dataclass(frozen=True)
class Asked:
    """What a run is to do: doit's command, the task names that were typed, and whether to collect what is current too.

    No name stands for every component. `complete` asks for the tasks of what is current too, `status` for a list that
    says what is.
    """

    command: str = "run"
    names: frozenset[str] = frozenset()
    always: bool = False
    complete: bool = False
    status: bool = False

    @classmethod
    def of_command_line(cls, arguments: list[str]) -> Asked:
        """What doit's command line asks for. doit does not tell task creators, so we look for ourselves.

        A word that is not ours makes the whole graph, so that a wrong guess costs time and nothing else.
        """
        if PurePath(arguments[0]).stem not in ("doit", "__main__"):
            return cls()
        typed = arguments[1:]
        values = {place + 1 for place, word in enumerate(typed) if word in VALUED}
        words = [word for place, word in enumerate(typed) if not word.startswith("-") and place not in values]
        command = words.pop(0) if words and words[0] in COMMANDS else "run"
        names = frozenset(word for word in words if not word.isdigit())
        always = "-a" in arguments or "--always-execute" in arguments
        short = "".join(word[1:] for word in typed if word.startswith("-") and not word.startswith("--"))
        return cls(command, names, always, status=command == "list" and ("--status" in typed or "s" in short))

    def components(self, kinds: Iterable[str]) -> frozenset[str] | None:
        """The components whose tasks were named, `kinds` being what stands before the colon; None for all of them."""
        found: set[str] = set()
        for name in self.names:
            kind, colon, component = name.partition(":")
            if kind not in kinds or not colon:
                return None
            found.add(component)
        return frozenset(found) or None


def collect_all(title: str) -> str:
    """What the group of a collector's tasks is for."""
    return f"collect {title.lower()} for all components"


def task(name: str, actions: list[Action], doc: str, **attributes: Any) -> Task:
    """One doit task whose Python actions print for themselves."""
    made = [(explained(function), arguments) for function, arguments in actions]
    return dict_to_task(
        {"name": name, "actions": made, "doc": doc, "io": NO_CAPTURE, "meta": {OURS: True}, **attributes}
    )


def explained(action: Callable[..., object]) -> Callable[..., object]:
    """The action, whose errors doit shows as what they are: a message, or a traceback with a request to report it."""

    @wraps(action)
    def call(*arguments: object, **options: object) -> object:
        try:
            return action(*arguments, **options)
        except Exception as error:
            message = explain(error)
            if message is None:
                raise
            return TaskError(message)

    return call


def explain(error: Exception) -> str | None:
    """The message of an error that can be expected; None for a bug, whose traceback then asks for a report."""
    from maturity.errors import REPORT, expected
    from maturity.printing import plain

    known = expected(error)
    if known is None:
        error.add_note(REPORT)
        return None
    return plain(str(known))


def group(name: str, members: list[str], doc: str) -> Task:
    """A task that stands for others; with none of them to do it is up to date."""
    if not members:
        return task(name, [], doc, uptodate=[True])
    return Task(name, None, task_dep=members, doc=doc, has_subtask=True, meta={OURS: True})
