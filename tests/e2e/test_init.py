"""`maturity init` in repositories of several layouts: what it writes works, and what exists stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from maturity.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Checkout

CODE = '"""Code."""\n'
LAYOUTS = {
    "default": (["src/components/carbon/__init__.py", "src/components/store.py"], {"carbon", "store"}),
    "monorepo": (["packages/a/src/alpha/__init__.py", "packages/b/src/beta/x.py"], {"alpha", "beta"}),
    "same names": (["packages/a/src/core/x.py", "packages/b/src/core/x.py"], {"a", "b"}),
    "src": (["src/shop/cli.py", "src/shop/cart/x.py", "src/shop/stock/x.py"], {"shop", "cart", "stock"}),
    "flat": (
        ["shop/__init__.py", "shop/cart/x.py", "shop/stock/x.py", "tests/test_x.py", "setup.py"],
        {"cart", "stock"},
    ),
}
WRITTEN = {"dodo.py", ".gitignore", ".pre-commit-config.yaml", ".github/workflows/maturity.yml", "pyproject.toml"}


@dataclass(frozen=True)
class Said:
    """What a command printed, and its exit code."""

    exit_code: int
    stdout: str
    stderr: str


@pytest.fixture
def init(empty: Checkout, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """`maturity init WORDS` in a directory of the repository."""

    def run(*words: str, below: str = ".") -> Said:
        monkeypatch.chdir(empty.path(below))
        code = main(["init", *words])
        return Said(code, *capsys.readouterr())

    return run


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_it_writes_works(empty: Checkout, init: Callable[..., Said], layout: str) -> None:
    files, components = LAYOUTS[layout]
    for path in files:
        empty.write(path, CODE)
    before = empty.files(".")
    shown = init()
    assert shown.exit_code == 0, shown
    assert empty.files(".") == before, "a diff is all that is made without --write"
    written = init("--write")
    assert written.exit_code == 0, written
    after = empty.files(".")
    assert {path: after[path] for path in before} == before
    made = set(after) - set(before)
    assert made == WRITTEN - ({"pyproject.toml"} if layout == "default" else set())
    assert {path for path in made if f"+++ b/{path}" in shown.stdout} == made
    listed = empty.doit("list")
    assert listed.exit_code == 0, listed
    assert set(re.findall(r"^maturity:(\S+)", listed.stdout, re.MULTILINE)) == components
    assert "branches: [trunk]" in empty.read(".github/workflows/maturity.yml")
    again = init("--write")
    assert (again.exit_code, again.stdout) == (0, "")
    assert "nothing to add" in again.stderr


def test_as_json(empty: Checkout, init: Callable[..., Said], of_form: Callable[[str, str], dict]) -> None:
    empty.write("shop/__init__.py", CODE)
    empty.write("dodo.py", "def task_x():\n    return {'actions': []}\n")
    shown = init("--format", "json")
    said = of_form("setup", shown.stdout)
    assert (shown.exit_code, shown.stderr, said["written"]) == (0, "", False)
    assert {each["path"] for each in said["files"]} == WRITTEN - {"dodo.py"}
    assert all(f"+++ b/{each['path']}" in each["diff"] for each in said["files"])
    (advice,) = said["advice"]
    assert (advice["path"], advice["text"]) == ("dodo.py", "from maturity.dodo import task_maturity")
    assert not empty.path("pyproject.toml").exists()
    said = of_form("setup", init("--write", "--format", "json").stdout)
    assert said["written"]
    assert empty.path("pyproject.toml").exists()
    assert of_form("setup", init("--format", "json").stdout)["files"] == []


def test_what_exists_is_not_touched(empty: Checkout, init: Callable[..., Said]) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "x" # odd   \n[tool.maturity]\ncomponents = ["shop"]\n',
        "dodo.py": "def task_x():\n    return {'actions': []}\n",
        ".gitignore": "/.maturity/\n.doit.db*\n",
        ".pre-commit-config.yaml": "repos: []\n",
        ".gitlab-ci.yml": "job:\n  script: [make]\n",
        "shop/__init__.py": CODE,
    }
    for path, text in files.items():
        empty.write(path, text)
    ran = init("--write")
    assert (ran.exit_code, ran.stdout) == (0, ""), ran
    for path, text in files.items():
        assert empty.read(path) == text
    assert not empty.path(".github").exists()
    for words in ("from maturity.dodo import task_maturity", "entry: maturity --auto", "maturity --validate"):
        assert words in ran.stderr


def test_the_tests_of_a_single_package_are_found(empty: Checkout, init: Callable[..., Said]) -> None:
    empty.write("src/click/__init__.py", CODE)
    empty.write("tests/test_arguments.py", "def test_x():\n    pass\n")
    assert init("--write").exit_code == 0
    assert '[tool.maturity.component.click]\ntests = ["tests"]\n' in empty.read("pyproject.toml")
    listed = empty.maturity("list", "--format", "json")
    assert [each["tests"] for each in json.loads(listed.stdout)["components"]] == [["tests"]]
    assert init("--write").stdout == ""


def test_components_whose_tests_are_not_found_are_named(empty: Checkout, init: Callable[..., Said]) -> None:
    for path in ("src/attr/__init__.py", "src/attrs/__init__.py", "src/other.py", "tests/test_make.py"):
        empty.write(path, CODE)
    empty.write("tests/test_other.py", CODE)
    ran = init("--write")
    assert ran.exit_code == 0, ran
    assert "no tests were found for attr and attrs" in ran.stderr
    assert '[tool.maturity.component.attr]\ntests = ["tests/' in ran.stderr
    assert "tool.maturity.component" not in empty.read("pyproject.toml")


def test_below_the_top_of_the_git_repository(empty: Checkout, init: Callable[..., Said]) -> None:
    empty.write("services/shop/pyproject.toml", "")
    empty.write("services/shop/shop/__init__.py", CODE)
    ran = init("--write", below="services/shop")
    assert ran.exit_code == 0, ran
    made = {path for path in empty.files(".") if "shop/shop" not in path}
    assert made == {f"services/shop/{name}" for name in ("pyproject.toml", "dodo.py", ".gitignore")}
    assert "let them run in services/shop/" in ran.stderr


@pytest.mark.parametrize("path", ["pyproject.toml", "dodo.py"])
def test_a_link_out_of_the_repository_is_refused(
    empty: Checkout, init: Callable[..., Said], tmp_path: Path, path: str
) -> None:
    (tmp_path / "outside").write_text("")
    empty.write("shop/__init__.py", CODE)
    empty.path(path).symlink_to(tmp_path / "outside")
    ran = init("--write")
    assert ran.exit_code == 4, ran
    assert f"{path}: is no file" in ran.stderr
    assert (tmp_path / "outside").read_text() == ""
    assert set(empty.files(".")) == {"shop/__init__.py", path}


def test_a_repository_without_code_is_told_what_to_do(init: Callable[..., Said]) -> None:
    ran = init()
    assert ran.exit_code == 4, ran
    assert "components = [" in ran.stderr
