from __future__ import annotations

import io
import os

import pytest

from maturity.terminal.plain import Lines, is_animated, label, one_line, printable, progress, write


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_in_a_text_can_steer_a_terminal() -> None:
    assert printable("a\x1b[31mb\x07\r\n\tc\u202e\x9b") == "a\\x1b[31mb\\x07\\r\n\tc\\u202e\\x9b"
    assert printable("grüße 日本 [red]") == "grüße 日本 [red]"
    assert one_line("a\nb\tc") == "a\\nb\\tc"


def test_a_label_names_the_collector_and_a_few_components() -> None:
    assert label("ruff", ("a",)) == "ruff: a"
    assert label("ruff", ("a", "b\n", "c", "d", "e")) == "ruff: a, b\\n, c and 2 more"


@pytest.mark.parametrize(
    ("stream", "environment", "animated"),
    [
        (Terminal(), {"TERM": "xterm"}, True),
        (io.StringIO(), {"TERM": "xterm"}, False),
        (Terminal(), {"TERM": "xterm", "CI": "true"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {"TERM": "xterm", "FORCE_COLOR": "1"}, False),
    ],
)
def test_lines_change_in_place_on_a_terminal_alone(
    stream: io.StringIO, environment: dict[str, str], animated: bool
) -> None:
    assert is_animated(stream, environment) is animated


def test_plain_progress_is_one_line_for_each_process_that_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    shown = progress(2)
    assert isinstance(shown, Lines)
    shown.begin("_run:ruff:0", "ruff: a")
    shown.begin("_run:pytest:0", "pytest: a")
    assert capsys.readouterr() == ("", "")
    shown.end("_run:pytest:0")
    shown.end("_run:ruff:0")
    shown.stop()
    printed = capsys.readouterr()
    assert printed.out == ""
    first, second = printed.err.splitlines()
    assert first.startswith("[1/2] pytest: a (")
    assert second.startswith("[2/2] ruff: a (")
    assert printed.err.replace("\n", "").isprintable()


def test_a_reader_that_has_gone_ends_nothing_but_the_writing() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream:
        write("first", stream)
        write("second", stream)
