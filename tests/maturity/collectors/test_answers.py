from __future__ import annotations

import pytest

from maturity.collectors.answers import answer, decoded, excerpt, printed
from maturity.collectors.base import Output, Request
from maturity.errors import CollectorFailure

REQUEST = Request((), "/repo", "/scratch", ("tool",))


def test_a_step_that_never_ran_is_no_answer() -> None:
    with pytest.raises(CollectorFailure, match="the step check-1 left no output"):
        answer(REQUEST, {}, "check-1")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (2, "ended with exit code 2"),
        (4, "ended with exit code 4"),
        (-9, r"was ended by signal 9 \(SIGKILL\)"),
        (-40, "was ended by signal 40"),
    ],
)
def test_an_exit_code_that_is_no_answer_says_what_the_tool_said(code: int, said: str) -> None:
    outputs = {"check-1": Output(code, b"", b"cannot read /repo/setup.cfg\n  at all\n")}
    with pytest.raises(CollectorFailure, match=f"^the step check-1 {said}: cannot read setup.cfg at all$"):
        answer(REQUEST, outputs, "check-1")


def test_a_tool_that_said_nothing() -> None:
    with pytest.raises(CollectorFailure, match="exit code 2: it said nothing"):
        answer(REQUEST, {"check-1": Output(2, b"", b" \n")}, "check-1")


def test_a_step_that_printed_no_answer_says_what_it_said() -> None:
    silent = {"check-1": Output(1, b"\n", b"/venv/bin/python: No module named ruff\n")}
    with pytest.raises(CollectorFailure, match=r"^the step check-1 ended with exit code 1 and no answer: .*No module"):
        printed(REQUEST, silent, "check-1", list[str])
    with pytest.raises(CollectorFailure, match=r"it said nothing$"):
        printed(REQUEST, {"check-1": Output(0, b"", b"")}, "check-1", list[str])
    assert printed(REQUEST, {"check-1": Output(1, b'["x"]', b"")}, "check-1", list[str]) == ["x"]


@pytest.mark.parametrize("raw", [b"", b"No source files found.\n", b"[1", b'["\xff"]', b'["\\udcff"]', b"[" * 100_000])
def test_what_is_not_json_is_a_failure(raw: bytes) -> None:
    with pytest.raises(CollectorFailure, match="not the JSON that was asked for"):
        decoded(raw, list[str], REQUEST)


def test_json_nested_deep_in_a_field_that_is_not_read() -> None:
    with pytest.raises(CollectorFailure):
        decoded(b'{"a": ' + b"[" * 100_000, dict[str, object], REQUEST)


def test_an_excerpt_is_short_and_on_one_line() -> None:
    assert excerpt(b"a\n\tb /repo/c" + b" x" * 5000, REQUEST).startswith("a b c x")
    assert len(excerpt(b"a" * 5000, REQUEST)) == 200
