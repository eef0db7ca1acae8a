"""What documents said at another revision, in real git repositories."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from maturity.git.base import Base

Plant = Callable[..., Path]
AUTHOR = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def git(root: Path, *words: str) -> str:
    environment = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
    ran = subprocess.run(
        ("git", *AUTHOR, *words), cwd=root, env=environment, check=True, capture_output=True, text=True
    )
    return ran.stdout


@pytest.fixture
def root(plant: Plant) -> Path:
    """Two documents that are committed on main."""
    root = plant(texts={"a/MATURITY.md": "a\n", "b/MATURITY.md": "b\n"})
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=one")
    return root


def documents(root: Path, *paths: str, revision: str = "main") -> dict[str, bytes]:
    base = Base.find(root, revision)
    assert base is not None
    return base.documents(paths)


def test_a_document_that_changed_since_then_and_one_that_did_not(root: Path) -> None:
    (root / "a/MATURITY.md").write_text("changed\n")
    assert documents(root, "a/MATURITY.md", "b/MATURITY.md") == {"a/MATURITY.md": b"a\n", "b/MATURITY.md": b"b\n"}


def test_a_document_that_was_not_there_and_one_that_is_gone(root: Path) -> None:
    (root / "a/MATURITY.md").unlink()
    (root / "new.MATURITY.md").write_text("new\n")
    assert documents(root, "a/MATURITY.md", "new.MATURITY.md", "never/MATURITY.md") == {"a/MATURITY.md": b"a\n"}
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=two")
    assert documents(root, "a/MATURITY.md", "new.MATURITY.md") == {"new.MATURITY.md": b"new\n"}
    assert documents(root, "a/MATURITY.md", "new.MATURITY.md", revision="main~1") == {"a/MATURITY.md": b"a\n"}


def test_a_root_below_git_s_top_level(root: Path) -> None:
    (root / "a/MATURITY.md").write_text("changed\n")
    assert documents(root / "a", "MATURITY.md") == {"MATURITY.md": b"a\n"}


@pytest.mark.parametrize("name", ["with space", "quo'te\"s", "-dash", "ümlaut", "line\nbreak", "a:b", "glob*"])
def test_odd_names(root: Path, name: str) -> None:
    path = f"{name}/MATURITY.md"
    (root / name).mkdir()
    (root / path).write_text("then\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=odd")
    (root / path).write_text("now\n")
    assert documents(root, path) == {path: b"then\n"}


def test_whatever_the_user_has_configured(root: Path) -> None:
    for setting in ("diff.noprefix true", "diff.external false", "core.quotePath true", "diff.renames copies"):
        git(root, "config", *setting.split())
    (root / ".gitattributes").write_text("*.md diff=odd export-ignore\n")
    git(root, "config", "diff.odd.textconv", "false")
    (root / "a/MATURITY.md").rename(root / "c.MATURITY.md")
    assert documents(root, "a/MATURITY.md", "c.MATURITY.md") == {"a/MATURITY.md": b"a\n"}


def test_a_revision_by_branch_tag_commit_or_at_origin(root: Path, tmp_path: Path) -> None:
    commit = git(root, "rev-parse", "HEAD").strip()
    git(root, "tag", "v1")
    for name in ("main", "v1", "HEAD", commit, commit[:10]):
        assert Base.find(root, name) == Base(root, commit)
    git(root, "checkout", "--quiet", "-b", "topic")
    clone = tmp_path / "clone"
    git(root, "clone", "--quiet", "--branch=topic", str(root), str(clone))
    assert Base.find(clone, "main") == Base(clone, commit), "a pull request's checkout has no branch main of its own"


@pytest.mark.parametrize("name", ["nowhere", "", "--help", "-x", "main:a", "--output=x", "main file", "a\nb"])
def test_what_is_no_revision_is_none_and_no_option(root: Path, name: str) -> None:
    before = sorted(root.iterdir())
    assert Base.find(root, name) is None
    assert sorted(root.iterdir()) == before


def test_no_repository_at_all(plant: Plant) -> None:
    assert Base.find(plant("a.py"), "main") is None
