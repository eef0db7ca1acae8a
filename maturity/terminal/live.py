"""Progress on a terminal: what runs now, how many processes are done, and the time."""

from __future__ import annotations

import atexit
import sys
import threading
import time

from rich import live
from rich.console import Console, Group
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

from maturity.render import plural
from maturity.reports.closing import duration

MOST_LINES = 8
"""So many running processes get a line."""

REFRESHES = 4
"""A second: enough for eyes, and next to no work."""


class Live:
    """Progress as lines that change in place, and are gone at the end."""

    def __init__(self, total: int, console: Console | None = None) -> None:
        self._total = total
        self._done = 0
        self._began = time.monotonic()
        self._running: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()
        # What is printed meanwhile goes above these lines, but a redirected stdout is not the terminal's business.
        self._live = live.Live(
            console=console or Console(stderr=True, highlight=False, markup=False, emoji=False),
            get_renderable=self.lines,
            refresh_per_second=REFRESHES,
            transient=True,
            redirect_stdout=sys.stdout.isatty(),
            redirect_stderr=True,
        )
        atexit.register(self.stop)  # a run that is ended must give the cursor back
        self._live.start()

    def begin(self, process: str, label: str) -> None:
        """Show it."""
        with self._lock:
            self._running[process] = (label, time.monotonic())

    def end(self, process: str) -> None:
        """Count it."""
        with self._lock:
            self._running.pop(process, None)
            self._done += 1

    def stop(self) -> None:
        """Take the lines away."""
        self._live.stop()
        atexit.unregister(self.stop)

    def lines(self) -> Group:
        """What is to be seen now."""
        now = time.monotonic()
        with self._lock:
            running, done = list(self._running.values()), self._done
        table = Table.grid(Column(ratio=1, no_wrap=True, overflow="ellipsis"), Column(justify="right"), padding=(0, 1))
        table.expand = True
        for label, started in running[:MOST_LINES]:
            table.add_row(Text(label), Text(duration(now - started), "dim"))
        if len(running) > MOST_LINES:
            table.add_row(Text(f"and {len(running) - MOST_LINES} more", "dim"), "")
        total = Table.grid(Column(ratio=1), Column(no_wrap=True), padding=(0, 1))
        total.expand = True
        counts = f"{done}/{plural(self._total, 'process')} {duration(now - self._began)}"
        total.add_row(ProgressBar(total=max(self._total, 1), completed=done), Text(counts))
        return Group(table, total)
