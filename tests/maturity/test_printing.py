"""Text of others on a terminal: what would steer it is shown by its code."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.printing import log, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", r"\x1b[31mred"),
        ("\x9b31m", r"\x9b31m"),
        ("\x07\x08\x00", r"\x07\x08\x00"),
        ("over\rwritten", r"over\rwritten"),
        ("\u202egnp.exe", r"\u202egnp.exe"),
        ("a\u2028b\x85c", r"a\u2028b\x85c"),
        ("caf\udce9", r"caf\udce9"),
    ],
)
def test_what_steers_is_shown_by_its_code(text: str, shown: str) -> None:
    assert plain(text) == shown


@pytest.mark.parametrize("text", ["", "one\n\ttwo\n", "≥ 70 %, ✅ ⚠️ 👩‍💻", "naïve 测试 \\x1b", "a\u0301"])
def test_all_else_stays(text: str) -> None:
    assert plain(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("::add-mask::secret", ": :add-mask::secret"),
        ("a\n  ::error file=x::y\n", "a\n  : :error file=x::y\n"),
        ("said ##[error]boom", "said ## [error]boom"),
        ("##vso[task.setvariable variable=a]b", "## vso[task.setvariable variable=a]b"),
        ("##teamcity[buildStop]", "## teamcity[buildStop]"),
        ("section_start:1:a\r\x1b[0K", r"section_start:1:a\r\x1b[0K"),
    ],
)
def test_what_a_ci_system_would_obey_is_text(text: str, shown: str) -> None:
    assert plain(text) == shown
    assert plain(plain(text)) == shown


@pytest.mark.parametrize("text", ["a::b", "x: :y", "tests/a.py::test_b", "## Heading", "#[a]"])
def test_what_only_looks_alike_stays(text: str) -> None:
    assert plain(text) == text


@given(st.text(st.characters()))
def test_nothing_is_left_that_steers(text: str) -> None:
    shown = plain(text)
    assert not [sign for sign in shown if unicodedata.category(sign) in ("Cc", "Cs") and sign not in "\n\t"]
    assert plain(shown) == shown
    shown.encode("utf-8")


def test_messages_of_the_log_are_plain(caplog: pytest.LogCaptureFixture) -> None:
    log.warning("%s: %d\n%s", "a\x1b[1mb", 3, "100 %s")
    assert caplog.messages == ["a\\x1b[1mb: 3\n100 %s"]
