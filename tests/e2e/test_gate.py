"""A change is held against its merge base: what got worse fails, with the cause, and what only looks worse passes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest
from jsonschema import Draft7Validator

from maturity.markdown.rewrite import checksum, parse

if TYPE_CHECKING:
    from conftest import Checkout, Ran

TILL, TEST = "src/components/till/ledger.py", "tests/till/test_ledger.py"
DOCUMENT = "src/components/till/MATURITY.md"

PYPROJECT = """
[tool.pytest.ini_options]
pythonpath = ["src"]
addopts = ["-p", "no:cacheprovider"]
"""


def functions(count: int, first: int = 0) -> str:
    """Functions of two statements each."""
    return "".join(f"def do_{n}(x: int) -> int:\n    return x + {n}\n\n\n" for n in range(first, first + count))


def calls(count: int, first: int = 0) -> str:
    """A test for each of some functions."""
    names = range(first, first + count)
    head = "from components.till import ledger\n\n\n"
    return head + "".join(f"def test_{n}() -> None:\n    assert ledger.do_{n}(1) == {1 + n}\n\n\n" for n in names)


SHOP = {
    ".gitignore": ".maturity/\n.doit.db*\n__pycache__/\n",
    "pyproject.toml": PYPROJECT,
    "src/components/till/__init__.py": "",
    TILL: functions(25),
    TEST: calls(20),
    "src/components/shelf/__init__.py": "",
    "src/components/shelf/count.py": functions(2),
}
"""50 statements in 25 functions, of which 45 are covered: 90 %."""


@pytest.fixture(scope="module")
def gated(plant_checkout: Callable[[Mapping[str, str]], Checkout]) -> Checkout:
    """A repository on a branch, with the documents of main as a run wrote them; its linters are stand-ins."""
    checkout = plant_checkout(SHOP).surrounded_by(PYTHONPATH=str(Path(__file__).with_name("fakes")))
    checkout.git("init", "--quiet", "--initial-branch=main")
    ran = checkout.maturity("--all")
    assert ran.exit_code == 0, ran
    checkout.git("add", "--all")
    checkout.git("commit", "--quiet", "--message=Base")
    checkout.git("switch", "--quiet", "--create", "change")
    return checkout


@pytest.fixture
def change(gated: Checkout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A copy of it."""
    copy = gated.copy(tmp_path_factory.mktemp("change") / "repo")
    yield copy
    shutil.rmtree(copy.root)


def gate(checkout: Checkout, *words: str) -> Ran:
    return checkout.maturity("gate", "--base", "main", *words)


def settings(checkout: Checkout, text: str) -> None:
    """Settings of the gate, in force at the base too: they are committed there."""
    checkout.append("pyproject.toml", f"\n[tool.maturity.gate]\n{text}\n")


def test_nothing_changed_passes(change: Checkout) -> None:
    ran = gate(change)
    assert ran.exit_code == 0, ran
    assert "gate: passed; 2 components compared with" in ran.stdout


def test_deleting_well_covered_code_passes(change: Checkout) -> None:
    change.write(TILL, functions(2) + functions(5, first=20))
    change.write(TEST, calls(2))
    ran = gate(change)
    assert "pass till coverage.percentage: 90.0 % → 64.2 %" in ran.stdout, ran
    assert "(well-covered code that was deleted)" in ran.stdout
    assert ran.exit_code == 0, ran


def test_exactly_the_points_that_may_be_lost_pass(change: Checkout) -> None:
    change.write(TEST, calls(18))  # 43 of 50: 4 points less than 45 of 50
    settings(change, "fewer-tests = true\ncoverage-drop = 4")
    assert gate(change).exit_code == 0
    change.write("pyproject.toml", PYPROJECT)
    settings(change, "fewer-tests = true\ncoverage-drop = 3.9")
    ran = gate(change)
    assert ran.exit_code == 1, ran
    assert "FAIL till coverage.percentage: 90.0 % → 86.0 %; 3.9 points may be lost" in ran.stdout


def test_a_deleted_test_fails_with_this_cause(change: Checkout) -> None:
    change.write(TEST, calls(19))
    ran = gate(change)
    assert ran.exit_code == 1, ran
    assert (
        "FAIL till tests.total: 20 → 19 tests, while the code stays (tests that are gone while the code stays)"
        in ran.stdout
    )


def test_one_new_line_that_is_not_covered_fails_new_code(change: Checkout) -> None:
    settings(change, "new-code = 80")
    change.append(TILL, "if do_1(1) > 5:\n    VALUE = 1\n")
    ran = gate(change)
    assert ran.exit_code == 1, ran
    assert "50.0 % of the new code is covered (1 of 2 changed statements); 80 % are asked for" in ran.stdout
    assert f"{TILL}: not covered in line 102" in ran.stdout


