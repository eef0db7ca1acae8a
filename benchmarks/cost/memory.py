"""Memory with nothing to do over 1,229 components."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cost.row import Row, below, script
from benchmarks.cost.scenes import ALL, homeassistant
from benchmarks.cost.timing import command, medians


def measure(place: Path, rounds: int) -> list[Row]:
    """The row."""
    found = medians({"ours": command(ALL, homeassistant(place))}, rounds)
    return [below("memory, nothing to do there", found["ours"].memory, 150, "MB")]


if __name__ == "__main__":
    script(measure, __doc__)
