"""The figures of a component as a person gets them: each tool run for it alone, by its own command line.

Nothing here uses the package. The files of a component are taken from the documented rules alone: its source is every
Python file below it, or the single file, that is not in a `tests` directory, called `test_*.py`, or a conftest; what
lies in a component further in belongs to that one.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from benchmarks.projects import run


@dataclass(frozen=True)
class Part:
    """A component; paths are relative to the root. `inner` are test files inside it, `around` is its directory."""

    name: str
    document: str
    around: str
    source: Sequence[str]
    inner: Sequence[str]
    tests: Sequence[str]

    @property
    def files(self) -> Sequence[str]:
        """Source and inner tests: what is linted, type checked and scanned."""
        return sorted((*self.source, *self.inner))


@dataclass(frozen=True)
class Coverage:
    """Statement coverage: all statements, at least one, and by file those that were missed."""

    statements: int
    missing: Counter[str]


@dataclass(frozen=True)
class Found:
    """What the tools say of one component; coverage None is unknown, tests None is that there are none.

    `rules` counts violations by rule, `types` and `security` count by severity, `tests` by what became of them.
    """

    rules: Counter[str]
    types: Counter[str]
    security: Counter[str]
    tests: Counter[str] | None
    coverage: Coverage | None


def packages(root: Path, top: str) -> list[Part]:
    """Each directory at or below `top` that holds a `tests` directory; these are its tests."""
    homes = {path.parent for path in (root / top).rglob("tests") if path.is_dir()}
    files: dict[Path, list[Path]] = {home: [] for home in homes}
    for path in sorted((root / top).rglob("*.py")):
        files[next(parent for parent in path.parents if parent in homes)].append(path)
    parts: list[Part] = []
    for home, owned in sorted(files.items()):
        place = home.relative_to(root)
        inner = [path for path in owned if is_test(path.relative_to(home))]
        parts.append(
            Part(
                name=home.name,
                document=str(place / "MATURITY.md"),
                around=str(place),
                source=[str(path.relative_to(root)) for path in owned if path not in inner],
                inner=[str(path.relative_to(root)) for path in inner],
                tests=[str(place / "tests")],
            )
        )
    return parts


def modules(root: Path, top: str) -> list[Part]:
    """Each module of a package; its tests are tests/test_NAME.py and tests/test_NAME_*.py."""
    parts: list[Part] = []
    for path in sorted((root / top).glob("*.py")):
        tests = {*root.glob(f"tests/test_{path.stem}.py"), *root.glob(f"tests/test_{path.stem}_*.py")}
        source = str(path.relative_to(root))
        found = sorted(str(test.relative_to(root)) for test in tests)
        if path.stem != "__init__":
            parts.append(Part(path.stem, f"{top}/{path.stem}.MATURITY.md", top, [source], [], found))
    return parts


def is_test(path: Path) -> bool:
    """Whether a file, as seen from its component, is a test."""
    return "tests" in path.parts[:-1] or path.name == "conftest.py" or path.name.startswith("test_")


def measure(part: Part, root: Path) -> Found:
    """Run every tool for one component."""
    with tempfile.TemporaryDirectory(prefix="by-hand-") as directory:
        tests, coverage = tested(part, root, Path(directory))
    return Found(linted(part, root), typed(part, root), scanned(part, root), tests, coverage)


def linted(part: Part, root: Path) -> Counter[str]:
    """`ruff check`: violations by rule; exit code 1 says that there are some."""
    ruff = (sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json")
    said = json.loads(run((*ruff, *part.files), root, (0, 1)).stdout)
    return Counter(str(violation["code"] or violation["name"]) for violation in said)


def typed(part: Part, root: Path) -> Counter[str]:
    """`pyright`: diagnostics by severity."""
    said = json.loads(run((sys.executable, "-m", "pyright", "--outputjson", *part.files), root, (0, 1)).stdout)
    complete(part, said["summary"]["filesAnalyzed"] == len(part.files), "pyright")
    return Counter(str(diagnostic["severity"]) for diagnostic in said["generalDiagnostics"])


def scanned(part: Part, root: Path) -> Counter[str]:
    """`bandit`: issues by severity, but no "assert used" in a test. None of the projects has settings for bandit."""
    said = json.loads(run((sys.executable, "-m", "bandit", "--quiet", "-f", "json", *part.files), root, (0, 1)).stdout)
    looked_at = {str(Path(name)) for name in said["metrics"]}  # it writes ./ before a name
    complete(part, not said["errors"] and looked_at >= set(part.files), "bandit")
    issues = [i for i in said["results"] if i["test_id"] != "B101" or str(Path(i["filename"])) not in part.inner]
    return Counter(str(issue["issue_severity"]).lower() for issue in issues)


def tested(part: Part, root: Path, scratch: Path) -> tuple[Counter[str] | None, Coverage | None]:
    """`coverage run -m pytest`: tests by what became of them, and the coverage of the source files.

    `--source` names the directory that the component is in: coverage then also reports each file there that nothing
    imports, with all of its statements missing. It measures too much, the inner tests and components further in; so
    the report is asked for the source files alone (`--include`). The settings are the project's own. Coverage is
    unknown where no test ran at all, or there is no statement.
    """
    if not part.tests:
        return None, None
    figures, report, junit = (str(scratch / name) for name in ("figures", "coverage.json", "junit.xml"))
    coverage = (sys.executable, "-m", "coverage")
    pytest = ("-m", "pytest", "-q", "-rX", "-p", "no:cacheprovider", f"--junitxml={junit}", *part.tests)
    ran = run((*coverage, "run", f"--data-file={figures}", f"--source={part.around}", *pytest), root, (0, 1, 5))
    tests = Counter(outcome(case) for case in ElementTree.parse(junit).iter("testcase"))
    # JUnit's format has no word for a test that passes against expectation: pytest's own summary lists them.
    unexpected = sum(line.startswith("XPASS ") for line in ran.stdout.splitlines())
    tests["passed"] -= unexpected
    tests["xpassed"] += unexpected
    if tests["skipped"] == tests.total():
        return tests, None
    include = f"--include={','.join(part.source)}"
    run((*coverage, "json", "--quiet", f"--data-file={figures}", include, "-o", report), root)
    files = json.loads(Path(report).read_bytes())["files"]
    complete(part, files.keys() == set(part.source), "coverage")
    statements = sum(int(file["summary"]["num_statements"]) for file in files.values())
    missing = Counter({path: int(file["summary"]["missing_lines"]) for path, file in files.items()})
    return tests, Coverage(statements, missing) if statements else None


def outcome(case: ElementTree.Element) -> str:
    """What became of a test, by the elements in its JUnit entry; an expected failure is written as a skip."""
    said = {inner.tag: inner.get("type", "") for inner in case}
    if "error" in said:
        return "errors"
    if "failure" in said:
        return "failed"
    if "skipped" in said:
        return "xfailed" if said["skipped"] == "pytest.xfail" else "skipped"
    return "passed"


def complete(part: Part, looked_at_all: bool, tool: str) -> None:
    """Stop where a tool did not speak of exactly the files that it was asked about: then a figure by hand is none."""
    if not looked_at_all:
        raise SystemExit(f"{tool} did not look at every file of {part.name}")