def test_a_figure_that_moves_by_itself_is_flaky(change: Checkout) -> None:
    text = change.read(DOCUMENT)
    # The base says more tests than a run finds, though nothing has changed since.
    moved = text.replace("20 passed, 0 failed, 0 skipped, 20 in total", "21 passed, 0 failed, 0 skipped, 21 in total")
    for region in parse(moved.encode()).regions:
        moved = moved.replace(
            f"region={region.name} sum={region.sum}", f"region={region.name} sum={checksum(region.name, region.body)}"
        )
    change.write(DOCUMENT, moved)
    change.git("commit", "--quiet", "--all", "--message=As an unlucky run left it")
    change.git("branch", "--force", "main")
    change.maturity("--all")
    ran = gate(change)
    assert ran.exit_code == 0, ran
    assert "pass till tests.total: 21 → 20 tests" in ran.stdout
    assert "the figure is not stable" in ran.stdout


def test_a_lower_stage_and_an_unknown_figure_fail(change: Checkout) -> None:
    change.path(TEST).unlink()
    ran = gate(change)
    assert ran.exit_code == 1, ran
    assert "FAIL till coverage.percentage: 90.0 % → unknown" in ran.stdout
    assert "FAIL till tests.pass_rate: 100.0 % → unknown" in ran.stdout


def test_what_may_not_get_worse(change: Checkout) -> None:
    settings(change, 'no-worse = ["coverage.uncovered", "linting.total_violations"]')
    change.append(TILL, "def late() -> int:\n    return 1  # BAD\n")
    ran = gate(change)
    assert ran.exit_code == 1, ran
    assert "FAIL till coverage.uncovered: 5 → 6, and may not get worse (new code that no test reaches)" in ran.stdout
    assert "FAIL till linting.total_violations: 0 → 1" in ran.stdout


def test_a_wrong_setting_is_refused(change: Checkout) -> None:
    settings(change, 'no-worse = ["coverage.uncoverd"]')
    ran = gate(change)
    assert ran.exit_code == 4
    assert (
        "[tool.maturity.gate] no-worse: unknown 'coverage.uncoverd'; did you mean 'coverage.uncovered'?" in ran.stderr
    )


def test_a_base_that_is_missing_is_an_error(change: Checkout) -> None:
    ran = change.maturity("gate", "--base", "nowhere")
    assert ran.exit_code == 4
    assert "this clone has no such revision; `git fetch origin nowhere` gets it" in ran.stderr
    ran = change.maturity("gate")
    assert ran.exit_code == 4
    assert "--base" in ran.stderr


def test_a_shallow_clone_says_how_to_get_the_base(change: Checkout, tmp_path_factory: pytest.TempPathFactory) -> None:
    change.append(TILL, "# more\n")
    change.git("commit", "--quiet", "--all", "--message=More")
    place = tmp_path_factory.mktemp("shallow") / "clone"
    change.git("clone", "--quiet", "--depth=1", "--no-single-branch", f"file://{change.root}", str(place))
    clone = change.copy(place, ".git")
    ran = clone.maturity("gate", "--base", "origin/main")
    assert ran.exit_code == 4, ran
    assert "have no common commit here; this clone is shallow: `git fetch --unshallow`" in ran.stderr


def test_a_broken_document_at_the_base_is_named(change: Checkout) -> None:
    broken = change.read(DOCUMENT).replace("(45 of 50 statements)", "(46 of 50 statements)", 1)
    change.write(DOCUMENT, broken)
    change.git("commit", "--quiet", "--all", "--message=Broken")
    change.git("branch", "--force", "main")
    change.maturity("--all")
    ran = gate(change)
    assert ran.exit_code == 0, ran
    assert "note: till: its document at the base says nothing that can be compared" in ran.stdout


def test_the_first_change_that_brings_documents_passes(change: Checkout) -> None:
    change.git("rm", "--quiet", "--cached", DOCUMENT, "src/components/shelf/MATURITY.md")
    change.git("commit", "--quiet", "--amend", "--message=Before maturity")
    change.git("branch", "--force", "main")
    ran = gate(change)
    assert ran.exit_code == 0, ran
    assert "0 components compared" in ran.stdout
    assert "2 new" in ran.stdout


@pytest.mark.parametrize("edited", [False, True])
def test_a_renamed_component_is_held_against_what_it_was(change: Checkout, edited: bool) -> None:
    change.git("mv", "src/components/till", "src/components/desk")
    change.git("mv", "tests/till", "tests/desk")
    kept = calls(15) if edited else calls(20)
    change.write("tests/desk/test_ledger.py", kept.replace("components.till", "components.desk"))
    if edited:
        change.append("src/components/desk/ledger.py", "LAST = 1\n")
    assert change.maturity("--all").exit_code == 0
    ran = gate(change)
    assert ("FAIL desk coverage.percentage: 90.0 % → 80.3 %" in ran.stdout) is edited, ran
    assert ran.exit_code == edited, ran
    assert "0 new" not in ran.stdout and ", 1 new" not in ran.stdout


