"""What surrounds the code: interpreter, platform, installed distributions; and no place of this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from maturity.inputs.environment import (
    ASK,
    Interpreter,
    around,
    describe,
    importable,
    installed,
    read_interpreter,
    this_interpreter,
)

Plant = Callable[..., Path]
SOME = Interpreter("3.11.7", "Linux", ("/lib",))


def found(site: Path, root: Path | None = None) -> dict[str, str]:
    return installed(Interpreter("3.11", "Linux", (str(site),)), root or site.parent / "elsewhere")


def test_another_interpreter_describes_itself_as_we_do() -> None:
    answer = subprocess.run([sys.executable, "-c", ASK], capture_output=True, check=True).stdout
    other, ours = read_interpreter(answer), this_interpreter()
    assert (other.python, other.platform) == (ours.python, ours.platform)
    assert installed(other, Path("/nowhere")) == installed(ours, Path("/nowhere"))


@pytest.mark.parametrize(
    "answer", [b"", b"Python 3.11", b"{}", b'{"python": "3", "platform": "x", "path": 3}', b"\xff"]
)
def test_an_answer_that_is_none_is_refused(answer: bytes) -> None:
    with pytest.raises(ValueError):
        read_interpreter(answer)


def test_what_is_installed_here() -> None:
    distributions = installed(this_interpreter(), Path("/nowhere"))
    assert distributions["pytest"] == pytest.__version__
    assert "markdown-it-py" in distributions


def test_distributions_are_read_from_the_names_of_their_directories(plant: Plant) -> None:
    site = plant(
        "markdown_it_py-4.3.0.dist-info/METADATA",
        "Big.Name-1.0rc1+local.dist-info/METADATA",
        "old-1.2-py3.11.egg-info/PKG-INFO",
        "bare.egg-info/PKG-INFO",
        "package/__init__.py",
        "module.py",
    )
    distributions = found(site)
    assert distributions["markdown-it-py"] == "4.3.0"
    assert distributions["big.name"] == "1.0rc1+local"
    assert distributions["old"].startswith("1.2")
    assert distributions["bare"] == ""
    assert len(distributions) == 4


def test_the_first_place_on_the_path_wins(plant: Plant) -> None:
    root = plant("one/x-1.dist-info/METADATA", "two/x-2.dist-info/METADATA", "two/y-3.dist-info/METADATA")
    interpreter = Interpreter("", "", (str(root / "one"), str(root / "two")))
    assert installed(interpreter, root / "elsewhere") == {"x": "1", "y": "3"}


def test_places_that_do_not_exist_are_passed_over(plant: Plant) -> None:
    root = plant("lib.zip")
    assert installed(Interpreter("", "", ("", str(root / "gone"), str(root / "lib.zip"))), root / "elsewhere") == {}


def test_what_lies_in_the_repository_is_code_and_not_installed(plant: Plant) -> None:
    root = plant("src/mine-1.dist-info/METADATA", ".venv/lib/python3.11/site-packages/x-1.dist-info/METADATA")
    paths = (str(root), str(root / "src"), str(root / ".venv/lib/python3.11/site-packages"))
    assert installed(Interpreter("", "", paths), root) == {"x": "1"}


def test_a_path_file_counts_by_its_content(plant: Plant) -> None:
    one = found(plant(texts={"x.pth": "import a"}))
    assert "x.pth" in one
    assert found(plant(texts={"x.pth": "import b"})) != one


def test_an_editable_installation_is_the_same_in_another_checkout(tmp_path: Path) -> None:
    described: list[dict[str, str]] = []
    for name in ("here", "there"):
        root = tmp_path / name
        site = root / ".venv" / "lib" / "site-packages"
        site.mkdir(parents=True)
        (site / "_editable_impl_mine.pth").write_text(f"{root}/src\n")
        described.append(installed(Interpreter("", "", (str(site),)), root))
    assert described[0] == described[1]


@pytest.mark.parametrize(
    ("interpreter", "distributions"),
    [
        (replace(SOME, python="3.12"), {"a": "1"}),
        (replace(SOME, platform="Darwin"), {"a": "1"}),
        (SOME, {"a": "2"}),
        (SOME, {"a": "1", "b": "1"}),
        (SOME, {}),
    ],
)
def test_each_part_moves_the_digest(interpreter: Interpreter, distributions: dict[str, str]) -> None:
    assert describe(interpreter, distributions) != describe(SOME, {"a": "1"})


def test_neither_order_nor_place_moves_the_digest() -> None:
    one = describe(SOME, {"a": "1", "b": "2"})
    assert describe(SOME, {"b": "2", "a": "1"}) == one
    assert describe(replace(SOME, path=("/opt/lib",)), {"a": "1", "b": "2"}) == one


def test_the_names_of_what_can_be_imported(plant: Plant) -> None:
    root = plant("one/yaml/__init__.py", "one/six.py", "one/fast.cpython-311.so", "one/x-1.dist-info/METADATA")
    names = importable(Interpreter("", "", (str(root / "one"), "", str(root / "gone"))), root / "elsewhere")
    assert {"yaml", "six", "fast", "json"} <= names
    assert not any("-" in name or "." in name for name in names)
    assert "six" not in importable(Interpreter("", "", (str(root / "one"),)), root)


def test_around_us_are_the_places_that_we_import_from() -> None:
    paths = around()
    assert {entry for entry in sys.path if entry.startswith("/")} <= paths
    assert all(Path(path).is_absolute() for path in paths)


def test_the_question_is_answered_in_json() -> None:
    compile(ASK, "ask", "exec")
    assert json.loads(b'{"python": "3", "platform": "x", "path": []}').keys() == {"python", "platform", "path"}
    assert read_interpreter(b'{"python": "3", "platform": "x", "path": ["a"]}') == Interpreter("3", "x", ("a",))
