"""Nothing to do for one of 1,229 components: `doit maturity:NAME`, against `doit --version`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cost.row import Row, at_most, script
from benchmarks.cost.scenes import DOIT, SAMPLE, VERSION, check_unchanged, documents, homeassistant
from benchmarks.cost.timing import command, medians


def measure(place: Path, rounds: int) -> list[Row]:
    """The row."""
    root = homeassistant(place)
    before = documents(root)
    words = (*DOIT, f"maturity:{SAMPLE[0]}")
    found = medians({"ours": command(words, root), "version": command(VERSION, root)}, rounds)
    check_unchanged(before, root)
    work = "nothing to do, one component of it: `doit maturity:NAME`"
    return [at_most(work, found["ours"].wall, found["version"].wall, "`doit --version`", 2)]


if __name__ == "__main__":
    script(measure, __doc__)
