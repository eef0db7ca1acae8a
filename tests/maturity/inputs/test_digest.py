"""Which inputs move with which change, for a collector that reads files and one that runs tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from maturity.collectors import bandit
from maturity.collectors.base import Collector, ConfigTable
from maturity.files import NEVER, Stamp
from maturity.inputs import configuration
from maturity.inputs.configuration import parse
from maturity.inputs.digest import Inputs, directories, what_exists
from maturity.inputs.imports import ImportGraph
from maturity.model import Component
from maturity.tree import Tree

Plant = Callable[..., Path]
CARBON = Component(
    "carbon",
    ("src/carbon/__init__.py", "src/carbon/api.py"),
    "src/carbon/MATURITY.md",
    inner_tests=("src/carbon/test_api.py",),
    tests=("src/carbon/test_api.py", "tests/carbon", "tests/test_all.py::test_one[a::b]"),
)
FILES = (
    "src/carbon/__init__.py", "src/carbon/api.py", "src/carbon/test_api.py", "src/shared.py", "src/other/m.py",
    "src/carbon/MATURITY.md", "data/factors.json", "pyproject.toml", "conftest.py",
    "tests/__init__.py", "tests/conftest.py", "tests/test_all.py", "tests/test_other.py",
    "tests/carbon/test_deep.py", "tests/carbon/helpers.py", "tests/other/conftest.py",
)  # fmt: skip


def inputs(root: Path, imports: Mapping[str, tuple[str, ...]] | None = None, environment: str = "e") -> Inputs:
    tree = Tree(root)
    edges = {path: ("", (imports or {}).get(path, ())) for path in tree.python}

    def surroundings(collector: Collector) -> dict[str, str]:
        around = {"interpreter": environment} if collector.environment else {}
        return {"version of it": collector.name, **around}

    return Inputs(tree, lambda: ImportGraph(edges, tree), surroundings)


@pytest.fixture
def root(plant: Plant) -> Path:
    return plant(*FILES)


IMPORTED = "imported files"
IMPORTS = {"src/carbon/api.py": ("src/shared.py",)}


def moved(
    root: Path, collector: Collector, *paths: str, opened: tuple[str, ...] = (), listed: tuple[str, ...] = ()
) -> set[str]:
    """The labels of the inputs that move when these files are edited, made, or deleted (a leading "-")."""
    before = inputs(root, IMPORTS).of(collector, CARBON, opened, listed)
    for path in paths:
        place = root / path.removeprefix("-")
        if path.startswith("-"):
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text("edited")
    after = inputs(root, IMPORTS).of(collector, CARBON, opened, listed)
    return {label for label in {*before, *after} if before.get(label) != after.get(label)}


def test_the_inputs_of_a_linter(root: Path, linter: Collector) -> None:
    assert set(inputs(root).of(linter, CARBON)) == {"files", "first-party packages", "version of it"}


def test_the_inputs_of_a_test_run(root: Path, tester: Collector) -> None:
    found = inputs(root).of(tester, CARBON, ("data/factors.json",), ("data",))
    assert set(found) == {
        "files", "test arguments", "tests", "imported files", "version of it", "interpreter", "opened files",
        "listed directories",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("src/carbon/api.py", "files"),
        ("src/carbon/test_api.py", "files"),
        ("-src/carbon/api.py", "files"),
        ("src/new_package/m.py", "first-party packages"),
        ("src/shared.py", ""),
        ("src/other/m.py", ""),
        ("src/other/new.py", ""),
        ("tests/test_all.py", ""),
        ("src/carbon/MATURITY.md", ""),
        (".maturity/records/carbon/ruff.json", ""),
        ("README.md", ""),
        ("pyproject.toml", ""),
    ],
)
def test_what_moves_the_inputs_of_a_linter(root: Path, linter: Collector, path: str, labels: str) -> None:
    assert moved(root, linter, path) == set(filter(None, [labels]))


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("src/carbon/api.py", {"files", "imported files"}),
        ("src/carbon/test_api.py", {"files", "imported files"}),
        ("src/shared.py", {"imported files"}),
        ("-src/shared.py", {"imported files"}),
        ("tests/test_all.py", {"tests", "imported files"}),
        ("tests/carbon/test_deep.py", {"tests", "imported files"}),
        ("tests/carbon/helpers.py", {"tests", "imported files"}),
        ("tests/carbon/test_new.py", {"tests", "imported files"}),
        ("tests/carbon/conftest.py", {"tests", "imported files"}),
        ("tests/conftest.py", {"tests", "imported files"}),
        ("tests/__init__.py", {"tests", "imported files"}),
        ("conftest.py", {"tests", "imported files"}),
        ("src/conftest.py", {"tests", "imported files"}),
        ("tests/test_other.py", set()),
        ("tests/other/conftest.py", set()),
        ("src/other/m.py", set()),
        ("src/new_package/m.py", set()),
        ("data/factors.json", set()),
        ("src/carbon/MATURITY.md", set()),
        (".maturity/records/carbon/ruff.json", set()),
        ("pyproject.toml", set()),
    ],
)
def test_what_moves_the_inputs_of_a_test_run(root: Path, tester: Collector, path: str, labels: set[str]) -> None:
    assert moved(root, tester, path) == labels


@pytest.mark.parametrize(
    ("path", "labels"),
    [
        ("data/factors.json", {"opened files"}),
        ("-data/factors.json", {"opened files", "listed directories"}),
        ("data/wanted.json", {"opened files", "listed directories"}),
        ("data/new.json", {"listed directories"}),
        ("data/deep/new.json", {"listed directories"}),
        ("data/MATURITY.md", set()),
        ("data/X.MATURITY.md", set()),
        ("data/.hidden/x", {"listed directories"}),
        ("data/.git/x", set()),
        ("data/__pycache__/x.pyc", set()),
    ],
)
def test_what_the_last_run_read_is_an_input(root: Path, tester: Collector, path: str, labels: set[str]) -> None:
    opened = ("data/factors.json", "data/wanted.json")
    assert moved(root, tester, path, opened=opened, listed=("data",)) == labels


@pytest.mark.parametrize("document", ["src/carbon/MATURITY.md", "src/X.MATURITY.md"])
def test_a_document_is_no_input_even_where_a_test_reads_it(root: Path, tester: Collector, document: str) -> None:
    assert moved(root, tester, document, opened=(document,), listed=("src/carbon", "src")) == set()


def test_a_directory_that_comes_is_seen(root: Path, tester: Collector) -> None:
    assert moved(root, tester, "wanted/x.json", listed=("wanted",)) == {"listed directories"}


def test_a_path_that_a_test_asked_for_is_an_input(root: Path, tester: Collector) -> None:
    def found() -> str:
        return inputs(root).of(tester, CARBON, asked=("wanted",))["existing paths"]

    kinds = {"absent": found()}
    assert kinds["absent"] == what_exists({"wanted": "absent"})["existing paths"]
    (root / "wanted").mkdir()
    kinds["directory"] = found()
    (root / "wanted").rmdir()
    (root / "wanted").write_text("x")
    kinds["file"] = found()
    assert len(set(kinds.values())) == 3
    (root / "wanted").write_text("y")
    assert found() == kinds["file"]


def test_a_module_that_comes_to_stand_before_one_that_was_imported(root: Path, tester: Collector) -> None:
    assert "opened files" in moved(root, tester, "src/shared/__init__.py", opened=("src/shared.py",))


def test_tests_need_not_be_in_python_files(root: Path, tester: Collector) -> None:
    assert moved(root, tester, "tests/carbon/deep/test_more.txt") == {"tests"}
    assert moved(root, tester, "tests/test_more.txt") == set()


def test_a_module_that_stands_in_for_an_installed_one(root: Path, tester: Collector, linter: Collector) -> None:
    def found(collector: Collector) -> dict[str, str]:
        tree = Tree(root)
        edges = dict.fromkeys(tree.python, ("", ()))
        found = Inputs(tree, lambda: ImportGraph(edges, tree), lambda _: {}, lambda: {"yaml", "json"})
        return found.of(collector, CARBON)

    before = found(tester), found(replace(linter, first_party=False))
    (root / "src/yaml.py").write_text("")
    assert found(tester).keys() - before[0].keys() == {"modules that hide installed ones"}
    assert found(replace(linter, first_party=False)) == before[1]


@pytest.mark.parametrize(("path", "same"), [("src/__init__.py", False), ("src/other/__init__.py", True)])
def test_which_directories_above_are_packages_is_an_input_of_a_linter(
    root: Path, linter: Collector, path: str, same: bool
) -> None:
    assert (moved(root, linter, path) == set()) is same


def test_to_import_sorting_any_directory_is_a_package(root: Path, linter: Collector) -> None:
    assert moved(root, linter, "wandb/run.log") == {"first-party packages"}
    assert moved(root, linter, "with-dash/run.log") == set()


def test_the_python_files_where_a_configuration_has_imports_looked_for(root: Path, linter: Collector) -> None:
    resolving = replace(linter, configuration=(ConfigTable("t.toml"),), places=("stubPath",))
    (root / "t.toml").write_text("stubPath = '.stubs'")
    assert moved(root, resolving, ".stubs/x.pyi") == {"Python files in .stubs"}
    assert moved(root, resolving, ".stubs/deep/y.pyi") == {"Python files in .stubs"}
    assert moved(root, resolving, ".other/y.pyi") == set()


def test_a_renamed_file_moves_the_inputs(root: Path, linter: Collector) -> None:
    one = inputs(root).of(linter, CARBON)
    (root / "src/carbon/api.py").rename(root / "src/carbon/ipa.py")
    renamed = replace(CARBON, source=("src/carbon/__init__.py", "src/carbon/ipa.py"))
    assert inputs(root).of(linter, renamed)["files"] != one["files"]


def test_other_arguments_for_pytest_move_the_inputs(root: Path, tester: Collector) -> None:
    one = inputs(root).of(tester, CARBON)
    for tests in (CARBON.tests[:2], CARBON.tests[::-1], (*CARBON.tests[:2], "tests/test_all.py::test_two")):
        assert inputs(root).of(tester, replace(CARBON, tests=tests))["test arguments"] != one["test arguments"]


def test_tool_and_environment_move_the_inputs(root: Path, tester: Collector) -> None:
    one = inputs(root).of(tester, CARBON)
    other = inputs(root, environment="f").of(replace(tester, name="other"), CARBON)
    assert {label for label in one if one[label] != other[label]} == {"version of it", "interpreter"}


def test_the_name_of_the_component_and_what_a_person_says_of_it_are_no_inputs(root: Path, linter: Collector) -> None:
    said = replace(CARBON, name="other", document="X.md", owner="@me", group="Core")
    assert inputs(root).of(linter, said) == inputs(root).of(linter, CARBON)


def test_the_configuration_above_and_inside_the_component_counts(root: Path, linter: Collector) -> None:
    strict = replace(linter, configuration=(ConfigTable("ruff.toml"),))
    for place in ("", "src/", "src/carbon/"):
        assert moved(root, strict, f"{place}ruff.toml") == {f"{place}ruff.toml"}
    assert moved(root, strict, "src/other/ruff.toml") == set()


def test_the_configuration_above_the_tests_counts_for_them(root: Path, tester: Collector) -> None:
    strict = replace(tester, configuration=(ConfigTable("pytest.ini"),))
    assert moved(root, strict, "tests/carbon/pytest.ini") == {"tests/carbon/pytest.ini", "tests"}


@pytest.mark.parametrize("new", ["zzz.py", "src/zzz.py", "src/zzz/__init__.py"])
def test_a_new_first_party_package_moves_what_sorts_imports(root: Path, linter: Collector, new: str) -> None:
    assert moved(root, linter, new) == {"first-party packages"}


@pytest.mark.parametrize("new", ["packages/a/src/bar.py", "packages/a/bar/__init__.py"])
def test_first_party_is_also_what_lies_beside_a_nearer_configuration(plant: Plant, linter: Collector, new: str) -> None:
    root = plant("packages/a/src/foo/m.py", texts={"packages/a/ruff.toml": "[lint]\nselect = ['I']"})
    foo = Component("foo", ("packages/a/src/foo/m.py",), "packages/a/src/foo/MATURITY.md")
    strict = replace(linter, configuration=(ConfigTable("ruff.toml"),))
    before = inputs(root).of(strict, foo)
    plant(new)
    assert inputs(root).of(strict, foo) != before


def test_what_changed_while_the_tests_ran_is_never_current(root: Path) -> None:
    moment = (root / "data/factors.json").stat().st_ctime_ns
    before = inputs(root).read_by_tests(("data/factors.json",), (), moment + 1)
    assert before == inputs(root).read_by_tests(("data/factors.json",), ())
    during = inputs(root).read_by_tests(("data/factors.json",), (), moment)
    assert during == {"opened files": f"changed during the run of {moment}: data/factors.json"}
    again = inputs(root).read_by_tests(("data/factors.json",), (), moment - 1)
    assert again != during, "two runs during which a file changes are not each other's"


def test_a_directory_that_was_swapped_while_the_tests_ran_is_never_current(root: Path) -> None:
    found = inputs(root)
    (root / "data").rename(root / "gone")
    (root / "other").mkdir()
    (root / "other").rename(root / "data")
    (root / "data/factors.json").write_text("")
    for opened, listed in ((("data/factors.json",), ()), ((), ("data",))):
        (digest,) = found.read_by_tests(opened, listed, 1 << 62).values()
        assert digest.startswith("changed during the run of "), (opened, listed)


def test_a_new_first_party_package_is_no_input_of_bandit(root: Path) -> None:
    assert moved(root, bandit.COLLECTOR, "src/zzz.py") == set()


def test_a_configuration_file_is_read_once_for_all_components(
    root: Path, linter: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    monkeypatch.setattr(configuration, "parse", lambda path, content: read.append(path) or parse(path, content))
    strict = replace(linter, configuration=(ConfigTable("pyproject.toml", ("tool.ruff",)), ConfigTable("ruff.toml")))
    (root / "pyproject.toml").write_text("[tool.ruff]\nsrc = ['lib']")
    (root / "src/ruff.toml").write_text("src = ['lib']")
    found = inputs(root)
    for name in ("one", "two", "three"):
        found.of(replace(strict, name=name), replace(CARBON, name=name))
    assert sorted(read) == ["pyproject.toml", "src/ruff.toml"]


@pytest.mark.parametrize("place", ["", "src/"])
@pytest.mark.parametrize("new", ["lib/zzz.py", "lib/zzz/__init__.py"])
def test_first_party_is_also_where_the_configuration_says_so(
    plant: Plant, root: Path, linter: Collector, place: str, new: str
) -> None:
    strict = replace(linter, configuration=(ConfigTable("ruff.toml"),))
    plant(f"{place}lib/known.py")
    assert moved(root, strict, f"{place}{new}") == set()
    (root / f"{place}{new}").unlink()
    (root / f"{place}{new}").parent.rmdir() if new.endswith("__init__.py") else None
    plant(texts={f"{place}ruff.toml": "src = ['lib']"})
    assert len(moved(root, strict, f"{place}{new}")) == 1


def test_nothing_depends_on_where_the_checkout_is(tmp_path: Path, tester: Collector) -> None:
    found: list[dict[str, str]] = []
    for name in ("here", "there"):
        for path in FILES:
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_text(path)
        found.append(inputs(tmp_path / name, IMPORTS).of(tester, CARBON, ("data/factors.json",), ("data", ".")))
    assert found[0] == found[1]


def test_the_files_behind_test_arguments(root: Path) -> None:
    found = inputs(root).test_files(["tests/carbon/", "tests/test_all.py::T::test_x", "gone/test_x.py"])
    assert found == {
        "conftest.py",
        "tests/__init__.py",
        "tests/carbon/helpers.py",
        "tests/carbon/test_deep.py",
        "tests/conftest.py",
        "tests/test_all.py",
    }


def test_which_imported_files_changed(root: Path, tester: Collector) -> None:
    edited = ("src/shared.py", "src/other/m.py", "tests/test_all.py")
    tree = Tree(root, dict.fromkeys(edited, (Stamp(0, 0, 0, 0), "other")))
    for path in tree.python:
        tree.digest(path)
    edges = {path: ("", IMPORTS.get(path, ())) for path in tree.python}
    found = Inputs(tree, lambda: ImportGraph(edges, tree), lambda collector: {})
    told = {label: found.involved(label, tester, CARBON, (), (), {}) for label in ("tests", IMPORTED)}
    involved = {label: {*files} & tree.changed for label, files in told.items()}
    assert involved == {"tests": {"tests/test_all.py"}, IMPORTED: {"src/shared.py"}}


def test_files_that_are_gone_are_told_where_others_of_the_input_are(root: Path, linter: Collector) -> None:
    known = dict.fromkeys(("src/carbon/old.py", "src/elsewhere/old.py", "data/old.json"), (NEVER, ""))
    found = Inputs(Tree(root, known), lambda: ImportGraph({}, Tree(root)), lambda collector: {})
    gone = set(found.involved("files", linter, CARBON, (), (), {})) - set(CARBON.files)
    assert gone == {"src/carbon/old.py"}
    assert found.involved("listed directories", linter, CARBON, (), ("data",), {}) == ["data/old.json"]
    assert found.involved("opened files", linter, CARBON, ("x",), (), {}) == ("x",)
    assert found.involved("ruff.toml", linter, CARBON, (), (), {}) == ()


@pytest.mark.parametrize(
    "path", ["caf\udce9.py", "src/carbon/caf\udce9.py", "tests/caf\udce9.py", "data/caf\udce9.json"]
)
def test_a_file_name_that_is_no_utf8_breaks_nothing(
    root: Path, linter: Collector, tester: Collector, path: str
) -> None:
    (root / path).write_text("")
    odd = replace(CARBON, source=(*CARBON.source, path), tests=("tests",))
    for collector in (linter, tester):
        assert inputs(root).of(collector, odd, (path,), ("data",))["files"]


def test_directories_above() -> None:
    assert directories(["a/b/c.py", "a/d.py", "e.py"]) == ["", "a", "a/b"]
    assert directories([]) == [""]


def test_what_is_watched(root: Path, tester: Collector) -> None:
    found = inputs(root)
    found.of(replace(tester, configuration=(ConfigTable("ruff.toml"),)), CARBON, (), ("data",))
    assert {"data", "ruff.toml", "src/carbon/ruff.toml", "tests/carbon/ruff.toml"} <= found.watched()
