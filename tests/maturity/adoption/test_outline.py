"""Blocks of a document: what is a unit, where it stands, what is in code."""

from __future__ import annotations

import pytest

from maturity.adoption.outline import Unit, read_outline


def outline(text: str):
    return read_outline(text.split("\n"))


def test_blocks_with_their_lines():
    found = outline("---\na: b\n---\n# T `x`\n\nS\n---\n\n***\ntext\n\n> # quoted\n\n```\n# code\n```\n\n    # code\n")
    assert [(block.kind, block.lines, block.level, block.text) for block in found.blocks] == [
        ("heading", range(4, 5), 1, "T `x`"),
        ("heading", range(6, 8), 2, "S"),
        ("rule", range(9, 10), 0, ""),
        ("paragraph", range(10, 11), 0, ""),
        ("other", range(12, 13), 0, ""),
        ("other", range(14, 17), 0, ""),
        ("other", range(18, 19), 0, ""),
    ]
    assert found.front == 3


@pytest.mark.parametrize("text", ["---\n\na\n---", "---\na: b", "a\n---\nb\n---", ""])
def test_what_is_no_front_matter(text: str):
    assert outline(text).front == 0


def test_each_line_of_a_paragraph_is_a_unit():
    (block,) = outline(" a  \n  b\n").blocks
    assert block.units == (Unit(range(1, 2), "a"), Unit(range(2, 3), "b"))


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("- a\n- b", (Unit(range(1, 2), "a"), Unit(range(2, 3), "b"))),
        ("- a\nlazy\n\n- b", (Unit(range(1, 3), "a lazy"), Unit(range(4, 5), "b"))),
        ("1. a\n   - b\n\n   - c", (Unit(range(1, 2), "a", (Unit(range(2, 3), "b"), Unit(range(4, 5), "c"))),)),
        ("- a\n\n  b", (Unit(range(1, 4), None),)),
        ("- a\n  - b\n\n  c", (Unit(range(1, 5), None, (Unit(range(2, 3), "b"),)),)),
        ("-\n  a", (Unit(range(1, 3), None),)),
        ("- # a", (Unit(range(1, 2), None),)),
        ("- a\n  > b", (Unit(range(1, 3), None),)),
        (f"- {'x' * 501}", (Unit(range(1, 2), None),)),
    ],
)
def test_items_of_lists(text: str, units: tuple[Unit, ...]):
    (block,) = outline(text).blocks
    assert block.units == units


def test_rows_of_tables():
    (block,) = outline("| A | `b` |\n|---|:-:|\n| 1 | 2 |\n| 3 |").blocks
    assert (block.kind, block.lines, block.head) == ("table", range(1, 5), ("A", "`b`"))
    assert [(unit.lines.start, unit.cells) for unit in block.units] == [(3, ("1", "2")), (4, ("3", ""))]


def test_the_nesting_of_a_line_says_what_it_means():
    nesting = outline("---\na: b\n---\n## h\n- a\n\n  ```\n  x\n  ```\n> q").nesting
    assert nesting[2] == ("front matter",)
    assert nesting[4] == ("h2",)
    assert nesting[5] == ("bullet_list", "list_item", "paragraph")
    assert nesting[8] == ("bullet_list", "list_item", "fence")
    assert nesting[10] == ("blockquote", "paragraph")
