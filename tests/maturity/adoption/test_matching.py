"""A tick is carried over only where a line says all of a criterion, and nothing that could take it back."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.adoption.matching import doubt, identify, resembling
from maturity.adoption.spellings import box_of, row_box
from maturity.model import Criterion, Ladder
from maturity.settings.criteria import read_ladder

LADDER = read_ladder(None, (), ())
MANUAL = [criterion for criterion in LADDER.criteria if criterion.manual]


def ticked(text: str, stage: str | None = None) -> str | None:
    """The id of the criterion that a line ticks beyond doubt."""
    box = box_of(text)
    assert box is not None
    criterion = identify(box, LADDER, stage)
    return None if criterion is None or doubt(box, criterion) or not box.ticked else criterion.id


@pytest.mark.parametrize(
    ("text", "criterion"),
    [
        ("[x] API documented ✅", "api-documented"),
        ("[X] **API documented**", "api-documented"),
        ("[x] API documentation complete", "api-documented"),
        ("[x] API documented, no planned breaking changes ✅", "api-documented"),
        ("[x] API documented and tested", "api-documented"),
        ("[x] Component README", "readme"),
        ("[x] Component README with usage examples ✅", "readme"),
        ("[x] README.md exists (`docs/README.md`)", "readme"),
        ("[x] Performance validated (meets defined SLAs)", "performance"),
        ("[x] 7-day uptime in staging ≥99.5%", "uptime"),
        ("[x] Security review completed, no critical vulnerabilities", "security-review"),
        ("[x] Security review ([minutes](https://example.org/a), 2025-02-03)", "security-review"),
        ("[x] Monitoring configured (#24)", "monitoring"),
        ("[x] Rollback procedure documented and tested", "rollback"),
        ("✅ Rollback tested", "rollback"),
        ("[x] Whatever stands here <!-- criterion=rollback -->", "rollback"),
    ],
)
def test_a_tick_for_the_same_criterion_in_other_words(text: str, criterion: str):
    assert ticked(text) == criterion


@pytest.mark.parametrize(
    "text",
    [
        "[ ] API documented",
        "[x] API not documented",
        "[x] API documented ❌",
        "[x] API documented ⚠️",
        "[x] API documented - pending",
        "[x] API documented (partially)",
        "[x] API documented, except the queue",
        "[x] API documented with reservations",
        "[x] Client API documented",
        "[x] No API documented",
        "[x] API",
        "[x] Component README - missing",
        "[x] Performance SLAs defined",
        "[x] Performance meets its SLAs (not load tested)",
        "[x] 7-day uptime ≥ 99.9 %",
        "[x] 7-day uptime < 99.5 %",
        "[x] 7-day uptime",
        "[x] Security review completed, no evidence",
        "[x] Security review scheduled",
        "[x] Monitoring configured in dev environment",
        "[x] Monitoring configured: no",
        "[x] Monitoring configured for 2 of 3 hosts",
        "[x] Rollback procedure documented",
        "[x] Rollback tests exist",
        "[x] Rollback procedure tested and broken",
        "[x] Rollback procedure tested and unsuccessful",
        "⚠️ Rollback tested",
        "[x] Gone <!-- criterion=gone -->",
    ],
)
def test_no_tick_from_what_is_only_alike(text: str):
    assert ticked(text) is None


def test_what_is_alike_is_found_for_the_report():
    near = resembling("Health checks, metrics, alerts configured", LADDER, "Production")
    assert near is not None
    assert near.id == "monitoring"
    assert resembling("Core features complete", LADDER, None) is None


def test_a_remark_does_not_hide_which_criterion_an_empty_box_is_about():
    box = box_of("[ ] 7-day uptime in staging ≥99.5% - **In Progress** (Day 1/7)")
    assert box is not None
    criterion = identify(box, LADDER, "Production")
    assert criterion is not None
    assert criterion.id == "uptime"


def test_a_criterion_of_another_stage_is_none():
    assert ticked("[x] API documented", "Production") is None


def test_two_criteria_that_a_line_could_be_are_none():
    twins = Ladder(("A", "B"), (Criterion("B", "one", "Manual written"), Criterion("B", "two", "Manuals written")))
    box = box_of("[x] Manual written")
    assert box is not None
    assert identify(box, twins, None) is None


@given(st.sampled_from(MANUAL), st.data())
def test_a_line_that_lacks_a_word_of_the_title_ticks_nothing_else(criterion: Criterion, draw: st.DataObject):
    words = re.findall(r"\S+", criterion.title)
    others = ["not", "soon", "tools", "other", "draft"]
    said = draw.draw(st.lists(st.sampled_from([*words, *others]), min_size=1, max_size=6))
    answer = ticked(f"[x] {' '.join(said)}")
    assert answer in (None, criterion.id)
    if set(others) & set(said):
        assert answer is None


@pytest.mark.parametrize(
    ("head", "cells", "yes"),
    [
        (("Criterion", "Status"), ("**Rollback tested**", "✅ PASS"), True),
        (("Criterion", "Status"), ("Rollback tested", "done"), True),
        (("Criterion", "Status"), ("Rollback tested", "❌"), False),
        (("Criterion", "Status"), ("Rollback tested", "✅ READY"), False),
        (("Criterion", "Status"), ("Rollback tested", "almost done"), False),
        (("Criterion", "Target", "Status"), ("Rollback tested", "✅", ""), False),
        (("Criterion", "Target", "Status"), ("Rollback tested", "Yes", "N/A"), False),
        (("Criterion", "Who"), ("Rollback tested", "done"), False),
        (("Criterion", "Status", "Details"), ("Rollback tested", "✅", "🔄 again in May"), False),
        (("Criterion", "Done"), ("[x] Rollback tested", ""), True),
        ((), (), False),
    ],
)
def test_rows_of_tables(head: tuple[str, ...], cells: tuple[str, ...], yes: bool):
    box = row_box(head, cells)
    criterion = identify(box, LADDER, None)
    assert (criterion is not None and box.ticked and not doubt(box, criterion)) is yes
