from __future__ import annotations

import io
import sys

from rich.console import Console

from maturity.terminal.live import MOST_LINES, Live


def shown(width: int, live: Live) -> list[str]:
    console = Console(file=io.StringIO(), width=width, markup=False)
    with console.capture() as capture:
        console.print(live.lines())
    return capture.get().splitlines()


def fake(out: io.StringIO) -> Console:
    return Console(file=out, force_terminal=True, width=80, highlight=False, markup=False, emoji=False)


def test_what_runs_now_and_how_many_are_done() -> None:
    live = Live(12, fake(io.StringIO()))
    try:
        live.begin("_run:ruff:0", "ruff: carbon, store")
        live.begin("_run:pytest:0", "pytest: carbon")
        live.end("_run:ruff:0")
        running, total = shown(80, live)
        assert running.startswith("pytest: carbon ")
        assert "1/12 processes" in total
    finally:
        live.stop()


def test_names_are_printed_as_they_are_and_cut_where_the_terminal_is_narrow() -> None:
    live = Live(1, fake(io.StringIO()))
    try:
        live.begin("_run:ruff:0", "ruff: [red]x[/red] :smile:")
        assert shown(80, live)[0].startswith("ruff: [red]x[/red] :smile: ")
        live.begin("_run:ruff:1", "ruff: " + "x" * 200)
        assert all(len(line) <= 40 for line in shown(40, live))
    finally:
        live.stop()


def test_many_processes_take_few_lines() -> None:
    live = Live(100, fake(io.StringIO()))
    try:
        for number in range(50):
            live.begin(f"_run:pytest:{number}", f"pytest: c{number}")
        lines = shown(80, live)
        assert len(lines) == MOST_LINES + 2
        assert lines[-2].startswith(f"and {50 - MOST_LINES} more")
    finally:
        live.stop()


def test_the_cursor_comes_back_and_stopping_twice_is_fine() -> None:
    out = io.StringIO()
    live = Live(1, fake(out))
    assert "\x1b[?25l" in out.getvalue()
    live.stop()
    live.stop()
    assert out.getvalue().count("\x1b[?25h") == 1


def test_a_redirected_stdout_stays_what_it_is() -> None:
    before = sys.stdout
    live = Live(1, fake(io.StringIO()))
    try:
        assert sys.stdout is before
        assert sys.stderr is not sys.__stderr__
    finally:
        live.stop()
