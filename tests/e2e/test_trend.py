"""History from real commits of a real repository, through both entrances and in every form."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

if TYPE_CHECKING:
    from conftest import Checkout

SOURCE, TEST = "src/components/till/ledger.py", "tests/till/test_ledger.py"
DOCUMENT = "src/components/till/MATURITY.md"


@pytest.fixture(scope="module")
def ledger(plant_checkout: Callable[[Mapping[str, str]], Checkout]) -> Checkout:
    """Three commits: 50 %, 100 %, and a failing test; the documents as runs wrote them."""
    checkout = plant_checkout(
        {
            ".gitignore": ".maturity/\n.doit.db*\n__pycache__/\n",
            "pyproject.toml": '[tool.pytest.ini_options]\npythonpath = ["src"]\naddopts = ["-p", "no:cacheprovider"]\n',
            "dodo.py": "from maturity.dodo import *\n",
            "src/components/till/__init__.py": "",
            SOURCE: "def one() -> int:\n    return 1\n\n\nA = 1\nB = 2\nC = 3\n",
            TEST: "def test() -> None:\n    from components.till import ledger\n\n    assert ledger\n",
        }
    ).surrounded_by(PYTHONPATH=str(Path(__file__).with_name("fakes")))
    checkout.git("init", "--quiet", "--initial-branch=main")
    commit(checkout)
    checkout.write(TEST, "from components.till import ledger\n\n\ndef test() -> None:\n    assert ledger.one() == 1\n")
    commit(checkout)
    checkout.append(TEST, "\n\ndef test_late() -> None:\n    assert ledger.one() == 2\n")
    commit(checkout)
    return checkout


def commit(checkout: Checkout) -> None:
    ran = checkout.maturity("--all")
    assert ran.exit_code == 0, ran
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=Work")


def test_a_component_over_its_commits(ledger: Checkout) -> None:
    ran = ledger.maturity("trend", "till")
    assert ran.exit_code == 0, ran
    assert ran.collected == set()
    coverage, tests = (line for line in ran.stdout.splitlines() if line.startswith(("  coverage", "  tests")))
    assert "80.0 %" in coverage and "100.0 %" in coverage and "+20.0 points" in coverage
    assert "−50.0 points" in tests


def test_both_entrances_say_the_same(ledger: Checkout) -> None:
    for name, words in (("trend:till", ("till",)), ("trend", ())):
        mine = ledger.maturity("trend", *words)
        ran = ledger.start(sys.executable, "-m", "doit", name)
        assert ran.exit_code == 0, ran
        assert mine.stdout.strip() == ran.stdout.strip()


def test_every_point_is_what_the_document_of_its_commit_says(
    ledger: Checkout, of_form: Callable[[str, str], dict]
) -> None:
    said = of_form("trend", ledger.maturity("trend", "--format", "json").stdout)
    (component,) = said["components"]
    assert len(component["points"]) == 3
    for point in component["points"]:
        text = ledger.git("show", f"{point['commit']}:{DOCUMENT}")
        value = point["figures"]["coverage.percentage"]["value"]
        assert f"- **Coverage**: {value:.1f} % " in text


def test_csv_and_svg(ledger: Checkout) -> None:
    rows = list(
        csv.DictReader(ledger.maturity("trend", "--format", "csv", "--metric", "tests.failed").stdout.splitlines())
    )
    assert [row["value"] for row in rows] == ["0.0", "0.0", "1.0"]
    ran = ledger.maturity("trend", "till", "--format", "svg")
    assert ElementTree.fromstring(ran.stdout).tag.endswith("svg")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("karbon",), 3, "no component is named 'karbon'"),
        (("--metric", "coverage.percent"), 4, "did you mean 'coverage.percentage'?"),
        (("--since", "nowhere"), 4, "'nowhere'"),
        (("--since", "2026-13-01"), 4, "--since 2026-13-01"),
    ],
)
def test_what_is_refused(ledger: Checkout, words: tuple[str, ...], code: int, said: str) -> None:
    ran = ledger.maturity("trend", *words)
    assert ran.exit_code == code, ran
    assert said in ran.stderr


def test_since_a_commit(ledger: Checkout) -> None:
    said = json.loads(ledger.maturity("trend", "--since", "HEAD", "--format", "json").stdout)
    assert 1 <= len(said["components"][0]["points"]) <= 3


def test_a_shallow_clone_says_where_its_history_begins(ledger: Checkout, tmp_path: Path) -> None:
    ledger.git("clone", "--quiet", "--depth=1", f"file://{ledger.root}", str(tmp_path / "clone"))
    clone = ledger.copy(tmp_path / "clone", ".git", ".maturity")
    ran = clone.maturity("trend", "till")
    assert "this clone is shallow" in ran.stderr
    assert "the only version" in ran.stdout


def test_a_list_against_a_base_shows_the_figures_that_moved(
    ledger: Checkout, of_form: Callable[[str, str], dict]
) -> None:
    ran = ledger.maturity("list", "--base", "HEAD~2")
    assert "  coverage.percentage 80.0 % → 100.0 %" in ran.stdout.splitlines()
    said = of_form("report", ledger.maturity("list", "--base", "HEAD~2", "--format", "json").stdout)
    assert {"metric": "tests.pass_rate", "before": "100.0 %", "now": "50.0 %"} in said["components"][0]["base"]["moved"]
    table = ledger.maturity("list", "--base", "HEAD~2", "--format", "markdown").stdout
    assert "`tests.pass_rate` 100.0 % → 50.0 %" in table


def test_without_git_there_is_no_history(ledger: Checkout, tmp_path: Path) -> None:
    bare = ledger.copy(tmp_path / "bare", ".git", ".maturity")
    ran = bare.maturity("trend")
    assert ran.exit_code == 4, ran
    assert "git" in ran.stderr
