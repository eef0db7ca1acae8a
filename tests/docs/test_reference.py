"""The reference pages name what the code has, each key, command, option, exit code and file, and nothing else."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from doit.cmd_base import DodoTaskLoader
from doit.cmdparse import CmdParseError
from doit.doit_cmd import DoitMain
from markdown_it import MarkdownIt

from maturity import collectors
from maturity.commands import COMMANDS, options
from maturity.commands.update import check
from maturity.errors import UsageError
from maturity.graph import parts
from maturity.markdown.markers import Kind
from maturity.markdown.template import new_document
from maturity.schema import settings_schema
from maturity.settings.criteria import DEFAULT_STAGES, read_ladder

HOME = Path(__file__).parent.parent.parent
REFERENCE = HOME / "docs/reference"
PAGES = sorted([*(HOME / "docs").rglob("*.md"), HOME / "README.md", HOME / "SECURITY.md"])
KINDS = {
    *parts.DOCUMENT_TASKS,
    "explain",
    "gate",
    "trend",
    "all",
    *(collector.name for collector in collectors.BUILT_IN),
}


def sections(page: str) -> dict[str, str]:
    """The text below each heading of a page up to the next one; what is before the first has the key ""."""
    found, heading, fenced = {"": ""}, "", False
    for line in (REFERENCE / page).read_text("utf-8").splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("#") and not fenced:
            heading = line.lstrip("# ").replace("`", "")
        found[heading] = found.get(heading, "") + line + "\n"
    return found


def first_cells(section: str) -> list[str]:
    """What stands in code spans in the first column of a section's tables."""
    rows = [line for line in section.splitlines() if line.startswith("| ")]
    return [span for row in rows for span in re.findall(r"`([^`]+)`", row.split(" | ")[0])]


def parser_of(command: str) -> argparse.ArgumentParser:
    module = options if not command else import_module(f"maturity.commands.{command.replace('-', '_')}")
    return module.parser()


def option_strings(command: str) -> set[str]:
    return {word for action in parser_of(command)._actions for word in action.option_strings}


# Configuration


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("[tool.maturity]", ""),
        ("[tool.maturity.component.NAME]", "component"),
        ("[tool.maturity.tool.NAME]", "tool"),
        ("[[tool.maturity.criterion]]", "criterion"),
        ("[tool.maturity.gate]", "gate"),
    ],
)
def test_every_key_is_explained_and_no_other(heading: str, place: str) -> None:
    schema = settings_schema()
    properties: dict[str, Any] = (schema["definitions"][place] if place else schema)["properties"]
    assert sorted(first_cells(sections("configuration.md")[heading])) == sorted(properties)


def test_the_tables_of_the_schema_are_those_of_the_page() -> None:
    tables = {name for name in settings_schema()["definitions"] if name not in ("text", "texts")}
    assert tables == {"component", "tool", "criterion", "gate"}


def test_every_metric_and_tool_is_named() -> None:
    named = re.findall(r"`([a-z_]+\.[a-z_]+)`", sections("configuration.md")["Metrics"])
    assert sorted(named) == sorted(collectors.metric_names(collectors.BUILT_IN))
    prose = sections("configuration.md")["[tool.maturity.tool.NAME]"]
    for collector in collectors.BUILT_IN:
        assert f"`{collector.settings or collector.name}`" in prose


def test_the_default_ladder_is_the_one_in_the_code() -> None:
    rows = [
        [cell.strip(" `") for cell in line.strip("| ").split(" | ")]
        for line in sections("configuration.md")["The default ladder"].splitlines()
        if line.startswith("| ")
    ]
    expected = [["stage", "id", "asks for"]]
    for criterion in read_ladder(None, (), ()).criteria:
        sign, bound = ("≥", criterion.at_least) if criterion.at_least is not None else ("≤", criterion.at_most)
        asks = "manual" if criterion.manual else f"{criterion.metric}` {sign} {bound}"
        expected.append([criterion.stage, criterion.id, asks])
    assert rows == expected
    assert str(list(DEFAULT_STAGES)).replace("'", '"') in sections("configuration.md")["[tool.maturity]"]


# Commands


