"""Real projects that nobody here wrote: fetched with pip, given a configuration, and made git repositories.

The other benchmarks use these too. A project is fetched once for a directory; what is there already is taken as it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

DODO = '''"""The tasks of this repository."""

from maturity.dodo import *  # noqa: F403
'''
IGNORED = ".maturity/\n.doit.db*\n__pycache__/\n.pytest_cache/\n.ruff_cache/\n.coverage*\n"
AUTHOR = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Project:
    """A release of a real project: what pip is asked for, and its `[tool.maturity]` as TOML text.

    `options` pick the wheel or the sdist. The release is fixed, so that two runs of a benchmark speak of one code.
    `conftest` is the text of a conftest.py at the root, "" for none.
    """

    name: str
    requirement: str
    options: Sequence[str]
    configuration: str
    conftest: str = ""


NETWORKX = Project(
    "networkx",
    "networkx==3.6.1",
    ("--only-binary=:all:",),
    # Each package that holds a `tests` directory; the single modules beside them belong to the package around them.
    """
[tool.maturity]
components = ["networkx", "networkx/*", "networkx/algorithms/*", "networkx/readwrite/json_graph"]
exclude = ["networkx/*.py", "networkx/tests", "networkx/*/tests", "networkx/algorithms/*.py"]

[tool.pytest.ini_options]
addopts = [ # takes its seed from the clock
    "--deselect=networkx/generators/tests/test_joint_degree_seq.py::test_joint_degree_graph",
]
""",
    # Many of its tests draw random numbers without a seed of their own, and what they cover depends on these.
    '''"""Every test, and what is set up for it, draws the same random numbers in every run."""

import random

import pytest

random.seed(0)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    random.seed(0)
''',
)
BOLTONS = Project(
    "boltons",
    "boltons==26.2.0",
    ("--no-binary=boltons",),
    # Stages of its own: with the default ones hardly a module of any project would leave the lowest.
    """
[tool.maturity]
components = ["boltons/*.py"]
stages = ["New", "Tested", "Typed", "Documented"]

[[tool.maturity.criterion]]
stage = "Tested"
id = "coverage"
title = "Test coverage"
metric = "coverage.percentage"
at-least = 70

[[tool.maturity.criterion]]
stage = "Tested"
id = "tests"
title = "All tests passing"
metric = "tests.pass_rate"
at-least = 100

[[tool.maturity.criterion]]
stage = "Typed"
id = "types"
title = "Type errors"
metric = "type_checking.errors"
at-most = 9

[[tool.maturity.criterion]]
stage = "Typed"
id = "security"
title = "Security issues"
metric = "security.total_issues"
at-most = 0

[[tool.maturity.criterion]]
stage = "Documented"
id = "documented"
title = "API documented"
""",
)
HOMEASSISTANT = Project(
    "homeassistant",
    "homeassistant==2024.3.3",
    # For scale: its code is only looked at and never run, so it need not be for this Python.
    ("--only-binary=:all:", "--ignore-requires-python"),
    """
[tool.maturity]
components = ["homeassistant/components/*"]
exclude = ["homeassistant/components/__init__.py"]
""",
)
PROJECTS = {project.name: project for project in (NETWORKX, BOLTONS)}
"""Those whose every figure is checked by hand (truth.py)."""


def run(
    command: Sequence[str], cwd: Path, codes: Sequence[int] = (0,), timeout: float = 3600
) -> subprocess.CompletedProcess[str]:
    """Run a command as in an activated environment. Raises SystemExit, with its last lines, for any other exit code."""
    completed = subprocess.run(
        command, cwd=cwd, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout
    )
    if completed.returncode not in codes:
        said = "\n".join((completed.stdout + completed.stderr).splitlines()[-40:])
        raise SystemExit(f"{' '.join(command)[:500]}\nended with exit code {completed.returncode} in {cwd}:\n{said}")
    return completed


def environment() -> Mapping[str, str]:
    """Our own variables, with the directory of our interpreter first on the path, so that every tool finds this one.

    The order of a set of texts, by which some tests cover more or fewer statements, is the same in every process.
    Python keeps its bytecode, as it does unless told not to: else every start compiles what it imports.
    """
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    inherited = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**inherited, "PATH": path, "PYTHONHASHSEED": "0", "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"}


@contextmanager
def workplace(keep: Path | None) -> Generator[Path]:
    """The directory `keep`, made if need be and left as it is, or a temporary one."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="maturity-benchmark-") as directory:
        yield Path(directory).resolve()


def prepare(project: Project, place: Path) -> Path:
    """The root of the project below `place`: fetched, configured, and committed to a git repository of its own."""
    root = place / project.name
    if root.exists():
        return root
    unpacked = fetch(project, place)
    configure(project, unpacked)
    run(("git", "init", "--quiet"), unpacked)
    run(("git", "add", "--all"), unpacked)
    run(("git", *AUTHOR, "commit", "--quiet", "--no-verify", "-m", project.requirement), unpacked)
    unpacked.rename(root)  # only now: a run that was cut short leaves nothing that looks ready
    return root


def fetch(project: Project, place: Path) -> Path:
    """Download the release, without what it depends on, and unpack it; an sdist's own outer directory is left out."""
    with tempfile.TemporaryDirectory(prefix="download-", dir=place) as download:
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps")
        run((*pip, *project.options, "--dest", download, project.requirement), place)
        (archive,) = Path(download).iterdir()
        unpacked = Path(tempfile.mkdtemp(prefix=f"{project.name}-", dir=place))
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(unpacked)
            return unpacked
        with tarfile.open(archive) as sdist:
            sdist.extractall(unpacked, filter="data")
    (inner,) = unpacked.iterdir()
    root = inner.rename(place / f"{unpacked.name}-sdist")
    unpacked.rmdir()
    return root


def configure(project: Project, root: Path) -> None:
    """Say what the components are, and add the one line that doit needs."""
    with (root / "pyproject.toml").open("a", encoding="utf-8") as pyproject:
        pyproject.write(project.configuration)
    (root / "dodo.py").write_text(DODO, "utf-8")
    if project.conftest:
        (root / "conftest.py").write_text(project.conftest, "utf-8")
    with (root / ".gitignore").open("a", encoding="utf-8") as ignored:
        ignored.write(IGNORED)
