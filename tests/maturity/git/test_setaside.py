"""The changes that pre-commit sets aside: which patch files count, and what clashes with them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from maturity.git.commands import Git
from maturity.git.setaside import clashes, set_aside

LINES = [f"line {number}\n" for number in range(20)]
NAMES = ["MATURITY.md", "a [b]*?/MATURITY.md", "ä\\b/MATURITY.md"]


@pytest.fixture
def top(tmp_path: Path) -> Path:
    path = tmp_path / "top"
    path.mkdir()
    subprocess.run(["git", "init", "--quiet"], cwd=path, check=True)
    return path


@pytest.fixture
def cache(tmp_path: Path) -> dict[str, str]:
    """The environment of a hook."""
    (tmp_path / "cache").mkdir()
    return {"PRE_COMMIT": "1", "PRE_COMMIT_HOME": str(tmp_path / "cache")}


def text(**other: str) -> str:
    return "".join(other.get(f"line{number}", line) for number, line in enumerate(LINES))


@pytest.mark.parametrize("name", NAMES)
def test_what_touches_the_same_lines_clashes(top: Path, cache: dict[str, str], name: str) -> None:
    document = top / name
    document.parent.mkdir(exist_ok=True)
    document.write_text(text())
    (top / "other.txt").write_text("one\n")
    subprocess.run(["git", "add", "--all"], cwd=top, check=True)
    document.write_text(text(line3="by hand\n"))
    (top / "other.txt").write_text("two\n")
    patch = subprocess.run(["git", "diff", "--binary"], cwd=top, check=True, capture_output=True).stdout
    (Path(cache["PRE_COMMIT_HOME"]) / f"patch1700000000-{os.getpid()}").write_bytes(patch)
    git = Git.here(top, top)
    assert clashes(git, name, cache), "the patch is applied already"
    document.write_text(text(line3="by us\n"))
    assert clashes(git, name, cache)
    document.write_text(text(line15="by us\n"))
    assert not clashes(git, name, cache)
    assert not clashes(git, "third.md", cache), "nothing of it was set aside"
    assert not clashes(git, name, {**cache, "PRE_COMMIT": ""})


def test_only_patches_of_a_pre_commit_that_runs_count(cache: dict[str, str]) -> None:
    home = Path(cache["PRE_COMMIT_HOME"])
    dead = subprocess.Popen(["true"])
    dead.wait()
    names = ["patch1-x", f"patch1-{dead.pid}", f"other1-{os.getpid()}", f"patch1-{2**70}", "patch1-1"]
    for name in [*names, f"patch1-{os.getpid()}"]:
        (home / name).touch()
    assert [path.name for path in set_aside(cache)] == sorted(["patch1-1", f"patch1-{os.getpid()}"])
    assert list(set_aside({**cache, "PRE_COMMIT_HOME": str(home / "none")})) == []


def test_the_cache_is_where_pre_commit_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = f"pre-commit/patch1-{os.getpid()}"
    for place in (tmp_path / "xdg", tmp_path / ".cache"):
        (place / name).parent.mkdir(parents=True)
        (place / name).touch()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert list(set_aside({"PRE_COMMIT": "1", "XDG_CACHE_HOME": str(tmp_path / "xdg")})) == [tmp_path / "xdg" / name]
    assert list(set_aside({"PRE_COMMIT": "1"})) == [tmp_path / ".cache" / name]
