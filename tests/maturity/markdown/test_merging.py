"""Three versions of a document, with their generated regions out of the way of a merge by lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.markdown.markers import MarkupError, begin_line, checksum, end_line
from maturity.markdown.merging import Plan, plan
from maturity.markdown.rewrite import State, parse, state, ticks

NEWLINE, CRLF = "\n", "\r\n"


def region(name: str, body: str, sum: str | None = None) -> str:
    return f"{begin_line(name)}\n\n{body}\n\n{end_line(name, sum or checksum(name, body))}"


def criterion(identity: str, tick: str = " ") -> str:
    return f"- [{tick}] The {identity} (manual) <!-- criterion={identity} -->"


def document(
    coverage: str = "70 %", boxes: str | None = None, manual: str = "By hand.", sum: str | None = None
) -> bytes:
    boxes = criterion("readme") if boxes is None else boxes
    pieces = "# Carbon", region("test-coverage", coverage, sum), manual, region("maturity-criteria", boxes), "End.\n"
    return "\n\n".join(pieces).encode()


def joined(planned: Plan) -> bytes:
    """What a merge by lines gives where one side at the most has changed what people wrote."""
    assert planned.base in (planned.ours, planned.theirs)
    text = planned.restore(planned.theirs if planned.ours == planned.base else planned.ours)
    assert text is not None
    return text


def merged(base: bytes, ours: bytes, theirs: bytes) -> bytes:
    return joined(plan(base, ours, theirs))


def ticked(text: bytes) -> dict[str, bool]:
    return {identity: tick for each in parse(text).regions for identity, tick in ticks(each.body).items()}


def states(text: bytes, body: str) -> list[State]:
    return [state(each, body) for each in parse(text).regions]


def test_figures_that_both_changed_are_ours_and_stale_and_conflict_with_nothing() -> None:
    planned = plan(document("70 %"), document("80 %"), document("90 %"))
    assert planned.base == planned.ours == planned.theirs
    assert joined(planned) == document("80 %")
    assert states(joined(planned), "85 %")[0] is State.STALE


def test_figures_that_one_side_changed_are_that_side_s() -> None:
    assert merged(document(), document(manual="More."), document("90 %")) == document("90 %", manual="More.")
    assert merged(document(), document("90 %"), document(manual="More.")) == document("90 %", manual="More.")


def test_regions_are_all_from_one_side_so_that_they_do_not_contradict_each_other() -> None:
    base, ours = document("70 %", "3 of 7 met"), document("70 %", "4 of 7 met")
    assert merged(base, ours, document("90 %", "5 of 7 met")) == ours


@pytest.mark.parametrize("before", [" ", "x"])
@pytest.mark.parametrize("ours_ticks", [True, False])
def test_a_tick_of_one_side_stays_with_the_figures_of_the_other(before: str, ours_ticks: bool) -> None:
    after = " " if before == "x" else "x"
    changed = document(boxes=criterion("readme", after)), document("90 %", criterion("readme", before))
    ours, theirs = changed if ours_ticks else reversed(changed)
    expected = document("90 %", criterion("readme", after))
    assert merged(document(boxes=criterion("readme", before)), ours, theirs) == expected


def test_ticks_are_merged_one_by_one() -> None:
    names = ("neither", "ours", "theirs", "both", "cleared", "standing")

    def version(first: str, *tick: str) -> bytes:
        return document(first, "\n".join(map(criterion, names, tick)))

    base, ours, theirs = version("1 %", *"    xx"), version("2 %", *" x x x"), version("3 %", *"  xXxx")
    assert merged(base, ours, theirs) == version("2 %", *" xxx x")


def test_a_tick_counts_against_its_id_and_not_its_words_or_place() -> None:
    base = document(boxes=f"{criterion('a')}\n{criterion('b')}")
    ours = document("80 %", f"{criterion('b').replace('The', 'Our')}\n{criterion('a')}")
    theirs = document("90 %", f"{criterion('a')}\n{criterion('b', 'x')}")
    assert ticked(merged(base, ours, theirs)) == {"a": False, "b": True}


def test_a_tick_for_a_criterion_that_only_the_other_side_has_is_added() -> None:
    ours = document("80 %")
    theirs = document("90 %", "\n".join([criterion("readme"), criterion("new", "x"), criterion("newer")]))
    text = merged(document(), ours, theirs)
    assert text == document("80 %", f"{criterion('readme')}\n{criterion('new', 'x')}")
    assert State.EDITED not in states(text, "figures")


def test_an_old_tick_of_a_criterion_that_one_side_removed_goes_with_it() -> None:
    both = f"{criterion('readme')}\n{criterion('old', 'x')}"
    assert merged(document(boxes=both), document("80 %"), document("90 %", both)) == document("80 %")


def test_a_criterion_that_a_formatter_broke_in_two_keeps_its_tick() -> None:
    broken = criterion("readme", "x").replace(" <!--", "\n  <!--") + "\n  see the wiki"
    text = merged(document(), document("80 %", f"{broken}\n{criterion('other')}"), document("90 %"))
    assert text == document("80 %", f"{broken}\n{criterion('other')}")
    text = merged(document(), document("80 %"), document("90 %", broken))
    assert ticked(text) == {"readme": True}


def test_what_a_person_edited_on_one_side_is_kept_for_the_next_run_to_report() -> None:
    edited = document("70 %, I think", sum=checksum("test-coverage", "70 %"))
    assert merged(document(), document("80 %"), edited) == edited
    assert merged(document(), edited, document("80 %")) == edited
    assert states(edited, "85 %")[0] is State.EDITED


def test_an_old_edit_that_one_side_has_overwritten_does_not_come_back() -> None:
    edited = document("70 %, I think", sum=checksum("test-coverage", "70 %"))
    assert merged(edited, document("80 %"), edited) == document("80 %")
    assert merged(edited, edited, document("80 %")) == document("80 %")


def test_of_two_edits_ours_is_kept_and_the_other_is_named() -> None:
    right = checksum("test-coverage", "70 %")
    ours, theirs = document("75 %, I think", sum=right), document("80 %, I think", sum=right)
    planned = plan(document(), ours, theirs)
    assert joined(planned) == ours
    assert planned.dropped == ("test-coverage",)
    assert plan(document(), ours, ours).dropped == ()


def without_criteria(text: bytes) -> bytes:
    begin, end = text.index(begin_line("maturity-criteria").encode()), text.index(b"End.")
    return text[:begin] + text[end:]


def test_a_region_that_one_side_removed_or_added_is_like_a_line() -> None:
    old, new = document("70 %"), document("90 %")
    assert merged(old, without_criteria(old), new) == without_criteria(new)
    assert merged(old, new, without_criteria(old)) == without_criteria(new)
    assert merged(without_criteria(old), old, without_criteria(new)) == new
    assert merged(without_criteria(old), without_criteria(new), old) == new


@pytest.mark.parametrize(
    "changed",
    [
        document(boxes=criterion("readme", "x")),
        document().replace(b"The readme", b"My readme"),
    ],
)
def test_a_region_that_one_side_removed_and_a_person_changed_is_a_conflict(changed: bytes) -> None:
    planned = plan(document(), without_criteria(document()), changed)
    assert planned.theirs not in (planned.base, planned.ours)
    assert planned.restore(planned.theirs) == changed


def test_new_documents_of_both_sides_are_ours_where_they_are_generated() -> None:
    planned = plan(b"", document("80 %"), document("90 %"))
    assert planned.base == b""
    assert planned.ours == planned.theirs
    assert planned.restore(planned.ours) == document("80 %")


def test_a_bare_region_that_one_side_has_brought_up_stays_brought_up() -> None:
    bare = b"## Test Coverage\n\n<!-- AUTO-GENERATED SECTION -->\nold\n<!-- END AUTO-GENERATED -->\n\nText.\n"
    new = f"## Test Coverage\n\n{region('test-coverage', '70 %')}\n\nText.\n".encode()
    assert merged(bare, bare.replace(b"Text", b"More"), new) == new.replace(b"Text", b"More")
    assert merged(bare, new, bare.replace(b"Text", b"More")) == new.replace(b"Text", b"More")


def crlf(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")


def test_a_region_takes_the_line_ends_that_one_side_gave_to_the_document() -> None:
    assert merged(document(), crlf(document()), document("90 %")) == crlf(document("90 %"))
    assert merged(document(), document("90 %"), crlf(document())) == crlf(document("90 %"))
    assert merged(crlf(document()), crlf(document("80 %")), document("90 %")) == document("80 %")


def test_a_tick_is_added_with_the_line_ends_of_the_region() -> None:
    theirs = crlf(document("90 %", f"{criterion('readme')}\n{criterion('new', 'x')}"))
    expected = crlf(document("80 %", f"{criterion('readme')}\n{criterion('new', 'x')}"))
    assert merged(crlf(document()), crlf(document("80 %")), theirs) == expected


def test_a_byte_order_mark_is_no_change_of_the_first_region() -> None:
    text, new = region("status", "70 %").encode() + b"\n", region("status", "80 %").encode() + b"\n"
    assert merged(text, b"\xef\xbb\xbf" + text, new) == b"\xef\xbb\xbf" + new
    assert merged(b"\xef\xbb\xbf" + text, b"\xef\xbb\xbf" + text, new) == new


def test_a_region_at_the_end_needs_no_line_end_until_something_follows() -> None:
    text, new = region("status", "70 %").encode(), region("status", "80 %").encode()
    assert merged(text, new, text) == new
    assert merged(text, new, text + b"\nMore.\n") == new + b"\nMore.\n"
    assert merged(text, text + b"\n", new) == new + b"\n"
    planned = plan(text, new, text)
    assert planned.restore(planned.ours + b"More.") == new + b"\nMore."


def test_a_region_that_the_merge_tore_apart_is_not_put_together() -> None:
    planned = plan(document(), document("80 %"), document("90 %"))
    first, *rest = planned.ours.splitlines(keepends=True)[2:]
    assert planned.restore(b"".join([first, b"=======\n", *rest])) is None


def test_broken_markup_cannot_be_planned_for() -> None:
    broken = document().replace(begin_line("test-coverage").encode(), b"")
    for versions in (
        (broken, document(), document()),
        (document(), broken, document()),
        (document(), document(), broken),
    ):
        with pytest.raises(MarkupError):
            plan(*versions)


LINES = st.lists(st.sampled_from(["70 %", "- a", "`x`", "### Staging"]), max_size=2)
TEXTS = st.lists(st.sampled_from(["text", "", "- item", "\u2028", "<!-- x -->", "~~~\nx\n~~~"]), max_size=3).map(
    "\n".join
)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    """A document as we write it: regions in any order, each with a criterion of its own or none."""
    pieces = [draw(TEXTS)]
    for name in draw(st.lists(st.sampled_from("abc"), unique=True)):
        boxes = draw(st.sampled_from([[], [criterion(name)], [criterion(name, "x")]]))
        pieces += ["", region(name, "\n".join([*draw(LINES), *boxes])), "", draw(TEXTS)]
    text = "\n".join(pieces) + draw(st.sampled_from(["", "\n"]))
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return f"{mark}{draw(st.sampled_from([text, text.replace(NEWLINE, CRLF)]))}".encode()


@given(documents(), documents())
def test_a_change_on_one_side_alone_is_the_merge(base: bytes, changed: bytes) -> None:
    ours, theirs = plan(base, changed, base), plan(base, base, changed)
    assert ours.restore(ours.ours) == changed
    assert theirs.restore(theirs.theirs) == changed


@given(documents(), documents(), documents())
def test_each_version_gets_its_regions_back_and_none_is_taken_for_edited(a: bytes, b: bytes, c: bytes) -> None:
    planned = plan(a, b, c)
    for text, own in ((planned.base, a), (planned.ours, b), (planned.theirs, c)):
        restored = planned.restore(text)
        assert restored is not None
        regions = parse(restored).regions
        assert [each.name for each in regions] == [each.name for each in parse(own).regions]
        assert State.EDITED not in [state(each, "figures") for each in regions]
