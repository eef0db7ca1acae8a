"""Regions compared, replaced and proven; everything around them stays."""

from __future__ import annotations

import re
from itertools import cycle, islice

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from maturity.markdown.rewrite import (
    Layout,
    MarkupError,
    ProofError,
    Region,
    State,
    checksum,
    parse,
    splice,
    state,
    ticks,
)

BEGIN = "<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region={}] -->"
END = "<!-- END AUTO-GENERATED [region={} sum={}] -->"
CRITERION = "- [{}] API documented (manual) <!-- criterion=api-documented -->"


def written(name: str, body: str, line_end: str = "\n") -> str:
    """A region as it is written, without the line end of its last line."""
    lines = [BEGIN.format(name), "", *body.split("\n"), "", END.format(name, checksum(name, body))]
    return line_end.join(lines)


def states(text: bytes, bodies: dict[str, str]) -> dict[str, State]:
    return {region.name: state(region, bodies[region.name]) for region in parse(text).regions if region.name in bodies}


DOCUMENT = """\
---
component: carbon
---
# Carbon

<!-- MANUAL SECTION: DO NOT OVERWRITE -->
Overview by hand.  
<!-- END MANUAL SECTION -->

## Test Coverage
<!-- AUTO-GENERATED SECTION -->
**Coverage**: 73.2 %
<!-- END AUTO-GENERATED -->

## Code Quality Status

<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE -->

old

<!-- END AUTO-GENERATED -->
Next steps
"""  # noqa: W291 - the hard break is part of the test


def test_bare_regions_get_name_and_sum_and_nothing_else_changes():
    bodies = {"test-coverage": "45.3 %\n", "code-quality-status": "\n| a |\n|---|\n"}
    expected = DOCUMENT.replace(
        "<!-- AUTO-GENERATED SECTION -->\n**Coverage**: 73.2 %\n<!-- END AUTO-GENERATED -->",
        written("test-coverage", "45.3 %"),
    ).replace(
        "<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE -->\n\nold\n\n<!-- END AUTO-GENERATED -->",
        written("code-quality-status", "| a |\n|---|"),
    )
    assert splice(DOCUMENT.encode(), bodies) == expected.encode()
    assert set(states(expected.encode(), bodies).values()) == {State.CURRENT}
    assert splice(expected.encode(), bodies) == expected.encode()


def test_a_region_that_is_not_asked_for_keeps_its_bytes_and_a_body_without_region_is_not_written():
    new = splice(DOCUMENT.encode(), {"test-coverage": "x", "other": "y"}).decode()
    assert new.partition("## Code Quality")[2] == DOCUMENT.partition("## Code Quality")[2]
    assert splice(DOCUMENT.encode(), {"other": "y"}) == DOCUMENT.encode()


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "\n", "\r\n", "\r", "\rtext", "\n\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_generated_lines_end_as_their_begin_marker_does(line_end: str, last: str, mark: str):
    text = f"{mark}{BEGIN.format('a')}{line_end}old\n<!-- END AUTO-GENERATED -->{last}"
    assert splice(text.encode(), {"a": "x\n\ny"}).decode() == mark + written("a", "x\n\ny", line_end) + last


@pytest.mark.parametrize(
    "outside", ["a\x00b", "a\u2028b", "a\u2029\x85\x0b\x0cb", "a  \n\t\n", "a\rb\r\nc\nd", "\ufeffa", "a\x1a"]
)
def test_odd_bytes_outside_stay(outside: str):
    old = f"{outside}\n<!-- AUTO-GENERATED FOOTER [region=a] -->\nold\n<!-- END AUTO-GENERATED FOOTER -->\r{outside}"
    assert splice(old.encode(), {"a": "new"}).decode() == f"{outside}\n{written('a', 'new')}\r{outside}"


def test_an_empty_body():
    new = splice(f"{BEGIN.format('a')}\nold\n<!-- END AUTO-GENERATED -->".encode(), {"a": " \n"})
    assert new.decode() == f"{BEGIN.format('a')}\n\n{END.format('a', checksum('a', ''))}"
    assert states(new, {"a": ""}) == {"a": State.CURRENT}


