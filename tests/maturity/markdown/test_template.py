"""A new document: every region once, a TODO wherever people write, whatever the component is called."""

from __future__ import annotations

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from maturity.document import known_regions
from maturity.markdown.escape import one_line
from maturity.markdown.rewrite import State, parse, splice, state
from maturity.markdown.template import SECTIONS, new_document

NAMES = ["status", "maturity-criteria", "test-coverage", "code-quality"]


def test_every_region_stands_once_and_is_known() -> None:
    layout = parse(new_document("carbon").encode())
    assert [region.name for region in layout.regions] == NAMES
    assert known_regions(layout) == {name: name for name in NAMES}
    assert {region.sum for region in layout.regions} == {None}
    assert {region.body.strip() for region in layout.regions} == {b""}


def test_every_manual_section_has_a_todo_between_its_markers() -> None:
    text = new_document("carbon")
    layout, lines = parse(text.encode()), text.splitlines()
    assert len(layout.manual) == len([hint for _, hint in SECTIONS if hint is not None]) == 7
    for section in layout.manual:
        assert [line[:6] for line in lines[section.begin : section.end - 1] if line] == ["TODO: "]
    assert text.count("TODO") == 7


def test_the_headings_are_those_of_the_design() -> None:
    headings = [line.removeprefix("## ") for line in new_document("carbon").splitlines() if line.startswith("## ")]
    assert headings == [
        "Component Overview", "Key Features", "Maturity Criteria", "Test Coverage", "Code Quality", "Dependencies",
        "Next Steps", "Promotion History", "Related Documentation", "Verification Commands",
    ]  # fmt: skip


def test_regions_are_filled_in_and_nothing_else_changes() -> None:
    text = new_document("carbon")
    filled = splice(text.encode(), dict.fromkeys(NAMES, "- x"))
    assert {state(region, "- x") for region in parse(filled).regions} == {State.CURRENT}
    kept = [line for line in filled.decode().splitlines() if line and line != "- x" and "AUTO-GENERATED" not in line]
    assert kept == [line for line in text.splitlines() if line and "AUTO-GENERATED" not in line]
    assert text.endswith("-->\n")


def test_a_template_of_the_repository_is_taken_as_it_is() -> None:
    assert new_document("a_b", "# {component}\n\n{other} {component}\n") == "# a\\_b\n\n{other} a\\_b\n"


def check(name: str) -> None:
    text = new_document(name)
    layout = parse(text.encode())
    assert [region.name for region in layout.regions] == NAMES
    assert len(layout.manual) == 7
    title = MarkdownIt("commonmark").parse(text)[:2]
    assert title[0].tag == "h1"
    words = MarkdownIt("commonmark").parseInline(title[1].content)[0].children or []
    assert "".join(word.content for word in words).replace("‹!-", "<!-") == one_line(name)


@settings(max_examples=settings().max_examples // 3)  # each parses a whole document three times
@given(st.text(min_size=1, max_size=30))
@example("# hash")
@example("--> <b>")
@example("`code` | table")
def test_any_name_is_a_title(name: str) -> None:
    assume(one_line(name))
    check(name)


@pytest.mark.parametrize("name", ["C#", "c #", "#", "a ##"])
def test_a_name_that_ends_in_a_hash_keeps_it(name: str) -> None:
    check(name)


@pytest.mark.parametrize("name", ["<!-- MANUAL SECTION -->", "<!-- END AUTO-GENERATED -->"])
def test_a_name_that_looks_like_a_marker_is_a_title_all_the_same(name: str) -> None:
    check(name)
