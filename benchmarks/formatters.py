"""Do the common Markdown formatters leave the generated regions alone? Shown with the real mdformat and prettier.

Installs mdformat with mdformat-gfm (pip, in a virtual environment) and prettier (npm) in a temporary directory, makes
documents from sample facts that are full of odd strings, with every manual criterion ticked, and formats them. For each
odd string the first generated line that came out otherwise is shown, and what its region is now taken for.

Exit code 1 if a region is taken for edited by hand, a tick is lost, or a document cannot be made or read back.

    python -m benchmarks.formatters [--keep DIRECTORY] [--wrap]

--wrap lets both formatters break lines at 80 columns too, which they do not do unless they are told to.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from benchmarks.projects import run
from maturity.document import draft
from maturity.markdown.rewrite import MarkupError, ProofError, Region, State, parse, state, ticks
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Component, Criterion, Facts, Ladder, Measurement

REQUIREMENTS = ("mdformat==1.0.0", "mdformat-gfm==1.0.0")
PRETTIER = "prettier@3.10.1"
DAY, TIME = "2026-05-06", "2026-03-04T05:06:07+00:00"

ODD = (
    "plain", "two words", "a.py", "src/a_b/c__d.py", "snake_case_name", "__init__", "_x_", "*x*", "**b**", "a*b*c",
    "2*3", "a * b", "a _ b", "`", "``a`b``", " ` ", "a`b", "|", "a|b", "\\", "\\\\", "a\\b", "C:\\x\\", "end\\", "~",
    "~~s~~", "~/x", "a~b", "&", "a & b", "&lt;", "&amp;", "&#42;", "&nbsp;", "<", ">", "a < b", "a > b", "<b>", "</b>",
    "<br>", "<http://x.y>", "<a@b.c>", "a@b.c", "@team", "@org/team-name", "http://x.y/a_b", "www.x.y", "https://x.y/?a=b&c=d",
    "[x]", "[ ]", "[x](y)", "![x](y)", "[x]: /url", "[^1]", "[[x]]", "]", "[", "test_a[b-c]", "test_a[<!--|`x`|-->]",
    "<!-- x -->", "-->", "<!-- END AUTO-GENERATED -->", "<!-- MANUAL SECTION -->", "# x", "#x", "x #", "## ##", "- x",
    "+ x", "* x", "1. x", "1) x", "1.", "-", "---", "***", "===", "> x", ": x", "::: x", "```", "~~~", "$x$", "{x}",
    "{{ x }}", "{% x %}", "^x^", "==x==", '"x"', "'x'", "it's", "...", "--", "x!", "!", "![", "a  b", "\t", "", "a\nb",
    "a\u2028b", "é", "测试", "a测b试c", "测试 a", "🎉", "⚠️", "≥ 5", "×", "…", "\u00a0x", "x\u00a0", "x\u200by",
    "\u202ex", "%", "100 %", "a%20b", "E501", "W_1", "a=b", "a:b", "a;b", "(a)", "(a", ":smile:", "#123", "GH-1",
    "x" * 200, "word " * 60, "a\\*b", "\\_", "_", "*", "a_", "_a", "a*", "*a", "a_b", "a__b", "__", "**", "[x] y",
    "[ ] y", "- [ ] y", "[!NOTE]", "[!NOTE] x", "html&copy;",
)  # fmt: skip
"""What tools and people may call a file, a rule, a criterion, an owner."""


@dataclass(frozen=True)
class Sample:
    """A document with one odd string all over it, and that string."""

    odd: str
    text: bytes


@dataclass(frozen=True)
class Formatter:
    """A formatter by name, and how it formats every document of a directory in place."""

    name: str
    format: Callable[[Path], None]


@dataclass(frozen=True)
class Change:
    """A region that came out with other bytes: the first line that differs, and what the region is taken for."""

    odd: str
    was: str
    now: str
    state: State
    ticks_kept: bool


def main() -> int:
    """Make, format, compare, and say what changed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", metavar="DIRECTORY", type=Path, help="install and write here, and leave it there")
    parser.add_argument("--wrap", action="store_true", help="let the formatters break lines at 80 columns")
    options = parser.parse_args()
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
        return show(options.keep.resolve(), options.wrap)
    with tempfile.TemporaryDirectory(prefix="formatters-") as place:
        return show(Path(place), options.wrap)


def show(place: Path, wrap: bool) -> int:
    """Compare for both formatters, and for one after the other; the exit code."""
    mdformat, prettier = install_mdformat(place, wrap), install_prettier(place, wrap)
    samples, failures = make()
    for number, order in enumerate(([mdformat], [prettier], [mdformat, prettier], [prettier, mdformat])):
        directory = place / f"documents-{number}"
        directory.mkdir(exist_ok=True)
        for name, sample in samples.items():
            (directory / name).write_bytes(sample.text)
        for formatter in order:
            formatter.format(directory)
        after = {name: (directory / name).read_bytes() for name in samples}
        failures += report(" then ".join(formatter.name for formatter in order), samples, after)
    return 1 if failures else 0


def make() -> tuple[dict[str, Sample], int]:
    """Documents by file name, each odd string where all is known and where the tools fail; and how many are missing."""
    samples: dict[str, Sample] = {}
    refused = 0
    for number, odd in enumerate(ODD):
        for kind, failure in (("known", None), ("failing", odd)):
            try:
                samples[f"{number:03}-{kind}.md"] = Sample(odd, document(odd, measurements(odd, failure)))
            except (MarkupError, ProofError) as error:
                refused += 1
                print(f"no document can be made with {odd!r}: {error}")
    return samples, refused