@pytest.mark.parametrize(
    "text",
    [
        written("a", "x\n\ny", "\r\n"),
        written("a", "x  \n\t\ny\n\n"),
        written("a", "x\n\ny").replace("\n\n", "\n", 1).replace("SECTION", "section"),
        written("a", "x\n\ny").replace(": DO NOT EDIT BELOW THIS LINE", " SECTION"),
        written("a", "x\n\ny").replace("<!-- ", "  <!--").replace("[", " [ "),
    ],
)
def test_a_region_that_says_the_same_keeps_its_bytes(text: str):
    assert states(text.encode(), {"a": "x\n\ny"}) == {"a": State.CURRENT}
    assert splice(text.encode(), {"a": "x\n\ny"}) == text.encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (written("a", "new"), State.CURRENT),
        (written("a", "old"), State.STALE),
        (written("a", "new").replace("new", "edited"), State.EDITED),
        (written("a", "old").replace("old", "edited"), State.EDITED),
        (written("a", "old").replace("old", "new"), State.STALE),
        (written("a", "new").replace("SECTION [region=a]", "SECTION").replace("END AUTO-GENERATED [region=a ",
         "END AUTO-GENERATED ["), State.STALE),
        (written("a", "new").replace(f" sum={checksum('a', 'new')}", ""), State.UNSUMMED),
        (written("b", "new").replace("region=b", "region=a"), State.STALE),
        (written("b", "old").replace("region=b", "region=a"), State.EDITED),
    ],
)  # fmt: skip
def test_the_state_of_a_region(text: str, expected: State):
    assert states(text.encode(), {"a": "new"}) == {"a": expected}
    assert (splice(text.encode(), {"a": "new"}) == text.encode()) == (expected is State.CURRENT)


def test_a_tick_is_no_edit_and_a_rewrite_with_it_changes_nothing():
    ticked, empty = CRITERION.format("x"), CRITERION.format(" ")
    text = written("a", empty).replace("[ ]", "[X]").encode()
    region = parse(text).regions[0]
    assert ticks(region.body) == {"api-documented": True}
    assert state(region, ticked) is State.CURRENT
    assert splice(text, {"a": ticked}) == text
    assert state(region, empty) is State.STALE
    assert ticks(parse(splice(text, {"a": empty})).regions[0].body) == {"api-documented": False}
    assert state(region, f"{ticked}\nmore") is State.STALE


def test_a_document_that_cannot_be_read_is_refused():
    with pytest.raises(MarkupError):
        splice(b"<!-- END AUTO-GENERATED -->", {})


@pytest.mark.parametrize(
    "body",
    [
        "<!-- END AUTO-GENERATED -->",
        "text <!-- MANUAL SECTION --> text",
        "```\n<!-- AUTO-GENERATED SECTION -->\n```",
        "<!--\nauto-generated section -->",
        "```\nan open fence",
        "<!-- an open comment",
        "<pre>\nopen HTML",
        "<?",
        "\ud800 a lone surrogate",
    ],
)
def test_a_body_that_would_break_the_document_is_refused(body: str):
    with pytest.raises(ProofError):
        splice(f"{written('a', 'old')}\n\n# Next\n\n{written('b', 'old')}\n".encode(), {"a": body})


def test_a_body_that_would_hide_a_later_pair_is_refused():
    text = f"{written('a', 'old')}\n```\n\n{written('b', 'old')}\n```\n"
    assert [region.name for region in parse(text.encode()).regions] == ["a"]
    with pytest.raises(ProofError):
        splice(text.encode(), {"a": "~~~"})


