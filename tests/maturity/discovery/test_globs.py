"""Globs over the paths of a walk: what Python's own glob matches, and no way around a circle."""

from __future__ import annotations

import glob
import os
import posixpath
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.discovery.globs import Paths
from maturity.tree import Tree

if TYPE_CHECKING:
    from conftest import Plant

FILES = (
    "a.py",
    "src/a.py",
    "src/a/b.py",
    "src/a/b/c.py",
    "src/ab/x.py",
    "src/[x]/a.py",
    "src/.hidden.py",
    "packages/one/src/core/m.py",
    "packages/two/src/core/m.py",
)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    root = tmp_path_factory.mktemp("globs")
    for file in FILES:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).touch()
    return Tree(root)


def by_python(pattern: str, tree: Tree) -> set[str]:
    found = glob.glob(pattern, root_dir=tree.root, recursive=True)  # noqa: PTH207 - what ours is compared with
    # Python says of `absent/**` that `absent/` matches, and of `file/**` that `file/` does.
    there = {path for path in found if path and os.path.lexists(f"{tree.root}/{path}")}
    return {posixpath.normpath(path) for path in there} - {"."}


PATTERNS = [
    "*", "**", "**/*", "**/*.py", "src/*", "src/**", "src/*/", "src/**/*.py", "src/a*", "src/?/*", "src/[ab]/*",
    "src/[!a]*", "src/[[]x]", "packages/*/src/*", "./src//a/", "src/.*", "**/core", "**/src/**", "**/**", "absent",
    "src/a.py/*", "src/a.py/", "**/", "a.py", "[", "src/.", "*/*/*/*/*",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_it_matches_what_python_s_own_glob_matches(tree: Tree, pattern: str) -> None:
    assert Paths((*tree.files, *tree.directories)).expand(pattern) == by_python(pattern, tree)


@given(st.lists(st.sampled_from(["*", "**", "a", "src", "a.py", "*.py", "?", "[a-b]", "core"]), max_size=5))
def test_it_matches_what_python_s_own_glob_matches_of_any_parts(tree: Tree, parts: list[str]) -> None:
    pattern = "/".join(parts)
    assert Paths((*tree.files, *tree.directories)).expand(pattern) == by_python(pattern, tree)


def test_circles_are_not_followed(plant: Plant) -> None:
    root = plant("src/a.py")
    for number in range(8):  # Python's own glob would walk 8 ** 40 paths
        (root / f"src/round{number}").symlink_to(".")
    tree = Tree(root)
    assert Paths((*tree.files, *tree.directories)).expand("**/*.py") == {"src/a.py"}
