"""Small real repositories for the end-to-end tests, and how doit and the console script are started in them.

The repository is collected once for the session, and each test starts from a copy of that state: what a test collects
is then what its own edits call for. That a copy is current is itself one of the things to show.

The shop is collected with the real tools. The depot is for the faults of our own process, which need many runs: its
tools are stand-ins that take no time.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import pytest

from maturity.writing import is_temporary

FAKES = Path(__file__).with_name("fakes")
SHOP = Path(__file__).with_name("shop.toml")
"""The files of the repository: four components, and a module that two of them import."""

CARBON = "src/components/carbon/MATURITY.md"

COMMANDS = ("clean", "dumpdb", "forget", "help", "ignore", "info", "list", "reset-dep", "--version")
"""doit's commands that run no task."""

INHERITED = ("COVERAGE_", "DOIT", "GITHUB_", "GIT_", "HYPOTHESIS_", "MATURITY_", "PYTEST", "PYTHON")
"""Environment variables of whoever runs these tests that would reach the tools."""


@dataclass(frozen=True)
class Ran:
    """What one command did.

    `executed` are the tasks that doit says it executed: its reporter prints `.  NAME` for each, but nothing for groups
    and for the processes behind the collectors' tasks. The console script names tasks with --verbose only. `collected`
    are the tasks whose trace or failure report was written anew: what was really collected, whatever was said.
    """

    exit_code: int
    stdout: str
    stderr: str
    collected: frozenset[str]

    @property
    def executed(self) -> set[str]:
        """The names on doit's own lines."""
        return {line[3:] for line in self.output.splitlines() if line.startswith(".  ")}

    @property
    def output(self) -> str:
        """All that was printed."""
        return self.stdout + self.stderr


@dataclass(frozen=True)
class Phase:
    """What a run did, and what there was after it: the documents of `src/components/NAME/MATURITY.md` by component."""

    ran: Ran
    documents: Mapping[str, str]
    records: Mapping[str, bytes]

    def stage(self, component: str) -> str:
        """The stage that a component's document says."""
        (found,) = re.findall(r"^- \*\*Current Stage\*\*: (.+)$", self.documents[component], re.MULTILINE)
        return found

    def banner(self, component: str) -> list[str]:
        """The lines of the warning in a component's document."""
        return [line for line in self.documents[component].splitlines() if line.startswith("> ⚠️")]

    def criteria(self, component: str, *titles: str) -> list[str]:
        """The lines of the criteria whose titles begin with these words."""
        lines = [line for line in self.documents[component].splitlines() if line.startswith("- [")]
        return [line for line in lines if line[8:].startswith(titles)]

    def logged(self, component: str, collector: str) -> str:
        """What was logged of one failure."""
        _, _, after = self.ran.stderr.partition(f"{collector}:{component} failed: ")
        return re.split(r"^[a-z]+:[a-z_]+ failed: ", after, maxsplit=1, flags=re.MULTILINE)[0]


