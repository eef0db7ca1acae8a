"""The exit codes 0 and 1, and each flag: through the console script and through doit.

Code 2, a tool that fails, is in test_failing_tools.py; 3 and 4, what is not even tried, in test_refusals.py.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout

CARBON = "src/components/carbon/MATURITY.md"
STORE = "src/components/store/MATURITY.md"
YOUNG = "src/components/young/MATURITY.md"
EXPECTED = "src/components/carbon/tests/expected.txt"
"""A data file of one test of carbon: another number in it makes the test fail, at little cost."""

SUCCESS, INVALID, REFUSED = 0, 1, 4


def test_all_updates_every_component(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")
    ran = shop.maturity("--all", "-q")
    assert ran.exit_code == SUCCESS, ran
    assert ran.collected == {"pytest:carbon"}
    assert re.findall(r"^(\w+): .*\bupdated$", ran.stdout, re.MULTILINE) == ["carbon"]
    assert shop.maturity("--validate").exit_code == SUCCESS


def test_component_can_be_repeated_and_leaves_the_others_alone(shop: Checkout) -> None:
    shop.tick(CARBON, "rollback")
    for path in (STORE, YOUNG):
        shop.tick(path, "readme")
    store = shop.read(STORE)
    ran = shop.maturity("--component", "young", "--component", "carbon", "--quiet")
    assert ran.exit_code == SUCCESS, ran
    assert re.findall(r"^(\w+): .*\bupdated$", ran.stdout, re.MULTILINE) == ["carbon", "young"]
    assert "Production (2 of 7 criteria met)" in shop.read(CARBON)
    assert shop.read(STORE) == store


def test_the_script_needs_no_dodo_and_works_in_a_directory_below_the_root(shop: Checkout) -> None:
    shop.path("dodo.py").unlink()
    ran = shop.maturity("--component", "carbon", below="src/components/carbon")
    assert ran.exit_code == SUCCESS, ran
    assert re.search(r"^carbon +Staging\b", ran.stdout, re.MULTILINE)
    assert not list(shop.path("src").rglob(".maturity"))
    assert not list(shop.path("src").rglob(".doit.db*"))


def make_stale(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")


def make_missing(shop: Checkout) -> None:
    shop.path(CARBON).unlink()


def make_edited(shop: Checkout) -> None:
    shop.replace(CARBON, "- **Current Stage**: Staging", "- **Current Stage**: Production")


@pytest.mark.parametrize(
    ("spoil", "said", "state"),
    [
        (make_stale, "+- **Tests**: 1 passed, 1 failed", "stale"),
        (make_missing, "is missing", "missing"),
        (make_edited, "edited by hand", "edited"),
    ],
)
def test_validate_fails_for_a_document_that_is(
    shop: Checkout, spoil: Callable[[Checkout], None], said: str, state: str
) -> None:
    spoil(shop)
    documents = shop.documents()
    ran = shop.maturity("--validate", "--component", "carbon")
    assert ran.exit_code == INVALID, ran
    assert CARBON in ran.output
    assert said in ran.output
    assert ran.stdout.endswith(f"; {CARBON} is {state}\n")
    assert f"maturity: 1 {state}: {CARBON}\n" in ran.stderr
    assert re.search(r"^\+- \*\*", ran.output, re.MULTILINE), "there is a diff"
    assert shop.doit("validate:carbon").exit_code == INVALID
    assert shop.documents() == documents, "validate writes no document"
    assert shop.doit("maturity:carbon").exit_code == SUCCESS
    assert shop.doit("validate").exit_code == SUCCESS


def test_one_invalid_document_fails_the_whole_and_not_the_others(shop: Checkout) -> None:
    make_edited(shop)
    assert shop.doit("validate").exit_code == INVALID
    assert shop.doit("validate:store").exit_code == SUCCESS
    assert shop.maturity("--validate").exit_code == INVALID
    assert shop.maturity("--validate", "--component", "store").exit_code == SUCCESS


def test_validate_names_every_invalid_document(shop: Checkout) -> None:
    shop.path(YOUNG).unlink()
    shop.tick(CARBON, "rollback")
    ran = shop.maturity("--validate")
    assert ran.exit_code == INVALID
    assert YOUNG in ran.output
    assert CARBON in ran.output
    assert STORE not in ran.output.replace(f"{STORE} is valid", "")


def test_create_makes_the_document_of_a_new_component(shop: Checkout) -> None:
    shop.write("src/components/fresh.py", '"""New."""\n\nNAME = "fresh"\n')
    document = "src/components/fresh.MATURITY.md"
    assert shop.maturity("--create", "--dry-run", "--component", "fresh").exit_code == SUCCESS
    assert not shop.path(document).exists()
    ran = shop.maturity("--create", "--component", "fresh")
    assert ran.exit_code == SUCCESS, ran
    made = shop.read(document)
    assert "- **Current Stage**: Development" in made
    assert re.search(r"^- \*\*Lint.*: 0 violations$", made, re.MULTILINE)
    sections = re.findall(r"<!-- MANUAL SECTION -->\n\n(.*?)\n", made)
    assert len(sections) == 7
    assert all(section.startswith("TODO") for section in sections)
    again = shop.maturity("--create", "--component", "fresh")
    assert again.exit_code == REFUSED
    assert document in again.stderr
    assert shop.read(document) == made


def test_dry_run_shows_the_diff_and_writes_nothing_outside_the_cache(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")
    shop.path(YOUNG).unlink()
    before = shop.files(".", ".maturity")
    ran = shop.maturity("--all", "--dry-run")
    assert ran.exit_code == SUCCESS, ran
    assert "-- **Tests**: 2 passed, 0 failed" in ran.stdout
    assert "+- **Tests**: 1 passed, 1 failed" in ran.stdout
    assert "+# young" in ran.stdout
    assert shop.files(".", ".maturity") == before
    real = shop.maturity("--all", "--verbose")
    assert real.exit_code == SUCCESS
    assert real.collected == set(), "what the dry run collected is kept"
    assert "1 passed, 1 failed" in shop.read(CARBON)


def test_dry_run_without_a_cache_writes_nothing_outside_it(shop: Checkout) -> None:
    shutil.rmtree(shop.path(".maturity"))
    shop.path(".doit.db").unlink()
    before = shop.files(".")
    assert shop.maturity("--component", "young", "--dry-run").exit_code == SUCCESS
    assert shop.files(".", ".maturity") == before


def test_verbose_shows_each_command_its_time_and_why_it_ran(shop: Checkout) -> None:
    shop.path(".maturity/records/store/ruff.json").unlink()
    shop.write(EXPECTED, "840\n\n")
    ran = shop.maturity("--all", "--verbose")
    assert ran.exit_code == SUCCESS, ran
    assert ran.executed >= {"pytest:carbon", "ruff:store"}
    assert re.search(r"\bruff check .*src/components/store/stock\.py.* \(\d+\.\d+ s\)", ran.output)
    assert re.search(r"\bprobe\.py .* \(\d+\.\d+ s\)", ran.output)
    assert f"pytest:carbon runs: opened files: {EXPECTED} is changed" in ran.output
    assert re.search(r"ruff:store runs: .*never collected", ran.output)
    assert re.search(r"^carbon: tests: src/components/carbon/tests.*; integration tests: \S+", ran.stderr, re.MULTILINE)
    named = shop.maturity("--component", "young", "--verbose")
    assert "young: tests: none found; integration tests: none found" in named.stderr


def test_auto_updates_and_stages_the_documents_that_staged_files_change(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")
    shop.git("add", EXPECTED)
    ran = shop.maturity("--auto")
    assert ran.exit_code == SUCCESS, ran
    assert ran.collected == {"pytest:carbon"}
    assert shop.git("diff", "--cached", "--name-only").split() == [CARBON, EXPECTED]
    assert shop.git("diff", "--name-only") == "", "what is staged is what was written"
    assert "1 passed, 1 failed" in shop.git("show", f":{CARBON}")
    assert shop.maturity("--auto").exit_code == SUCCESS


def test_auto_with_nothing_staged_does_nothing(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")
    documents = shop.documents()
    ran = shop.maturity("--auto")
    assert ran.exit_code == SUCCESS, ran
    assert (ran.output, ran.collected) == ("", set())
    assert shop.documents() == documents
    assert shop.git("diff", "--cached", "--name-only") == ""


def test_auto_leaves_what_no_component_needs_alone(shop: Checkout) -> None:
    shop.write("notes.txt", "Nothing of ours.\n")
    shop.git("add", "notes.txt")
    ran = shop.maturity("--auto")
    assert (ran.exit_code, ran.collected) == (SUCCESS, set()), ran
    assert shop.git("diff", "--cached", "--name-only").split() == ["notes.txt"]


def test_auto_outside_git_is_refused(shop: Checkout, tmp_path: Path) -> None:
    ran = shop.copy(tmp_path / "shop", ".git").maturity("--auto")
    assert ran.exit_code == REFUSED
    assert "git" in ran.stderr


@pytest.mark.parametrize("number", ["1", "8"])
def test_the_number_of_tasks_at_once_can_be_said(shop: Checkout, number: str) -> None:
    shop.path(".maturity/records/store/ruff.json").unlink()
    ran = shop.maturity("--all", "-n", number)
    assert (ran.exit_code, ran.collected) == (SUCCESS, {"ruff:store"})


def test_help_is_a_success_and_explains_the_exit_codes(shop: Checkout) -> None:
    ran = shop.maturity("--help")
    assert ran.exit_code == SUCCESS
    for flag in ("--component", "--all", "--validate", "--create", "--dry-run", "--verbose", "--auto", "-n"):
        assert flag in ran.stdout
    assert "exit codes" in ran.stdout
