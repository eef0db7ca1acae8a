"""Is every figure in every MATURITY.md true? Shown on real projects that nobody here wrote.

Fetches the projects and lets `doit all` write their documents; ticks the manual criteria in every other document, and
lets it run again. Then measures each component by hand (by_hand.py), works out what its document should say
(expected.py), reads what it does say (reading.py), and compares. Exit code 1 if there is any difference.

    python -m benchmarks.truth [--keep DIRECTORY] [--jobs N] [networkx] [boltons]
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.by_hand import Found, Part, measure, modules, packages
from benchmarks.expected import expected, ladder_of
from benchmarks.projects import PROJECTS, Project, prepare, run, workplace
from benchmarks.reading import Figures, read

PARTS: Mapping[str, Callable[[Path, str], list[Part]]] = {"networkx": packages, "boltons": modules}
MANUAL_BOX = re.compile(r"^- \[.\](?= .+ \(manual\) <!-- )", re.MULTILINE)
HEADINGS = ("component", "coverage", "tests", "lint", "type errors, warnings", "security", "stage", "equal?")


@dataclass(frozen=True)
class Compared:
    """One component's figures by name: as its document has them, and as they are by hand.

    `again` is a second measurement by hand, made where the first differs: where the two are not equal, the component's
    tests are not repeatable. That excuses nothing, but says where to look.
    """

    part: Part
    said: Figures
    true: Figures
    again: Figures | None = None

    @property
    def names(self) -> Sequence[str]:
        """Every figure that one side has; a line that is not understood is on one side only."""
        return sorted({*self.said, *self.true})

    @property
    def differences(self) -> Sequence[str]:
        """Each figure that is not the same on both sides."""
        differ = [name for name in self.names if self.said.get(name) != self.true.get(name)]
        again = self.again or self.true
        return [
            f"{self.part.document}: {name}: it says {self.said.get(name)!r}, by hand it is {self.true.get(name)!r}"
            + (f", then {again.get(name)!r}" if again.get(name) != self.true.get(name) else "")
            for name in differ
        ]

    def cells(self) -> Sequence[str]:
        """The component's line of the table, as its document has it."""
        said = self.said.get
        coverage = f"{said('Coverage: percent')} % ({said('Coverage: covered')}/{said('Coverage: total')})"
        words = ("passed", "failed", "skipped", "errors", "xfailed", "xpassed")
        counts = ((said(f"Tests: {word}", ""), word) for word in words)
        tests = ", ".join(f"{count} {word}" for count, word in counts if count not in ("", "0"))
        issues, severities = said("Security: issues", "?"), said("Security: severities")
        return (
            self.part.name,
            said("Coverage: is", coverage),
            said("Tests: is", f"{tests} of {said('Tests: total')}"),
            said("Lint: violations", "?"),
            f"{said('Types: errors')}, {said('Types: warnings')}",
            f"{issues} ({severities})" if severities else issues,
            said("stage: name", "?"),
            f"no, {len(self.differences)} differ" if self.differences else f"yes, {len(self.names)} figures",
        )


def check(project: Project, place: Path, jobs: int) -> tuple[list[Compared], list[str]]:
    """All components of one project, compared; and what is wrong with the project as a whole."""
    root = prepare(project, place)
    parts = PARTS[project.name](root, project.name)
    wrong = update(root)
    written = {str(path.relative_to(root)) for path in root.rglob("*MATURITY.md")}
    wrong += [f"{name}: the document of no component" for name in sorted(written - {part.document for part in parts})]
    wrong += [f"{part.document}: not written" for part in parts if part.document not in written]
    parts = [part for part in parts if part.document in written]
    ticked = [bool(number % 2) for number in range(len(parts))]
    for part, tick in zip(parts, ticked, strict=True):
        text = (root / part.document).read_text("utf-8")
        (root / part.document).write_text(MANUAL_BOX.sub("- [x]" if tick else "- [ ]", text), "utf-8")
    wrong += update(root)

    def by_hand(part: Part) -> Found:
        return measure(part, root)

    started = time.monotonic()
    with ThreadPoolExecutor(jobs) as pool:
        measured = list(pool.map(by_hand, parts))
    print(f"{root.name}: {len(parts)} components by hand in {time.monotonic() - started:.0f} s", flush=True)
    ladder = ladder_of(project)
    compared: list[Compared] = []
    for part, found, tick in zip(parts, measured, ticked, strict=True):
        text = (root / part.document).read_text("utf-8")
        one = Compared(part, read(text), expected(found, ladder, tick, text))
        if one.differences:
            one = replace(one, again=expected(measure(part, root), ladder, tick, text))
        compared.append(one)
    return compared, wrong


def update(root: Path) -> list[str]:
    """Let doit write every document; what is wrong if that is no success."""
    started = time.monotonic()
    done = run((sys.executable, "-m", "doit", "-n", "8", "all"), root, range(-64, 256))
    print(f"{root.name}: doit -n 8 all in {time.monotonic() - started:.0f} s, exit {done.returncode}", flush=True)
    return [f"{root.name}: doit ended with {done.returncode}:\n{done.stderr[-4000:]}"] if done.returncode else []


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as a Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (HEADINGS, ["---"] * len(HEADINGS), *rows))


def main() -> int:
    """Check the projects that were asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="*", metavar="project", help=f"any of {', '.join(PROJECTS)} (default: all)")
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="work there, and leave everything for later")
    parser.add_argument("--jobs", type=int, default=2, help="components measured by hand at the same time (default: 2)")
    options = parser.parse_args()
    if unknown := set(options.projects) - PROJECTS.keys():
        parser.error(f"no such project: {', '.join(sorted(unknown))}")
    figures, differences = 0, list[str]()
    with workplace(options.keep) as place:
        for name in options.projects or PROJECTS:
            compared, wrong = check(PROJECTS[name], place, options.jobs)
            print(f"\n## {PROJECTS[name].requirement}\n\n{table([each.cells() for each in compared])}\n", flush=True)
            figures += sum(len(each.names) for each in compared)
            differences += [*wrong, *(line for each in compared for line in each.differences)]
    print(*differences, f"{figures} figures compared, {len(differences)} differences", sep="\n")
    return 1 if differences or not figures else 0


if __name__ == "__main__":
    sys.exit(main())
