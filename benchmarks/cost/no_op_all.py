"""Nothing to do, 1,229 components: `doit -n 8 all`, against ninja, turbo and nx on the same graph."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cost import peers
from benchmarks.cost.graph import graph
from benchmarks.cost.row import Row, at_most, below, script, times_faster
from benchmarks.cost.scenes import ALL, check_unchanged, documents, homeassistant
from benchmarks.cost.timing import command, medians

WORK = "nothing to do, all of homeassistant: `doit -n 8 all`"


def measure(place: Path, rounds: int) -> list[Row]:
    """The row, once for each peer, and in seconds."""
    root = homeassistant(place)
    before = documents(root)
    tasks = graph(root)
    found = medians(
        {
            "ours": command(ALL, root),
            "ninja": peers.ninja(tasks, root, place),
            "turbo": peers.turbo(tasks, root, place),
            "nx": peers.nx(tasks, root, place),
        },
        rounds,
    )
    check_unchanged(before, root)
    ours = found["ours"].wall
    return [
        at_most(WORK, ours, found["ninja"].wall, "ninja", 4),
        times_faster(WORK, ours, found["turbo"].wall, "turbo", 4),
        times_faster(WORK, ours, found["nx"].wall, "nx", 4),
        below(WORK, ours, 1, "s"),
    ]


if __name__ == "__main__":
    script(measure, __doc__)
