"""What is written is read back as it was meant, and what was not written by us is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from maturity import document
from maturity.collectors import BUILT_IN as COLLECTORS
from maturity.history.reading import BUILT_IN, Reader, Unreadable, unescaped
from maturity.judge import readings
from maturity.markdown.escape import prose
from maturity.markdown.rewrite import checksum, parse
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics, cut
from maturity.model import Component, Facts, Measurement, Reading
from maturity.settings.criteria import read_ladder

LADDER = read_ladder(None, (), ())
CARBON = Component("carbon", ("src/carbon/a.py",), "src/carbon/MATURITY.md")
NOT_SHOWN = {"type_checking.information"}
"""Readings that a document does not show."""

counts = st.integers(0, 10**6)


@dataclass(frozen=True)
class Complexity:
    """A plugin's metric."""

    NAMES: ClassVar[tuple[str, ...]] = ("average", "worst part")

    average: Fraction
    worst: int

    def readings(self) -> Mapping[str, Reading]:
        """Both."""
        return {"average": Reading(self.average), "worst part": Reading(Fraction(self.worst))}


@st.composite
def pairs(draw: st.DrawFn) -> tuple[int, int]:
    total = draw(counts)
    return draw(st.integers(0, total)), total


METRICS = {
    "coverage": st.builds(CoverageMetrics.of_counts, pairs(), pairs()),
    "integration_coverage": st.builds(CoverageMetrics.of_counts, pairs()),
    "tests": st.builds(TestMetrics, counts, counts, counts, counts, counts, counts, counts),
    "integration_tests": st.builds(TestMetrics, counts, counts, counts, counts),
    "linting": st.builds(LintingMetrics, counts, by_rule=st.dictionaries(st.sampled_from(["E501", "F401"]), counts)),
    "type_checking": st.builds(TypeCheckingMetrics, counts, counts),
    "security": st.builds(
        SecurityMetrics, counts, st.dictionaries(st.sampled_from(["low", "high"]), st.integers(1, 9))
    ),
    "complexity": st.builds(Complexity, st.fractions(0, 1000, max_denominator=1000), counts),
}
words = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30).map(
    lambda text: " ".join(text.split()) or "x"
)


@st.composite
def measurements(draw: st.DrawFn) -> tuple[Measurement, ...]:
    """What is known of a component: some figures, some of them last known ones, and some unknown for any reason."""
    plugin = ("complexity", "Complexity", ("complexity",))
    found: list[Measurement] = []
    for name, title, metrics in (*((c.name, c.title, tuple(c.metrics)) for c in COLLECTORS), plugin):
        if draw(st.integers(0, 9)) == 0:
            found.append(Measurement(name, title, metrics, None, draw(words)))
            continue
        known = {metric: draw(METRICS[metric]) for metric in metrics if draw(st.integers(0, 5))}
        unknown = {metric: draw(words) for metric in metrics if metric not in known}
        failure = draw(st.none() | words)
        facts = Facts(("src/carbon/a.py",), known, unknown=unknown)
        found.append(Measurement(name, title, metrics, facts, "", "2026-05-04T10:11:12+00:00", failure))
    return tuple(found)


def written(known: tuple[Measurement, ...]) -> bytes:
    return document.draft(CARBON, LADDER, known, None, "2026-05-05").after


NO_STATEMENT = Facts((), {"coverage": CoverageMetrics.of_counts((0, 0)), "tests": TestMetrics(0, 0, 0, 0)})
EMPTY = tuple(
    Measurement(c.name, c.title, tuple(c.metrics), NO_STATEMENT if c.name == "pytest" else None, "why")
    for c in COLLECTORS
)


@given(measurements())
@example(EMPTY)
def test_what_is_written_is_read_back(known: tuple[Measurement, ...]) -> None:
    page = Reader({"Complexity": ("complexity",)}).read(written(known))
    meant = readings(known)
    for name, reading in meant.items():
        nothing = "lines_" in name and meant[f"{name.partition('.')[0]}.percentage"].value is None
        if name in NOT_SHOWN or nothing:  # of no statement at all a document says that there is none
            continue
        value = reading.value
        if value is not None and name.startswith("complexity."):
            value = Fraction(str(cut(value, 3)))
        assert (page.readings.get(name) or Reading(None)).value == value, name
        if reading.as_of and name in page.readings:
            assert page.readings[name].as_of == reading.as_of
    assert {name for name in page.readings if "." in name} <= meant.keys()
    drafted = document.draft(CARBON, LADDER, known, None, "2026-05-05")
    assert page.stage == drafted.standing.stage
    assert [(v.stage, v.title, v.answer) for v in page.verdicts] == [
        (v.criterion.stage, v.criterion.title, v.answer) for v in drafted.standing.verdicts
    ]
    assert not page.claimed