def test_every_command_has_a_section_and_no_other() -> None:
    named = {name.partition(" ")[2] for name in sections("commands.md") if name.startswith("maturity ")}
    assert named == set(COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_option_is_explained_and_no_other(command: str) -> None:
    cells = first_cells(sections("commands.md")[f"maturity {command}".strip()])
    named = {cell.split()[0] for cell in cells if cell.startswith("-")}
    known = option_strings(command) - ({"-h", "--help"} if command else set())
    assert named == known


@pytest.mark.parametrize(
    "command", ["list", "adopt", "badge", "doctor", "explain", "gate", "init", "inspect", "trend", ""]
)
def test_every_format_is_named(command: str) -> None:
    (action,) = (action for action in parser_of(command)._actions if "--format" in action.option_strings)
    row = next(row for row in sections("commands.md")[f"maturity {command}".strip()].splitlines() if "--format" in row)
    assert re.findall(r"`(\w+)`", row) == list(action.choices or ())


def test_every_exit_code_of_the_help_is_in_the_table() -> None:
    said = re.findall(r"^  (\d)  (.*)", options.CODES, re.MULTILINE)
    rows = re.findall(r"^\| (\d) \| (.*) \|$", sections("commands.md")["Exit codes"], re.MULTILINE)
    assert [code for code, _ in rows] == [code for code, _ in said] == list("01234")


def test_every_task_of_doit_is_in_the_table() -> None:
    assert {cell.partition(":")[0] for cell in first_cells(sections("commands.md")["doit"])} - {""} >= KINDS


# What the pages tell people to type


def typed(page: Path) -> Iterator[tuple[list[str], bool]]:
    """The words of each command line of ours, and whether it is whole: in a code span it may not be."""
    lines: list[tuple[str, bool]] = []
    for token in MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8")):
        if token.type == "fence" and token.info.split()[:1] == ["sh"]:
            lines += [(line, True) for line in token.content.splitlines()]
        lines += [(child.content, False) for child in token.children or () if child.type == "code_inline"]
    for line, whole in lines:
        found = re.search(r"(?:^|[(\"])((?:maturity|doit) [^\")|#]+)", line)
        if found:
            yield shlex.split(found[1]), whole


def read(words: list[str], whole: bool = True) -> None:
    """Read a command line as the program does, without doing what it says. Raises what it would."""
    if words[0] == "doit":
        loader, commands = DodoTaskLoader(), DoitMain(config_filenames=()).get_cmds()
        name = words.pop(1) if words[1] in parts.COMMANDS else "run"
        settings: dict[str, Any] = {"config": {}, "bin_name": "doit", "cmds": commands, "opt_vals": {}}
        tasks = commands.get_plugin(name)(task_loader=loader, **settings).cmdparser.parse(words[1:])[1]
        assert {task.partition(":")[0] for task in tasks if not task.startswith("--")} <= {*KINDS, "TASK"}
        return
    command = words.pop(1) if words[1] in COMMANDS else ""
    if not whole and not words[1:]:
        return  # the command is named, and not typed
    chosen = parser_of(command).parse_args(words[1:])
    if whole and not command:
        check(chosen)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(HOME)))
def test_every_command_line_is_understood(page: Path) -> None:
    for words, whole in typed(page):
        read(words, whole)


def test_every_command_is_shown_in_use() -> None:
    shown = {words[1] for words, whole in typed(REFERENCE / "commands.md") if whole and words[0] == "maturity"}
    assert {*COMMANDS, "--all", "--component", "--validate", "--auto"} == shown


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("maturity --al", UsageError),
        ("maturity --all --validate --create", UsageError),
        ("maturity explain --fully", UsageError),
        ("doit nosuch:carbon", AssertionError),
        ("doit run -q", CmdParseError),
    ],
)
def test_a_command_line_that_is_wrong_is_found(line: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(line.split())


# Files


def test_every_file_in_the_cache_is_explained(tmp_path: Path) -> None:
    """A run, a region edited by hand, and a dry run leave nothing that the page does not name."""
    (tmp_path / "pyproject.toml").write_text('[tool.maturity]\ncomponents = ["note.py"]\n')
    (tmp_path / "note.py").write_text("X = 1\n")
    words = (sys.executable, "-m", "maturity", "--all")
    document = tmp_path / "note.MATURITY.md"
    for more, edit in (((), "**A Stage**"), (("--dry-run",), "**The Stage**"), ((), "**Current Stage**"), ((), "")):
        subprocess.run([*words, *more], cwd=tmp_path, capture_output=True, check=True, timeout=120)
        if edit:
            document.write_text(document.read_text("utf-8").replace("**Current Stage**", edit), "utf-8")
    named = set(first_cells(sections("files.md")[".maturity/: the cache"]))
    found = {str(path.relative_to(tmp_path)) for path in (tmp_path / ".maturity").rglob("*") if path.is_file()}
    tools = "|".join(collector.name for collector in collectors.BUILT_IN)
    found = {re.sub(rf"/({tools})\.", "/COLLECTOR.", re.sub(r"/note\b", "/NAME", path)) for path in found}
    assert found <= named
    absent = {
        ".maturity/adopted/NAME.log",
        ".maturity/answers/",
        ".maturity/history.msgpack",
        ".maturity/records/NAME/COLLECTOR.failure.json",
    }
    assert named - found <= absent  # what only `adopt`, `trend`, a broken tool, and a record that gives way leave


def test_every_marker_and_region_is_explained() -> None:
    text = sections("files.md")["Markers in a document"]
    for kind in Kind:
        assert f"<!-- {kind.value}" in text
    regions = re.findall(r"\[region=([\w-]+)\]", new_document("x"))
    assert first_cells(text) == list(dict.fromkeys(regions))
