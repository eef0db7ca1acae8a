"""What a command costs: wall clock and processor time, as medians over rounds in which all sides take turns."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.projects import environment


@dataclass(frozen=True)
class Cost:
    """Seconds of wall clock; seconds of processor time, user and system, children included."""

    wall: float
    cpu: float


Side = Callable[[], Cost]
"""One of the things that are compared: does its work once, and says what that cost."""


def cost_of(command: Sequence[str], cwd: Path, codes: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end. Raises SystemExit, with its last lines, for any other exit code."""
    with tempfile.TemporaryFile() as said:
        started = time.monotonic()
        process = subprocess.Popen(
            command, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in codes:
            said.seek(0)
            lines = said.read().decode("utf-8", "replace").splitlines()[-40:]
            raise SystemExit("\n".join([f"{' '.join(command)} ended with {process.returncode} in {cwd}:", *lines]))
    return Cost(wall, usage.ru_utime + usage.ru_stime)


def command(words: Sequence[str], cwd: Path, codes: Sequence[int] = (0,)) -> Side:
    """A side that is one command."""
    return lambda: cost_of(words, cwd, codes)


def one_after_the_other(costs: Iterable[Cost]) -> Cost:
    """Several commands as one, in a row."""
    taken = list(costs)
    return Cost(sum(cost.wall for cost in taken), sum(cost.cpu for cost in taken))


def medians(sides: Mapping[str, Side], rounds: int) -> dict[str, Cost]:
    """The median cost of each side. The sides take turns, so that what else the machine does falls on all of them."""
    found: dict[str, list[Cost]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, side in sides.items():
            found[name].append(side())
    return {
        name: Cost(median(cost.wall for cost in costs), median(cost.cpu for cost in costs))
        for name, costs in found.items()
    }
