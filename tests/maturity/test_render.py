"""The bodies of the regions: true figures in words, and nothing from a tool that can do more than be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from maturity import render
from maturity.judge import readings, stand
from maturity.markdown.rewrite import parse, splice
from maturity.markdown.template import new_document
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Component, Criterion, Facts, Ladder, Measurement, Reading
from maturity.settings.criteria import read_ladder

LADDER = read_ladder(None, (), ())
CARBON = Component("carbon", ("carbon/api.py",), "carbon/MATURITY.md")
COMMONMARK = MarkdownIt("commonmark")
TODAY, MEASURED = "2026-05-06", "2026-03-04T05:06:07+00:00"
COVERED = CoverageMetrics.of_counts((1749, 2500), missing_lines={"carbon/api.py": (1, 2), "carbon/all.py": ()})


def measured(collector: str, failure: str | None = None, **metrics: object) -> Measurement:
    return Measurement(collector, f"By {collector}", tuple(metrics), Facts(("a.py",), metrics), "", MEASURED, failure)


UNTESTED = "no integration tests found"
GOOD = (
    measured("pytest", coverage=CoverageMetrics.of_counts((97, 97)), tests=TestMetrics(3, 0, 1, 4)),
    Measurement(
        "integration", "Integration", ("integration_coverage", "integration_tests"), None, "no integration tests found"
    ),
    measured("ruff", linting=LintingMetrics(0)),
    measured("pyright", type_checking=TypeCheckingMetrics(0)),
    measured("bandit", security=SecurityMetrics(0)),
)


def bodies(
    measurements: Sequence[Measurement] = GOOD,
    component: Component = CARBON,
    ladder: Ladder = LADDER,
    ticks: Mapping[str, bool] | None = None,
    previous: str | None = None,
) -> dict[str, str]:
    standing = stand(ladder, readings(measurements), ticks or {}, previous)
    return render.regions(component, ladder, standing, measurements, ticks or {}, TODAY)


def with_one(measurement: Measurement) -> tuple[Measurement, ...]:
    return tuple(measurement if other.collector == measurement.collector else other for other in GOOD)


def line(body: str, start: str) -> str:
    (found,) = [line for line in body.splitlines() if line.strip("- []x✅❌❔").startswith(start)]
    return found


def test_the_status_of_a_component() -> None:
    component = replace(CARBON, owner="@team", group="Core")
    assert bodies(component=component, ticks={"readme": True})["status"].splitlines() == [
        "- **Current Stage**: Development",
        "- **Next Stage**: Staging (6 of 7 criteria met)",
        "- **Blocked By**: API documented",
        "- **Owner**: `@team`",
        "- **Group**: Core",
        "- **Last Updated**: 2026-05-06",
    ]


def test_the_status_at_the_top_of_the_ladder() -> None:
    status = bodies(ladder=Ladder(("A", "B"), ()))["status"]
    assert status == "- **Current Stage**: B\n- **Last Updated**: 2026-05-06"


def test_criteria_say_figure_threshold_and_verdict() -> None:
    missed = measured("pytest", coverage=COVERED, tests=TestMetrics(3, 1, 0, 4))
    lines = bodies(with_one(missed), ticks={"readme": True})["maturity-criteria"].splitlines()
    assert lines[:9] == [
        "### Development → Staging: 4 of 7 met",
        "",
        "- [ ] ❌ Test coverage ≥ 70 %: 69.9 % (1749 of 2500 statements), missed",
        "- [x] ✅ Lint violations = 0: 0, met",
        "- [x] ✅ Type errors = 0: 0, met",
        "- [x] ✅ Security issues = 0: 0, met",
        "- [ ] ❌ All tests passing ≥ 100 %: 75.0 % (3 of 4 passed), missed",
        "- [ ] API documented (manual) <!-- criterion=api-documented -->",
        "- [x] Component README exists (manual) <!-- criterion=readme -->",
    ]
    assert lines[10:13] == [
        "### Staging → Production: 0 of 7 met",
        "",
        "- [ ] ❔ Integration test coverage ≥ 80 %: unknown (no integration tests found)",
    ]


FAILING = [
    measured("pytest", "timeout", coverage=CoverageMetrics.of_counts((97, 97)), tests=TestMetrics(3, 0, 0, 3)),
    replace(measured("ruff", "timeout", linting=None), facts=None, reason="ruff failed", measured=""),
    measured("bandit", "crash", security=SecurityMetrics(1)),
]


@pytest.mark.parametrize("measurement", [*GOOD, *FAILING], ids=lambda m: f"{m.collector} {m.failure}")
@pytest.mark.parametrize("previous", [None, "Staging"])
@pytest.mark.parametrize("ticks", [{}, {"readme": True, "api-documented": True}])
def test_the_counts_are_those_of_the_ticked_boxes(
    measurement: Measurement, previous: str | None, ticks: dict[str, bool]
) -> None:
    made = bodies(with_one(measurement), ticks=ticks, previous=previous)
    for section in made["maturity-criteria"].split("### ")[1:]:
        said = re.search(r": (\d+) of (\d+) met\n", section)
        assert said
        assert (section.count("- [x] "), section.count("- [")) == (int(said[1]), int(said[2])), section


def test_a_tick_is_shown_for_what_is_met_and_only_for_that() -> None:
    for text in bodies(ticks={"readme": True})["maturity-criteria"].splitlines():
        if "(manual)" not in text and text.startswith("- ["):
            assert text.startswith("- [x] ✅") == text.endswith(", met")
            assert text.startswith(("- [x] ✅", "- [ ] ❌", "- [ ] ❔"))


def test_a_failing_collector_is_announced_with_the_date_of_what_is_known() -> None:
    made = bodies(with_one(FAILING[0]), previous="Staging", ticks={"readme": True, "api-documented": True})
    assert made["status"].startswith(
        "> ⚠️ **pytest failed**, its figures are those of 2026-03-04: timeout\n\n- **Current Stage**: Staging\n"
    )
    assert line(made["maturity-criteria"], "Test coverage").endswith(
        "100.0 % (97 of 97 statements), met, as of 2026-03-04"
    )
    assert line(made["test-coverage"], "**Coverage").endswith("100.0 % (97 of 97 statements), as of 2026-03-04")


def test_what_is_met_but_not_measured_now_is_said_to_block() -> None:
    status = bodies(with_one(FAILING[0]), ticks={"readme": True})["status"]
    said = "Test coverage (not measured now), All tests passing (not measured now), API documented"
    assert line(status, "**Blocked By") == f"- **Blocked By**: {said}"
    assert line(status, "**Next Stage") == "- **Next Stage**: Staging (6 of 7 criteria met)"


def test_a_collector_that_never_gave_an_answer() -> None:
    made = bodies(with_one(FAILING[1]))
    assert made["status"].startswith("> ⚠️ **ruff failed**, nothing is known: timeout\n\n- ")
    assert line(made["maturity-criteria"], "Lint violations").endswith("= 0: unknown (ruff failed)")
    assert line(made["code-quality"], "**By ruff").endswith("unknown (ruff failed)")


def test_two_failing_collectors_are_one_banner() -> None:
    status = bodies(tuple(FAILING))["status"]
    kinds = [token.type for token in COMMONMARK.parse(status)]
    assert kinds.count("blockquote_open") == 1
    assert kinds[: kinds.index("blockquote_close")].count("paragraph_open") == 3


def test_coverage_and_tests() -> None:
    facts = Facts(("a.py",), {"coverage": COVERED, "tests": TestMetrics(1, 2, 3, 12, 4, 1, 1)}, excluded=("b.py",))
    made = bodies((Measurement("pytest", "Tests", ("coverage", "tests"), facts),))["test-coverage"]
    assert made.splitlines() == [
        "- **Coverage**: 69.9 % (1749 of 2500 statements)",
        "  - `carbon/api.py`: 2 not covered",
        "  - left out by the coverage configuration: 1 file",
        "- **Integration coverage**: unknown (nothing measures it)",
        "- **Tests**: 1 passed, 2 failed, 3 skipped, 4 errors, 1 expected failure, 1 unexpected pass, 12 in total",
        "- **Integration tests**: unknown (nothing measures it)",
    ]


def test_the_files_with_most_uncovered_statements_come_first_and_the_rest_is_counted() -> None:
    missing = {f"f{n:02}.py": tuple(range(n)) for n in range(1, 14)}
    metrics = CoverageMetrics.of_counts((0, 91), missing_lines=missing)
    lines = bodies((measured("pytest", coverage=metrics),))["test-coverage"].splitlines()
    assert lines[1] == "  - `f13.py`: 13 not covered"
    assert lines[10:12] == ["  - `f04.py`: 4 not covered", "  - 6 not covered in 3 files more"]


def test_lint_types_and_security() -> None:
    rules = {f"R{n}": n for n in range(1, 13)}
    made = bodies(
        (
            measured("ruff", linting=LintingMetrics(78, {"error": 78}, rules)),
            measured("pyright", type_checking=TypeCheckingMetrics(1, 2, 3)),
            replace(
                GOOD[4], facts=Facts((), {"security": SecurityMetrics(3, {"LOW": 2, "HIGH": 1})}, ("x.py", "y.py"))
            ),
        )
    )["code-quality"].splitlines()
    assert made[:2] == ["- **By ruff**: 78 violations", "  - `R12`: 12"]
    assert made[11:] == [
        "  - 2 more rules",
        "- **By pyright**: 1 error, 2 warnings",
        "- **By bandit**: 3 issues (2 LOW, 1 HIGH)",
        "  - left out by the configuration of bandit: 2 files",
    ]


@dataclass(frozen=True)
class Complexity:
    NAMES: ClassVar[tuple[str, ...]] = ("worst",)

    def readings(self) -> Mapping[str, Reading]:
        return {"worst": Reading(Fraction("7.25")), "a_b": Reading(None)}


def test_a_metric_of_others_is_shown_by_its_readings() -> None:
    made = bodies((measured("radon", complexity=Complexity()),))["code-quality"]
    assert made == "- **By radon**: worst 7.25, a\\_b unknown"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("7", "7"), ("70.5", "70.5"), ("69.96", "69.96"), ("0.3333333", "0.333"), ("2.9999", "2.999"),
        ("99999.96", "99999.96"), ("1234.567", "1234.567"), ("12345678.5", "12345678.5"), ("1000000", "1000000"),
    ],
)  # fmt: skip
def test_a_number_is_cut_and_never_rounded(value: str, shown: str) -> None:
    assert render.number(Fraction(value)) == shown


def test_a_threshold_is_shown_as_it_is_asked_for() -> None:
    def shown(**limits: Fraction) -> str:
        return render.threshold(Criterion("Staging", "x", "X", "coverage.percentage", **limits))

    assert shown(at_least=Fraction("69.96")) == "≥ 69.96 %"
    assert shown(at_most=Fraction(3)) == "≤ 3 %"
    assert shown(at_most=Fraction(0)) == "= 0"
    assert shown(at_least=Fraction(0)) == "≥ 0 %"


def test_times_and_line_numbers_change_nothing() -> None:
    moved = CoverageMetrics.of_counts((1749, 2500), missing_lines={"carbon/api.py": (7, 9)})
    now = replace(measured("pytest", coverage=replace(moved, timestamp="now")), measured="2027-01-01T00:00:00+00:00")
    assert bodies((now,)) == bodies((measured("pytest", coverage=COVERED),))


SIGNS = st.sampled_from("`|<>-!#*_[]()\\&~ \n\r\tx1.:")
HOSTILE = st.one_of(
    st.sampled_from(
        ["a`b", "``` \nx", "a|b|\n|-|-|", "\n\n# x", "--> <b>x</b>", "<!-- x", "[a]: /b", "- [x] y", "a\\"]
    ),
    st.text(SIGNS, min_size=1, max_size=20),
)
COUNTS = st.integers(0, 5)
NEW = new_document("carbon").encode()
BLOCKS = {"bullet_list_open", "list_item_open", "paragraph_open", "inline", "heading_open", "blockquote_open"}


@st.composite
def hostile(draw: st.DrawFn) -> tuple[Component, Ladder, tuple[Measurement, ...]]:
    """A component, ladder and measurements of which every text is hostile."""
    by_text = st.dictionaries(HOSTILE, COUNTS, max_size=2)
    covered = CoverageMetrics(50.0, 1, 2, dict.fromkeys(draw(st.lists(HOSTILE, max_size=2)), (1,)))
    facts = Facts(
        (draw(HOSTILE),),
        {"coverage": covered, "linting": LintingMetrics(1, draw(by_text), draw(by_text)),
         "security": SecurityMetrics(1, draw(by_text))},
        draw(st.lists(HOSTILE, max_size=1).map(tuple)),
        unknown={"tests": draw(HOSTILE), "type_checking": draw(HOSTILE)},
    )  # fmt: skip
    failure = draw(st.none() | HOSTILE)
    measurements = (
        Measurement("all", draw(HOSTILE), (*facts.metrics, *facts.unknown), facts, "", MEASURED, failure),
        Measurement("never", "Never", ("integration_tests",), None, draw(HOSTILE), "", draw(st.none() | HOSTILE)),
    )
    titles = [replace(criterion, title=draw(HOSTILE)) for criterion in LADDER.criteria if criterion.stage == "Staging"]
    return (
        replace(CARBON, owner=draw(HOSTILE), group=draw(HOSTILE)),
        replace(LADDER, criteria=tuple(titles)),
        measurements,
    )


@settings(max_examples=settings().max_examples // 3)  # each draws some thirty texts
@given(hostile())
def test_text_from_tools_adds_nothing_to_the_structure(case: tuple[Component, Ladder, tuple[Measurement, ...]]) -> None:
    component, ladder, measurements = case
    made = bodies(measurements, component, ladder)
    for body in made.values():
        items = 0
        for token in COMMONMARK.parse(body):
            assert token.type in BLOCKS or token.type.endswith("_close"), body
            items += token.type == "list_item_open"
            for child in token.children or []:
                assert child.type in {"text", "code_inline", "strong_open", "strong_close", "em_open", "em_close",
                                      "softbreak", "html_inline"}, body  # fmt: skip
                if child.type == "html_inline":
                    assert re.fullmatch(r"<!-- criterion=[a-z-]+ -->", child.content)
        assert items == sum(text.lstrip().startswith("- ") for text in body.splitlines()), body
    assert len(parse(splice(NEW, made)).regions) == 4


def test_the_body_of_a_criterion_can_tick_no_other() -> None:
    sly = "- [x] done <!-- criterion=readme -->"
    ladder = replace(LADDER, criteria=tuple(replace(c, title=sly) for c in LADDER.criteria if c.id != "readme"))
    made = bodies(with_one(replace(FAILING[0], failure=sly)), ladder=ladder)["maturity-criteria"]
    assert "<!-- criterion=readme -->" not in made


@pytest.mark.parametrize("date", ["\n```\nx", "\n# head", "`<b>`<!--"])
def test_a_date_from_a_tampered_cache_can_do_nothing_either(date: str) -> None:
    made = bodies(with_one(replace(FAILING[0], measured=date)))
    for body in made.values():
        assert not {token.type for token in COMMONMARK.parse(body)} & {"fence", "html_block"}
    assert "# head" not in made["status"].splitlines()
