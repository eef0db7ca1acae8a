"""Markers paired to regions and sections, and every way in which they do not pair."""

from __future__ import annotations

import pytest

from maturity.markdown.markers import MarkupError
from maturity.markdown.regions import Layout, ManualSection, Region, parse

A = "<!-- AUTO-GENERATED SECTION [region=a] -->"
B = "<!-- AUTO-GENERATED SECTION [region=b] -->"
BARE = "<!-- AUTO-GENERATED SECTION -->"
END = "<!-- END AUTO-GENERATED -->"
END_A = "<!-- END AUTO-GENERATED [region=a] -->"
END_B = "<!-- END AUTO-GENERATED [region=b sum=3f9c02ab71de] -->"
MANUAL = "<!-- MANUAL SECTION -->"
END_MANUAL = "<!-- END MANUAL SECTION -->"


def refused(text: bytes) -> list[tuple[int, str]]:
    with pytest.raises(MarkupError) as caught:
        parse(text)
    return [(each.line, each.code) for each in caught.value.problems]


def test_regions_and_sections_are_found_in_order():
    text = f"# T\n{A}\n\nbody\n{END_A}\n{MANUAL}\n\n{END_MANUAL}\n{B}\n{END_B}\n"
    assert parse(text.encode()) == Layout(
        (Region("a", 2, 5, b"\nbody\n", None), Region("b", 9, 10, b"", "3f9c02ab71de")),
        (ManualSection(6, 8),),
    )


@pytest.mark.parametrize("text", [b"", b"\xef\xbb\xbf", b"\n", b"# Only text\n", b"\x00\r\r\n\x0b"])
def test_a_document_without_markers_has_no_regions(text: bytes):
    assert parse(text) == Layout((), ())


def test_a_bare_region_is_named_by_the_heading_above():
    text = f"# Doc\n\n## Test Coverage\n\ntext\n\n{BARE}\nbody\n{END}\n\nCode Quality\n---\n{BARE}\n{END}\n"
    assert [(region.name, region.named) for region in parse(text.encode()).regions] == [
        ("test-coverage", False),
        ("code-quality", False),
    ]


def test_a_bare_footer_may_stand_below_any_heading():
    text = "# Doc\n\n## Next Steps\n\n<!-- AUTO-GENERATED FOOTER -->\n<!-- END AUTO-GENERATED -->\n"
    assert [region.name for region in parse(text.encode()).regions] == ["footer"]


def test_a_heading_inside_a_region_names_no_other():
    text = f"# Doc\n\n{A}\n\n## Inside\n\n{END}\n{BARE}\n{END}\n"
    assert [region.name for region in parse(text.encode()).regions] == ["a", "status"]


