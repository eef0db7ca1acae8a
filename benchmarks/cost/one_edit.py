"""One file of one of 1,229 components edited: `doit maturity:NAME`, against the three tools run by hand for it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cost.commands import bandit, pyright, ruff
from benchmarks.cost.row import Row, script
from benchmarks.cost.scenes import ALL, DOIT, check_clean, homeassistant
from benchmarks.cost.timing import Cost, cost_of, medians, one_after_the_other
from benchmarks.projects import run

NAME = "sun"
ALLOWED = 0.5


def measure(place: Path, rounds: int) -> list[Row]:
    """The row. Every round has an edit of its own, which changes a figure; the last one is held against a clean run."""
    root = homeassistant(place)
    home = root / "homeassistant" / "components" / NAME
    edited = home / "const.py"
    original = edited.read_text("utf-8")
    files = sorted(str(path.relative_to(root)) for path in home.rglob("*.py"))
    edits = 0

    def ours() -> Cost:
        nonlocal edits
        edits += 1
        edited.write_text(original + "".join(f"import module_{number}\n" for number in range(edits)), "utf-8")
        return cost_of((*DOIT, f"maturity:{NAME}"), root)

    def tools() -> Cost:
        commands = (ruff(files), bandit(files), pyright(files))
        return one_after_the_other([cost_of(words, root, (0, 1)) for words in commands])

    found = medians({"ours": ours, "tools": tools}, rounds)
    check_clean(root, [NAME], place)
    edited.write_text(original, "utf-8")
    run(ALL, root)
    run(ALL, root)
    more = found["ours"].wall - found["tools"].wall
    return [
        Row(
            "one file of one component edited there: `doit maturity:NAME`",
            f"{found['ours'].wall:.2f} s",
            f"its three tools by hand: {found['tools'].wall:.2f} s",
            f"+ {more:.2f} s",
            f"at most + {ALLOWED} s",
            more <= ALLOWED,
        )
    ]


if __name__ == "__main__":
    script(measure, __doc__)
