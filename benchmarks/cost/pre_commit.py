"""The pre-commit mode: a staged edit in one subpackage of networkx, against that component's tools by hand.

The edit is in one of its tests. Every module of networkx imports every other one, through the package itself: an edit
in a source file may change the coverage of all 25 components, and all of them are collected then.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.by_hand import packages
from benchmarks.cost.commands import bandit, coverage, pyright, report, ruff
from benchmarks.cost.row import Row, script
from benchmarks.cost.scenes import ALL, MATURITY, check_clean, settled
from benchmarks.cost.timing import Cost, cost_of, medians, one_after_the_other
from benchmarks.projects import AUTHOR, NETWORKX, run

NAME = "coloring"
ALLOWED = 0.5
CODES = (0, 1)


def measure(place: Path, rounds: int) -> list[Row]:
    """The row."""
    root = settled(NETWORKX, place)
    run(("git", "add", "--all"), root)
    run(("git", *AUTHOR, "commit", "--quiet", "--no-verify", "--allow-empty", "-m", "documents"), root)
    (part,) = (part for part in packages(root, "networkx") if part.name == NAME)
    edited = root / next(path for path in part.inner if path.endswith("test_coloring.py"))
    original = edited.read_text("utf-8")
    scratch = place / "scratch"
    scratch.mkdir(exist_ok=True)
    edits = 0

    def ours() -> Cost:
        nonlocal edits
        edits += 1
        added = "".join(f"\n\ndef test_added_{number}():\n    import os\n" for number in range(edits))
        edited.write_text(original + added, "utf-8")
        run(("git", "add", str(edited)), root)
        return cost_of((*MATURITY, "--auto"), root)

    def tools() -> Cost:
        figures, to = str(scratch / "figures"), str(scratch / "figures.json")
        tests = (coverage(part.around, figures, part.tests), report(figures, to))
        commands = (ruff(part.files), bandit(part.files), pyright(part.files), *tests)
        return one_after_the_other([cost_of(words, root, CODES) for words in commands])

    found = medians({"ours": ours, "tools": tools}, rounds)
    staged = run(("git", "diff", "--cached", "--name-only"), root).stdout.split()
    if sorted(staged) != sorted([str(edited.relative_to(root)), part.document]):
        raise SystemExit(f"--auto staged {staged}")
    check_clean(root, [NAME], place)
    run(("git", "reset", "--quiet", "--hard"), root)
    run(ALL, root)
    shutil.rmtree(scratch)
    more = found["ours"].wall - found["tools"].wall
    return [
        Row(
            "pre-commit mode, one test file of a networkx subpackage edited",
            f"{found['ours'].wall:.2f} s",
            f"that component's tools by hand: {found['tools'].wall:.2f} s",
            f"+ {more:.2f} s",
            f"at most + {ALLOWED} s",
            more <= ALLOWED,
        )
    ]


if __name__ == "__main__":
    script(measure, __doc__)
