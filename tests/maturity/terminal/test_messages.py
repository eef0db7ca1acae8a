from __future__ import annotations

import logging

import pytest

from maturity.terminal.messages import Messages


def test_what_a_tool_said_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.LogRecord("maturity", logging.ERROR, "", 0, "%s failed\n%s", ("ruff", "\x1b]0;title\x07"), None)
    Messages().handle(record)
    assert capsys.readouterr() == ("", "ruff failed\n\\x1b]0;title\\x07\n")
