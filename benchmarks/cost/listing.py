"""`doit list` over 1,229 components, against `doit --version`."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cost.row import Row, script
from benchmarks.cost.scenes import DOIT, VERSION, homeassistant
from benchmarks.cost.timing import command, medians
from benchmarks.projects import run


def measure(place: Path, rounds: int) -> list[Row]:
    """The row; the target is twice the other side and a tenth of a second."""
    root = homeassistant(place)
    words = (*DOIT, "list")
    shown = run(words, root).stdout.splitlines()
    if sum(line.startswith("maturity:") for line in shown) != len(list(root.rglob("MATURITY.md"))):
        raise SystemExit("doit list does not show every component")
    found = medians({"ours": command(words, root), "version": command(VERSION, root)}, rounds)
    ours, version = found["ours"].wall, found["version"].wall
    return [
        Row(
            "`doit list` there",
            f"{ours:.2f} s",
            f"`doit --version`: {version:.2f} s",
            f"{ours / version:.2f} ×",
            f"at most 2 × and 0.1 s: {2 * version + 0.1:.2f} s",
            ours <= 2 * version + 0.1,
        )
    ]


if __name__ == "__main__":
    script(measure, __doc__)
