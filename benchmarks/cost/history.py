"""Reading history: 5,000 commits × 1,229 documents, 3 changed in each, against what git's own two commands cost.

The repository is generated, and the same each time. What `maturity trend` says is held against the documents of 200
commits, each read by itself.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from benchmarks.cost.memory import STARTER, UNITS_IN_MB
from benchmarks.cost.row import Row, at_most, below, script
from benchmarks.cost.timing import Cost, Side, command, medians, one_after_the_other
from benchmarks.projects import run
from maturity import document
from maturity.git import history as git
from maturity.history.memory import NAME
from maturity.history.reading import Reader
from maturity.markdown.rewrite import checksum, parse
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Component, Facts, Measurement
from maturity.settings.criteria import read_ladder

COMMITS, COMPONENTS, EACH, NEWER, CHECKED = 5000, 1229, 3, 50, 200
TREND = (sys.executable, "-m", "maturity", "trend")
COVERED = "70.0 % (70 of 100 statements)"


def measure(place: Path, rounds: int) -> list[Row]:
    """The rows: all from nothing, all with 50 new commits, and one component from nothing."""
    root = repository(place, COMMITS, "history")
    older = repository(place, COMMITS - NEWER, "history-older")
    check(root)
    remembered = memory_of(older, root)
    memory = root / ".maturity" / NAME
    blobs, newest = place / "blobs", place / "newest"
    ids = sorted({c.blob for commit in git.commits(root, ["*MATURITY.md"]) for c in commit.changes if c.blob})
    blobs.write_text("".join(f"{identity}\n" for identity in ids))
    before = run(("git", "rev-parse", f"HEAD~{NEWER}"), root).stdout.strip()
    new = git.commits(root, (), f"{before}..HEAD")
    newest.write_text("".join(f"{c.blob}\n" for commit in new for c in commit.changes))
    one = "src/c0007/MATURITY.md"
    sides: dict[str, Side] = {
        "cold": forgetting(memory, None, TREND, root),
        "git": lambda: one_after_the_other([log(root), contents(root, blobs)]),
        "warm": forgetting(memory, remembered, TREND, root),
        "git, newer": lambda: one_after_the_other([log(root, f"{before}..HEAD"), contents(root, newest)]),
        "one": forgetting(memory, None, (*TREND, "c0007"), root),
        "git, one": lambda: log(root, "HEAD", one),
    }
    found = medians(sides, rounds)
    memory.unlink(missing_ok=True)
    peak = int(run((sys.executable, "-I", "-S", "-c", STARTER, json.dumps(TREND)), root).stdout.splitlines()[-1])
    wall = {name: cost.wall for name, cost in found.items()}
    about = f"`maturity trend` over {COMMITS:,} commits × {COMPONENTS:,} documents"
    return [
        at_most(about, wall["cold"], wall["git"], "git log and cat-file", 1.5),
        at_most(f"the same with {NEWER} new commits", wall["warm"], wall["git, newer"], "git's two commands", 2),
        at_most("one component of it, from nothing", wall["one"], wall["git, one"], "git log of its document", 1.5),
        below("memory of the first", peak / UNITS_IN_MB, 300, "MB"),
    ]


def log(root: Path, reach: str = "HEAD", path: str = "*MATURITY.md") -> Cost:
    """What git's log costs alone."""
    return command(("git", *git.LOG, git.FORMAT, "--first-parent", reach, "--", path), root)()


def contents(root: Path, ids: Path) -> Cost:
    """What git's cat-file costs alone."""
    return command(("sh", "-c", f"exec git cat-file --batch --buffer <'{ids}'"), root)()


def forgetting(memory: Path, remembered: bytes | None, words: tuple[str, ...], root: Path) -> Side:
    """A command that starts with the memory that an earlier run left, or with none."""

    def side() -> Cost:
        memory.unlink(missing_ok=True)
        if remembered is not None:
            memory.write_bytes(remembered)
        return command(words, root)()

    return side


def memory_of(older: Path, root: Path) -> bytes:
    """What a run remembers before the newest commits came; the commits of both repositories are the same."""
    run(TREND, older)
    run(TREND, root)
    return (older / ".maturity" / NAME).read_bytes()


