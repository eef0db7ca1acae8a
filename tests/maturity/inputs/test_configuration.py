"""Which configuration counts: of each file only the tables of the tool, and all that it builds on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from maturity.collectors import BUILT_IN
from maturity.collectors.base import ConfigTable
from maturity.inputs.configuration import PRESENT, Configuration, extended, parse, select
from maturity.tree import Tree

Plant = Callable[..., Path]
RUFF = (ConfigTable("pyproject.toml", ("tool.ruff", "project.requires-python")), ConfigTable("ruff.toml"))
TESTS = (
    ConfigTable("pytest.ini"),
    ConfigTable("setup.cfg", ("tool:pytest", "coverage:*")),
    ConfigTable(".coveragerc"),
)
PYRIGHT = (ConfigTable("pyrightconfig.json"),)
PROJECT = '[project]\nname = "x"\nversion = "{}"\nrequires-python = ">=3.11"\n[tool.ruff]\nline-length = {}\n'


def digests(root: Path, texts: Mapping[str, str], tables: tuple[ConfigTable, ...], *directories: str) -> dict[str, str]:
    """The digests of a tree that holds these configuration files and no others; texts are written anew each time."""
    for path, text in texts.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return Configuration(Tree(root)).digests(tables, directories or ("",))


@pytest.fixture
def root(plant: Plant) -> Path:
    return plant()


def test_no_configuration_no_input(root: Path) -> None:
    assert digests(root, {}, RUFF) == {}
    assert digests(root, {"pyproject.toml": "[project]\nname = 'x'\n[tool.black]\nx = 1"}, RUFF) == {}


def test_each_table_has_a_label_for_people(root: Path) -> None:
    texts = {"pyproject.toml": PROJECT.format(1, 88), "ruff.toml": "", "a/b/ruff.toml": "line-length = 3"}
    found = digests(root, texts, RUFF, "", "a", "a/b")
    assert list(found) == ["pyproject.toml [tool.ruff] [project.requires-python]", "ruff.toml", "a/b/ruff.toml"]
    assert len(set(found.values())) == 3


@pytest.mark.parametrize(
    ("after", "same"),
    [
        (PROJECT.format(2, 88), True),
        (PROJECT.format(1, 99), False),
        (PROJECT.format(1, 88) + "[tool.black]\nx = 1\n", True),
        ("# a comment\n\n" + PROJECT.format(1, 88).replace(" = ", "  =  "), True),
        (PROJECT.format(1, 88).replace(">=3.11", ">=3.12"), False),
        (PROJECT.format(1, 88) + "[tool.ruff.lint]\nselect = ['E']\n", False),
        (PROJECT.format(1, 88).replace("tool.ruff", "tool.rufff"), False),
        ("", False),
    ],
)
def test_only_the_tables_that_matter(root: Path, after: str, same: bool) -> None:
    before = digests(root, {"pyproject.toml": PROJECT.format(1, 88)}, RUFF)
    assert (digests(root, {"pyproject.toml": after}, RUFF) == before) is same


def test_the_order_of_keys_does_not_matter(root: Path) -> None:
    one = digests(root, {"pyproject.toml": "[tool.ruff]\na = 1\nb = {c = 1, d = 2}"}, RUFF)
    assert digests(root, {"pyproject.toml": "[tool.ruff]\nb = {d = 2, c = 1}\na = 1"}, RUFF) == one


def test_the_order_of_a_list_does(root: Path) -> None:
    one = digests(root, {"pyproject.toml": "[tool.ruff]\nselect = ['A', 'B']"}, RUFF)
    assert digests(root, {"pyproject.toml": "[tool.ruff]\nselect = ['B', 'A']"}, RUFF) != one


@pytest.mark.parametrize("value", ["2024-01-01", "12:00:00", "2024-01-01T00:00:00Z", "1.5", "true", "[[1], [2]]"])
def test_every_kind_of_value_can_be_digested(root: Path, value: str) -> None:
    one = digests(root, {"pyproject.toml": f"[tool.ruff]\nx = {value}"}, RUFF)
    assert one
    assert digests(root, {"pyproject.toml": "[tool.ruff]\nx = 'other'"}, RUFF) != one


def test_that_there_is_a_file_can_count_and_then_only_its_tables_do(root: Path) -> None:
    looked_for = (ConfigTable("pyproject.toml", ("tool.x",), presence=True), ConfigTable("setup.py", presence=True))
    assert digests(root, {}, looked_for) == {}
    one = digests(root, {"pyproject.toml": "[project]\n", "setup.py": "setup()"}, looked_for)
    assert len(one) == 2
    assert digests(root, {"pyproject.toml": "[project]\nname = 'x'\n", "setup.py": "setup(1)"}, looked_for) == one
    assert digests(root, {"pyproject.toml": "[tool.x]\na = 1\n"}, looked_for) != one


def test_a_whole_file_counts_also_where_for_others_only_its_presence_does(root: Path) -> None:
    looked_for = (ConfigTable("setup.py", presence=True), ConfigTable("setup.py"), ConfigTable("x.json", presence=True))
    for path, text, other in (("setup.py", "setup()", "setup(1)"), ("x.json", "{}", '{"a": 1}')):
        (root / path).write_text(text)
        one = Configuration(Tree(root))
        assert one.digest(path, (), presence=True) == PRESENT
        whole = one.digest(path, (), looked_for)
        (root / path).write_text(other)
        two = Configuration(Tree(root))
        assert two.digest(path, (), presence=True) == PRESENT
        assert two.digest(path, (), looked_for) != whole


@pytest.mark.parametrize("key", ["baseline", "configfile"])
def test_what_an_ini_file_of_bandit_names_counts(root: Path, key: str) -> None:
    tables = next(collector.configuration for collector in BUILT_IN if collector.name == "bandit")
    one = digests(root, {".bandit": f"[bandit]\n{key} = other\n", "other": "1"}, tables)
    assert digests(root, {"other": "2"}, tables) != one


def test_a_nearer_file_counts(root: Path) -> None:
    one = digests(root, {"ruff.toml": "line-length = 88"}, RUFF, "", "src", "src/a")
    other = digests(root, {"src/a/ruff.toml": "line-length = 88"}, RUFF, "", "src", "src/a")
    assert other.keys() - one.keys() == {"src/a/ruff.toml"}


def test_a_nearer_file_of_another_component_does_not(root: Path) -> None:
    one = digests(root, {"src/b/ruff.toml": "line-length = 88"}, RUFF, "", "src", "src/a")
    assert one == {}


def test_a_nearer_empty_table_counts_for_it_hides_the_one_above(root: Path) -> None:
    above = {"pyproject.toml": PROJECT.format(1, 88)}
    one = digests(root, above, RUFF, "", "src")
    assert digests(root, {"src/pyproject.toml": "[tool.ruff]\n"}, RUFF, "", "src") != one


def test_a_file_without_tables_counts_as_a_whole(root: Path) -> None:
    one = digests(root, {"ruff.toml": "line-length = 88"}, RUFF)
    assert digests(root, {"ruff.toml": "line-length = 88"}, RUFF) == one
    assert digests(root, {"ruff.toml": "line-length = 99"}, RUFF) != one


@pytest.mark.parametrize("text", ["[tool.ruff", "\x00", "[tool.ruff]\na = 1\na = 2"])
def test_a_file_that_cannot_be_read_counts_as_a_whole(root: Path, text: str) -> None:
    one = digests(root, {"pyproject.toml": text}, RUFF)
    assert one
    assert digests(root, {"pyproject.toml": text + " "}, RUFF) != one


def test_bytes_that_are_no_text_count_as_they_are(root: Path) -> None:
    (root / "pyproject.toml").write_bytes(b"[tool.ruff]\nx = '\xff'")
    assert digests(root, {}, RUFF)


CHAIN = {
    "pyproject.toml": "[tool.ruff]\nextend = 'config/a.toml'",
    "config/a.toml": "extend = '../b.toml'",
    "b.toml": "",
}


@pytest.mark.parametrize("path", ["config/a.toml", "b.toml"])
def test_what_a_file_builds_on_counts(root: Path, path: str) -> None:
    one = digests(root, CHAIN, RUFF)
    assert digests(root, CHAIN, RUFF) == one
    assert digests(root, {path: CHAIN[path] + "\nline-length = 9"}, RUFF) != one


def test_what_a_whole_file_builds_on_counts_too(root: Path) -> None:
    chain = {"ruff.toml": "extend = 'b.toml'", "b.toml": "x = 1"}
    one = digests(root, chain, RUFF)
    assert digests(root, {"b.toml": "x = 2"}, RUFF) != one


def test_that_what_is_built_on_is_absent_counts(root: Path) -> None:
    one = digests(root, {"ruff.toml": "extend = 'b.toml'"}, RUFF)
    assert digests(root, {"b.toml": ""}, RUFF) != one


def test_a_project_that_is_built_on_counts_by_the_tables_that_matter(root: Path) -> None:
    texts = {"src/ruff.toml": "extend = '../pyproject.toml'", "pyproject.toml": PROJECT.format(1, 88)}
    one = digests(root, texts, RUFF, "src")
    assert digests(root, {"pyproject.toml": PROJECT.format(2, 88)}, RUFF, "src") == one
    assert digests(root, {"pyproject.toml": PROJECT.format(1, 99)}, RUFF, "src") != one


@pytest.mark.parametrize(
    "texts",
    [
        {"ruff.toml": "extend = 'ruff.toml'"},
        {"ruff.toml": "extend = 'b.toml'", "b.toml": "extend = 'ruff.toml'"},
        {"ruff.toml": "extend = 'b.toml'", "b.toml": "extend = 'c.toml'", "c.toml": "extend = 'b.toml'"},
    ],
)
def test_files_that_build_on_one_another_end(root: Path, texts: dict[str, str]) -> None:
    one = digests(root, texts, RUFF)
    last = list(texts)[-1]
    assert digests(root, {last: texts[last] + "\nx = 1"}, RUFF) != one


@pytest.mark.parametrize("extend", ["../outside.toml", "/etc/hostname", "~/ruff.toml", "$HOME/x.toml", ".", "a\\nb"])
def test_an_odd_place_to_build_on_breaks_nothing(root: Path, extend: str) -> None:
    assert digests(root, {"ruff.toml": f'extend = "{extend}"'}, RUFF)


def test_a_directory_that_is_called_like_a_configuration_is_none(root: Path) -> None:
    (root / "ruff.toml").mkdir()
    assert digests(root, {}, RUFF) == {}


def test_json_builds_on_others_too(root: Path) -> None:
    one = digests(root, {"pyrightconfig.json": '{"extends": "base.json"}', "base.json": "{}"}, PYRIGHT)
    assert digests(root, {"base.json": '{"strict": ["x"]}'}, PYRIGHT) != one


def test_json_with_comments_builds_on_others_too(root: Path) -> None:
    texts = {"pyrightconfig.json": '{\n// shared\n"extends": "base.json",\n}', "base.json": "{}"}
    one = digests(root, texts, PYRIGHT)
    assert digests(root, {"base.json": '{"strict": ["x"]}'}, PYRIGHT) != one


INI = "[tool:pytest]\naddopts = -q\n[coverage:run]\nbranch = true\n[metadata]\nversion = {}\n"


@pytest.mark.parametrize(
    ("after", "same"),
    [
        (INI.format(2), True),
        ("; a comment\n" + INI.format(1).replace(" = ", "="), True),
        (INI.format(1).replace("-q", "-v"), False),
        (INI.format(1).replace("true", "false"), False),
        (INI.format(1) + "[coverage:report]\nomit = x\n", False),
        (INI.format(1).replace("tool:pytest", "pytest"), False),
    ],
)
def test_of_an_ini_file_only_the_sections_that_matter(root: Path, after: str, same: bool) -> None:
    before = digests(root, {"setup.cfg": INI.format(1)}, TESTS)
    assert list(before) == ["setup.cfg [tool:pytest] [coverage:*]"]
    assert (digests(root, {"setup.cfg": after}, TESTS) == before) is same


def test_an_empty_pytest_ini_counts_for_it_sets_the_root(root: Path) -> None:
    assert list(digests(root, {"pytest.ini": "", ".coveragerc": "[run]\nbranch = 1"}, TESTS)) == [
        "pytest.ini",
        ".coveragerc",
    ]


def test_an_ini_file_that_cannot_be_read_counts_as_a_whole(root: Path) -> None:
    one = digests(root, {"setup.cfg": "no section"}, TESTS)
    assert one
    assert digests(root, {"setup.cfg": "no section at all"}, TESTS) != one


@pytest.mark.parametrize("collector", BUILT_IN, ids=lambda collector: collector.name)
def test_bumping_the_version_of_the_project_is_no_input_of_any_tool(root: Path, collector: object) -> None:
    tables = next(c.configuration for c in BUILT_IN if c is collector)
    text = PROJECT + "[tool.pytest.ini_options]\nx = 1\n[tool.coverage.run]\ny = 1\n[tool.pyright]\nz = 1\n"
    text += "[tool.bandit]\nskips = ['B101']\n"
    before = digests(root, {"pyproject.toml": text.format("1.0", 88)}, tables)
    assert before
    assert digests(root, {"pyproject.toml": text.format("2.0", 88)}, tables) == before


def test_files_that_were_looked_for_are_known(root: Path) -> None:
    (root / "ruff.toml").write_text("extend = 'b.toml'")
    configuration = Configuration(Tree(root))
    configuration.digests(RUFF, ["", "src"])
    assert configuration.files == {"pyproject.toml", "ruff.toml", "b.toml", "src/pyproject.toml", "src/ruff.toml"}


def test_parse_and_select() -> None:
    values = parse("a.toml", b"[tool.ruff.lint]\nx = 1")
    assert select(values, "tool.ruff") == {"lint": {"x": 1}}
    assert select(values, "tool.ruff.lint.x") == 1
    assert select(values, "tool.ruff.lint.x.y") is None
    assert select(values, "tool.black") is None
    sections = parse("setup.cfg", b"[coverage:run]\na = 1\n[coverage:html]\nb = 2\n[x]\nc = 3")
    assert select(sections, "coverage:*") == {"coverage:run": {"a": "1"}, "coverage:html": {"b": "2"}}
    assert parse("notes.txt", b"[x]") == {}


def test_extended() -> None:
    assert extended([{"extend": "a", "extends": "b"}, {"extend": 3}, "text", None, {}]) == ["a", "b"]