def test_only_what_is_new_in_a_renamed_file_is_new_code(change: Checkout) -> None:
    settings(change, "new-code = 100")
    change.git("mv", TILL, "src/components/till/book.py")
    change.write(TEST, calls(20).replace("import ledger", "import book as ledger"))
    change.append("src/components/till/book.py", "LAST = 1\n")
    ran = gate(change, "--format", "json")
    assert ran.exit_code == 0, ran
    assert (json.loads(ran.stdout)["new_code"]["covered"], json.loads(ran.stdout)["new_code"]["total"]) == (1, 1)


def test_lines_that_only_move_to_the_right_are_no_new_code(change: Checkout) -> None:
    settings(change, "new-code = 100")
    lines = change.read(TILL).splitlines()
    change.write(TILL, "if True:\n" + "".join(f"    {line}\n" if line else "\n" for line in lines))
    ran = gate(change, "--format", "json")
    assert ran.exit_code == 0, ran
    assert json.loads(ran.stdout)["new_code"]["total"] <= 1  # coverage.py may leave out a condition that is constant


def test_a_line_in_the_middle_of_a_statement_stands_for_it(change: Checkout) -> None:
    change.append(TILL, "def long(x: int) -> int:\n    return (\n        x\n        + 1\n    )\n")
    change.maturity("--all")
    change.git("commit", "--quiet", "--all", "--message=Long")
    change.git("branch", "--force", "main")
    change.replace(TILL, "        + 1\n", "        + 2\n")
    settings(change, "new-code = 100")
    found = json.loads(gate(change, "--format", "json").stdout)
    assert found["new_code"]["uncovered"] == {TILL: [102]}
    assert found["new_code"]["total"] == 1


def test_doit_gate_says_the_same(change: Checkout) -> None:
    change.write("dodo.py", "from maturity.dodo import *\n")
    change.write(TEST, calls(19))
    mine = gate(change)
    ran = change.doit("gate", "--base=main")
    assert ran.exit_code == 1, ran
    assert mine.stdout.splitlines()[0].startswith("FAIL")
    assert {*mine.stdout.splitlines()} <= {*ran.stdout.splitlines()}


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github", "markdown"])
def test_every_format_has_the_regression(change: Checkout, form: str, of_form: Callable[[str, str], dict]) -> None:
    settings(change, "new-code = 80")
    change.append(TILL, "def late() -> int:\n    return 1\n")
    change.write(TEST, calls(15))
    ran = gate(change, "--format", form)
    assert ran.exit_code == 1, ran
    assert "90.0 %" in ran.stdout
    assert TILL in ran.stdout or form == "junit"
    if form == "json":
        assert of_form("gate", ran.stdout)["passes"] is False
    if form == "sarif":
        schema = Path(__file__).parent.parent / "maturity/data/sarif/sarif-schema-2.1.0.json"
        Draft7Validator(json.loads(schema.read_text("utf-8"))).validate(json.loads(ran.stdout))
    if form == "junit":
        suites = ElementTree.fromstring(ran.stdout)
        assert suites.get("failures") == "2", "one component, and new code"


def test_documents_that_are_older_than_their_code_are_said_to_be_and_can_be_measured(change: Checkout) -> None:
    change.git("switch", "--quiet", "main")
    change.append(TILL, functions(25, first=30))  # 45 of 100: the job that writes the documents has not run yet
    change.git("commit", "--quiet", "--all", "--message=Code alone")
    change.git("switch", "--quiet", "--create", "later")
    change.append(TILL, "# a remark\n")
    ran = gate(change)
    assert ran.exit_code == 1, ran
    assert "FAIL till coverage.percentage: 90.0 % → 70.0 %" in ran.stdout
    assert "note: till: at the base its document is older than its code; --measure-base measures" in ran.stdout
    work_trees = change.git("worktree", "list")
    ran = gate(change, "--measure-base")
    assert ran.exit_code == 0, ran
    assert "older than its code" not in ran.stdout
    assert change.git("worktree", "list") == work_trees


def test_on_github_the_lines_that_are_new_and_not_covered_are_annotated(change: Checkout, tmp_path: Path) -> None:
    settings(change, "new-code = 80")
    change.append(TILL, "def late() -> int:\n    return 1\n")
    summary = tmp_path / "summary.md"
    words = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_BASE_REF": "main"}
    ran = change.maturity("gate", **words)
    assert ran.exit_code == 1, ran
    assert f"::warning file={TILL},line=102,title=not covered::this line is new, and no test reaches it" in ran.stderr
    assert f"::error file={TILL},title=gate%3A new-code::" in ran.stderr
    assert "## Maturity gate" in summary.read_text("utf-8")