def repository(place: Path, commits: int, name: str) -> Path:
    """The generated repository with so many commits, its documents and a module for each checked out."""
    root = place / name
    if root.exists():
        return root
    root.mkdir()
    run(("git", "init", "--quiet", "--initial-branch=main"), root)
    with subprocess.Popen(("git", "fast-import", "--quiet"), cwd=root, stdin=subprocess.PIPE) as importer:
        assert importer.stdin is not None
        for part in stream(commits):
            importer.stdin.write(part)
    if importer.returncode:
        raise SystemExit("git fast-import failed")
    run(("git", "reset", "--quiet", "--hard"), root)
    return root


def stream(commits: int) -> Iterator[bytes]:
    """The commits, as fast-import reads them: the first has every document, each further one changes three."""
    chance = random.Random(7)
    texts = [template(f"c{number:04}") for number in range(COMPONENTS)]
    yield commit(0)
    yield blob("pyproject.toml", b'[tool.maturity]\ncomponents = ["src/*"]\n')
    yield blob(".gitignore", b".maturity/\n")
    for number, text in enumerate(texts):
        yield blob(f"src/c{number:04}/__init__.py", b'"""A component."""\n')
        yield blob(f"src/c{number:04}/MATURITY.md", with_coverage(text, 70))
    for at in range(1, commits):
        yield commit(at)
        for number in chance.sample(range(COMPONENTS), EACH):
            yield blob(f"src/c{number:04}/MATURITY.md", with_coverage(texts[number], chance.randrange(101)))


def commit(number: int) -> bytes:
    """The head of a commit, an hour after the one before."""
    who = f"A <a@example.org> {1_700_000_000 + 3600 * number} +0000"
    return f"commit refs/heads/main\ncommitter {who}\ndata 4\nWork\n".encode()


def blob(path: str, content: bytes) -> bytes:
    """One file of a commit."""
    return f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def template(name: str) -> bytes:
    """A document as a run writes it."""
    component = Component(name, (f"src/{name}/__init__.py",), f"src/{name}/MATURITY.md")
    metrics = {
        "coverage": CoverageMetrics.of_counts((70, 100)),
        "tests": TestMetrics(24, 0, 1, 25),
        "linting": LintingMetrics(3, by_rule={"E501": 2, "F401": 1}),
        "type_checking": TypeCheckingMetrics(1),
        "security": SecurityMetrics(0),
    }
    titles = {"linting": "Lint", "type_checking": "Types", "security": "Security"}
    known = [
        Measurement(metric, titles.get(metric, metric), (metric,), Facts((), {metric: value}))
        for metric, value in metrics.items()
    ]
    return document.draft(component, read_ladder(None, (), ()), known, None, "2026-01-01").after


def with_coverage(text: bytes, covered: int) -> bytes:
    """The same document with another coverage, the sums of the regions that say it set right."""
    changed = text.replace(COVERED.encode(), f"{covered}.0 % ({covered} of 100 statements)".encode())
    for name in ("maturity-criteria", "test-coverage"):
        body, _, rest = changed.partition(f"[region={name}] -->\n".encode())[2].partition(b"<!-- END")
        former = rest.partition(b"sum=")[2][:12]
        changed = changed.replace(b"sum=" + former, b"sum=" + checksum(name, body).encode())
    return changed


def check(root: Path) -> None:
    """Hold what is said of the past against the documents of random commits. Raises SystemExit."""
    said = json.loads(run((sys.executable, "-m", "maturity", "trend", "--format", "json"), root).stdout)
    points = [(each["document"], each) for component in said["components"] for each in component["points"]]
    for path, point in random.Random(11).sample(points, CHECKED):
        shown = run(("git", "show", f"{point['commit']}:{path}"), root).stdout.encode()
        assert parse(shown).regions
        meant = Reader().read(shown)
        value = meant.readings["coverage.percentage"].value
        if Fraction(point["figures"]["coverage.percentage"]["exact"]) != value or point["stage"] != meant.stage:
            raise SystemExit(f"{point['commit']} {path}: {point} is not what the document says")


if __name__ == "__main__":
    script(measure, __doc__)