@given(words)
def test_words_are_as_they_were_before_they_were_escaped(text: str) -> None:
    assume("<!" not in text and text.isprintable())
    assert unescaped(prose(text)) == text


@given(measurements(), st.data())
def test_a_figure_that_somebody_changed_is_refused(known: tuple[Measurement, ...], data: st.DataObject) -> None:
    text = written(known)
    at = data.draw(st.sampled_from(digits(text)))
    changed = text[:at] + (b"1" if text[at : at + 1] != b"1" else b"2") + text[at + 1 :]
    with pytest.raises(Unreadable, match="edited by hand"):
        Reader({"Complexity": ("complexity",)}).read(changed)


def digits(text: bytes) -> list[int]:
    """The places of all digits in the bodies of regions."""
    lines = text.splitlines(keepends=True)
    regions = parse(text).regions
    found: list[int] = []
    at = 0
    for number, line in enumerate(lines, 1):
        if any(region.begin < number < region.end for region in regions):
            found += [at + place for place, sign in enumerate(line) if chr(sign).isdigit()]
        at += len(line)
    return found


PIECES = st.sampled_from(
    ["```", "~~~", "    code", "<div>", "</div>", "<!-- a comment", "-->", "# Heading", "- item", "> quote", "---", "",
     "[a]: /url 'title", "text", "\ttab", "<pre>", "</pre>", "<!-- MANUAL SECTION -->", "<!-- END MANUAL SECTION -->"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=6), st.lists(PIECES, max_size=6), st.lists(PIECES, max_size=6))
def test_a_document_is_read_if_and_only_if_its_markers_can_be_obeyed(
    above: list[str], between: list[str], below: list[str]
) -> None:
    body = "- **Current Stage**: Staging\n"
    status = region("status", body)
    quality = region("code-quality", "- **Lint**: 3 violations\n")
    text = "\n".join([*above, status, *between, quality, *below, ""]).encode()
    try:
        names = [each.name for each in parse(text).regions]
    except Exception:
        names = []
    try:
        page = Reader().read(text)
    except Unreadable:
        assert not names
        return
    read = page.stage == "Staging", "linting.total_violations" in page.readings
    assert read == ("status" in names, "code-quality" in names)


def region(name: str, body: str) -> str:
    """A region as we write it."""
    begin = f"<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region={name}] -->"
    return f"{begin}\n{body}<!-- END AUTO-GENERATED [region={name} sum={checksum(name, body)}] -->"


@pytest.mark.parametrize(
    "line",
    [
        "- **Coverage**: 73.2 % (71 of 97 statements, and more)",
        "- **Coverage**: 74.0 % (71 of 97 statements)",
        "- **Tests**: 3 passed",
        "- **Lint**: many violations",
        "- **Types**: 3 errors",
        "- **Security**: no issues",
        "Coverage is fine",
    ],
)
def test_what_no_release_wrote_is_refused(line: str) -> None:
    with pytest.raises(Unreadable):
        Reader().read(region("test-coverage", f"{line}\n").encode())


def test_windows_line_ends_and_a_byte_order_mark() -> None:
    text = region("status", "- **Current Stage**: Staging\n").encode().replace(b"\n", b"\r\n")
    assert Reader().read(b"\xef\xbb\xbf" + text).stage == "Staging"


FORMS = Path(__file__).parent.parent / "data" / "history"


@pytest.mark.parametrize("path", sorted(FORMS.glob("*.md")), ids=lambda path: path.stem)
def test_the_forms_of_earlier_releases(path: Path) -> None:
    page = Reader().read(path.read_bytes())
    assert page.stage == "Development"
    assert page.readings["coverage.percentage"].value == Fraction(2800, 29)
    assert page.readings["linting.total_violations"].value == 0
    assert len(page.verdicts) == 14


def test_every_label_of_ours_is_known() -> None:
    metrics = {metric for names in BUILT_IN.values() for metric in names}
    assert metrics == {metric for collector in COLLECTORS for metric in collector.metrics}
