"""Lines taken out and put in: line ends, blank lines, and the proof."""

from __future__ import annotations

import pytest

from maturity.adoption.outline import read_outline
from maturity.adoption.rebuild import changed_meaning, rebuild


def rebuilt(text: str, replaced: set[int], inserted: dict[int, list[str]]) -> str:
    outline = read_outline([line.decode() for line in text.removeprefix("\ufeff").encode().splitlines()])
    after, origins = rebuild(text.encode(), outline, replaced, inserted)
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    assert len(origins) == len(after.decode().removeprefix(mark).encode().splitlines())
    return after.decode()


@pytest.mark.parametrize(
    ("text", "replaced", "inserted", "expected"),
    [
        ("a\n\nb", set(), {}, "a\n\nb"),
        ("a\n\nb\n\nc\n", {3}, {}, "a\n\nc\n"),
        ("a\n\n\n\nb\n\nc\n", {5}, {}, "a\n\n\n\nc\n"),
        ("a\n\nb\n", {1}, {}, "b\n"),
        ("a\nb\nc\n", {2}, {}, "a\nc\n"),
        ("a\n- b\n# c\n", {2}, {}, "a\n\n# c\n"),
        ("a\n- b\n- c\n", {2}, {}, "a\n- c\n"),
        ("a\nb\n", set(), {2: ["X", "Y"]}, "a\n\nX\nY\n\nb\n"),
        ("a\n\nb\n", set(), {3: ["X"]}, "a\n\nX\n\nb\n"),
        ("a", set(), {2: ["X"]}, "a\n\nX\n"),
        ("", set(), {1: ["X"]}, "X\n"),
        ("\ufeffa\r\n", {1}, {1: ["X"]}, "\ufeffX\r\n"),
        ("a\r\n\r\nb", set(), {3: ["X"]}, "a\r\n\r\nX\r\n\r\nb"),
        ("a\r\rb", set(), {2: ["X"]}, "a\r\rX\r\rb"),
        ("a\r\nb\n\nc", set(), {3: ["X"]}, "a\r\nb\n\nX\n\nc"),
        ("a\r\n# b\r\n\n", {2}, {}, "a\r\n\n"),
        ("a\rb\r\n\nc", {2}, {}, "a\r\r\n\nc"),
        ("a\x00\u2028b\x0c\n# c\nd", {2}, {}, "a\x00\u2028b\x0c\n\nd"),
    ],
)
def test_lines_go_and_come_and_the_others_stay(
    text: str, replaced: set[int], inserted: dict[int, list[str]], expected: str
):
    assert rebuilt(text, replaced, inserted) == expected


@pytest.mark.parametrize(
    ("text", "replaced", "changed"),
    [
        ("**a**: b\n    **c**: d", {1}, [2]),
        ("a\n\nb", {1}, []),
        ("x: y\n2. b", {1}, [2]),
        ("x\n[a]: b", {1}, [2]),
        ("- a\n\n      b", {1}, [3]),
        ("x\n\na\n---", {3}, [4]),
    ],
)
def test_a_kept_line_that_would_mean_something_else_is_found(text: str, replaced: set[int], changed: list[int]):
    outline = read_outline(text.split("\n"))
    after, origins = rebuild(text.encode(), outline, replaced, {})
    assert changed_meaning(outline, after, origins) == changed
