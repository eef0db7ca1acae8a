"""Nothing to do: `doit validate` over 1,229 components, against `doit -n 8 all`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cost.row import Row, at_most, script
from benchmarks.cost.scenes import ALL, DOIT, check_unchanged, documents, homeassistant
from benchmarks.cost.timing import command, medians


def measure(place: Path, rounds: int) -> list[Row]:
    """The row."""
    root = homeassistant(place)
    before = documents(root)
    found = medians({"ours": command((*DOIT, "validate"), root), "all": command(ALL, root)}, rounds)
    check_unchanged(before, root)
    work = "nothing to do there: `doit validate`"
    return [at_most(work, found["ours"].wall, found["all"].wall, "`doit -n 8 all`", 1.5)]


if __name__ == "__main__":
    script(measure, __doc__)
