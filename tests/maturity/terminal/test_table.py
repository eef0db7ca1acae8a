from __future__ import annotations

import io
import re

import pytest
from rich.console import Console

from maturity.reports.closing import Closing, Figures, Row
from maturity.terminal.table import show

CARBON = Row(
    "carbon",
    "Staging",
    "Development",
    Figures("85.8 %", "3", "0", "0!", "12 passed, 1 failed", 3, 1),
    ("pytest",),
    ("ruff", "pyright"),
    ("bandit",),
    "updated",
    1.25,
)
ODD = Row("[red]x[/red]\x1b[31m\n:smile:", None, "[bold]Top", Figures(), (), (), (), "created", 0.0)
CLOSING = Closing((CARBON,), "1 component; 1.2 s")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


def shown(closing: Closing, width: int = 200, terminal: bool = False) -> str:
    out = io.StringIO()
    show(closing, Console(file=out, width=width, force_terminal=terminal or None, highlight=False, markup=False))
    return out.getvalue()


def test_the_table_has_a_line_for_each_component_and_a_last_line() -> None:
    heading, carbon, last = shown(CLOSING).splitlines()
    assert re.split(r"\s{2,}", heading.strip()) == [
        "component",
        "stage",
        "coverage",
        "lint",
        "types",
        "security",
        "tests",
        "collected",
        "cached",
        "time",
    ]
    assert re.split(r"\s{2,}", carbon.strip()) == [
        "carbon",
        "Staging → Development",
        "85.8 %",
        "3",
        "0",
        "0!",
        "12 passed, 1 failed",
        "pytest; bandit failed",
        "ruff, pyright",
        "1.2 s",
    ]
    assert last == "1 component; 1.2 s"


def test_a_narrow_terminal_gets_lines_that_wrap() -> None:
    text = shown(CLOSING, width=40)
    assert all(len(line) <= 40 for line in text.splitlines())
    words = " ".join(text.split())
    assert "carbon: Staging → Development" in words
    assert "coverage 85.8 %; lint 3; types 0; security 0!; tests 12 passed, 1 failed;" in words
    assert "…" not in text


def test_names_are_printed_as_they_are_and_steer_nothing() -> None:
    for width in (200, 30):
        text = shown(Closing((ODD,), "end\x1b[2J"), width)
        assert "[red]x[/red]\\x1b[31m\\n:smile:" in text.replace("\n", "")
        assert "[bold]Top" in text
        assert "\x1b" not in text


def test_one_line_where_there_are_no_rows() -> None:
    assert shown(Closing(line="4 components current, nothing to do")) == "4 components current, nothing to do\n"


@pytest.mark.parametrize(
    ("environment", "terminal", "coloured"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"NO_COLOR": "1"}, True, False),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, False, False),
    ],
)
def test_colours(environment: dict[str, str], terminal: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert bool(COLOUR.search(shown(CLOSING, terminal=terminal))) is coloured
