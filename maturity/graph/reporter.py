"""What a run says while doit works through its tasks, and in the end.

Of our own tasks: progress and errors on stderr, the closing table on stdout. Of the other tasks of a repository's
dodo.py: what doit itself says. Imported by every `doit`, so nothing heavy may be imported here.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from doit.exceptions import UnmetDependency
from doit.reporter import ConsoleReporter

from maturity.processes.process import is_stopping

if TYPE_CHECKING:
    from maturity.reports.closing import Closing
    from maturity.terminal.plain import Progress

OURS = "maturity"
"""The key of a task's `meta` that says that it is one of ours."""

PROCESS = "_run:"
"""How the tasks begin that start a collector's process."""


class Run(Protocol):
    """A graph, as far as the reporter cares."""

    def process(self, name: str) -> tuple[str, tuple[str, ...]]:
        """The collector and the components of a process, by the name of its task."""
        ...

    def closing(self) -> Closing | None:
        """How the run ends."""
        ...

    def on_leaving(self, stop: Callable[[], None]) -> None:
        """What is to be done before the process is given up."""
        ...


@dataclass(frozen=True)
class Manner:
    """What is said of our own tasks: progress, the closing table, and with `naming` each task by its name."""

    progress: bool = True
    closing: bool = True
    naming: bool = False


_told: list[tuple[Run, Manner]] = []


def report_on(run: Run, manner: Manner | None = None) -> None:
    """Tell the reporter, which doit makes, of the graph that this process runs."""
    _told[:] = [(run, manner or Manner())]


class MaturityReporter(ConsoleReporter):
    """Progress while tools run, errors, and a table in the end."""

    desc = "progress, and a table of what changed"

    def __init__(self, outstream: Any, options: Any) -> None:
        super().__init__(outstream, options)
        self._out = outstream
        self._run, self._manner = _told[0] if _told else (None, Manner())
        self._progress: Progress | None = None
        self._lock = threading.Lock()
        self._total = 0
        self._idle = False

    def write(self, text: str) -> None:
        """What doit says of a task; above the progress while there is one."""
        if self._manner.naming:
            sys.stderr.write(text)
        else:
            (sys.stdout if self._out is sys.__stdout__ else self._out).write(text)

    def initialize(self, tasks: Mapping[str, Any], selected_tasks: Iterable[str]) -> None:
        """Count the processes that the selected tasks need."""
        names, waiting = set[str](), list(selected_tasks)
        self._idle = self._run is None and any(is_ours(tasks[name]) for name in waiting)
        while waiting:
            name = waiting.pop()
            if name not in names and name in tasks:
                names.add(name)
                waiting += [*tasks[name].task_dep, *tasks[name].setup_tasks]
        self._total = sum(name.startswith(PROCESS) for name in names)

    def execute_task(self, task: Any) -> None:
        """A task starts; called by the thread that does it."""
        if not is_ours(task) or self._manner.naming:
            super().execute_task(task)  # pyright: ignore[reportUnknownMemberType] - doit has no types
        elif self._run is not None and self._manner.progress and task.name.startswith(PROCESS):
            self._begin(task.name, self._run)

    def _begin(self, name: str, run: Run) -> None:
        """Show that a process runs."""
        from maturity.terminal import plain

        with self._lock:
            if self._progress is None:
                self._progress = plain.progress(self._total)
                run.on_leaving(self._progress.stop)
        self._progress.begin(name, plain.label(*run.process(name)))

    def add_success(self, task: Any) -> None:
        """A task has ended well."""
        super().add_success(task)  # pyright: ignore[reportUnknownMemberType] - doit has no types
        if self._progress is not None and task.name.startswith(PROCESS):
            self._progress.end(task.name)

    def add_failure(self, task: Any, fail: Any) -> None:
        """A task has not; expected errors show no traceback."""
        if not is_ours(task):
            super().add_failure(task, fail)  # pyright: ignore[reportUnknownMemberType] - doit has no types
            return
        if self._progress is not None and task.name.startswith(PROCESS):
            self._progress.end(task.name)
        if fail.report and not isinstance(fail, UnmetDependency):  # of which the reason has been said
            from maturity.terminal.plain import printable, write

            text = fail.get_msg() if fail.traceback else fail.message
            write(f"maturity: {printable(text.rstrip())}", sys.stderr)

    def skip_uptodate(self, task: Any) -> None:
        """A task has nothing to do."""
        if not is_ours(task) or self._manner.naming:
            super().skip_uptodate(task)  # pyright: ignore[reportUnknownMemberType] - doit has no types

    def complete_run(self) -> None:
        """All tasks are done, and their teardowns."""
        if self._progress is not None:
            self._progress.stop()
        super().complete_run()
        # doit has no types
        aborted = bool(self.runtime_errors)  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        if self._manner.closing and not aborted and not is_stopping():  # the table may take long
            from maturity.terminal.plain import printable, write

            closing = self._run.closing() if self._run is not None else None
            if closing is not None and closing.rows:
                from maturity.terminal.table import show

                show(closing)
            elif closing is not None and closing.line:
                write(printable(closing.line), sys.stdout)
            elif self._idle:
                write("everything is current, nothing to do", sys.stdout)


def is_ours(task: Any) -> bool:
    """Whether a task is one of ours."""
    return bool(task.meta and OURS in task.meta)
