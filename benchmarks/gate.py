"""The gate on a real project: ten commits on boltons, and the coverage of new code against diff-cover's.

`python -m benchmarks.gate [--keep DIRECTORY]`; diff-cover is installed into an environment of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.projects import AUTHOR, BOLTONS, Project, prepare, run, workplace

MODULES = ("listutils", "pathutils", "queueutils")
PROJECT = Project(
    "boltons-gate",
    BOLTONS.requirement,
    BOLTONS.options,
    f"[tool.maturity]\ncomponents = {[f'boltons/{name}.py' for name in MODULES]!r}\n"
    "[tool.maturity.gate]\nnew-code = 80\n".replace("'", '"'),
)
LIST, PATH, QUEUE = (f"boltons/{name}.py" for name in MODULES)
TEST = "tests/test_listutils.py"
MATURITY = (sys.executable, "-m", "maturity")


@dataclass(frozen=True)
class Edit:
    """One commit: what people would call it, what it does to the tree, and whether the gate is to fail."""

    name: str
    make: Callable[[Path], None]
    fails: bool = False


def append(path: str, text: str) -> Callable[[Path], None]:
    """Adds text at the end of a file."""

    def make(root: Path) -> None:
        with (root / path).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return make


def both(*edits: Callable[[Path], None]) -> Callable[[Path], None]:
    """Several edits in one commit."""
    return lambda root: [edit(root) for edit in edits] and None


def swap(path: str, old: str, new: str) -> Callable[[Path], None]:
    """Replaces the first place of a text."""

    def make(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        if old not in text:
            raise SystemExit(f"{path} has no {old!r}")
        (root / path).write_text(text.replace(old, new, 1), "utf-8")

    return make


FUNCTION = "\n\ndef first_of(items):\n    for item in items:\n        return item\n    return None\n"
LONG = "\n\ndef total_of(a, b, c):\n    return sum(\n        [a, b],\n        c,\n    )\n"
EDITS = (
    Edit("a comment", append(LIST, "\n# A remark.\n")),
    Edit(
        "a function with its test",
        both(
            append(LIST, FUNCTION),
            append(TEST, "\n\ndef test_first_of():\n    from boltons.listutils import first_of\n\n"
                   "    assert first_of([1]) == 1\n    assert first_of([]) is None\n"),
        ),
    ),
    Edit("a function without a test", append(QUEUE, FUNCTION), fails=True),
    Edit("a test for it", append("tests/test_queueutils.py",
         "\n\ndef test_first_of():\n    from boltons.queueutils import first_of\n\n    assert first_of([1]) == 1\n")),
    Edit("a statement over several lines, not covered", append(PATH, LONG), fails=True),
    Edit("a line in the middle of it", swap(PATH, "        c,\n", "        c + 1,\n"), fails=True),
    Edit("a docstring", swap(PATH, "def total_of(a, b, c):\n", 'def total_of(a, b, c):\n    """All of them."""\n')),
    Edit("blank lines and blanks", swap(QUEUE, "def first_of(items):\n", "\n\ndef first_of(items):\n")),
    Edit("the test is gone", swap(TEST, "def test_first_of", "def unused_first_of"), fails=True),
    Edit("the function, too", both(swap(LIST, FUNCTION, "\n"), swap(TEST, "def unused_first_of", "def _unused"))),
)  # fmt: skip


def main() -> int:
    """Make the commits, and print a table; 1 if a verdict is not as it should be, or a difference is not explained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="work there, and leave everything for later")
    with workplace(parser.parse_args().keep) as place:
        return compare(place)


def compare(place: Path) -> int:
    """The table of all commits."""
    tool = place / "diff-cover"
    if not tool.exists():
        run((sys.executable, "-m", "venv", str(tool)), place)
        run((str(tool / "bin/pip"), "install", "--quiet", "diff-cover"), place)
    root = prepare(PROJECT, place)
    record(root, "Base")
    wrong = 0
    print("| commit | gate | new code, ours | diff-cover | same? |\n| --- | --- | --- | --- | --- |")
    for edit in EDITS:
        edit.make(root)
        record(root, edit.name)
        ran = run((*MATURITY, "gate", "--base", "HEAD~1", "--format", "json"), root, codes=(0, 1))
        found = json.loads(ran.stdout)
        ours, theirs = found["new_code"], by_hand(root, tool / "bin/diff-cover")
        same = (ours["covered"], ours["total"]) == (theirs["covered"], theirs["total"])
        explained = same or edit.name == "a line in the middle of it"  # which diff-cover takes for no statement
        wrong += (found["passes"] is edit.fails) or not explained
        failing = ", ".join(item["rule"] for item in found["regressions"] if item["fails"])
        cells = (
            edit.name,
            f"failed: {failing}" if failing else "passed",
            f"{ours['covered']}/{ours['total']}",
            f"{theirs['covered']}/{theirs['total']}",
            "yes" if same else "no: it counts no line inside a statement" if explained else "**no**",
        )
        print(f"| {' | '.join(cells)} |", flush=True)
    return 1 if wrong else 0


def record(root: Path, message: str) -> None:
    """Bring the documents up to date, and commit everything."""
    run((*MATURITY, "--all"), root, codes=(0, 2))
    run(("git", "add", "--all"), root)
    run(("git", *AUTHOR, "commit", "--quiet", "--message", message), root)


def by_hand(root: Path, tool: Path) -> Mapping[str, int]:
    """What diff-cover says of the newest commit, from coverage of each module by its own tests."""
    covered = total = 0
    for name in MODULES:
        own = f"boltons/{name}.py"
        python = (sys.executable, "-m", "coverage")
        run((*python, "run", f"--include={own}", "-m", "pytest", "-q", f"tests/test_{name}.py"), root, codes=(0, 1, 5))
        run((*python, "xml", "-q", "-o", ".coverage.xml"), root, codes=(0, 1))
        words = (str(tool), ".coverage.xml", "--compare-branch=HEAD~1", "--diff-range-notation=..")
        run((*words, "--ignore-whitespace", "--format", "json:.coverage.json"), root)
        said = json.loads((root / ".coverage.json").read_text("utf-8"))["src_stats"].get(own)
        if said is not None:
            covered += len(said["covered_lines"])
            total += len(said["covered_lines"]) + len(said["violation_lines"])
    return {"covered": covered, "total": total}


if __name__ == "__main__":
    sys.exit(main())
