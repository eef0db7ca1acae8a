"""Cost against size: nothing to do at 10, 100, 500 and all 1,229 components of homeassistant."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

from benchmarks.cost.row import Row, script
from benchmarks.cost.scenes import ALL, clean_copy, homeassistant
from benchmarks.cost.timing import command, medians
from benchmarks.projects import run

SIZES = (10, 100, 500)


def measure(place: Path, rounds: int) -> list[Row]:
    """The row. The smaller trees hold that many of the components and nothing of the others."""
    whole = homeassistant(place)
    every = sorted((whole / "homeassistant" / "components").glob("*/__init__.py"))
    roots = {size: smaller(whole, size, len(every), place) for size in SIZES} | {len(every): whole}
    found = medians({str(size): command(ALL, root) for size, root in roots.items()}, rounds)
    walls = {size: found[str(size)].wall for size in roots}
    sizes = sorted(walls)
    slopes = [(walls[b] - walls[a]) / (b - a) * 1000 for a, b in pairwise(sizes)]
    each = (walls[sizes[-1]] - walls[sizes[0]]) / (sizes[-1] - sizes[0]) * 1000
    # At most linear: the last stretch may cost as much a component as the whole does, within what clocks can tell.
    return [
        Row(
            f"nothing to do at {', '.join(map(str, sizes))} components",
            ", ".join(f"{walls[size]:.2f} s" for size in sizes),
            f"{each:.2f} ms a component",
            ", ".join(f"{slope:.2f}" for slope in slopes) + " ms",
            "at most linear",
            slopes[-1] <= 1.5 * each,
        )
    ]


def smaller(whole: Path, size: int, every: int, place: Path) -> Path:
    """A tree with every n-th component alone, in which there is nothing to do."""
    root = place / f"homeassistant-{size}"
    if not root.exists():
        copy = clean_copy(whole, place)
        homes = sorted(path.parent for path in (copy / "homeassistant" / "components").glob("*/__init__.py"))
        kept = set(homes[:: every // size][:size])
        for home in homes:
            if home not in kept:
                shutil.rmtree(home)
        copy.rename(root)
    run(ALL, root)
    run(ALL, root)
    return root


if __name__ == "__main__":
    script(measure, __doc__)