@pytest.mark.parametrize(
    ("wrong", "claim"),
    [
        ([written("b", "new")], "the same regions"),
        ([written("a", "new"), "<!-- MANUAL SECTION -->", "<!-- END MANUAL SECTION -->"], "as many manual sections"),
        ([written("a", "new"), "more"], "the same bytes outside"),
        ([written("a", "newer")], "every new region current"),
    ],
)
def test_the_proof_notices_a_wrong_region(wrong: list[str], claim: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("maturity.markdown.rewrite._written", lambda *_: "\n".join(wrong).encode())
    with pytest.raises(ProofError, match=claim):
        splice(f"before\n\n{written('a', 'old')}\n".encode(), {"a": "new"})


def test_the_proof_notices_a_rewrite_that_never_rests(monkeypatch: pytest.MonkeyPatch):
    drifting = iter(["newer", "newest"])
    monkeypatch.setattr("maturity.markdown.rewrite._written", lambda *_: written("a", next(drifting)).encode())
    with pytest.raises(ProofError, match="a second rewrite changes nothing"):
        splice(written("a", "old").encode(), {"a": "new"})


def test_two_thousand_regions_in_one_document():
    filler = "- item\n  - item\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nText *with* `code`.\n"
    text = "".join(
        f"## H{n}\n\n<!-- AUTO-GENERATED SECTION -->\nold\n<!-- END AUTO-GENERATED -->\n\n{filler}\n"
        for n in range(2000)
    )
    new = splice(text.encode(), {f"h{n}": f"body {n}" for n in range(2000)})
    assert new.count(b"sum=") == len(parse(new).regions) == 2000


# --- Documents from hostile pieces -------------------------------------------------------------------------------

LINE_ENDS = st.sampled_from(["\n", "\n", "\r\n", "\r"])
NAMES = ["a", "b", "c-1", "ß"]
LINES = [
    "", "", " ", "\t", "text", "text  ", "a\x00b", "a\u2028b", "\u2029", "a\x85b", "\x0b", "\x0c", "\ufeff", "\x1c",
    "# One", "## Test Coverage", "## 📊", "One", "===", "---", "***", "...", "title: x",
    "- item", "  - item", "    - item", "* item", "1. item", "  continued", "      deep", "    code", "\tcode",
    "> quote", "> - quote", ">> quote", "> ```", "> <!--", "- ```", "- <!--", "- <div>",
    "```", "~~~", "````", "``` python", "   ```", "    ```", "`", "``", "code `",
    "| a | b |", "|---|---|", "| `x` | y |",
    "<details>", "<summary>", "</details>", "<div>", "</div>", "<pre>", "</pre>", "<script>", "</script>", "<?", "?>",
    "<!--", "-->", "<!-- comment -->", "<!-- open", "closed -->", "<![CDATA[", "]]>", "<!X", ">",
    "[a]: /url", "[a]: /url 'title", "[a]:", "'", "[a", "](", "\\",
    "<<<<<<< ours", "=======", ">>>>>>> theirs", "|||||||",
    CRITERION.format("x"), CRITERION.format(" "),
]  # fmt: skip
MARKERS = [
    "<!-- AUTO-GENERATED SECTION -->",
    "<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE -->",
    "<!-- auto-generated footer: words -->",
    "<!-- END AUTO-GENERATED -->",
    "<!-- END AUTO-GENERATED FOOTER -->",
    "<!-- MANUAL SECTION -->",
    "<!-- END MANUAL SECTION -->",
    "<!-- AUTO-GENERATED -->",
    "<!-- AUTO-GENERATED SECTION",
    *(BEGIN.format(name) for name in NAMES),
    *(END.format(name, "0123456789ab") for name in NAMES),
]
PREFIXES = st.sampled_from(
    ["", "", "", " ", "   ", "    ", "\t", "- ", "> ", "  ", "1. ", "| ", "`", "text ", "\\", "\ufeff"]
)
SUFFIXES = st.sampled_from(["", "", "", " ", "\t", "`", " text", "\x00", " |"])

plain_line = st.sampled_from(LINES) | st.text(max_size=6)
marker_line = st.builds("{}{}{}".format, PREFIXES, st.sampled_from(MARKERS), SUFFIXES)
tame_line = st.sampled_from(
    ["", "text", "- item", "| a | b |", "> quote", "# H", "a\u2028b", "é", CRITERION.format("x")]
)
manual = st.lists(tame_line, max_size=3).map(
    lambda lines: ["<!-- MANUAL SECTION -->", *lines, "<!-- END MANUAL SECTION -->"]
)


@st.composite
def region_lines(draw: st.DrawFn, name: str) -> list[str]:
    """A whole region: bare below a heading or named, with no sum, a wrong one, or the right one."""
    lines = draw(st.lists(tame_line | plain_line, max_size=4))
    begin = draw(st.sampled_from([[BEGIN.format(name)], [f"## {name}", "", MARKERS[0]], [f"# {name}", MARKERS[1]]]))
    total = draw(st.sampled_from(["0123456789ab", checksum(name, "\n".join(lines))]))
    end = draw(st.sampled_from([END.format(name, total), MARKERS[3]]))
    return [*begin, *lines, end]


def shuffled(draw: st.DrawFn, others: st.SearchStrategy[list[str]]) -> list[str]:
    """Regions of different names, with other lines around them."""
    names = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=3))
    pieces = draw(st.lists(others, max_size=3))
    for name in names:
        pieces += [draw(region_lines(name)), *draw(st.lists(others, max_size=2))]
    return [line for piece in pieces for line in piece]


