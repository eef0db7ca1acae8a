"""What people call stages, sections, figures."""

from __future__ import annotations

from fractions import Fraction

import pytest

from maturity.adoption.spellings import (
    HEADINGS,
    Field,
    about,
    box_of,
    count_of,
    field_of,
    is_automated,
    is_date,
    is_figure,
    is_metric,
    is_status,
    percentage,
    promised,
    promotion,
    stage_of,
)

STAGES = ("Development", "Staging", "Production")


@pytest.mark.parametrize(
    ("heading", "region"),
    [
        ("Test Coverage", "test-coverage"),
        ("📊 Test Coverage (73.2 %)", "test-coverage"),
        ("3. **Test Coverage**", "test-coverage"),
        ("Test Coverage: 73%", "test-coverage"),
        ("Code Quality Status", "code-quality"),
        ("QUALITY GATES STATUS", "code-quality"),
        ("Maturity Criteria (4/7)", "maturity-criteria"),
        ("Current Status", "status"),
        ("Test Coverage by Category", None),
        ("Coverage Improvement", None),
        ("Security Status", None),
        ("", None),
    ],
)
def test_headings(heading: str, region: str | None):
    assert HEADINGS.get(about(heading)) == region


@pytest.mark.parametrize(
    ("heading", "stage"),
    [
        ("Development → Staging", "Staging"),
        ("✅ Staging -> Production Promotion Criteria", "Production"),
        ("**Development** to **Staging** (4 of 7 criteria met)", "Staging"),
        ("Development => Staging: 4/7 met", "Staging"),
        ("Development → Staging Promotion", None),
        ("Development → Staging (2025-02-01)", "Staging"),
        ("Development → Staging, approved", None),
        ("Development → Production", None),
        ("Staging", None),
    ],
)
def test_headings_of_promotions(heading: str, stage: str | None):
    assert promotion(heading, STAGES) == stage


def test_the_stage_that_a_heading_names_last():
    assert promised("From Development: Production Requirements (Staging)", STAGES) == "Production"
    assert promised("Requirements", STAGES) is None


@pytest.mark.parametrize(
    ("value", "stage"),
    [
        ("Staging (Promoted)", "Staging"),
        ("**Development** ⚠️", "Development"),
        ("STAGING (Ready for Production Deployment)", "Staging"),
        ("Development → Staging (Promotion in Progress)", "Development"),
        ("🎉 _Production_", "Production"),
        ("Stagings", None),
        ("ready for Staging", None),
        ("", None),
    ],
)
def test_stages(value: str, stage: str | None):
    assert stage_of(value, STAGES) == stage


def test_a_stage_that_begins_with_the_name_of_another():
    assert stage_of("Beta 2", ("Alpha", "Beta", "Beta 2")) == "Beta 2"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("**Current Stage**: Staging", Field("current stage", "Staging")),
        ("**Current Stage:** **Staging**", Field("current stage", "**Staging**")),
        ("__Lines covered__ : 1", Field("lines covered", "1")),
        ("Coverage: 73%", Field("coverage", "73%", bold=False)),
        ("✅ Coverage: 73%", Field("coverage", "73%", bold=False)),
        ("**Tests**:", Field("tests", "")),
        ("`a_b.py`: 3%", Field("`a b.py`", "3%", bold=False)),
        ("https://example.org", None),
        ("just prose", None),
        ("- **Coverage**: 73%", None),
        ("12:30", None),
    ],
)
def test_fields(text: str, field: Field | None):
    assert field_of(text) == field


@pytest.mark.parametrize("value", ["73%", "≥70%", "**0** errors", "✅ 100%", "+3.2%", "XX%", "N/A", "Not run", "4/9"])
def test_figures(value: str):
    assert is_figure(value)


@pytest.mark.parametrize("value", ["", "a lot", "`tests/test_a.py`", "see below", "passenger"])
def test_no_figures(value: str):
    assert not is_figure(value)


@pytest.mark.parametrize(
    ("label", "value", "yes"),
    [
        ("coverage", "73%", True),
        ("gap to 70%", "3%", True),
        ("type checking (pyright)", "0 errors", True),
        ("`src/a.py`", "100.00% ✅", True),
        ("`src/a.py`", "the entry", False),
        ("e902", "Syntax error (1 occurrence)", True),
        ("b404", "allowed, because we must", False),
        ("coverage", "50% → 70%", False),
        ("mypy", "0 errors", False),
        ("uptime", "99%", False),
    ],
)
def test_metrics(label: str, value: str, yes: bool):
    assert is_metric(Field(label, value)) is yes


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("Unit tests passing (≥70% coverage) - **Currently 73.2%** ✅", True),
        ("Passes linting (ruff), type checking (pyright), security scan (bandit)", True),
        ("0 linting violations", True),
        ("Tests reviewed by QA", False),
        ("Security review complete", False),
        ("All met", False),
        ("Coverage 50% → 70%", False),
    ],
)
def test_criteria_that_a_tool_decides(text: str, yes: bool):
    assert is_automated(text) is yes


def test_dates_statuses_counts_and_percentages():
    assert is_date("**2025-10-08** (corrected)")
    assert not is_date("yesterday")
    assert is_status("✅ **PASSING**")
    assert is_status("❌ **8/9 criteria met - needs work**")
    assert not is_status("⚠️ **REQUIRES REMEDIATION**")
    assert not is_status("")
    assert count_of("X/8 criteria met") == ("X", "8")
    assert count_of("4/7 tests") is None
    assert percentage("**73.20 %** (44/97)") == Fraction("73.2")
    assert percentage("44/97") is None


def test_boxes():
    box = box_of("[x] API documented ✅")
    assert box is not None
    assert (box.text, box.ticked, box.signs) == ("API documented ✅", True, "✅")
    assert box_of("[y] API documented") is None
    assert box_of("API documented") is None