def test_a_region_is_named_only_if_both_markers_say_it():
    text = f"{A}\n{END_A}\n{B}\n{END}\n"
    assert [region.named for region in parse(text.encode()).regions] == [True, False]


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ([A], [(1, "unclosed-region")]),
        ([A, "text", END_A, B], [(4, "unclosed-region")]),
        ([END], [(1, "orphan-end")]),
        ([A, END_A, END_A], [(3, "orphan-end")]),
        ([A, B, END_B, END_A], [(2, "nested-region")]),
        ([A, B, END_B], [(1, "unclosed-region"), (2, "nested-region")]),
        ([A, B, END_A, END_B], [(2, "nested-region"), (3, "name-mismatch"), (4, "name-mismatch")]),
        ([MANUAL, A, END_A, END_MANUAL], [(2, "nested-region")]),
        ([A, END_B], [(2, "name-mismatch")]),
        (["## C", BARE, END_A], [(3, "name-mismatch")]),
        ([A, END_A, A, END_A], [(3, "duplicate-region")]),
        (["## A", A, END_A, BARE, END], [(4, "duplicate-region")]),
        ([A, MANUAL, END_MANUAL, END_A], [(2, "manual-in-generated")]),
        ([A, MANUAL, END_A, END_MANUAL], [(2, "manual-in-generated")]),
        ([A, END_MANUAL, END_A], [(2, "orphan-manual-end")]),
        ([MANUAL], [(1, "unclosed-manual")]),
        ([MANUAL, "text", MANUAL, END_MANUAL], [(1, "unclosed-manual")]),
        ([END_MANUAL], [(1, "orphan-manual-end")]),
        ([BARE, END], [(1, "unnamed-region")]),
        ([BARE, END_A], [(1, "unnamed-region")]),
        (["## 📊", BARE, END], [(2, "unnamed-region")]),
        (["> ## Quoted", "", BARE, END], [(3, "unnamed-region")]),
        ([BARE, END, BARE, END], [(1, "unnamed-region"), (3, "unnamed-region")]),
        ([A, "```", "text", END_A], [(1, "unclosed-region"), (4, "marker-in-open-fence")]),
        ([A, "<!-- open", END_A], [(1, "unclosed-region"), (3, "marker-in-html")]),
        ([A, "- item", f"  {END_A}"], [(1, "unclosed-region"), (3, "marker-in-container")]),
        ([f"> {A}", END_A, "<!-- AUTO-GENERATED [x] -->"], [
            (1, "marker-in-container"), (2, "orphan-end"), (3, "unknown-marker"),
        ]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_what_does_not_pair_is_refused_with_all_its_problems(
    lines: list[str], problems: list[tuple[int, str]], line_end: str
):
    assert refused(line_end.join([*lines, ""]).encode()) == problems


@pytest.mark.parametrize(
    "separator", ["\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x00", "\x85", "\u2028", "\u2029", "\ufeff", "\U0001f600"]
)
def test_only_cr_and_lf_count_lines(separator: str):
    text = f"a{separator}b\rc\r\nd\n\re{separator}\n{A}\nf{separator}g\r{END_A}{separator}"
    assert refused(text.encode())[0][0] == 6  # END is not alone on its line
    region = parse(text.removesuffix(separator).encode()).regions[0]
    assert (region.begin, region.end) == (6, 8)
    assert region.body == f"f{separator}g\r".encode()


def test_a_byte_order_mark_hides_no_marker():
    region = parse(f"\ufeff{A}\n{END_A}".encode()).regions[0]
    assert (region.begin, region.end, region.body) == (1, 2, b"")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (b"\xff\xfea\x00", 1),
        (b"a\nb\r\nc\rd\xe9\n\xe9", 4),
        (b"a\n\xed\xa0\x80", 2),
        (b"a\n\xc3\n\xa9", 2),
        (b"\xef\xbb\xbfa\r\n\xe9", 2),
        (b"\r\n\xe9", 2),
    ],
)
def test_text_that_is_not_utf8_is_refused(text: bytes, line: int):
    assert refused(text) == [(line, "not-utf8")]


def test_a_huge_document_is_refused_before_it_is_read():
    assert refused(b"\xff" * (16 * 1024 * 1024 + 1)) == [(1, "too-large")]


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        (["<<<<<<< ours", A, "=======", A, ">>>>>>> theirs", END_A], [(1, "conflict-markers")]),
        ([A, "<<<<<<< ours", "x", END_A, "=======", "y", END_A, ">>>>>>> theirs"], [(2, "conflict-markers")]),
        ([A, "<<<<<<<", END_A, "||||||| base", "=======", ">>>>>>>"], [(2, "conflict-markers")]),
        (["<<<<<<< ours", "=======", MANUAL, ">>>>>>> theirs"], [(1, "conflict-markers")]),
        (["<<<<<<< o", A, "=======", ">>>>>>> t", "<<<<<<< o", END_A, "=======", ">>>>>>> t", f"> {A}"],
         [(1, "conflict-markers"), (5, "conflict-markers"), (9, "marker-in-container")]),
    ],
)  # fmt: skip
def test_a_conflict_over_a_marker_is_refused_without_guessing_at_pairs(
    lines: list[str], problems: list[tuple[int, str]]
):
    assert refused("\n".join(lines).encode()) == problems


@pytest.mark.parametrize(
    "lines",
    [
        [A, "<<<<<<< ours", "x", "=======", "y", ">>>>>>> theirs", END_A],
        ["<<<<<<< ours", "x", "=======", "y", ">>>>>>> theirs", A, END_A],
        ["Heading", "=======", A, END_A, "<<<<<<<< eight", "=======", ">>>>>>> x"],
        ["```", "<<<<<<< ours", A, "=======", ">>>>>>> theirs", "```", A, END_A],
    ],
)
def test_a_conflict_beside_markers_or_around_code_does_not_matter(lines: list[str]):
    assert len(parse("\n".join(lines).encode()).regions) == 1
