"""`maturity --auto` as git's own pre-commit hook, in every state that git can be in when it commits.

What each commit must be is always the same: its documents say what a run over a fresh checkout of it would write.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maturity.git.commands import Git
from maturity.git.staged import plan
from maturity.repository import Repository

if TYPE_CHECKING:
    from conftest import Checkout, Ran

CARBON = "src/components/carbon/MATURITY.md"
BILLING = "src/components/billing_component.MATURITY.md"
STORE = "src/components/store/MATURITY.md"
EXPECTED = "src/components/carbon/tests/expected.txt"
"""A data file of one test of carbon: another number in it makes the test fail, at little cost."""

TRACKER = "src/components/carbon/tracker.py"
MONEY = "src/shared/money.py"
HOOK = f"#!/bin/sh\nexec {sys.executable} -m maturity --auto"
GROUP = "- **Group**: Climate"
ONE_FAILED = "1 passed, 1 failed"


@pytest.fixture
def hooked(shop: Checkout) -> Checkout:
    """The shop with the hook in place, and an identity to commit with."""
    install(shop)
    return shop


def install(shop: Checkout, options: str = "") -> None:
    path = shop.path(".git/hooks/pre-commit")
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{HOOK} {options}\n")
    path.chmod(0o755)
    shop.git("config", "user.name", "Shop")
    shop.git("config", "user.email", "shop@example.org")


def regroup(shop: Checkout) -> None:
    """Change what the settings say about carbon alone: its document is another then, and nothing is collected."""
    shop.append("pyproject.toml", '\n[tool.maturity.component.carbon]\ngroup = "Climate"\n')
    shop.git("add", "pyproject.toml")


def commit(shop: Checkout, *words: str) -> Ran:
    return shop.start("git", "commit", "--quiet", "--message=A change", *words)


def status(shop: Checkout) -> list[str]:
    return shop.git("status", "--porcelain").splitlines()


def committed(shop: Checkout, path: str) -> str:
    return shop.git("show", f"HEAD:{path}")


def assert_true_for_itself(shop: Checkout, place: Path, *components: str) -> None:
    """A fresh checkout of what was committed is valid, and what the hook collected is current there."""
    shop.git("clone", "--quiet", ".", str(place))
    shutil.copytree(shop.path(".maturity"), place / ".maturity")
    fresh = type(shop)(place)
    words = [word for name in components for word in ("--component", name)]
    ran = fresh.maturity("--validate", *words)
    assert (ran.exit_code, ran.collected) == (0, set()), ran


def test_a_commit_takes_the_documents_of_what_it_changes(hooked: Checkout, tmp_path: Path) -> None:
    hooked.write(EXPECTED, "841\n")
    hooked.git("add", EXPECTED)
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert ran.collected == {"pytest:carbon"}
    assert hooked.git("show", "--name-only", "--format=").split() == [CARBON, EXPECTED]
    assert ONE_FAILED in committed(hooked, CARBON)
    assert status(hooked) == []
    assert_true_for_itself(hooked, tmp_path / "fresh", "carbon")


def test_a_shared_module_counts_for_all_that_import_it(hooked: Checkout, tmp_path: Path) -> None:
    hooked.replace(MONEY, "* 100", "* 10")
    hooked.git("add", MONEY)
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert {"pytest:billing", "pytest:store"} <= ran.collected
    assert not any(task.endswith((":carbon", ":young")) for task in ran.collected)
    assert hooked.git("show", "--name-only", "--format=").split() == [BILLING, STORE, MONEY]
    assert_true_for_itself(hooked, tmp_path / "fresh", "billing", "store")


def test_what_was_updated_before_is_staged_too(hooked: Checkout) -> None:
    regroup(hooked)
    assert hooked.maturity("--component", "carbon").exit_code == 0
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert GROUP in committed(hooked, CARBON)
    assert status(hooked) == []


def test_a_renamed_file_counts_under_both_names(hooked: Checkout, tmp_path: Path) -> None:
    hooked.git("mv", EXPECTED, "src/components/carbon/tests/wanted.txt")
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, {"pytest:carbon"}), ran
    assert ONE_FAILED in committed(hooked, CARBON), "the test looks for the old name"
    assert_true_for_itself(hooked, tmp_path / "fresh", "carbon")


def test_what_is_no_input_runs_nothing_in_a_fresh_clone(hooked: Checkout) -> None:
    shutil.rmtree(hooked.path(".maturity"))
    hooked.path(".doit.db").unlink()
    hooked.write("notes.txt", "Nothing of ours.\n")
    hooked.replace("pyproject.toml", 'version = "1.0.0"', 'version = "1.0.1"')
    hooked.git("add", "notes.txt", "pyproject.toml")
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, set()), ran


def test_manual_edits_that_are_not_staged_stay_so(hooked: Checkout) -> None:
    hooked.append(CARBON, "\nWritten by hand, for later.\n")
    regroup(hooked)
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert GROUP in committed(hooked, CARBON)
    assert "by hand, for later" not in committed(hooked, CARBON)
    assert status(hooked) == [f" M {CARBON}"]
    changed = [line for line in hooked.git("diff").splitlines() if line[:1] in "+-"]
    assert changed[2:] == ["+", "+Written by hand, for later."]


def test_manual_edits_that_are_staged_in_part_stay_so(hooked: Checkout) -> None:
    hooked.tick(CARBON, "performance")
    hooked.git("add", CARBON)
    hooked.tick(CARBON, "rollback")
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert "Production (2 of 7" in committed(hooked, CARBON)
    assert "Production (3 of 7" in hooked.read(CARBON)
    assert status(hooked) == [f" M {CARBON}"]


def test_a_document_with_other_line_ends_in_the_work_tree(hooked: Checkout) -> None:
    hooked.write(".gitattributes", "MATURITY.md text eol=crlf\n")
    hooked.write(CARBON, hooked.read(CARBON).replace("\n", "\r\n"))
    hooked.git("add", ".gitattributes", CARBON)
    hooked.append(CARBON, "\r\nWritten by hand, for later.\r\n")
    regroup(hooked)
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert GROUP in committed(hooked, CARBON)
    assert "\r" not in committed(hooked, CARBON)
    assert hooked.git("diff", "--numstat").split() == ["2", "0", CARBON]
    hooked.tick(CARBON, "rollback")
    assert commit(hooked, "--all").exit_code == 0
    assert "\r" not in committed(hooked, CARBON)
    assert status(hooked) == []


def test_a_document_that_is_a_link(hooked: Checkout) -> None:
    hooked.path("docs").mkdir()
    hooked.git("mv", CARBON, "docs/carbon.md")
    hooked.path(CARBON).symlink_to("../../../docs/carbon.md")
    hooked.git("add", CARBON)
    assert commit(hooked, "--no-verify").exit_code == 0
    hooked.tick("docs/carbon.md", "rollback")
    hooked.git("add", "docs/carbon.md")
    hooked.append("docs/carbon.md", "\nWritten by hand, for later.\n")
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert "Production (2 of 7" in committed(hooked, "docs/carbon.md")
    assert status(hooked) == [" M docs/carbon.md"]


def test_a_document_that_is_gone_from_the_work_tree_alone_is_not_made_again(hooked: Checkout) -> None:
    regroup(hooked)
    hooked.path(CARBON).unlink()
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert GROUP in committed(hooked, CARBON)
    assert status(hooked) == [f" D {CARBON}"]


def test_a_document_whose_removal_is_staged_stays_removed(hooked: Checkout) -> None:
    hooked.git("rm", "--quiet", CARBON)
    assert commit(hooked).exit_code == 0
    assert status(hooked) == []
    assert not hooked.path(CARBON).exists()


def test_a_document_that_git_does_not_have_is_left_alone(hooked: Checkout) -> None:
    hooked.git("rm", "--quiet", "--cached", CARBON)
    regroup(hooked)
    before = hooked.read(CARBON)
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert f"{CARBON}: left alone" in ran.stderr
    assert hooked.read(CARBON) == before
    assert status(hooked) == [f"?? {CARBON}"]


def unstaged_data(shop: Checkout) -> str:
    shop.write(EXPECTED, "842\n")
    return EXPECTED


def unstaged_import(shop: Checkout) -> str:
    shop.write(MONEY, shop.read(MONEY) + "# for later\n")
    shop.append("src/components/carbon/__init__.py", "import shared.money  # noqa: F401\n")
    shop.git("add", "src/components/carbon/__init__.py")
    return MONEY


def untracked_test(shop: Checkout) -> str:
    path = "src/components/carbon/tests/test_new.py"
    shop.write(path, "def test_new():\n    pass\n")
    return path


def unstaged_settings(shop: Checkout) -> str:
    shop.append("pyproject.toml", "\n[tool.coverage.run]\nbranch = true\n")
    return "pyproject.toml"


def unstaged_deletion(shop: Checkout) -> str:
    shop.path(TRACKER).unlink()
    return TRACKER


@pytest.mark.parametrize(
    "differ", [unstaged_data, unstaged_import, untracked_test, unstaged_settings, unstaged_deletion]
)
def test_figures_that_would_not_be_those_of_the_commit_stop_it(hooked: Checkout, differ) -> None:
    hooked.write(EXPECTED, "841\n")
    hooked.tick(STORE, "readme")
    hooked.git("add", EXPECTED, STORE)
    path = differ(hooked)
    head, before = hooked.git("rev-parse", "HEAD"), hooked.read(CARBON)
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (1, set()), ran
    assert f"carbon: not vouched for, for {path} " in ran.stderr
    assert hooked.git("rev-parse", "HEAD") == head
    assert hooked.read(CARBON) == before == hooked.git("show", f":{CARBON}")


def test_what_differs_and_is_no_input_does_not_matter(hooked: Checkout) -> None:
    hooked.tick(CARBON, "rollback")
    hooked.git("add", CARBON)
    hooked.append("src/components/store/stock.py", "# for later\n")
    hooked.write("src/components/store/scratch.py", "x = 1\n")
    hooked.write("src/components/carbon/notes.txt", "for later\n")
    hooked.replace("pyproject.toml", 'version = "1.0.0"', 'version = "1.0.1"')
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert "Production (2 of 7" in committed(hooked, CARBON)


def test_an_import_that_only_the_staged_text_has_counts(hooked: Checkout) -> None:
    init, extra = "src/components/carbon/__init__.py", "src/shared/extra.py"
    text = hooked.read(init)
    hooked.write(init, text + "import shared.extra  # noqa: F401\n")
    hooked.write(extra, "x = 1\n")
    hooked.git("add", init, extra)
    assert commit(hooked, "--no-verify").exit_code == 0
    hooked.write(init, text)
    hooked.write(extra, "x = 2\n")
    hooked.git("add", extra)
    ran = commit(hooked)
    assert ran.exit_code == 1, ran
    assert f"carbon: not vouched for, for {init} " in ran.stderr


def test_commit_with_all(hooked: Checkout) -> None:
    hooked.tick(CARBON, "rollback")
    assert commit(hooked, "--all").exit_code == 0
    assert "Production (2 of 7" in committed(hooked, CARBON)
    assert status(hooked) == []


def test_commit_of_named_paths_leaves_the_index_as_it_should_be(hooked: Checkout, tmp_path: Path) -> None:
    hooked.write("notes.txt", "Staged, and not for this commit.\n")
    hooked.tick(STORE, "readme")
    hooked.git("add", "notes.txt", STORE)
    hooked.tick(CARBON, "rollback")
    ran = commit(hooked, "--", CARBON)
    assert ran.exit_code == 0, ran
    assert hooked.git("show", "--name-only", "--format=").split() == [CARBON]
    assert "Production (2 of 7" in committed(hooked, CARBON)
    assert status(hooked) == ["A  notes.txt", f"M  {STORE}"]
    assert_true_for_itself(hooked, tmp_path / "fresh", "carbon")
    assert commit(hooked).exit_code == 0, "the next commit does not take it back"
    assert "Production (2 of 7" in committed(hooked, CARBON)


def test_a_document_outside_of_the_named_paths_comes_along(hooked: Checkout) -> None:
    regroup(hooked)
    hooked.append(CARBON, "\nStaged, and not for this commit.\n")
    hooked.git("add", CARBON)
    assert commit(hooked, "--", "pyproject.toml").exit_code == 0
    assert GROUP in committed(hooked, CARBON)
    assert "not for this commit" not in committed(hooked, CARBON)
    assert status(hooked) == [f"M  {CARBON}"]
    assert GROUP in hooked.git("show", f":{CARBON}")


def test_amending(hooked: Checkout) -> None:
    regroup(hooked)
    assert commit(hooked, "--amend").exit_code == 0
    assert GROUP in committed(hooked, CARBON)
    assert status(hooked) == []


def test_the_first_commit(hooked: Checkout) -> None:
    shutil.rmtree(hooked.path(".git"))
    hooked.git("init", "--quiet", "--initial-branch=main")
    install(hooked)
    hooked.tick(CARBON, "rollback")
    hooked.git("add", "--all")
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert "Production (2 of 7" in committed(hooked, CARBON)
    assert status(hooked) == []


def test_a_merge_with_a_conflict(hooked: Checkout, tmp_path: Path) -> None:
    hooked.git("switch", "--quiet", "--create", "other")
    hooked.tick(CARBON, "performance")
    assert commit(hooked, "--all").exit_code == 0
    hooked.tick(STORE, "readme")
    assert commit(hooked, "--all", "--no-verify").exit_code == 0
    theirs = committed(hooked, STORE)
    hooked.git("switch", "--quiet", "main")
    hooked.tick(CARBON, "rollback")
    hooked.write("notes.txt", "Ours.\n")
    hooked.git("add", "notes.txt")
    assert commit(hooked, "--all").exit_code == 0
    assert hooked.start("git", "merge", "--quiet", "other").exit_code == 1
    refused = hooked.maturity("--auto")
    assert refused.exit_code == 4
    assert f"{CARBON}: has a merge conflict" in refused.stderr
    hooked.git("checkout", "--ours", CARBON)
    hooked.tick(CARBON, "performance")
    hooked.git("add", CARBON)
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert "Production (3 of 7" in committed(hooked, CARBON)
    assert committed(hooked, STORE) == theirs, "it is as on their side, whatever was left undone there"
    assert len(hooked.git("rev-parse", "HEAD^@").split()) == 2
    assert_true_for_itself(hooked, tmp_path / "fresh", "carbon")


def test_a_rebase_that_stops(hooked: Checkout) -> None:
    text = hooked.read("pyproject.toml")
    for branch, group in (("other", "Theirs"), ("ours", "Ours")):
        hooked.git("switch", "--quiet", "--create", branch, "main")
        regroup(hooked)
        hooked.replace("pyproject.toml", "Climate", group)
        assert commit(hooked, "--all", "--no-verify").exit_code == 0
    assert hooked.start("git", "rebase", "--quiet", "other").exit_code == 1
    hooked.write("pyproject.toml", text)
    regroup(hooked)
    ran = commit(hooked)  # `rebase --continue` alone asks no pre-commit hook
    assert ran.exit_code == 0, ran
    assert hooked.start("git", "rebase", "--continue").exit_code == 0
    assert GROUP in committed(hooked, CARBON)
    assert status(hooked) == []


def test_a_linked_work_tree_and_a_root_below_the_top(hooked: Checkout, tmp_path: Path) -> None:
    names = {path.partition("/")[0] for path in hooked.git("ls-files").splitlines()}
    hooked.path("services/shop").mkdir(parents=True)
    hooked.git("mv", *names, "services/shop")
    assert commit(hooked, "--no-verify").exit_code == 0
    place = tmp_path / "linked"
    hooked.git("worktree", "add", "--quiet", str(place), "-b", "linked")
    shutil.move(hooked.path(".maturity"), place / "services/shop/.maturity")
    hooked.write(".git/hooks/pre-commit", HOOK.replace("exec", "cd services/shop\nexec"))
    linked = type(hooked)(place)
    linked.tick(f"services/shop/{CARBON}", "rollback")
    linked.git("add", "--all")
    ran = commit(linked)
    assert ran.exit_code == 0, ran
    assert "Production (2 of 7" in committed(linked, f"services/shop/{CARBON}")
    assert status(linked) == []


def test_in_a_directory_below(hooked: Checkout) -> None:
    hooked.tick(CARBON, "rollback")
    hooked.git("add", CARBON)
    ran = hooked.maturity("--auto", below="src/components/store")
    assert ran.exit_code == 0, ran
    assert "Production (2 of 7" in hooked.git("show", f":{CARBON}")
    assert hooked.git("diff") == ""


def test_a_module_in_a_submodule_counts_for_what_imports_it(hooked: Checkout, tmp_path: Path) -> None:
    library = type(hooked)(tmp_path / "library")
    library.write("money.py", hooked.read(MONEY))
    library.git("init", "--quiet", "--initial-branch=main")
    library.git("add", "money.py")
    library.git("commit", "--quiet", "--message=Money")
    hooked.git("rm", "--quiet", MONEY)
    shutil.rmtree(hooked.path("src/shared"))
    hooked.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.root), "src/shared")
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    hooked.append(MONEY, "# changed\n")
    hooked.tick(STORE, "readme")
    hooked.git("add", STORE)
    refused = commit(hooked)
    assert refused.exit_code == 1
    assert "store: not vouched for, for src/shared" in refused.stderr
    inner = type(hooked)(hooked.path("src/shared"))
    inner.git("commit", "--quiet", "--all", "--message=Money")
    inner.write("extra.py", "x = 1\n")
    hooked.git("add", "src/shared")
    planned = plan(Repository(hooked.root), Git.here(hooked.root, hooked.root))
    assert (planned.names, planned.refused) == (("billing", "store"), {})


def test_as_json_it_says_nothing_else_on_standard_output(hooked: Checkout) -> None:
    ran = hooked.maturity("--auto", "--format", "json")
    assert (ran.exit_code, json.loads(ran.stdout)["components"]) == (0, [])
    regroup(hooked)
    ran = hooked.maturity("--auto", "--format", "json")
    assert ran.exit_code == 0, ran
    components = json.loads(ran.stdout)["components"]
    assert [each["name"] for each in components if each["document"]["updated"]] == ["carbon"]
    assert f"staged {CARBON}" in ran.stderr
    assert GROUP in hooked.git("show", f":{CARBON}")


def test_no_stage_rewrites_and_fails_until_the_document_is_staged(hooked: Checkout) -> None:
    install(hooked, "--no-stage")
    regroup(hooked)
    for _ in range(2):
        ran = commit(hooked)
        assert ran.exit_code == 1, ran
        assert f"not staged: {CARBON}" in ran.stderr
        assert status(hooked) == ["M  pyproject.toml", f" M {CARBON}"]
        assert GROUP in hooked.read(CARBON)
    hooked.git("add", CARBON)
    assert commit(hooked).exit_code == 0
    assert GROUP in committed(hooked, CARBON)


def test_validating_what_is_staged(hooked: Checkout) -> None:
    regroup(hooked)
    assert hooked.maturity("--component", "carbon").exit_code == 0
    ran = hooked.maturity("--auto", "--validate")
    assert ran.exit_code == 1, ran
    assert f"not staged: {CARBON}" in ran.stderr
    hooked.git("add", CARBON)
    assert hooked.maturity("--auto", "--validate").exit_code == 0


def test_a_tool_that_fails_stops_the_commit_and_nothing_is_staged(hooked: Checkout) -> None:
    hooked.append("pyproject.toml", '\n[tool.maturity.tool.bandit]\ncommand = ["no-such-program"]\n')
    hooked.git("add", "pyproject.toml")
    ran = commit(hooked)
    assert ran.exit_code == 1, "git's own code for a hook that fails"
    assert "bandit failed" in hooked.read(CARBON)
    assert hooked.git("diff", "--cached", "--name-only").split() == ["pyproject.toml"]
    assert hooked.maturity("--auto").exit_code == 2


def test_a_document_with_broken_markup_stops_the_commit(hooked: Checkout) -> None:
    hooked.append(CARBON, "\n<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region=status] -->\n")
    hooked.git("add", CARBON)
    ran = hooked.maturity("--auto")
    assert ran.exit_code == 4, ran
    assert CARBON in ran.stderr
