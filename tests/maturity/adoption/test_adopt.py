"""Hand-written documents are adopted: what goes is in the log, everything else stays, byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from maturity.adoption.adopt import LARGEST, AlreadyAdopted, Proposal, Refusal, propose
from maturity.document import draft, known_regions
from maturity.errors import MaturityError
from maturity.markdown.rewrite import MarkupError, parse, ticks
from maturity.model import Component
from maturity.settings.criteria import read_ladder

LADDER = read_ladder(None, (), ())
CARBON = Component("carbon", (), "src/carbon/MATURITY.md")
DOCUMENTS = Path(__file__).parent.parent / "data" / "documents"
ADOPTABLE = sorted(path.name.removesuffix(".adopted.md") for path in DOCUMENTS.glob("*.adopted.md"))
NEEDED = {"status", "maturity-criteria", "test-coverage", "code-quality"}


def read(name: str) -> str:
    return (DOCUMENTS / f"{name}.md").read_text("utf-8")


def adopted(text: str | bytes, component: Component = CARBON) -> Proposal:
    return propose(component, LADDER, text if isinstance(text, bytes) else text.encode())


def after(text: str | bytes, component: Component = CARBON) -> str:
    return adopted(text, component).draft.after.decode()


def notes(text: str) -> list[tuple[int, str]]:
    return [(note.line, note.text) for note in adopted(text).notes]


def undone(lines: Sequence[bytes], log: str) -> list[bytes]:
    """The document before a diff, from the one after it: whether the diff says everything."""
    before, position = list[bytes](), 0
    for line in log.split("\n")[2:-1]:
        hunk = re.match(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@", line)
        if hunk:
            start = int(hunk[1]) - (0 if hunk[2] == "0" else 1)
            before += lines[position:start]
            position = start
        elif line.startswith("+"):
            assert lines[position].decode() == line[1:]
            position += 1
        else:
            before.append(line[1:].encode())
            position += line.startswith(" ")
    return before + list(lines[position:])


def check(text: bytes, proposal: Proposal) -> None:
    """What holds for every document that is adopted."""
    new = proposal.draft.after
    assert set(known_regions(parse(new)).values()) >= NEEDED
    assert undone(new.splitlines(), proposal.log()) == text.splitlines()
    drafted = draft(CARBON, LADDER, (), new, "2026-01-02")
    assert {name for region in parse(drafted.after).regions for name, tick in ticks(region.body).items() if tick} >= (
        proposal.ticked
    )
    with pytest.raises(AlreadyAdopted):
        adopted(new)
    with pytest.raises(AlreadyAdopted):
        adopted(drafted.after)


@pytest.mark.parametrize("name", ADOPTABLE)
def test_an_adopted_document_reads_like_this(name: str):
    assert after(read(name)) == read(f"{name}.adopted")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ADOPTABLE)
def test_line_ends_are_those_of_the_document(name: str, line_end: str, mark: str):
    text = (mark + read(name).replace("\n", line_end)).encode()
    assert adopted(text).draft.after.decode() == mark + read(f"{name}.adopted").replace("\n", line_end)
    check(text, adopted(text))


# Every note of every document, by its line; a text may be only the part that matters.
NOTES = {
    "header_lines": [
        (3, "contradiction: the stage is Staging in line 3; Development in line 98"),
        (24, '"Core features complete ✅" is not carried over: no manual criterion'),
        (25, "contradiction: the coverage is 73.2 % in line 25; 42.2 % in line 50"),
        (32, "contradiction: 4/7 met, but 6 of 7 are ticked in lines 24 to 30"),
        (43, 'perhaps it means "Monitoring configured"'),
    ],
    "front_matter": [
        (3, "the stage in the front matter stays as it is"),
        (35, 'perhaps it means "Rollback procedure tested"'),
    ],
    "in_progress": [],
    "criteria_tables": [
        (18, "no manual criterion is called so"),
        (25, 'perhaps it means "7-day uptime ≥ 99.5 %"'),
    ],
    "bare_regions": [
        (8, "the marker is taken out: it has no partner"),
        (14, '"Component README exists" is not ticked: a ✅ stands beside the empty box'),
        (21, "no figures, but they stand between generated markers and go as well: line 25"),
        (32, "no figures, but they stand between generated markers and go as well: line 34"),
        (42, "the marker is taken out: nothing generates its region"),
        (44, "the marker is taken out: nothing generates its region"),
    ],
    "partial": [
        (21, 'perhaps it means "API documented"'),
        (22, 'perhaps it means "Rollback procedure tested"'),
    ],
    "lone_headings": [
        (12, "contradiction: 1/2 met, but 2 of 2 are ticked in lines 14 to 15"),
        (15, 'perhaps it means "Rollback procedure tested"'),
    ],
}


@pytest.mark.parametrize("name", ADOPTABLE)
def test_contradictions_and_doubts_are_listed_with_their_lines(name: str):
    found = notes(read(name))
    assert [line for line, _ in found] == [line for line, _ in NOTES[name]]
    assert [text for (_, text), (_, part) in zip(found, NOTES[name], strict=True) if part not in text] == []


@pytest.mark.parametrize(
    ("name", "stage", "ticked"),
    [
        ("header_lines", "Staging", {"api-documented", "readme", "performance", "security-review"}),
        ("front_matter", "Staging", {"performance", "monitoring"}),
        ("in_progress", "Development", set[str]()),
        ("criteria_tables", "Staging", {"readme"}),
        ("bare_regions", "Development", {"api-documented"}),
        ("partial", None, {"readme"}),
        ("lone_headings", "Production", {"api-documented", "security-review"}),
    ],
)
def test_stage_and_ticks(name: str, stage: str | None, ticked: set[str]):
    proposal = adopted(read(name))
    assert (proposal.stage, proposal.ticked) == (stage, ticked)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (read("moved"), "moved"),
        (read("open_fence"), "close the code fence"),
        ("# A\n\n<!-- an open comment\n", "close the HTML"),
        ("x" * (LARGEST + 1), "split it"),
        ("# A\n\nMoved to [here](b.md).\n", "moved"),
        ("**Current Stage**: Staging\n    **Owner**: me\n", "line 2 would no longer mean the same"),
        ("# A\n\n<<<<<<< ours\n## Dependencies\n=======\n>>>>>>> theirs\n", "resolve the merge conflict"),
    ],
)
def test_refused(text: str, reason: str):
    with pytest.raises(Refusal, match=reason):
        adopted(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"# A\n\n\xff\n", "not-utf8"),
        (b"- <!-- AUTO-GENERATED SECTION -->\n", "marker-in-container"),
        (b"<!-- AUTO-GENERATED SECTION [region=a] -->\n", "unclosed-region"),
        (b"<!-- MANUAL SECTION -->\n", "unclosed-manual"),
        (b"# A\n<!-- AUTO-GENERATED SECTION [region=b] -->\n<!-- END AUTO-GENERATED -->\n", "unknown-region"),
        (b"<!-- AUTO-GENERATED SECTION [region=status] -->\n<!-- END AUTO-GENERATED -->\n" * 2, "duplicate-region"),
    ],
)
def test_markup_that_cannot_be_mended_is_refused_with_its_code(text: bytes, code: str):
    with pytest.raises(MarkupError) as caught:
        adopted(text)
    assert code in [problem.code for problem in caught.value.problems]


def test_a_bare_region_right_below_the_title_is_the_status():
    new = after("# A\n\n<!-- AUTO-GENERATED SECTION -->\n**Stage**: Staging\n<!-- END AUTO-GENERATED -->\n")
    assert new.startswith("# A\n\n<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region=status] -->\n")
    assert new.count("[region=status] -->") == 2


@pytest.mark.parametrize("value", ["Staging (Promoted)", "**Staging** 🎉", "STAGING (Ready)", "staging → Production"])
@pytest.mark.parametrize("label", ["**Current Stage**: ", "**Current Stage:** ", "- Current Stage: ", "__Stage__: "])
def test_spellings_of_the_stage(label: str, value: str):
    proposal = adopted(f"# A\n\n{label}{value}\n")
    assert proposal.stage == "Staging"
    assert value not in proposal.draft.after.decode()


@pytest.mark.parametrize(
    "line",
    [
        "Our Current Stage: Staging, is temporary.",
        "**Current Stage**: ready for Staging",
        "- Redis (Current Stage: Staging)",
        "> **Current Stage**: Staging",
        "    **Current Stage**: Staging",
        "```\n**Current Stage**: Staging\n```",
        "<div>\n**Current Stage**: Staging\n</div>",
        "**Current Stage**: Staging\nfor as long as nobody asks",
        "**Reason**: Current Stage: Staging",
        "- a list\n  **Current Stage**: Staging",
    ],
)
def test_what_only_looks_like_a_stage_stays(line: str):
    assert f"\n\n{line}\n" in after(f"# A\n\n{line}\n")


@pytest.mark.parametrize(
    "line",
    [
        "Coverage: 80% was never reached,\nbecause the old server was too slow.",
        "We measured it again.\nCoverage: 73%",
        "**Test Files**:\n- `tests/test_a.py`",
        "- Coverage of the map: 73%",
        "- Coverage: 12%\n  of what, nobody knows\n\n  and more",
        "- Coverage: 12%\n  - counted by hand on the train",
        "- Coverage: 12%\nProse that lacks its blank line.",
        "- [x] All tests passing\n  - Tests: 12 passing\nProse that lacks its blank line.",
        "- [ ] API documented -\nProse that lacks its blank line.",
        "| Scenario | Result |\n|---|---|\n| Lost packets | ✅ 100% |",
        "- [x] Lost packets",
        "**Coverage**: 63.77% → 86.64%",
        "**Before the rewrite**:\n- Coverage: 12%",
        "### History\n\n**Coverage**: 12%",
        "```\n**Coverage**: 12%\n```",
        "> **Coverage**: 12%",
    ],
)
def test_prose_in_a_section_of_figures_stays_below_the_region(line: str):
    new = after(f"# A\n\n## Test Coverage\n\n**Target**: 70%\n\n{line}\n\n## Next Steps\n")
    assert "**Target**" not in new
    assert f"[region=test-coverage] -->\n\n{line}\n\n" in new.replace("<!-- END", "\n<!-- END")


@pytest.mark.parametrize(
    "line",
    [
        "**Coverage**: XX%",
        "**Current Coverage**: **72%** (unit tests)",
        "- Lines Covered: 44/97",
        "- ✅ Test Coverage: 87.5% (exceeds 70% threshold)",
        "* `a/b.py`: 100.00% ✅",
        "Tests: 12 passed\nCoverage: 12 %",
        "| Metric | Value |\n|---|---|\n| **Coverage** | 73% |\n| Total tests | 12 |",
        "- [ ] All tests passing\n  - Tests: 3 failing",
        "**Last Updated**: 2025-01-02",
        "**Status**: ✅ **PASSING**",
        "**Coverage Details**:\n- Lines Covered: 1/2",
    ],
)
def test_figures_in_a_section_of_figures_go(line: str):
    new = after(f"# A\n\n## Test Coverage\n\n{line}\n\nProse.\n")
    assert line.split("\n")[-1] not in new
    assert "[region=test-coverage] -->\n\nProse.\n" in new


def test_a_heading_goes_with_all_that_stood_below_it():
    text = "# A\n\n## Coverage\n\n### Unit Tests\n\n**Coverage**: N/A\n\n---\n\n### E2E\n\n### Integration Tests\n"
    assert re.findall("^#.*|---$", after(text), re.MULTILINE)[1:4] == ["## Coverage", "---", "### E2E"]
    assert "### Integration Tests" in after(text)  # nothing stood below it


def test_the_title_is_no_section_and_sections_come_before_what_the_template_has_behind_them():
    new = after("# Test Coverage of A\n\n## Notes\n\n## Dependencies\n\n## Maturity Criteria\n")
    headings = re.findall(r"^#+ .*", new, re.MULTILINE)
    assert headings == [
        "# Test Coverage of A", "## Notes", "## Test Coverage", "## Code Quality", "## Dependencies",
        "## Maturity Criteria",
    ]  # fmt: skip
    assert new.index("region=status") < new.index("## Notes")


def test_owner_and_group_go_only_if_the_region_says_the_same():
    text = "# A\n\n**Owner**: @Team-A\n**Functional Group**: Core\n**Contact**: @team-a\n"
    component = Component("a", (), "A.md", owner="@team-a", group="Other")
    assert "Owner" not in after(text, component)
    assert "**Functional Group**: Core\n**Contact**: @team-a\n" in after(text, component)
    assert "**Owner**" in after(text)


def test_a_second_section_about_the_same_stays():
    text = "# A\n\n## Coverage\n\n## Test Coverage\n\n**Coverage**: 12%\n"
    assert "## Test Coverage\n\n**Coverage**: 12%\n" in after(text)
    assert notes(text) == [(5, "a second section about test-coverage: kept as text")]


def test_two_boxes_that_disagree_tick_nothing():
    text = "# A\n\n## Maturity Criteria\n\n- [x] API documented\n- [ ] API documented\n"
    assert adopted(text).ticked == set()
    assert "contradiction" in notes(text)[0][1]


def test_ticks_for_criteria_that_have_their_region_already_are_reported():
    region = "<!-- AUTO-GENERATED SECTION [region={0}] -->\n<!-- END AUTO-GENERATED [region={0}] -->\n"
    text = f"# A\n\n{region.format('maturity-criteria')}\n## Code Quality\n\n- [x] API documented\n- [ ] Lint = 0\n"
    assert "- [x] API documented\n" in after(text)
    assert "tick it there" in notes(text)[0][1]
    assert after(text).count("criterion=") == 0


def test_a_bare_region_without_partner_never_reaches_over_a_section():
    text = "# A\n\n## Coverage\n<!-- AUTO-GENERATED SECTION -->\n\n## Notes\n\nMine.\n\n<!-- END AUTO-GENERATED -->\n"
    assert "\n## Notes\n\nMine.\n" in after(text)
    assert [line for line, _ in notes(text)] == [4, 10]


PROSE = st.sampled_from(
    [
        "prose {}", "- item {}", "1. item {}\n   more {}", "> quote {}", "    code {}", "```\n**Coverage**: {} %\n```",
        "### heading {}", "prose {}\n---", "| a {} |\n|---|\n| b {} |", "- list {}\n  - inner {}\n\n    text {}",
        "[link {}]: target", "<!-- comment {} -->", "<div>{}\n</div>", "*{}* \u2028 b", "**Note {}**: Coverage: 3%",
        "a {}\tb  ", "\x00{}", "- [x] box {}", "{}: value", "## Next Steps {}", "+ {}", "2. {}", "   indented {}",
        "prose {}\n- [x] my own box {}", "**Owner**: o{}", "- deep\n  - deeper\n    - [x] deepest {}",
    ]
)  # fmt: skip
OURS = st.sampled_from(
    [
        "**Current Stage**: Staging (Promoted)", "Current Stage: Development", "**Last Updated**: 2025-01-02",
        "## Test Coverage", "## Code Quality Status", "## Maturity Criteria", "### Development → Staging", "# Title",
        "Quality Gates Status\n---", "## Promotion History", "## Current Status", "### Staging -> Production",
        "**Coverage**: 73.2 %", "- Lines Covered: 44/97", "- [x] API documented ✅", "- [ ] Component README",
        "- [x] Unit tests passing (≥70% coverage)\n  - Tests: 12 passing", "**Status**: 4/7 criteria met",
        "| Criterion | Status |\n|---|---|\n| Monitoring configured | ✅ PASS |\n| Coverage | 12% |", "---", "",
        "<!-- AUTO-GENERATED SECTION -->", "<!-- END AUTO-GENERATED -->", "<!-- AUTO-GENERATED FOOTER -->",
        "---\ncurrent_stage: Staging\n---", "### Linting (ruff)", "**Details of coverage**:", "- a\n- Coverage: 3%",
    ]
)  # fmt: skip
RARE = st.sampled_from(
    [
        "<!-- MANUAL SECTION -->", "<!-- END MANUAL SECTION -->", "```", "<!--", "<pre>", "<<<<<<< a", "=======",
        ">>>>>>> b", "<!-- AUTO-GENERATED SECTION [region=code-quality] -->", "<!-- END AUTO-GENERATED [sum=00] -->",
        "- <!-- END AUTO-GENERATED -->", "===", "> - 1. > -", "\t", "</pre>", "-->",
    ]
)  # fmt: skip
ENDS = st.sampled_from(["\n", "\n", "\n\n", "\n\n", "\r\n", "\r\n\r\n", "\r", "\n\r", "\n \t\n"])


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A document assembled from pieces, and the lines in it that no adoption may touch."""
    kinds = st.one_of(PROSE, OURS, OURS, RARE) if draw(st.booleans()) else st.one_of(PROSE, OURS)
    text, kept = draw(st.sampled_from(["", "", "\ufeff", "# A\n\n"])), list[str]()
    for number, piece in enumerate(draw(st.lists(kinds, max_size=14))):
        numbered = piece.replace("{}", f"no{number}")
        kept += [line for line in numbered.split("\n") if f"no{number}" in line]
        text += numbered.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))) + draw(ENDS)
    return text.rstrip("\r\n") if draw(st.booleans()) else text, kept


def lines_in(text: str) -> Iterator[str]:
    return (line.decode() for line in text.removeprefix("\ufeff").encode().splitlines())


@given(documents())
def test_nothing_that_people_wrote_is_lost(document: tuple[str, list[str]]):
    text, kept = document
    try:
        proposal = adopted(text)
    except MaturityError as error:
        event(f"{type(error).__name__} {str(error).partition(':')[2][:20] or re.sub('[0-9]+', '', str(error))[:60]}")
        return
    event("adopted")
    bare = [line for line in lines_in(text) if re.match(r"<!-- (?:END )?AUTO-GENERATED(?: SECTION| FOOTER)? -->", line)]
    check(text.encode(), proposal)
    if not bare:
        lost = set(kept)
        new = [line for line in lines_in(proposal.draft.after.decode()) if line in lost]
        assert new == kept
