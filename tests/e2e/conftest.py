"""A small real repository for the end-to-end tests, and how doit and the console script are started in it.

The repository is collected once for the session, and each test starts from a copy of that state: what a test collects
is then what its own edits call for. That a copy is current is itself one of the things to show.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

FILES = {
    "pyproject.toml": """\
[project]
name = "shop"
version = "1.0.0"
requires-python = ">=3.11"

[tool.pytest.ini_options]
pythonpath = ["src"]

[tool.coverage.report]
exclude_also = ["if TYPE_CHECKING:"]

[tool.ruff]
line-length = 100
""",
    "dodo.py": "from maturity.dodo import *\n",
    ".gitignore": ".maturity/\n.doit.db*\n__pycache__/\n.pytest_cache/\n",
    "src/shared/money.py": '''\
"""Amounts of money, in cents."""


def cents(euros: float) -> int:
    """The amount in whole cents."""
    return round(euros * 100)
''',
    "src/components/carbon/__init__.py": '"""Emissions of the electricity that a customer uses."""\n',
    "src/components/carbon/tracker.py": '''\
"""What was emitted."""


def emitted(kilowatt_hours: float, grams: float) -> float:
    """Grams of carbon dioxide for an amount of energy."""
    if kilowatt_hours < 0:
        raise ValueError("energy cannot be negative")
    return kilowatt_hours * grams
''',
    "src/components/carbon/tests/expected.txt": "840\n",
    "src/components/carbon/tests/test_tracker.py": '''\
from pathlib import Path

import pytest

from components.carbon.tracker import emitted

EXPECTED = Path(__file__).with_name("expected.txt")


def test_energy_times_intensity():
    assert emitted(2, 420) == int(EXPECTED.read_text())


def test_negative_energy_is_refused():
    with pytest.raises(ValueError):
        emitted(-1, 420)
''',
    "src/components/carbon/tests/integration/test_year.py": '''\
from components.carbon.tracker import emitted


def test_a_year_of_days():
    assert sum(emitted(10, 1) for _ in range(365)) == 3650
''',
    "src/components/billing_component.py": '''\
"""What a customer pays: a component of one file."""

from shared.money import cents


def bill(kilowatt_hours: float, price: float) -> int:
    """Cents for an amount of energy."""
    return cents(kilowatt_hours * price)


def refund(amount: int) -> int:
    """The amount that goes back."""
    return -amount
''',
    "tests/test_billing.py": '''\
from components.billing_component import bill


def test_price_times_amount():
    assert bill(100, 0.25) == 2500
''',
    "tests/test_shop.py": "def test_of_no_component():\n    assert True\n",
    "src/components/store/__init__.py": '"""What is in stock."""\n',
    "src/components/store/stock.py": '''\
"""The worth of the stock."""

from shared.money import cents


def worth(prices: list[float]) -> int:
    """Cents for all items."""
    return sum(cents(price) for price in prices)
''',
    "src/components/store/tests/test_stock.py": '''\
from components.store.stock import worth


def test_sum_of_prices():
    assert worth([1.0, 2.5]) == 350
''',
    "src/components/young/__init__.py": '"""A component that misses its criteria, and has no tests."""\n',
    "src/components/young/plans.py": '''\
"""Plans."""

import os
import subprocess


def plan(words: list[str]) -> int:
    """Start something."""
    return subprocess.call(" ".join(words), shell=True).upper()
''',
}
"""The files of the repository: carbon, billing, store and young, and a module that billing and store import."""

CARBON = "src/components/carbon/MATURITY.md"

INHERITED = ("COVERAGE_", "DOIT", "GIT_", "HYPOTHESIS_", "MATURITY_", "PYTEST", "PYTHON")
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
        return {line[3:] for line in self.stdout.splitlines() if line.startswith(".  ")}

    @property
    def output(self) -> str:
        """All that was printed."""
        return self.stdout + self.stderr


@dataclass(frozen=True)
class Checkout:
    """A checkout of the repository, and what people do in it."""

    root: Path

    def doit(self, *words: str) -> Ran:
        """`doit WORDS`."""
        return self._run([sys.executable, "-m", "doit", *words])

    def maturity(self, *words: str, below: str = ".") -> Ran:
        """`maturity WORDS`, in a directory of the checkout."""
        return self._run([sys.executable, "-m", "maturity", *words], below)

    def all(self) -> Ran:
        """`doit -n 2 all`."""
        return self.doit("-n", "2", "all")

    def git(self, *words: str) -> str:
        """What `git WORDS` prints; it must succeed."""
        ran = self._run(["git", "-c", "user.name=Shop", "-c", "user.email=shop@example.org", *words])
        assert ran.exit_code == 0, ran
        return ran.stdout

    def _run(self, command: list[str], below: str = ".") -> Ran:
        before = self._answers()
        environment = {name: text for name, text in os.environ.items() if not name.startswith(INHERITED)}
        ended = subprocess.run(
            command, cwd=self.root / below, env=environment, capture_output=True, encoding="utf-8", timeout=300
        )
        answers = self._answers()
        collected = frozenset(task for (task, _), _ in answers.items() - before.items())
        return Ran(ended.returncode, ended.stdout, ended.stderr, collected)

    def _answers(self) -> dict[tuple[str, str], tuple[int, int]]:
        """The stamps of all traces and failure reports, by task and file name: they are replaced, never changed."""
        found: dict[tuple[str, str], tuple[int, int]] = {}
        for path in self.path(".maturity/records").glob("*/*.*.json"):
            status = path.stat()
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

    def copy(self, to: Path, *leave_out: str) -> Checkout:
        """The same at another path, without the files and directories of these names."""
        ignored = shutil.ignore_patterns(*leave_out)
        shutil.copytree(self.root, to, symlinks=True, ignore=ignored, dirs_exist_ok=True)
        return Checkout(to)


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Checkout, Checkout]:
    """The repository after a first run, with carbon at Staging and its documents committed; and a copy to start from."""
    checkout = Checkout(tmp_path_factory.mktemp("e2e") / "shop")
    for path, text in FILES.items():
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
