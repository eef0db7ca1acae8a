"""Cold lint, types and security over 100 components: against a process for each, and against three tools by hand.

Processor time is compared, and all sides start one process after the other: two at once slow each other down.
"""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.cost.commands import bandit, pyright, ruff
from benchmarks.cost.row import Row, at_most, script, times_faster
from benchmarks.cost.scenes import DOIT, clean_copy
from benchmarks.cost.timing import cost_of, one_after_the_other
from benchmarks.projects import HOMEASSISTANT, prepare, run
from benchmarks.reading import read

COMPONENTS = 100
FOUND = (0, 1)
"""Both are success: 1 says that there are findings."""


def measure(place: Path, rounds: int) -> list[Row]:
    """Two rows, of one round: it takes minutes. The figures in the documents are held against the tools by hand."""
    del rounds
    root = clean_copy(prepare(HOMEASSISTANT, place), place)
    every = sorted(path for path in (root / "homeassistant/components").iterdir() if list(path.glob("*.py")))
    homes = [str(path.relative_to(root)) for path in every[:: len(every) // COMPONENTS]][:COMPONENTS]
    globs = json.dumps(homes)
    text = (root / "pyproject.toml").read_text("utf-8")
    start = text.index("components = ")
    (root / "pyproject.toml").write_text(f"{text[:start]}components = {globs}\n", "utf-8")
    files = {home: sorted(str(path.relative_to(root)) for path in (root / home).rglob("*.py")) for home in homes}
    together = [path for own in files.values() for path in own]
    run(ruff(together), root, FOUND)  # the files are in memory from here on, for all sides
    ours = cost_of((*DOIT, "all"), root)
    batched = one_after_the_other(cost_of(words(together), root, FOUND) for words in (ruff, bandit, pyright))
    single = one_after_the_other(
        cost_of(words(own), root, FOUND) for own in files.values() for words in (ruff, bandit, pyright)
    )
    check(root, files)
    work = "cold lint, types and security, 100 of its components (processor time)"
    return [
        times_faster(work, ours.cpu, single.cpu, "a process per tool and component", 4),
        at_most(work, ours.cpu, batched.cpu, "the three tools by hand, batched", 1.15),
    ]


def check(root: Path, files: dict[str, list[str]]) -> None:
    """Raises SystemExit unless each document says what the tools say of its component alone (ruff and bandit)."""
    for home, own in files.items():
        said = read((root / home / "MATURITY.md").read_text("utf-8"))
        violations = len(json.loads(run(ruff(own), root, FOUND).stdout))
        issues = len(json.loads(run(bandit(own), root, FOUND).stdout)["results"])
        if (said["Lint: violations"], said["Security: issues"]) != (str(violations), str(issues)):
            raise SystemExit(f"{home}: the document says {said}, by hand {violations} violations, {issues} issues")


if __name__ == "__main__":
    script(measure, __doc__)