def report(name: str, samples: Mapping[str, Sample], after: Mapping[str, bytes]) -> int:
    """Say what one formatter did to the regions; how much of it is wrong."""
    print(f"\n{name}")
    changes: list[Change] = []
    broken = 0
    for file, sample in samples.items():
        try:
            changes += compare(sample, after[file])
        except MarkupError as error:
            broken += 1
            print(f"  {file} cannot be read back:\n{error}")
    for change in {(each.odd, each.state, each.ticks_kept): each for each in reversed(changes)}.values():
        lost = "" if change.ticks_kept else ", a tick is lost"
        print(f"  {short(change.odd)}: {change.state.value}{lost}\n    - {change.was}\n    + {change.now}")
    states = Counter(change.state for change in changes)
    lost_ticks = sum(not change.ticks_kept for change in changes)
    regions = sum(len(parse(sample.text).regions) for sample in samples.values())
    print(f"  {name}: of {regions} regions {len(changes)} came out with other bytes", end="")
    print("".join(f", {count} {kind.value}" for kind, count in states.items()), f"{lost_ticks} lost a tick", sep="; ")
    return broken + states[State.EDITED] + lost_ticks


def short(odd: str) -> str:
    """An odd string, as it may be shown."""
    return repr(odd) if len(odd) <= 40 else f"{odd[:40]!r}..."


def compare(sample: Sample, after: bytes) -> Iterator[Change]:
    """The regions that differ, the sample being what a run would write."""
    wanted = {region.name: region for region in parse(sample.text).regions}
    for region in parse(after).regions:
        body = wanted[region.name].body
        if region.body != body:
            was, now = first_difference(wanted[region.name], region)
            yield Change(sample.odd, was, now, state(region, body.decode()), ticks(region.body) == ticks(body))


def first_difference(before: Region, after: Region) -> tuple[str, str]:
    """The first line that a formatter changed, as it got it and as it left it."""
    old, new = before.body.decode().splitlines(), after.body.decode().splitlines()
    return next((was, now) for was, now in zip_longest(old, new, fillvalue="") if was != now)


def document(odd: str, measured: Sequence[Measurement]) -> bytes:
    """A document with a string wherever one of a tool or a person can stand, and every manual criterion ticked."""
    component = Component(odd, ("a.py",), "MATURITY.md", owner=odd, group=odd)
    new = draft(component, ladder(odd), measured, None, DAY).after
    lines = new.splitlines(keepends=True)
    ticked = b"".join(line.replace(b"[ ]", b"[x]", 1) if b"<!-- criterion=" in line else line for line in lines)
    return draft(component, ladder(odd), measured, ticked, DAY).after


def ladder(odd: str) -> Ladder:
    """Three stages; the string is a stage, and the title of manual, met, missed and unknown criteria."""
    criteria = (
        Criterion(odd, "manual", odd),
        Criterion(odd, "types", odd, "type_checking.errors", at_most=Fraction(0)),
        Criterion(odd, "coverage", odd, "coverage.percentage", at_least=Fraction(100)),
        Criterion("Top", "unknown", odd, "coverage.nothing", at_least=Fraction("0.5")),
        Criterion("Top", "after", f"{odd} and more"),
        Criterion("Top", "before", f"more {odd}"),
        Criterion("Top", "long", f"a criterion with a title that fills the line nearly to its end {odd}"),
    )
    return Ladder(("Lowest", odd, "Top"), criteria)


def measurements(odd: str, failure: str | None = None) -> list[Measurement]:
    """Facts of every kind with the string as path, rule, severity, title and reason."""
    coverage = CoverageMetrics.of_counts((71, 97), (3, 8), {odd: (1, 2), f"src/{odd}.py": (3,)})
    known: dict[str, Mapping[str, object]] = {
        "pytest": {"coverage": coverage, "tests": TestMetrics(20, 1, 2, 26, 1, 1, 1)},
        "ruff": {"linting": LintingMetrics(5, {odd: 5}, {odd: 3, f"{odd}1": 2})},
        "pyright": {"type_checking": TypeCheckingMetrics(0, 1)},
        "bandit": {"security": SecurityMetrics(3, {odd: 1, "low": 2})},
    }
    made = [
        Measurement(name, odd, tuple(metrics), Facts(("a.py",), metrics, (odd,)), "", TIME, failure)
        for name, metrics in known.items()
    ]
    unknown = Facts(("a.py",), {}, unknown={"integration_coverage": odd})
    return [*made, Measurement("integration", odd, ("integration_coverage", "integration_tests"), unknown, "", TIME)]


def install_mdformat(place: Path, wrap: bool) -> Formatter:
    """The mdformat that knows GitHub's Markdown."""
    python = place / "venv/bin/python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(place / "venv")], place)
        run([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS], place)
    # Its own check refuses a document whose HTML it would change, and then all that come after it.
    command = [str(python), "-m", "mdformat", "--no-validate", *(["--wrap", "80"] if wrap else []), "."]
    return Formatter("mdformat", lambda directory: drop(run(command, directory)))


def install_prettier(place: Path, wrap: bool) -> Formatter:
    """Prettier as it comes."""
    program = place / "node_modules/.bin/prettier"
    if not program.exists():
        run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(place), PRETTIER], place)
    command = [str(program), *(["--prose-wrap", "always"] if wrap else []), "--write", "."]
    return Formatter("prettier", lambda directory: drop(run(command, directory)))


def drop(_: object) -> None:
    """Nothing of it is needed."""


if __name__ == "__main__":
    sys.exit(main())