@st.composite
def documents(draw: st.DrawFn, others: st.SearchStrategy[list[str]]) -> bytes:
    """Lines that end in every way; sometimes a byte order mark, front matter, no final line end."""
    front = draw(st.sampled_from([[], [], ["---", "x: y", "---"], ["---", ""], ["---", *MARKERS[:1], "..."]]))
    lines = [*front, *shuffled(draw, others)]
    usual = draw(st.lists(LINE_ENDS, min_size=1, max_size=3))
    ends = [*islice(cycle(usual), len(lines))]
    if ends and draw(st.booleans()):
        ends[-1] = ""
    mark = draw(st.sampled_from(["", "", "\ufeff"]))
    return (mark + "".join(map(str.__add__, lines, ends))).encode()


tame_lines = st.lists(tame_line, min_size=1, max_size=3)
ordered = manual | tame_lines
wild = manual | tame_lines | plain_line.map(lambda line: [line]) | marker_line.map(lambda line: [line])
tame_bodies = st.dictionaries(
    st.sampled_from([*NAMES, "h"]), st.lists(tame_line, max_size=4).map("\n".join), min_size=1
)
wild_bodies = st.dictionaries(
    st.sampled_from([*NAMES, "h"]),
    st.lists(st.one_of(tame_line, tame_line, plain_line, plain_line, plain_line, marker_line), max_size=4).map(
        "\n".join
    ),
    min_size=1,
)


def around(text: bytes, layout: Layout, names: set[str]) -> list[bytes]:
    """Every line outside the named regions, a line end in place of each region's last one, and the BOM."""
    lines = text.removeprefix(b"\xef\xbb\xbf").splitlines(keepends=True)
    for region in reversed(layout.regions):
        if region.name in names:
            last = lines[region.end - 1]
            lines[region.begin - 1 : region.end] = [last[len(last.rstrip(b"\r\n")) :]]
    return [text[:3] if text.startswith(b"\xef\xbb\xbf") else b"", *lines]


def check(text: bytes, bodies: dict[str, str]) -> None:
    """Refused for the document, or rewritten with every promise kept; ProofError is the caller's."""
    try:
        layout = parse(text)
    except MarkupError as error:
        event("refused: " + error.problems[0].code)
        assert [each.line for each in error.problems] == sorted(each.line for each in error.problems)
        assert all(1 <= each.line <= max(1, len(text.splitlines())) for each in error.problems)
        with pytest.raises(MarkupError):
            splice(text, bodies)
        return
    new = splice(text, bodies)
    after = parse(new)
    event("no region" if not layout.regions else "unchanged" if new == text else "rewritten")
    assert [region.name for region in after.regions] == [region.name for region in layout.regions]
    assert around(new, after, set(bodies)) == around(text, layout, set(bodies))
    assert set(states(new, bodies).values()) <= {State.CURRENT}
    assert splice(new, bodies) == new
    if set(states(text, bodies).values()) <= {State.CURRENT}:
        assert new == text


@given(documents(ordered), tame_bodies)
def test_ordered_documents_are_rewritten_and_nothing_else(text: bytes, bodies: dict[str, str]):
    check(text, bodies)


@given(documents(wild), tame_bodies)
@example(b"<!-- AUTO-GENERATED SECTION [region=a] -->\r\n<!-- END AUTO-GENERATED -->\r", {"a": ""})
def test_hostile_documents_are_refused_or_rewritten(text: bytes, bodies: dict[str, str]):
    check(text, bodies)


@given(documents(ordered), wild_bodies)
def test_hostile_bodies_are_refused_or_written(text: bytes, bodies: dict[str, str]):
    try:
        check(text, bodies)
    except ProofError:
        event("body refused")


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_or_kept(text: bytes):
    check(text, {"a": "new"})


one_line = plain_line.map(lambda line: re.sub("[\r\n]", "", line))


@given(st.lists(one_line, max_size=9), LINE_ENDS, LINE_ENDS)
def test_the_sum_of_a_body_does_not_hang_on_line_ends(lines: list[str], one: str, two: str):
    assert checksum("a", one.join(lines)) == checksum("a", two.join(lines))


def test_the_values_can_be_built_by_position():
    assert state(Region("a", 1, 3, b"\n", checksum("a", "")), "") is State.CURRENT
