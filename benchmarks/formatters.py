"""Do the common Markdown formatters leave the generated regions alone? Shown with the real mdformat and prettier.

Installs mdformat with mdformat-gfm (pip, in a virtual environment) and prettier (npm) in a temporary directory, makes
documents from sample facts that are full of odd strings, and formats them. For each region that comes out with other
bytes the lines are shown; then it must at least not be taken for edited by hand. A line of its own says what a second
rewrite would change. Exit code 1 if a region is taken for edited by hand, or a document cannot be read back.

    python benchmarks/formatters.py [--keep DIRECTORY] [--wrap]

--wrap lets both formatters break lines at 80 columns too, which they do not do unless they are told to.
"""

from __future__ import annotations

import argparse
import difflib
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from projects import run

from maturity.document import draft
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Component, Criterion, Facts, Ladder, Measurement
from maturity.rewrite import MarkupError, ProofError, Region, State, parse, state

REQUIREMENTS = ("mdformat==1.0.0", "mdformat-gfm==1.0.0")
PRETTIER = "prettier@3.10.1"
DAY, TIME = "2026-05-06", "2026-03-04T05:06:07+00:00"

ODD = (
    "plain", "two words", "a.py", "src/a_b/c__d.py", "snake_case_name", "__init__", "_x_", "*x*", "**b**", "a*b*c", "2*3",
    "a * b", "a _ b", "`", "``a`b``", " ` ", "a`b", "|", "a|b", "\\", "\\\\", "a\\b", "C:\\x\\", "end\\", "~", "~~s~~",
    "~/x", "a~b", "&", "a & b", "&lt;", "&amp;", "&#42;", "&nbsp;", "<", ">", "a < b", "a > b", "<b>", "</b>", "<br>",
    "<http://x.y>", "<a@b.c>", "a@b.c", "@team", "@org/team-name", "http://x.y/a_b", "www.x.y", "https://x.y/?a=b&c=d",
    "[x]", "[ ]", "[x](y)", "![x](y)", "[x]: /url", "[^1]", "[[x]]", "]", "[", "test_a[b-c]", "test_a[<!--|`x`|-->]",
    "<!-- x -->", "-->", "<!-- END AUTO-GENERATED -->", "<!-- MANUAL SECTION -->", "# x", "#x", "x #", "## ##", "- x",
    "+ x", "* x", "1. x", "1) x", "1.", "-", "---", "***", "===", "> x", ": x", "::: x", "```", "~~~", "$x$", "{x}", "{{ x }}",
    "{% x %}", "^x^", "==x==", "\"x\"", "'x'", "it's", "...", "--", "x!", "!", "![", "a  b", "\t", "", " ", "a\nb", "a\u2028b",
    "é", "测试", "a测b试c", "测试 a", "🎉", "⚠️", "≥ 5", "×", "…", "\u00a0x", "x\u00a0", "x\u200by", "\u202ex", "%", "100 %", "a%20b",
    "E501", "W_1", "a=b", "a:b", "a;b", "(a)", "(a", ":smile:", "#123", "GH-1", "x" * 200, "word " * 60, "a\\*b", "\\_", "_",
    "*", "a_", "_a", "a*", "*a", "a_b", "a__b", "__", "**", "[x] y", "[ ] y", "- [ ] y", "[!NOTE]", "[!NOTE] x", "html&copy;",
)  # fmt: skip
"""What tools and people may call a file, a rule, a criterion, an owner."""


@dataclass(frozen=True)
class Formatter:
    """A formatter by name, and how it formats every document of a directory in place."""

    name: str
    format: Callable[[Path], None]


@dataclass(frozen=True)
class Change:
    """A region that a formatter gave other bytes: the lines that differ, and what the region is taken for."""

    document: str
    region: str
    lines: Sequence[str]
    now: State


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
    made = dict(documents())
    worst = 0
    for number, order in enumerate(([mdformat], [prettier], [mdformat, prettier], [prettier, mdformat])):
        directory = place / f"documents-{number}"
        directory.mkdir(exist_ok=True)
        for name, text in made.items():
            (directory / name).write_bytes(text)
        for formatter in order:
            formatter.format(directory)
        after = {name: (directory / name).read_bytes() for name in made}
        worst = max(worst, report(" then ".join(formatter.name for formatter in order), made, after))
    return worst


def report(name: str, made: Mapping[str, bytes], after: Mapping[str, bytes]) -> int:
    """Say what one formatter did to the regions; the exit code."""
    touched = sum(made[document] != after[document] for document in made)
    print(f"\n{name}: {len(made)} documents, {touched} changed somewhere")
    changes: list[Change] = []
    broken = 0
    for document, text in made.items():
        try:
            changes += compare(document, text, after[document])
        except MarkupError as error:
            broken += 1
            print(f"  {document} cannot be read back:\n{error}")
    for change in changes:
        print(f"  {change.document} {change.region}: {change.now.value}", *change.lines, sep="\n    ")
    states = Counter(change.now for change in changes)
    regions = sum(len(parse(text).regions) for text in made.values())
    counts = ", ".join(f"{count} of them {kind.value}" for kind, count in states.items())
    print(f"  {name}: of {regions} regions {len(changes)} with other bytes{f', {counts}' if counts else ''}")
    return int(bool(broken or states[State.EDITED]))


