"""The directories that a configuration names for imports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from maturity.collectors import pyright
from maturity.inputs.configuration import Configuration
from maturity.inputs.places import named_places, unwalked
from maturity.tree import Tree

Plant = Callable[..., Path]


@pytest.mark.parametrize(
    ("file", "text", "expected"),
    [
        ("pyproject.toml", "[tool.pyright]\nextraPaths = ['lib', './more/']", ["lib", "more"]),
        ("pyrightconfig.json", '{"stubPath": ".stubs", "executionEnvironments": [{"root": "src"}]}', [".stubs", "src"]),
        ("pyproject.toml", "[tool.pyright]\nvenv = '.venv'", [".venv"]),
        (
            "pyrightconfig.json",
            '{"venvPath": "envs", "venv": "one", "extraPaths": ["../out", "/x", 3]}',
            ["envs/one"],
        ),
        ("pyproject.toml", "[tool.pyright]\nstrict = ['src']", []),
        ("pyproject.toml", "[tool.pyright", []),
    ],
)
def test_which_places_are_named(plant: Plant, file: str, text: str, expected: list[str]) -> None:
    configuration = Configuration(Tree(plant(texts={file: text})))
    assert named_places(pyright.COLLECTOR, configuration) == expected


def test_a_place_that_is_walked_needs_no_second_look(plant: Plant) -> None:
    tree = Tree(plant("lib/a.py"))
    assert unwalked("lib", tree) is None
    assert unwalked(".", tree) is None


def test_in_a_place_that_is_not_walked_the_python_files_count(plant: Plant) -> None:
    root = plant(".stubs/a.pyi", ".stubs/deep/b.pyi", ".stubs/notes.txt")
    one = unwalked(".stubs", Tree(root))
    assert one is not None
    assert one[1] == {".stubs", ".stubs/deep"}
    (root / ".stubs/notes.txt").write_text("changed")
    assert unwalked(".stubs", Tree(root)) == one
    (root / ".stubs/deep/b.pyi").write_text("changed")
    assert unwalked(".stubs", Tree(root)) != one
    assert unwalked(".nowhere", Tree(root)) != one


def test_of_a_virtual_environment_what_is_installed_counts(plant: Plant) -> None:
    site = ".env/lib/python3.11/site-packages"
    root = plant(".env/pyvenv.cfg", f"{site}/x-1.dist-info/METADATA", f"{site}/x/__init__.py")
    one = unwalked(".env", Tree(root))
    assert one is not None
    assert one[1] == {".env", site}
    (root / site / "x/__init__.py").write_text("changed")
    assert unwalked(".env", Tree(root)) == one
    (root / site / "x-1.dist-info").rename(root / site / "x-2.dist-info")
    assert unwalked(".env", Tree(root)) != one


def test_a_place_that_leads_out_is_not_looked_at(plant: Plant, tmp_path: Path) -> None:
    root = plant("a.py")
    (root / ".out").symlink_to(tmp_path)
    assert unwalked(".out", Tree(root)) is None