@dataclass(frozen=True)
class Checkout:
    """A checkout of the repository, and what people do in it."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict[str, str])

    def doit(self, *words: str, **more: str) -> Ran:
        """`doit WORDS`; a run with doit's own reporter, which names the tasks that it executes."""
        reporter = () if words and words[0] in COMMANDS else ("-r", "console")
        return self.start(sys.executable, "-m", "doit", *reporter, *words, **more)

    def maturity(self, *words: str, below: str = ".", **more: str) -> Ran:
        """`maturity WORDS`, in a directory of the checkout."""
        return self.start(sys.executable, "-m", "maturity", *words, below=below, **more)

    def all(self) -> Ran:
        """`doit -n 2 all`."""
        return self.doit("-n", "2", "all")

    def git(self, *words: str) -> str:
        """What `git WORDS` prints; it must succeed."""
        ran = self.start("git", "-c", "user.name=Shop", "-c", "user.email=shop@example.org", *words)
        assert ran.exit_code == 0, ran
        return ran.stdout

    def start(self, *command: str, below: str = ".", **more: str) -> Ran:
        """Any command, in a directory of the checkout; `more` are environment variables."""
        before = self.answers()
        environment = self.surroundings() | more
        ended = subprocess.run(
            command, cwd=self.root / below, env=environment, capture_output=True, encoding="utf-8", timeout=300
        )
        answers = self.answers()
        collected = frozenset(task for (task, _), _ in answers.items() - before.items())
        return Ran(ended.returncode, ended.stdout, ended.stderr, collected)

    def begin(self, *command: str) -> subprocess.Popen[str]:
        """Any command, which is then running; its output can be read with `communicate`."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            command, cwd=self.root, env=self.surroundings(), stdout=pipe, stderr=pipe, encoding="utf-8"
        )

    def processes(self) -> list[int]:
        """The processes that work in the checkout's directory: runs, their tools, and what these have started."""
        found: list[int] = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):  # it has ended, or is a zombie
                if entry.name.isdigit() and (entry / "cwd").readlink() == self.root:
                    found.append(int(entry.name))
        return found

    def wait_until(self, what: str, done: Callable[[], object]) -> None:
        """Wait for something that is to happen soon."""
        for _ in range(3000):
            if done():
                return
            time.sleep(0.01)
        raise AssertionError(f"this never came: {what}")

    def surroundings(self) -> dict[str, str]:
        """The environment of every command."""
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(INHERITED)}
        return inherited | dict(self.environment)

    def surrounded_by(self, **environment: str) -> Self:
        """The same with more environment variables."""
        return replace(self, environment={**self.environment, **environment})

    def answers(self) -> dict[tuple[str, str], tuple[int, int]]:
        """The stamps of all traces and failure reports, by task and file name: they are replaced, never changed."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for path in self.path(".maturity/records").glob("*/*.*.json"):
            status = path.lstat()
            task = f"{path.name.split('.')[0]}:{path.parent.name}"
            found[task, path.name] = (status.st_ino, status.st_mtime_ns)
        return found

    def path(self, path: str) -> Path:
        """A path in the checkout."""
        return self.root / path

    def read(self, path: str) -> str:
        """The text of a file, its line ends as they are."""
        return self.path(path).read_bytes().decode()

    def write(self, path: str, text: str) -> None:
        """Make or replace a file."""
        self.path(path).parent.mkdir(parents=True, exist_ok=True)
        self.path(path).write_bytes(text.encode())

    def append(self, path: str, text: str) -> None:
        """Add text at the end of a file."""
        self.write(path, self.read(path) + text)

    def replace(self, path: str, old: str, new: str) -> None:
        """Replace a text that occurs once."""
        text = self.read(path)
        assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {path}"
        self.write(path, text.replace(old, new))

    def tick(self, path: str, criterion: str) -> None:
        """Tick a manual criterion, as a person does."""
        (line,) = (line for line in self.read(path).splitlines() if f"criterion={criterion} " in line)
        self.replace(path, line, line.replace("- [ ]", "- [x]"))

    def tick_all(self) -> None:
        """Tick every manual criterion of every document."""
        for path, text in self.documents().items():
            self.write(path, re.sub(r"^- \[ \](.*<!-- criterion=)", r"- [x]\1", text.decode(), flags=re.MULTILINE))

    def measured_on(self, day: str) -> None:
        """Have everything be measured on a day, as far as the traces tell."""
        for path in self.path(".maturity/records").glob("*/*.trace.json"):
            text = re.sub(r'("measured": ")\d{4}-\d\d-\d\d', rf"\g<1>{day}", path.read_text("utf-8"))
            path.write_text(text, "utf-8")

    def after(self, ran: Ran) -> Phase:
        """A run that has just ended, with what there is now."""
        documents = {path.split("/")[2]: text.decode() for path, text in self.documents().items()}
        return Phase(ran, documents, self.records())

    def files(self, below: str, *leave_out: str) -> dict[str, bytes]:
        """The bytes of every file below a directory by its path, without caches and the named directories."""
        skipped = {"__pycache__", ".git", *leave_out}
        found = (path for path in self.path(below).rglob("*") if path.is_file() and skipped.isdisjoint(path.parts))
        return {str(path.relative_to(self.root)): path.read_bytes() for path in sorted(found)}

    def documents(self) -> dict[str, bytes]:
        """The bytes of every document by its path."""
        return {path: content for path, content in self.files("src").items() if path.endswith("MATURITY.md")}

    def records(self) -> dict[str, bytes]:
        """The bytes of every record by its path: facts alone, without the traces beside them."""
        return {path: text for path, text in self.files(".maturity/records").items() if path.count(".") == 2}

    def copy(self, to: Path, *leave_out: str) -> Self:
        """The same at another path, without the files and directories of these names."""
        ignored = shutil.ignore_patterns(*leave_out)
        shutil.copytree(self.root, to, symlinks=True, ignore=ignored, dirs_exist_ok=True)
        return replace(self, root=to)


@pytest.fixture(scope="session")
def plant_checkout(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Mapping[str, str]], Checkout]:
    """Makes a checkout of its own from path → text."""

    def make(texts: Mapping[str, str]) -> Checkout:
        checkout = Checkout(tmp_path_factory.mktemp("planted") / "repo")
        for path, text in texts.items():
            checkout.write(path, text)
        return checkout

    return make


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, Checkout]:
    """The repository after a first run, with carbon at Staging all committed; and a copy of that state."""
    checkout = Checkout(tmp_path_factory.mktemp("e2e") / "shop")
    for path, text in tomllib.loads(SHOP.read_text("utf-8")).items():
        checkout.write(path, text)
    checkout.git("init", "--quiet", "--initial-branch=main")
    first = checkout.all()
    assert first.exit_code == 0, first
    for criterion in ("api-documented", "readme"):
        checkout.tick(CARBON, criterion)
    second = checkout.doit("-n", "2", *(f"maturity:{name}" for name in ("billing", "carbon", "store", "young")))
    assert second.exit_code == 0, second
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=The shop")
    return checkout, checkout.copy(tmp_path_factory.mktemp("kept") / "shop")


@pytest.fixture
def shop(prepared: tuple[Checkout, Checkout]) -> Checkout:
    """The prepared repository, put back to that state."""
    checkout, kept = prepared
    shutil.rmtree(checkout.root)
    return kept.copy(checkout.root)


@pytest.fixture
def empty(tmp_path: Path) -> Checkout:
    """A git repository without a file."""
    checkout = Checkout(tmp_path / "empty")
    checkout.root.mkdir()
    checkout.git("init", "--quiet", "--initial-branch=trunk")
    return checkout


PLACES = ("east", "north", "south", "west")
"""The components of the depot."""


@dataclass(frozen=True)
class Depot(Checkout):
    """A repository of four components whose tools are stand-ins."""

    def edit(self, violations: int, places: Iterable[str] = PLACES) -> None:
        """Give every component, or some, so many lint violations."""
        for place in places:
            self.write(f"src/components/{place}.py", '"""A place."""\n' + "X = 1  # BAD\n" * violations)

    def undated(self) -> dict[str, bytes]:
        """The documents as they are on any day."""
        return {path: re.sub(rb"\d{4}-\d\d-\d\d", b"DATE", text) for path, text in self.documents().items()}

    def temporary_files(self) -> list[Path]:
        """What a write leaves that did not come to its end."""
        return [path for path in self.root.rglob("*") if is_temporary(path.name)]


@pytest.fixture(scope="session")
def depots(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Depot]:
    """The depot after clean runs, by the number of violations of each component."""
    made: dict[int, Depot] = {}
    for violations in (0, 2):
        depot = Depot(tmp_path_factory.mktemp("depots") / "depot", {"PYTHONPATH": str(FAKES)})
        depot.write("pyproject.toml", "")
        depot.write("dodo.py", "from maturity.dodo import *\n")
        depot.edit(violations)
        ran = depot.all()
        assert ran.exit_code == 0, ran
        assert len(ran.collected) == 12, "ruff, pyright and bandit of four components"
        made[violations] = depot
    return made


@pytest.fixture
def depot(depots: dict[int, Depot], tmp_path: Path) -> Depot:
    """A copy of the depot without violations, all of it current."""
    return depots[0].copy(tmp_path / "depot")


SECRET = "SECRET=1\n* @secret\n"
"""What is in the files outside."""


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Path]:
    """A directory beside the repository that nothing may touch, which is seen to at the end."""
    place = tmp_path / "outside"
    (place / "inner").mkdir(parents=True)
    for name in ("file.py", "secret", "inner/module.py"):
        (place / name).write_text(SECRET)
    yield place
    names = {str(path.relative_to(place)) for path in place.rglob("*")}
    assert names == {"file.py", "secret", "inner", "inner/module.py"}
    assert all(path.read_text() == SECRET for path in place.rglob("*") if path.is_file())
