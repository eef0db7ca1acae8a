"""What a run would write into one document, what it leaves alone, what it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from maturity.document import GENERATED, Draft, draft
from maturity.markdown.rewrite import MarkupError, checksum, parse
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Component, Facts, Measurement
from maturity.settings.criteria import read_ladder

LADDER = read_ladder(None, (), ())
CARBON = Component("carbon", ("src/carbon/a.py",), "src/carbon/MATURITY.md")
DAY, NEXT_DAY = "2026-03-04", "2026-03-05"


def measured(covered: int = 97, failure: str | None = None) -> tuple[Measurement, ...]:
    """All collectors well, but for the coverage (of 100 statements) and the failure of pytest."""

    def one(name: str, failure: str | None = None, **metrics: object) -> Measurement:
        return Measurement(name, name, tuple(metrics), Facts(("a.py",), metrics), "", f"{DAY}T01:02:03+00:00", failure)

    coverage, tests = CoverageMetrics.of_counts((covered, 100)), TestMetrics(5, 0, 0, 5)
    return (
        one("pytest", failure, coverage=coverage, tests=tests),
        one("ruff", linting=LintingMetrics(0)),
        one("pyright", type_checking=TypeCheckingMetrics(0)),
        one("bandit", security=SecurityMetrics(0)),
    )


def drafted(
    before: bytes | None,
    measurements: Sequence[Measurement] | None = None,
    today: str = DAY,
    component: Component = CARBON,
) -> Draft:
    return draft(component, LADDER, measured() if measurements is None else measurements, before, today)


def tick(document: bytes, *criteria: str) -> bytes:
    for criterion in criteria:
        lines = document.decode().splitlines(keepends=True)
        (place,) = [n for n, line in enumerate(lines) if f"criterion={criterion} " in line]
        lines[place] = lines[place].replace("[ ]", "[x]")
        document = "".join(lines).encode()
    return document


@pytest.fixture
def new() -> bytes:
    """A document as the first run writes it."""
    return drafted(None).after


@pytest.fixture
def staging(new: bytes) -> bytes:
    """A document of a component that has reached Staging."""
    return drafted(tick(new, "api-documented", "readme")).after


def region(name: str, body: str) -> str:
    begin = f"<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region={name}] -->"
    return f"{begin}\n\n{body}\n\n<!-- END AUTO-GENERATED [region={name} sum={checksum(name, body)}] -->\n"


def bare(body: str = "old") -> str:
    return f"<!-- AUTO-GENERATED SECTION -->\n{body}\n<!-- END AUTO-GENERATED -->\n"


def test_a_new_document_has_everything_filled_in(new: bytes) -> None:
    made = drafted(None)
    assert (made.before, made.changed, made.edited, made.path) == (None, True, (), "src/carbon/MATURITY.md")
    assert made.standing.stage == "Development"
    text = new.decode()
    assert text.startswith("# carbon\n")
    assert "- **Current Stage**: Development\n" in text
    assert "- **Coverage**: 97.0 % (97 of 100 statements)\n" in text
    assert f"- **Last Updated**: {DAY}\n" in text
    assert text.count("TODO") == 7


def test_a_new_document_that_was_measured_by_nobody_is_in_development() -> None:
    made = drafted(None, [Measurement("ruff", "Lint", ("linting",), None, "it was not measured yet")])
    assert made.standing.stage == "Development"
    assert b"unknown (it was not measured yet)" in made.after


@pytest.mark.parametrize("today", [DAY, NEXT_DAY])
def test_what_is_true_stays_byte_for_byte(new: bytes, today: str) -> None:
    again = drafted(new, today=today)
    assert again.after == new
    assert not again.changed
    assert again.diff() == ""


@pytest.mark.parametrize("line_end", [b"\r\n", b"\r"])
def test_a_document_with_other_line_ends_stays_too(new: bytes, line_end: bytes) -> None:
    odd = b"\xef\xbb\xbf" + new.replace(b"\n", line_end)
    assert drafted(odd, today=NEXT_DAY).after == odd


def test_the_date_moves_with_a_change_and_only_then(new: bytes) -> None:
    changed = drafted(new, measured(covered=50), NEXT_DAY)
    assert f"- **Last Updated**: {NEXT_DAY}\n".encode() in changed.after
    assert DAY.encode() not in changed.after
    assert drafted(changed.after, measured(covered=50), "2026-09-09").after == changed.after


def test_a_new_time_of_measurement_is_no_change(new: bytes) -> None:
    later = [replace(m, measured="2027-01-01T00:00:00+00:00") for m in measured()]
    assert not drafted(new, later, NEXT_DAY).changed


@pytest.mark.parametrize("names", [("footer",), ("footer", "test-coverage"), ("code-quality",), GENERATED])
def test_no_document_grows_stale_overnight(names: tuple[str, ...]) -> None:
    document = "# x\n\n" + "\n".join(region(name, "") for name in names)
    first = drafted(document.encode()).after
    assert drafted(first, today=NEXT_DAY).after == first


def test_a_text_that_looks_like_a_date_is_not_the_date() -> None:
    sly = replace(CARBON, owner="- **Last Updated**: 2001-01-01")
    first = drafted(None, component=sly).after
    assert not drafted(first, today=NEXT_DAY, component=sly).changed


def test_only_the_generated_regions_change(new: bytes) -> None:
    mine = new.replace(b"TODO: what it can do.", b"* It can *do*\t  \r\n\x00").replace(b"# carbon", b"Intro\n===\n")
    changed = drafted(mine, measured(covered=50), NEXT_DAY)
    assert changed.edited == ()
    before, after = mine.decode(), changed.after.decode()
    for found, other in zip(parse(mine).regions, parse(changed.after).regions, strict=True):
        before, after = before.replace(found.body.decode(), ""), after.replace(other.body.decode(), "")
    assert before.count("sum=") == after.count("sum=") == 4
    assert [x for x in before.split() if "sum=" not in x] == [x for x in after.split() if "sum=" not in x]


def test_a_region_edited_by_hand_is_reported_and_rewritten(new: bytes) -> None:
    edited = drafted(new.replace(b"97.0 %", b"99.9 %", 1).replace(b"- **Coverage**: 97.0", b"- **Coverage**: 98"))
    assert edited.edited == ("maturity-criteria", "test-coverage")
    assert b"99.9 %" not in edited.after
    assert edited.after == new
    assert "-- [x] ✅ Test coverage ≥ 70 %: 99.9 %" in edited.diff()


def test_a_stale_region_is_not_called_edited(new: bytes) -> None:
    assert drafted(new, measured(covered=50)).edited == ()


def test_a_region_edited_by_hand_on_another_day(new: bytes) -> None:
    edited = drafted(new.replace(b"- **Coverage**: 97.0", b"- **Coverage**: 98"), today=NEXT_DAY)
    assert edited.edited == ("test-coverage",)


def test_an_edited_date_is_not_believed(new: bytes) -> None:
    edited = drafted(new.replace(DAY.encode(), b"2001-01-01"), today=NEXT_DAY)
    assert edited.edited == ("status",)
    assert f"- **Last Updated**: {NEXT_DAY}\n".encode() in edited.after


def test_ticks_are_kept_and_count(new: bytes, staging: bytes) -> None:
    half = drafted(tick(new, "readme"))
    assert half.edited == ()
    assert b"- [x] Component README exists" in half.after
    assert half.standing.stage == "Development"
    assert drafted(tick(half.after, "api-documented")).standing.stage == "Staging"
    assert b"- **Current Stage**: Staging\n" in staging
    assert drafted(staging, measured(covered=50)).after.count(b"- [x] Component README exists") == 1


def test_an_untick_counts_too(staging: bytes) -> None:
    unticked = staging.replace(b"- [x] Component README", b"- [ ] Component README")
    made = drafted(unticked)
    assert (made.standing.stage, made.edited) == ("Development", ())


def test_ticks_survive_while_a_criterion_is_rewritten(new: bytes) -> None:
    made = drafted(tick(new, "readme"), measured(covered=50), NEXT_DAY)
    assert b"- [x] Component README exists" in made.after
    assert b"- [ ] API documented" in made.after


def test_a_tick_of_a_criterion_that_is_gone_is_reported(staging: bytes) -> None:
    fewer = replace(LADDER, criteria=tuple(c for c in LADDER.criteria if c.id != "readme"))
    made = draft(CARBON, fewer, measured(), staging, DAY)
    assert made.lost_ticks == ("readme",)
    assert drafted(staging).lost_ticks == ()
    assert draft(CARBON, fewer, measured(), made.after, DAY).lost_ticks == ()


def test_a_new_document_from_a_template_of_the_repository() -> None:
    template = f"# About {{component}}\n\nOurs\n\n{region('footer', '')}"
    made = draft(CARBON, LADDER, measured(), None, DAY, template)
    assert made.after.startswith(b"# About carbon\n\nOurs\n")
    assert f"Last change: {DAY}".encode() in made.after
    assert draft(CARBON, LADDER, measured(), made.after, NEXT_DAY, "# Another").after == made.after


def test_the_stage_falls_by_itself(staging: bytes) -> None:
    fallen = drafted(staging, measured(covered=69))
    assert fallen.standing.stage == "Development"
    assert b"- **Blocked By**: Test coverage\n" in fallen.after


def test_a_failing_collector_keeps_the_stage_and_shows_a_banner(staging: bytes) -> None:
    failing = drafted(staging, measured(failure="timeout"), NEXT_DAY)
    assert failing.standing.stage == "Staging"
    assert f"> ⚠️ **pytest failed**, its figures are those of {DAY}: timeout\n".encode() in failing.after
    assert drafted(failing.after, measured(failure="timeout"), "2026-09-09").after == failing.after
    mended = drafted(failing.after, today=NEXT_DAY)
    assert (mended.standing.stage, "⚠️" in mended.after.decode()) == ("Staging", False)


def test_a_failing_collector_does_not_raise_the_stage(new: bytes) -> None:
    ticked = tick(new, "api-documented", "readme")
    assert drafted(ticked, measured(failure="timeout")).standing.stage == "Development"


def test_the_stage_of_before_is_trusted_only_if_the_sum_fits(staging: bytes, new: bytes) -> None:
    failing = measured(failure="timeout")
    assert drafted(staging, failing).standing.stage == "Staging"
    forged = tick(new, "api-documented", "readme").replace(b"Stage**: Development", b"Stage**: Staging")
    assert drafted(forged, failing).standing.stage == "Development"
    summed = forged.replace(parse(new).regions[0].sum.encode(), b"000000000000")  # pyright: ignore[reportOptionalMemberAccess]
    assert drafted(summed, failing).standing.stage == "Development"


def test_the_stage_of_a_bare_region_is_not_trusted(staging: bytes) -> None:
    status = parse(staging).regions[0]
    stripped = staging.replace(f" [region=status sum={status.sum}]".encode(), b"")
    assert stripped != staging
    assert drafted(stripped, measured(failure="timeout")).standing.stage == "Development"


def test_bare_regions_are_understood_by_the_headings_above_them() -> None:
    document = (
        f"# Carbon Component Maturity\n\n{bare()}\n## Test Coverage\n{bare()}\n## Code Quality Status\n{bare()}\n"
        f"## Maturity Criteria\n{bare()}\n## Footer\n{bare()}"
    )
    made = drafted(document.encode())
    bodies = {found.name: found.body.decode() for found in parse(made.after).regions}
    assert "- **Current Stage**: " in bodies["status"]
    assert "- **Coverage**: " in bodies["test-coverage"]
    assert "- **ruff**: " in bodies["code-quality-status"]
    assert "### Development → Staging" in bodies["maturity-criteria"]
    assert "Last change" in bodies["footer"]
    assert made.edited == ()
    assert drafted(made.after, today=NEXT_DAY).after == made.after


@pytest.mark.parametrize(
    "title",
    [
        "# Carbon\n",
        "\ufeff# Carbon\n",
        "---\nx: 1\n---\n# Carbon\n",
        "   # Carbon #\n",
        "#\tCarbon\n",
        "Carbon\n======\n",
        "# Carbon\n\n```sh\n# a comment\n```\n",
        "a\u2028b\x0cc\x85d\n# Carbon\n",
        "# Carbon\r",
    ],
)
def test_the_first_region_below_the_title_is_the_status(title: str) -> None:
    made = drafted(f"{title}\n{bare()}".encode())
    assert b"**Current Stage**" in parse(made.after).regions[0].body


def test_a_title_may_change_after_the_first_rewrite() -> None:
    first = drafted(f"# Carbon\n\n{bare()}".encode()).after
    renamed = drafted(first.replace(b"# Carbon", b"# Carbon Accounting"))
    assert renamed.after == first.replace(b"# Carbon", b"# Carbon Accounting")


@pytest.mark.parametrize(
    ("heading", "shows"),
    [
        ("Current Status", "Current Stage"),
        ("Current Status (Week 47)", "Current Stage"),
        ("Quality Gates Status", "**bandit**"),
        ("Quality Gates", "**bandit**"),
        ("Promotion Criteria", "### Development"),
        ("Coverage", "**Coverage**"),
        ("Tests", "**Coverage**"),
    ],
)
def test_headings_of_real_documents(heading: str, shows: str) -> None:
    made = drafted(f"# X\n\n## Footer\n{bare()}\n## {heading}\n{bare()}".encode())
    assert shows in parse(made.after).regions[1].body.decode()


def problems(document: str) -> list[tuple[int, str]]:
    with pytest.raises(MarkupError) as caught:
        drafted(document.encode())
    return [(problem.line, problem.code) for problem in caught.value.problems]


def test_a_document_without_region_is_refused() -> None:
    assert problems("# Carbon\n\nBy hand.\n") == [(1, "no-region")]
    assert problems("") == [(1, "no-region")]


def test_a_region_that_nothing_generates_is_refused_by_its_line() -> None:
    assert problems(f"{region('status', '')}\n## Risks\n{bare()}\n{region('roadmap', '')}") == [
        (8, "unknown-region"),
        (12, "unknown-region"),
    ]


def test_a_misspelled_region_is_refused_even_if_it_is_the_first() -> None:
    assert problems(f"# Carbon\n\n{region('test-covrage', '')}\n{region('status', '')}") == [(3, "unknown-region")]


def test_a_first_region_below_a_heading_of_its_own_is_not_taken_for_the_status() -> None:
    assert problems(f"# Carbon\n\n## Changelog\n\n{bare()}") == [(5, "unknown-region")]


def test_a_refusal_names_the_regions_that_there_are() -> None:
    for document in ("# x", f"{region('status', '')}{region('x', '')}"):
        with pytest.raises(MarkupError, match="status, maturity-criteria, test-coverage, code-quality, footer"):
            drafted(document.encode())


def test_markup_that_cannot_be_obeyed_is_refused() -> None:
    assert problems("# x\n\n<!-- AUTO-GENERATED SECTION -->\n") == [(3, "unclosed-region")]


@pytest.mark.parametrize("text", ["<!-- END AUTO-GENERATED -->", "<!-- MANUAL SECTION -->", "```\n# x", "`|`"])
def test_text_from_tools_does_not_keep_the_document_from_being_written(text: str) -> None:
    odd = replace(CARBON, owner=text, group=text)
    coverage = CoverageMetrics.of_counts((1, 2), missing_lines={text: (1,)})
    measurements = (
        Measurement("pytest", "Tests", ("coverage",), Facts((text,), {"coverage": coverage}), "", DAY, text),
        Measurement("ruff", "Lint", ("linting",), None, text),
    )
    made = drafted(None, measurements, component=odd)
    assert [found.name for found in parse(made.after).regions] == list(GENERATED[:4])
    assert not drafted(made.after, measurements, NEXT_DAY, odd).changed


def test_the_diff_of_a_new_document(new: bytes) -> None:
    lines = drafted(None).diff().splitlines()
    assert lines[:2] == ["--- /dev/null", "+++ b/src/carbon/MATURITY.md"]
    assert len([line for line in lines if line.startswith("+")]) == len(new.splitlines()) + 1


def test_the_diff_of_a_change(new: bytes) -> None:
    diff = drafted(new, measured(covered=50)).diff().splitlines()
    assert diff[:2] == ["--- a/src/carbon/MATURITY.md", "+++ b/src/carbon/MATURITY.md"]
    assert "-- **Coverage**: 97.0 % (97 of 100 statements)" in diff
    assert "+- **Coverage**: 50.0 % (50 of 100 statements)" in diff


def test_a_tick_for_a_criterion_that_is_gone_is_reported(staging: bytes) -> None:
    assert drafted(staging).lost_ticks == ()
    gone = staging.replace(b"criterion=readme", b"criterion=old-rule")
    assert drafted(gone).lost_ticks == ("old-rule",)


def test_a_new_document_can_be_made_from_a_template_of_the_repository() -> None:
    own = f"# The {{component}} part\n\n{region('status', '')}"
    made = draft(CARBON, LADDER, measured(), None, DAY, own)
    assert made.after.startswith(b"# The carbon part\n")
    assert [found.name for found in parse(made.after).regions] == ["status"]
