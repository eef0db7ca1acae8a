"""Text for terminals and logs without any library: nothing that a tool or a path says can steer a terminal."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Mapping
from typing import Protocol, TextIO

from maturity.printing import inert

MOST_NAMES = 3
"""So many components of a process are named."""


class Progress(Protocol):
    """How far a run is. Its methods may be called from any thread."""

    def begin(self, process: str, label: str) -> None:
        """A process starts."""
        ...

    def end(self, process: str) -> None:
        """A process has ended."""
        ...

    def stop(self) -> None:
        """Nothing more is to be shown; calling it again does nothing."""
        ...


def printable(text: str) -> str:
    """The text with every sign that steers, such as escape, written out as Python writes it. Lines and tabs stay."""
    if text.isprintable():
        return inert(text)
    return inert("".join(sign if sign.isprintable() or sign in "\n\t" else escaped(sign) for sign in text))


def escaped(sign: str) -> str:
    """One sign as Python writes it."""
    return sign.encode("unicode_escape").decode("ascii")


def one_line(text: str) -> str:
    """The text without line breaks and tabs, for a cell or a label."""
    return "".join(sign if sign.isprintable() else escaped(sign) for sign in text)


def write(line: str, stream: TextIO) -> None:
    """Print a line at once; a reader who has enough, as in `| head -1`, ends nothing but the writing."""
    try:
        print(line, file=stream, flush=True)
    except BrokenPipeError:
        give_up(stream)


def give_up(stream: TextIO) -> None:
    """Let what is still written to a stream go nowhere."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def label(collector: str, components: tuple[str, ...]) -> str:
    """What a process does: its collector and the first of its components."""
    names = ", ".join(components[:MOST_NAMES])
    more = len(components) - MOST_NAMES
    return one_line(f"{collector}: {names}{f' and {more} more' if more > 0 else ''}")


def is_animated(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether lines that change may be written: on a terminal that can do it, and not in CI."""
    return stream.isatty() and not environment.get("CI") and environment.get("TERM", "") not in ("dumb", "unknown")


def progress(total: int) -> Progress:
    """The way to show progress here; rich is imported only where it can show something."""
    if not is_animated(sys.stderr, os.environ):
        return Lines(total)
    from maturity.terminal.live import Live  # rich takes longer to import than a run with nothing to do takes

    return Live(total)


class Lines:
    """Progress as one line for each process that has ended."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._done = 0
        self._running: dict[str, tuple[str, float]] = {}

    def begin(self, process: str, label: str) -> None:
        """Remember when it started."""
        self._running[process] = (label, time.monotonic())

    def end(self, process: str) -> None:
        """Print its line."""
        said, started = self._running.pop(process)
        self._done += 1
        write(f"[{self._done}/{self._total}] {said} ({time.monotonic() - started:.1f} s)", sys.stderr)

    def stop(self) -> None:
        """Nothing is left behind."""
