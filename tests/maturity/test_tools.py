"""The tools of a repository: how each is started, and what it says of itself."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from maturity.collectors import BUILT_IN
from maturity.collectors.base import Collector
from maturity.settings.settings import Settings, read_settings
from maturity.tools import Tools, interpreter_behind

COLLECTORS = {collector.name: collector for collector in BUILT_IN}
NAMES = ("pytest", "ruff", "pyright", "bandit")


def settings(text: str) -> Settings:
    return read_settings(text, NAMES, [])


def command(collector: Collector, *words: str) -> tuple[str, ...]:
    table = f"[tool.maturity.tool.{collector.settings or collector.name}]\ncommand = {json.dumps(words)}\n"
    return Tools(Path(), settings(table)).command(collector)


def test_a_tool_is_the_one_beside_us() -> None:
    tools = Tools(Path(), settings(""))
    assert tools.command(COLLECTORS["ruff"]) == (sys.executable, "-P", "-m", "ruff")
    assert tools.command(COLLECTORS["pytest"]) == (sys.executable,)
    assert tools.command(COLLECTORS["integration"]) == (sys.executable,)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["uv", "run", "pytest"], ["uv", "run", "python"]),
        (["uv", "run", "python", "-m", "pytest"], ["uv", "run", "python"]),
        ([".venv/bin/pytest"], [".venv/bin/python"]),
        (["docker", "exec", "box"], ["docker", "exec", "box"]),
    ],
)
def test_the_interpreter_behind_a_pytest(words: list[str], expected: list[str]) -> None:
    for name in ("pytest", "integration"):
        assert command(COLLECTORS[name], *words) == tuple(expected)
    assert command(COLLECTORS["ruff"], *words) == tuple(words)


COUNTING = """
import pathlib
log = pathlib.Path("asked")
log.write_text((log.read_text() if log.exists() else "") + "x")
print("version 1.0")
"""


@pytest.fixture
def counted(tmp_path: Path) -> Settings:
    """Settings with a ruff and an interpreter that count how often they were asked."""
    (tmp_path / "tool.py").write_text(COUNTING)
    words = json.dumps([sys.executable, "-I", "-S", str(tmp_path / "tool.py")])
    tables = (f"[tool.maturity.tool.{name}]\ncommand = {words}\n" for name in ("ruff", "pytest"))
    return settings("".join(tables))


def test_a_tool_of_the_user_is_asked_once_in_a_run(tmp_path: Path, counted: Settings) -> None:
    tools = Tools(tmp_path, counted)
    assert all(tools.inputs(COLLECTORS["ruff"]) == tools.inputs(COLLECTORS["ruff"]) for _ in range(5))
    assert (tmp_path / "asked").read_text() == "x"
    assert all(tools.inputs(COLLECTORS["pytest"]) == tools.inputs(COLLECTORS["pytest"]) for _ in range(5))
    assert (tmp_path / "asked").read_text() == "xx"


def test_another_version_is_another_tool(tmp_path: Path, counted: Settings) -> None:
    first = Tools(tmp_path, counted).inputs(COLLECTORS["ruff"])
    assert Tools(tmp_path, counted).inputs(COLLECTORS["ruff"]) == first
    (tmp_path / "tool.py").write_text("print('version 2.0')")
    assert Tools(tmp_path, counted).inputs(COLLECTORS["ruff"]) != first


@pytest.mark.parametrize("program", ["import time; time.sleep(600)", "raise SystemExit(3)", "import os; os.abort()"])
def test_a_tool_that_does_not_say_its_version_breaks_nothing(program: str, tmp_path: Path) -> None:
    table = f"[tool.maturity.tool.ruff]\ncommand = {json.dumps([sys.executable, '-c', program])}\ntimeout = 1\n"
    assert Tools(tmp_path, settings(table)).inputs(COLLECTORS["ruff"])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("uv", "run", "pyright"), ("uv", "run", "python")),
        (("python3", "-m", "pyright"), ("python3",)),
        ((".venv/bin/pyright",), (".venv/bin/python",)),
        (("docker", "exec", "box"), None),
    ],
)
def test_the_interpreter_behind_another_tool(words: tuple[str, ...], expected: tuple[str, ...] | None) -> None:
    assert interpreter_behind(words, "pyright") == expected


def test_pyright_of_the_user_is_asked_what_is_installed_where_it_is(tmp_path: Path) -> None:
    for name, version in (("pyright", "1.1.400"), ("python", '{"python": "3.9", "platform": "x", "path": []}')):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{version}'\n")
        (tmp_path / name).chmod(0o755)
    table = f"[tool.maturity.tool.pyright]\ncommand = [{json.dumps(str(tmp_path / 'pyright'))}]\n"
    found = Tools(tmp_path, settings(table)).inputs(COLLECTORS["pyright"])
    assert (found["interpreter"], found["platform"]) == ("3.9", "x")
