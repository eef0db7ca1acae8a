"""Memory with nothing to do over 1,229 components.

A process begins with the memory of the one that starts it, and that counts as its own peak. So it is started by a small
one, which then says what the peak was.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from statistics import median

from benchmarks.cost.row import Row, below, script
from benchmarks.cost.scenes import ALL, homeassistant
from benchmarks.projects import run

STARTER = """
import json, resource, subprocess, sys
subprocess.run(json.loads(sys.argv[1]), stdout=subprocess.DEVNULL, check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
UNITS_IN_MB = 1024 * 1024 if sys.platform == "darwin" else 1024


def measure(place: Path, rounds: int) -> list[Row]:
    """The row."""
    root = homeassistant(place)
    words = (sys.executable, "-I", "-S", "-c", STARTER, json.dumps(ALL))
    peaks = [int(run(words, root).stdout.splitlines()[-1]) for _ in range(rounds)]
    return [below("memory, nothing to do there", median(peaks) / UNITS_IN_MB, 150, "MB")]


if __name__ == "__main__":
    script(measure, __doc__)
