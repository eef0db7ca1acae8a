"""The hook under the real pre-commit framework, which sets unstaged changes aside while it runs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maturity.discovery import starting

if TYPE_CHECKING:
    from conftest import Checkout, Ran

OURS = Path(__file__).parents[2]
CARBON = "src/components/carbon/MATURITY.md"
EXPECTED = "src/components/carbon/tests/expected.txt"
TRACKER = "src/components/carbon/tracker.py"
BIN = Path(sys.executable).parent
LOCAL = starting.starter("pre-commit-config.yaml")

ELSEWHERE = """\
repos:
  - repo: {place}
    rev: {revision}
    hooks:
      - id: maturity-system
        args: [--no-stage]
"""


@pytest.fixture
def hooked(shop: Checkout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    """The shop with pre-commit installed in it."""
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "pre-commit"))
    for name, text in (("user.name", "Shop"), ("user.email", "shop@example.org")):
        shop.git("config", name, text)
    shop.write(".pre-commit-config.yaml", LOCAL)
    shop.git("add", ".pre-commit-config.yaml")
    shop.git("commit", "--quiet", "--message=Hooks")
    ran = shop.start("pre-commit", "install")
    assert ran.exit_code == 0, ran
    return shop


def commit(shop: Checkout, *words: str) -> Ran:
    return shop.start("git", "commit", "--quiet", "--message=A change", *words)


def committed(shop: Checkout, path: str) -> str:
    return shop.git("show", f"HEAD:{path}")


def test_the_figures_are_those_of_what_is_staged(hooked: Checkout) -> None:
    hooked.write(EXPECTED, "841\n")
    hooked.git("add", EXPECTED)
    hooked.write(EXPECTED, "840\n\n")
    hooked.append(TRACKER, "# for later\n")
    ran = commit(hooked)
    assert (ran.exit_code, ran.collected) == (0, {"pytest:carbon"}), ran
    assert "1 passed, 1 failed" in committed(hooked, CARBON)
    assert hooked.git("show", "--name-only", "--format=").split() == [CARBON, EXPECTED]
    assert hooked.git("diff", "--name-only").split() == [EXPECTED, TRACKER]


def test_unstaged_edits_of_a_document_stay_unstaged(hooked: Checkout) -> None:
    hooked.append(CARBON, "\nWritten by hand, for later.\n")
    hooked.append("pyproject.toml", '\n[tool.maturity.component.carbon]\ngroup = "Climate"\n')
    hooked.git("add", "pyproject.toml")
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert "Climate" in committed(hooked, CARBON)
    assert "for later" not in committed(hooked, CARBON)
    assert hooked.git("status", "--porcelain").splitlines() == [f" M {CARBON}"]
    assert "for later" in hooked.read(CARBON)
    assert "Climate" in hooked.read(CARBON)


def test_unstaged_edits_that_would_clash_are_not_lost(hooked: Checkout) -> None:
    hooked.append("pyproject.toml", '\n[tool.maturity.component.carbon]\ngroup = "Climate"\n')
    assert hooked.maturity("--component", "carbon").exit_code == 0
    hooked.append("dodo.py", "# for later\n")
    hooked.path(".doit.db").unlink()
    before = hooked.files(".", ".maturity", ".doit.db")
    hooked.git("add", "pyproject.toml")
    head = hooked.git("rev-parse", "HEAD")
    ran = commit(hooked)
    assert ran.exit_code == 1, ran
    assert f"{CARBON}: not staged, for its unstaged changes" in ran.output
    assert hooked.git("rev-parse", "HEAD") == head
    assert hooked.files(".", ".maturity", ".doit.db") == before
    assert hooked.git("diff", "--cached", "--name-only").split() == ["pyproject.toml"]
    hooked.git("add", CARBON)
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert hooked.git("diff", "--name-only").split() == ["dodo.py"]


def test_a_commit_that_only_deletes(hooked: Checkout) -> None:
    hooked.git("rm", "--quiet", EXPECTED)
    assert commit(hooked).exit_code == 0
    assert "1 passed, 1 failed" in committed(hooked, CARBON)


def test_a_commit_of_named_paths(hooked: Checkout) -> None:
    hooked.write("notes.txt", "Staged, and not for this commit.\n")
    hooked.git("add", "notes.txt")
    hooked.append("pyproject.toml", '\n[tool.maturity.component.carbon]\ngroup = "Climate"\n')
    ran = commit(hooked, "--", "pyproject.toml")
    assert ran.exit_code == 0, ran
    assert hooked.git("show", "--name-only", "--format=").split() == ["pyproject.toml", CARBON]
    assert hooked.git("status", "--porcelain").splitlines() == ["A  notes.txt"]


def test_the_manifest_is_valid() -> None:
    from pre_commit.clientlib import load_manifest

    hooks = {hook["id"]: hook for hook in load_manifest(str(OURS / ".pre-commit-hooks.yaml"))}
    assert hooks["maturity"]["language"] == "python"
    assert hooks["maturity-system"]["language"] in ("system", "unsupported"), "newer versions call it so"
    for hook in hooks.values():
        assert hook["entry"] == "maturity --auto"
        assert (hook["always_run"], hook["pass_filenames"], hook["require_serial"]) == (True, False, True)


def test_by_address_and_revision(hooked: Checkout, tmp_path: Path) -> None:
    library = type(hooked)(tmp_path / "maturity")
    library.write(".pre-commit-hooks.yaml", (OURS / ".pre-commit-hooks.yaml").read_text())
    library.git("init", "--quiet", "--initial-branch=main")
    library.git("add", "--all")
    library.git("commit", "--quiet", "--message=Hooks")
    revision = library.git("rev-parse", "HEAD").strip()
    hooked.write(".pre-commit-config.yaml", ELSEWHERE.format(place=library.root, revision=revision))
    hooked.tick(CARBON, "rollback")
    hooked.git("add", "--all")
    ran = commit(hooked)
    assert ran.exit_code == 1, ran
    assert "files were modified by this hook" in ran.output
    assert f"not staged: {CARBON}" in ran.output
    hooked.git("add", CARBON)
    ran = commit(hooked)
    assert ran.exit_code == 0, ran
    assert "Production (2 of 7" in committed(hooked, CARBON)
