"""Where markers stand in a document: obeyed, text, or a problem."""

from __future__ import annotations

import pytest

from maturity.markdown.blocks import Heading, read_blocks, slug
from maturity.markdown.markers import Marker, Problem

MARK = "<!-- AUTO-GENERATED SECTION -->"


def outcome(text: str) -> list[tuple[int, str]]:
    """Each marker-looking line that is not text: its number, and "obeyed" or the code of its problem."""
    found = [each for each in read_blocks(text) if not isinstance(each, Heading)]
    return sorted((each.line, "obeyed" if isinstance(each, Marker) else each.code) for each in found)


@pytest.mark.parametrize(
    "text",
    [
        f"{MARK}",
        f"   {MARK}  \t\n",
        f"text\n{MARK}\ntext",
        f"# heading\n{MARK}\n===",
        f"> quote\n{MARK}\n> quote",
        f"- item\n{MARK}\n- item",
        f"1. item\n {MARK}\n",
        f"| a |\n|---|\n| b |\n{MARK}\n",
        f"<details>\n\n{MARK}\n\n</details>",
        f"<!-- a comment -->\n{MARK}\n<!-- a comment -->",
        f"```\ncode\n```\n{MARK}",
        f"    code\n{MARK}",
        f"[link]: /target\n{MARK}",
        f"[link]: /target 'title\n{MARK}\n'",
        f"***\n{MARK}\n***",
        f"---\n\n{MARK}\n\n---",
        f"---\ntitle: never closed\n\n{MARK}\n",
        f"\x0b\x0c\u2028\x85\x00\n{MARK}\n",
    ],
)
def test_a_marker_alone_on_a_top_level_line_is_obeyed(text: str):
    assert [what for _, what in outcome(text)] == ["obeyed"]


def test_adjacent_markers_are_each_obeyed():
    assert outcome(f"{MARK}\n{MARK}\n{MARK}") == [(1, "obeyed"), (2, "obeyed"), (3, "obeyed")]


@pytest.mark.parametrize(
    "text",
    [
        f"```\n{MARK}\n```",
        f"~~~ {MARK}\n{MARK}\n~~~~",
        f"- item\n\n  ```\n  {MARK}\n  ```\n- item",
        f"> ```\n> {MARK}\n> ```\n\ntext",
        f"    {MARK}",
        f"text\n\n\t{MARK}",
        f"- item\n\n      {MARK}",
        f"the marker `{MARK}` begins",
        f"the marker ``{MARK} ` `` begins",
        f"the marker `\n{MARK[4:]}\n`",
        f"# `{MARK}`",
        f"- the marker `{MARK}`",
        f"| a |\n|---|\n| `{MARK}` |",
        f"---\ntitle: x\n{MARK}\n---\n",
        f"---\n{MARK}\n...\n",
    ],
)
def test_markers_in_code_and_front_matter_are_text(text: str):
    assert outcome(text) == []


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (f"- {MARK}", 1, "marker-in-container"),
        (f"- item\n  {MARK}", 2, "marker-in-container"),
        (f"- item\n\n  {MARK}\n", 3, "marker-in-container"),
        (f"1. item\n   {MARK}\n", 2, "marker-in-container"),
        (f"> {MARK}", 1, "marker-in-container"),
        (f"> text {MARK}", 1, "marker-in-container"),
        (f"> - text\n>   {MARK}", 2, "marker-in-container"),
        (f"- <div>\n  {MARK}\n  </div>", 2, "marker-in-container"),
        (f"<details>\n{MARK}\n</details>", 2, "marker-in-html"),
        (f"<pre>\n\n{MARK}\n\n</pre>", 3, "marker-in-html"),
        (f"<!-- open\n\n{MARK}\n", 3, "marker-in-html"),
        (f"<!-- open\n{MARK}\n", 2, "marker-in-html"),
        (f"<?php\n\n{MARK}\n", 3, "marker-in-html"),
        ("<!-- AUTO-GENERATED SECTION\n-->", 1, "marker-in-html"),
        ("<!--\nAUTO-GENERATED SECTION\n-->", 1, "marker-in-html"),
        (f"{MARK} text", 1, "hidden-marker"),
        (f"text {MARK}", 1, "hidden-marker"),
        (f"text\n    {MARK}", 2, "hidden-marker"),
        (f"# heading {MARK}", 1, "hidden-marker"),
        (f"heading {MARK}\n===", 1, "hidden-marker"),
        (f"| a |\n|---|\n| {MARK} |", 3, "hidden-marker"),
        (f"\\{MARK}", 1, "hidden-marker"),
        (f"\\`{MARK}`", 1, "hidden-marker"),
        (f'<a title="`">{MARK}`', 1, "hidden-marker"),
        (f"`{MARK}` and\n`` {MARK} `", 2, "hidden-marker"),
        (f"[link]: {MARK}", 1, "hidden-marker"),
        (f"\u00a0{MARK}", 1, "hidden-marker"),
        (f"\x0c{MARK}", 1, "hidden-marker"),
        (f"\x00{MARK}", 1, "hidden-marker"),
        (f"x\u2028{MARK}", 1, "hidden-marker"),
        (f"```\n{MARK}", 2, "marker-in-open-fence"),
        (f"```\n{MARK}\n~~~\n``\n", 2, "marker-in-open-fence"),
        (f"- ```\n  {MARK}\n\ntext\n", 2, "marker-in-open-fence"),
        (f"> ~~~\n> {MARK}\n", 2, "marker-in-open-fence"),
        ("<!-- AUTO-GENERATED -->", 1, "unknown-marker"),
        ("<!-- AUTO-GENERATED SECTION [x] -->", 1, "bad-attribute"),
    ],
)
def test_a_marker_anywhere_else_is_a_problem(text: str, line: int, code: str):
    assert outcome(text) == [(line, code)]


def test_exposed_and_quoted_markers_of_one_paragraph_are_told_apart():
    text = f"`{MARK}`\ntext {MARK}\n`{MARK}` {MARK}\n`{MARK}`"
    assert outcome(text) == [(2, "hidden-marker"), (3, "hidden-marker")]


@pytest.mark.parametrize("bullet", ["- ", "* ", "1. ", "> "])
def test_containers_thirty_deep_hide_nothing(bullet: str):
    indent = len(bullet)
    nested = "".join(
        (" " * indent * depth if bullet != "> " else bullet * depth) + bullet + "a\n" for depth in range(30)
    )
    assert outcome(f"{nested}\n{MARK}\n") == [(32, "obeyed")]


def test_containers_too_deep_are_a_problem_only_if_they_hide_a_marker():
    nested = "- " * 300 + "a\n"
    assert outcome(nested) == []
    assert outcome(f"{nested}\n{MARK}\n") == [(3, "hidden-marker")]


def test_only_top_level_headings_name_regions():
    text = "# One\n\n> # Quoted\n\n- # Listed\n\nTwo\n===\n\n```\n# Code\n```\n"
    assert [each for each in read_blocks(text) if not isinstance(each, Problem)] == [
        Heading(1, "one", 1),
        Heading(7, "two", 1),
    ]


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Test Coverage", "test-coverage"),
        ("**Test** `Coverage` 📊", "test-coverage"),
        ("[Test Coverage](#test) <!-- toc -->", "test-coverage"),
        ("4. Test_coverage (unit)", "4-test-coverage-unit"),
        ("测试覆盖率", "测试覆盖率"),
        ("📊", ""),
        ("<" * 50 + "a", "a"),
    ],
)
def test_a_heading_as_a_name(heading: str, name: str):
    assert slug(heading) == name
