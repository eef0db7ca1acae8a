"""Cold, all of networkx: against the serial way, and against a parallel script as good as we could write one by hand.

The serial way: for one component after the other ruff, bandit, pyright, pytest for the counts, and pytest again for
coverage. The script: ruff, bandit and pyright once over everything, and pytest under coverage once for each component,
as many at a time as there are cores, the longest first as an earlier run had them.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.by_hand import Part, packages
from benchmarks.cost.commands import Command, bandit, coverage, pyright, pytest, report, ruff
from benchmarks.cost.row import Row, at_most, script, times_faster
from benchmarks.cost.scenes import DOIT, clean_copy
from benchmarks.cost.timing import Cost, cost_of, medians
from benchmarks.projects import NETWORKX, prepare
from benchmarks.reading import read

CORES = os.cpu_count() or 2
CODES = (0, 1, 5)
"""Findings, failed tests and no tests are no failures of a tool."""


def measure(place: Path, rounds: int) -> list[Row]:
    """Two rows. The serial way has one round, for it takes many minutes; the other two take turns."""
    project = prepare(NETWORKX, place)
    parts = packages(project, "networkx")
    scratch = place / "scratch"
    scratch.mkdir(exist_ok=True)
    taken: dict[str, float] = {}
    documents: dict[str, str] = {}
    serial = one_by_one(parts, clean_copy(project, place), scratch, taken)

    def ours() -> Cost:
        root = clean_copy(project, place)  # for each side: Python's bytecode is then new for all
        cost = cost_of((*DOIT, "all"), root)  # as many at a time as there are cores, as by default and as in the script
        documents.update({part.document: (root / part.document).read_text("utf-8") for part in parts})
        check(parts, documents, scratch)  # against what the last of the other sides measured, at first the serial way
        return cost

    def parallel() -> Cost:
        cost = by_script(sorted(parts, key=lambda part: -taken[part.name]), clean_copy(project, place), scratch)
        check(parts, documents, scratch)
        return cost

    found = medians({"ours": ours, "parallel": parallel}, rounds)
    work = "cold, all of networkx"
    return [
        times_faster(work, found["ours"].wall, serial, "the serial way", 2.8),
        at_most(work, found["ours"].wall, found["parallel"].wall, "a parallel script by hand", 1.15),
    ]


def tested(part: Part, scratch: Path) -> Sequence[Command]:
    """Coverage and what it measured."""
    figures = str(scratch / f"{part.name}.coverage")
    return coverage(part.around, figures, part.tests), report(figures, str(scratch / f"{part.name}.json"))


def one_by_one(parts: Sequence[Part], root: Path, scratch: Path, taken: dict[str, float]) -> float:
    """The serial way's seconds; `taken` gets those of each component's coverage run."""
    started = time.monotonic()
    for part in parts:
        for words in (ruff(part.files), bandit(part.files), pyright(part.files)):
            cost_of(words, root, CODES)
        cost_of(pytest(part.tests, str(scratch / f"{part.name}.tests.json")), root, CODES)
        taken[part.name] = sum(cost_of(words, root, CODES).wall for words in tested(part, scratch))
    return time.monotonic() - started


def by_script(parts: Sequence[Part], root: Path, scratch: Path) -> Cost:
    """What the parallel script costs."""
    every = [path for part in parts for path in part.files]

    def run_all(commands: Sequence[Command]) -> float:
        return sum(cost_of(words, root, CODES).cpu for words in commands)

    started = time.monotonic()
    with ThreadPoolExecutor(CORES) as pool:
        pending = [pool.submit(run_all, tested(part, scratch)) for part in parts]
        pending += [pool.submit(run_all, [words(every)]) for words in (pyright, bandit, ruff)]
        cpu = sum(each.result() for each in pending)
    return Cost(time.monotonic() - started, cpu)


def check(parts: Sequence[Part], documents: Mapping[str, str], scratch: Path) -> None:
    """Raises SystemExit unless each document has the coverage that was measured by hand, and none if no test ran."""
    for part in parts:
        files = json.loads((scratch / f"{part.name}.json").read_bytes())["files"]
        counts = json.loads((scratch / f"{part.name}.tests.json").read_bytes())["summary"]
        ran = counts["total"] - counts.get("skipped", 0)
        covered = str(sum(files[path]["summary"]["covered_lines"] for path in part.source)) if ran else None
        said = read(documents[part.document]).get("Coverage: covered")
        if said != covered:
            raise SystemExit(f"{part.document}: it says {said} covered statements, by hand there are {covered}")


if __name__ == "__main__":
    script(measure, __doc__)
