"""git as a hook sees it: odd names, odd environments, odd configurations."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from maturity.errors import MaturityError
from maturity.git.commands import Git

NAMES = ["plain.txt", "-dash", "a b/c", "ä.txt", "*", ":(glob)x", 'quo"te', "new\nline", "sub/deep.txt"]


def git(place: Path, *words: str, **environment: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org"]
    completed = subprocess.run(
        ["git", *identity, *words], cwd=place, check=True, capture_output=True, env={**os.environ, **environment}
    )
    return completed.stdout.decode()


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A repository with one commit."""
    path = tmp_path / "top"
    path.mkdir()
    git(path, "init", "--quiet")
    for name in NAMES:
        write(path / name, "one\n")
    git(path, "add", "--all")
    git(path, "commit", "--quiet", "--message=One")
    return path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("name", NAMES)
def test_any_name_can_be_asked_for_and_staged(top: Path, name: str) -> None:
    write(top / name, "two\n")
    seen = Git.here(top, top)
    assert seen.unstaged({}) == {name}
    assert seen.content(name) == b"one\n"
    seen.add([name])
    assert seen.staged(*seen.bases()) == {name}
    assert (seen.unstaged({}), seen.content(name)) == (set(), b"two\n")
    seen.put(name, b"three\n", "100755")
    assert seen.content(name) == b"three\n"
    assert seen.entries()[name].mode == "100755"
    assert (top / name).read_text() == "two\n"
    assert git(top, "diff", "--cached", "--name-only", "-z") == f"{name}\0"


def test_what_lies_outside_of_our_root_is_left_out(top: Path) -> None:
    for name in ("plain.txt", "sub/deep.txt", "sub/new.txt"):
        write(top / name, "two\n")
    seen = Git.here(top / "sub", top)
    assert seen.unstaged({}) == {"deep.txt", "new.txt"}
    assert set(seen.entries()) == {"deep.txt"}
    assert seen.content("deep.txt", seen.bases()[0]) == b"one\n"
    seen.add(["new.txt"])
    assert git(top, "diff", "--cached", "--name-only") == "sub/new.txt\n"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("diff.relative", "true"),
        ("diff.noprefix", "true"),
        ("diff.renames", "copies"),
        ("core.quotePath", "true"),
        ("color.ui", "always"),
        ("diff.external", "false"),
    ],
)
def test_no_configuration_of_the_user_changes_the_answer(top: Path, key: str, value: str) -> None:
    git(top, "config", key, value)
    git(top, "mv", "ä.txt", "sub/ö.txt")
    write(top / "plain.txt", "two\n")
    seen = Git.here(top, top / "sub")
    assert seen.staged(*seen.bases()) == {"ä.txt", "sub/ö.txt"}
    assert seen.unstaged({}) == {"plain.txt"}


def test_the_index_that_a_hook_is_given(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(top / "plain.txt", "two\n")
    git(top, "read-tree", "HEAD", GIT_INDEX_FILE=".git/other")
    git(top, "add", "plain.txt", GIT_INDEX_FILE=".git/other")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/other")
    monkeypatch.chdir(top / "sub")
    given = Git.here(top / "sub", top / "sub")
    assert given.index == top / ".git/other"
    assert given.unstaged({}) == set()
    assert Git.here(top, top).staged(*given.bases()) == {"plain.txt"}
    assert git(top, "diff", "--cached", "--name-only", GIT_INDEX_FILE=".git/index") == ""


def test_a_directory_of_git_that_is_told_does_not_mislead_below_the_top(
    top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(top, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    linked = tmp_path / "linked"
    write(linked / "sub/deep.txt", "two\n")
    monkeypatch.setenv("GIT_DIR", str(top / ".git/worktrees/linked"))
    seen = Git.here(linked / "sub", linked / "sub")
    assert (seen.top, seen.prefix) == (linked, "sub/")
    assert seen.unstaged({}) == {"deep.txt"}


def test_a_directory_of_git_elsewhere(top: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (top / ".git").rename(tmp_path / "apart")
    monkeypatch.setenv("GIT_DIR", "../apart")
    monkeypatch.setenv("GIT_WORK_TREE", ".")
    write(top / "plain.txt", "two\n")
    seen = Git.here(top, top)
    assert seen.unstaged({}) == {"plain.txt"}


def test_where_there_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(MaturityError, match="in no git repository"):
        Git.here(tmp_path, tmp_path)


def test_before_the_first_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    write(tmp_path / "new.txt", "one\n")
    seen = Git.here(tmp_path, tmp_path)
    (base,) = seen.bases()
    assert seen.staged(base) == set()
    seen.add(["new.txt"])
    assert seen.staged(base) == {"new.txt"}
    assert seen.content("new.txt", base) is None


def test_the_index_behind_a_commit_of_named_paths(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Git.here(top, top).behind() is None
    monkeypatch.setenv("GIT_INDEX_FILE", str(top / ".git/next-index-123.lock"))
    with pytest.raises(MaturityError, match="stage the paths"):
        Git.here(top, top).behind()
    (top / ".git/index.lock").touch()
    kept = Git.here(top, top).behind()
    assert kept is not None
    assert kept.index == top / ".git/index.lock"
