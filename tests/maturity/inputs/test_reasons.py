"""Reasons name the file, the version or the table that is another one now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from maturity.files import NEVER
from maturity.inputs.environment import PACKAGES
from maturity.inputs.reasons import EXISTING, Known, moved, reasons
from maturity.tree import Tree

Plant = Callable[..., Path]
ONE, TWO = "1" * 32, "2" * 32


def known(plant: Plant, **involved: tuple[str, ...]) -> Known:
    """A tree in which a.py was edited, b.py came and c.py went since the last run; d.py is what it was."""
    root = plant(texts={"a.py": "1", "b.py": "1", "d.py": "1"})
    before = Tree(root)
    tree = Tree(root, {"a.py": (NEVER, ONE), "c.py": (NEVER, ONE), "d.py": (NEVER, before.digest("d.py"))})
    for path in ("a.py", "b.py", "d.py"):
        tree.digest(path)
    packages: Mapping[str, Mapping[str, str]] = {
        ONE: {"a": "1", "b": "1", "c": "1"},
        TWO: {"a": "1", "b": "2", "d": ""},
    }
    return Known(tree, lambda label: involved.get(label, ()), packages)


def test_a_file_is_named_with_what_became_of_it(plant: Plant) -> None:
    told = known(plant, files=("a.py", "b.py", "c.py", "d.py", "nowhere.py"))
    assert reasons({"files": ONE}, {"files": TWO}, told) == ["files: a.py is changed, b.py is new, c.py is gone"]


def test_a_path_that_came_or_went_is_named_with_what_it_is(plant: Plant) -> None:
    told = known(plant, **{EXISTING: ("d.py", "wanted")})
    assert reasons({EXISTING: ONE}, {EXISTING: TWO}, told) == ["existing paths: d.py is file, wanted is absent"]


def test_only_so_many_files_are_named(plant: Plant) -> None:
    names = [f"f{number}.py" for number in range(8)]
    tree = Tree(plant(*names), {"x": (NEVER, ONE)})
    for name in names:
        tree.digest(name)
    (said,) = reasons({"files": ONE}, {"files": TWO}, Known(tree, lambda label: names, {}))
    assert said == "files: " + ", ".join(f"{name} is new" for name in names[:5]) + ", and 3 more"


def test_a_version_is_shown_and_a_digest_is_not(plant: Plant) -> None:
    before = {"version of ruff": "1.0", "our code": ONE, "platform": "linux x86_64"}
    now = {"version of ruff": "1.1", "our code": TWO, "platform": "linux arm64"}
    assert reasons(before, now, known(plant)) == [
        "our code: changed",
        "platform: linux x86_64 → linux arm64",
        "version of ruff: 1.0 → 1.1",
    ]


def test_a_table_that_came_or_went_is_said_to_be_so(plant: Plant) -> None:
    assert reasons({"ruff.toml": ONE}, {"a.toml [tool.a]": ONE}, known(plant)) == [
        "a.toml [tool.a]: new",
        "ruff.toml: gone",
    ]


def test_installed_packages_are_named_where_both_sides_are_known(plant: Plant) -> None:
    told = known(plant)
    assert reasons({PACKAGES: ONE}, {PACKAGES: TWO}, told) == [f"{PACKAGES}: b 1 → 2, c 1 → absent, d absent → there"]
    assert reasons({PACKAGES: "3" * 32}, {PACKAGES: TWO}, told) == [f"{PACKAGES}: changed"]


def test_which_inputs_moved() -> None:
    before = {"files": "1", "tool": "1", "gone": "1"}
    assert moved(before, {"files": "2", "tool": "1", "new": "1"}) == ["files", "gone", "new"]
    assert moved(before, dict(before)) == []