def compare(document: str, before: bytes, after: bytes) -> Iterator[Change]:
    """The regions that differ, the text before being what a run would write."""
    wanted = {region.name: region for region in parse(before).regions}
    for region in parse(after).regions:
        body = wanted[region.name].body
        if region.body != body:
            now = state(region, body.decode())
            yield Change(document, region.name, differing(wanted[region.name], region), now)


def differing(before: Region, after: Region) -> list[str]:
    """The lines that a formatter changed, as it got them and as it left them."""
    old, new = before.body.decode().splitlines(), after.body.decode().splitlines()
    return list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]


def documents() -> Iterator[tuple[str, bytes]]:
    """New documents by file name: each odd string everywhere, where all is known and where the tools fail."""
    for number, text in enumerate(ODD):
        for kind, failure in (("known", None), ("failing", text)):
            try:
                yield f"{number:03}-{kind}.md", made_of(text, measurements(text, failure))
            except (MarkupError, ProofError) as error:
                print(f"no document can be made with {text!r}: {error}")
    nothing = [Measurement(one.collector, one.title, one.metrics, None, "no tests found") for one in measurements("x")]
    yield "new.md", made_of("carbon", nothing)


def made_of(text: str, measured: Sequence[Measurement]) -> bytes:
    """A document with a string wherever one of a tool or a person can stand."""
    component = Component(text, ("a.py",), "MATURITY.md", owner=text, group=text)
    return draft(component, ladder(text), measured, None, DAY).after


def ladder(text: str) -> Ladder:
    """Three stages; the string is a stage, and the title of a manual, a met, a missed and an unknown criterion."""
    none, all_of_it = Fraction(0), Fraction(100)
    criteria = (
        Criterion(text, "manual", text),
        Criterion(text, "types", text, "type_checking.errors", at_most=none),
        Criterion(text, "coverage", text, "coverage.percentage", at_least=all_of_it),
        Criterion("Top", "unknown", text, "coverage.nothing", at_least=Fraction("0.5")),
        Criterion("Top", "after", f"{text} and more"),
        Criterion("Top", "before", f"more {text}"),
    )
    return Ladder(("Lowest", text, "Top"), criteria)


def measurements(text: str, failure: str | None = None) -> list[Measurement]:
    """Facts of every kind with the string as path, rule, severity, title and reason."""
    coverage = CoverageMetrics.of_counts((71, 97), (3, 8), {text: (1, 2), f"src/{text}.py": (3,)})
    known: dict[str, Mapping[str, object]] = {
        "pytest": {"coverage": coverage, "tests": TestMetrics(20, 1, 2, 26, 1, 1, 1)},
        "ruff": {"linting": LintingMetrics(5, {text: 5}, {text: 3, f"{text}1": 2})},
        "pyright": {"type_checking": TypeCheckingMetrics(0, 1)},
        "bandit": {"security": SecurityMetrics(3, {text: 1, "low": 2})},
    }
    made = [
        Measurement(name, text, tuple(metrics), Facts(("a.py",), metrics, (text,)), "", TIME, failure)
        for name, metrics in known.items()
    ]
    unknown = Facts(("a.py",), {}, unknown={"integration_coverage": text})
    return [*made, Measurement("integration", text, ("integration_coverage", "integration_tests"), unknown, "", TIME)]


def install_mdformat(place: Path, wrap: bool) -> Formatter:
    """mdformat with GitHub's Markdown."""
    python = place / "venv/bin/python"
    if not python.exists():
        run([sys.executable, "-m", "venv", str(place / "venv")], place)
        run([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS], place)
    # Its own check refuses a document whose HTML it would change, and then the documents after that one.
    options = ["--no-validate", *(["--wrap", "80"] if wrap else [])]
    return Formatter("mdformat", lambda directory: drop(run([str(python), "-m", "mdformat", *options, "."], directory)))


def install_prettier(place: Path, wrap: bool) -> Formatter:
    """Prettier as it comes."""
    program = place / "node_modules/.bin/prettier"
    if not program.exists():
        run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(place), PRETTIER], place)
    options = ["--prose-wrap", "always"] if wrap else []
    return Formatter("prettier", lambda directory: drop(run([str(program), *options, "--write", "."], directory)))


def drop(_: object) -> None:
    """Nothing of it is needed."""


if __name__ == "__main__":
    sys.exit(main())
