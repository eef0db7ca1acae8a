"""A row of the table of costs: a piece of work, what it costs us and others, and what was to be reached."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.projects import workplace

HEADINGS = ("work", "ours", "against", "ratio", "to reach", "reached")


@dataclass(frozen=True)
class Row:
    """One comparison. `ours` and `against` are for people, with their units; `ratio` is what the target speaks of."""

    work: str
    ours: str
    against: str
    ratio: str
    target: str
    reached: bool

    def cells(self) -> Sequence[str]:
        """The row of the table."""
        return (self.work, self.ours, self.against, self.ratio, self.target, "yes" if self.reached else "**no**")


def at_most(work: str, ours: float, against: float, other: str, limit: float, unit: str = "s") -> Row:
    """A row in which we may cost at most `limit` times what something else does."""
    ratio = ours / against
    return Row(
        work,
        f"{ours:.2f} {unit}",
        f"{other}: {against:.2f} {unit}",
        f"{ratio:.2f} ×",
        f"at most {limit:g} ×",
        ratio <= limit,
    )


def times_faster(work: str, ours: float, against: float, other: str, least: float, unit: str = "s") -> Row:
    """A row in which something else has to cost at least `least` times what we do."""
    ratio = against / ours
    return Row(
        work,
        f"{ours:.2f} {unit}",
        f"{other}: {against:.2f} {unit}",
        f"{ratio:.1f} × less",
        f"at least {least:g} × less",
        ratio >= least,
    )


def below(work: str, ours: float, limit: float, unit: str) -> Row:
    """A row with a limit of its own."""
    return Row(work, f"{ours:.2f} {unit}", "", "", f"at most {limit:g} {unit}", ours <= limit)


def table(rows: Sequence[Row]) -> str:
    """Rows as a Markdown table."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


Measure = Callable[[Path, int], list[Row]]
"""What a row's module has: measures in a directory, with so many rounds."""


def main(measure: Measure, about: str | None) -> int:
    """Run one row's module as a script; 1 if a target is missed."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="work there, and leave everything for later")
    parser.add_argument("--rounds", type=int, default=5, help="each side runs so often (default %(default)s)")
    options = parser.parse_args()
    with workplace(options.keep) as place:
        rows = measure(place, options.rounds)
    print(table(rows))
    return 0 if all(row.reached for row in rows) else 1


def script(measure: Measure, about: str | None) -> None:
    """End the process as `main` says."""
    sys.exit(main(measure, about))
