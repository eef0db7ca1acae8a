from __future__ import annotations

import pytest

from maturity.graph.parts import Asked


@pytest.mark.parametrize(
    "words",
    [
        ["all"],
        ["-n", "8", "all"],
        ["-r", "console", "all"],
        ["--reporter", "console", "-n8", "all"],
        ["run", "--reporter=console", "-v", "2", "all"],
        ["-d", "elsewhere", "all"],
    ],
)
def test_the_value_of_an_option_is_no_task(words: list[str]) -> None:
    assert Asked.of_command_line(["doit", *words]) == Asked("run", frozenset(["all"]))
