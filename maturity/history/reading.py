"""A document's text → what it says: the inverse of `maturity.render`, and strict.

A text that no release of ours has written is refused: a figure of the past may be missing, never wrong. Whether the
markers can be obeyed is decided as in a rewrite; most documents have nothing in them that could hide a marker, and are
cut up without their block tokens, which would cost a hundred times as much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType

from maturity.markdown.markers import MarkupError, checksum, first_checksum, looks_like_marker
from maturity.markdown.regions import BOM, parse
from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Answer, Reading


class Unreadable(ValueError):
    """A text that is no document of ours, or says what none of ours says."""


@dataclass(frozen=True)
class Verdict:
    """One line of the criteria: the `stage` that it is asked for, its words, and the answer.

    `figure` is the value that was held against the threshold, None for a manual criterion and where it is unknown.
    """

    stage: str
    title: str
    answer: Answer
    figure: Fraction | None = None


@dataclass(frozen=True)
class Page:
    """What one version of a document says.

    `readings` have the names of `maturity.judge.readings`, as far as the document shows them. `claimed` says that
    people wrote the figures, before any tool of ours did.
    """

    stage: str | None
    readings: Mapping[str, Reading]
    verdicts: tuple[Verdict, ...] = ()
    claimed: bool = False


@dataclass(frozen=True)
class Said:
    """What is kept of a page: figures as whole numbers or as "2800/29"; None, or not there, is unknown."""

    stage: str | None
    figures: Mapping[str, int | str | None]
    claimed: bool = False

    def figure(self, metric: str) -> Fraction | None:
        """One figure, exact."""
        value = self.figures.get(metric)
        return None if value is None else Fraction(value)


def short(value: Fraction | None) -> int | str | None:
    """An exact value as it is kept."""
    return None if value is None else value.numerator if value.denominator == 1 else str(value)


Labels = Mapping[str, tuple[str, ...]]
"""What a collector's title in a document stands for: the names of its metrics."""

BUILT_IN: Labels = MappingProxyType(
    {
        "Coverage": ("coverage",),
        "Integration coverage": ("integration_coverage",),
        "Tests": ("tests",),
        "Integration tests": ("integration_tests",),
        "Lint": ("linting",),
        "Types": ("type_checking",),
        "Security": ("security",),
    }
)
"""The labels of our own collectors, in every release so far."""

_BEGIN = b"<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region="
_END = b"<!-- END AUTO-GENERATED [region="
_CLOSE = b"] -->"
_FENCE = re.compile(rb"^```[^`\n]*\n(?:(?!```|.*<!--|\x01).*\n)*```$", re.MULTILINE)
_MANUAL = re.compile(rb"^<!-- (?:END )?MANUAL SECTION -->$", re.MULTILINE)
_MANUAL_PAIR = re.compile(
    rb"^<!-- MANUAL SECTION -->\n(?:(?!<!--|\x01).*\n)*<!-- END MANUAL SECTION -->$", re.MULTILINE
)
_REGION = b"\x01"
"""Stands for a region, while what is around it is looked at."""

_HIDING = re.compile(rb"^ {0,3}(?:`{3}|~{3}|<[A-Za-z/?!])|^---|[\r\0]", re.MULTILINE)
"""What may hide a marker, or is one: an open fence, HTML, front matter; and line ends that the patterns do not know."""

_STAGE = re.compile(r"^- \*\*Current Stage\*\*: (.+)$", re.MULTILINE)
_HEADING = re.compile(r"### (?P<from>.+) → (?P<to>.+): \d+ of \d+ met")
_AUTOMATED = re.compile(
    r"- \[[ xX]\] [✅❌❔] (?P<title>.+?) (?:[≥≤=] -?[\d.]+(?: %)?): "
    r"(?:unknown \(.*\)|(?P<figure>-?[\d.]+)(?: %)?(?: \(.*\))?, (?P<answer>met|missed)(?:, as of .+)?)"
)
_TICKED = re.compile(r"- \[(?P<tick>[ xX])\] (?P<title>.+) \(manual\) <!-- criterion=(?P<id>\S+) -->")
_FIGURE = re.compile(r"- \*\*(?P<label>.+?)\*\*: (?P<said>.+?)(?:, as of (?P<as_of>\d{4}-\d\d-\d\d))?")
_UNKNOWN = re.compile(r"unknown(?: \((?P<reason>.*)\))?")
_ESCAPE = re.compile(r"\\([\\`*_\[\]<>|~&])")
_COUNTS = re.compile(
    r"(?P<passed>\d+) passed, (?P<failed>\d+) failed, (?P<skipped>\d+) skipped"
    r"(?:, (?P<errors>\d+) errors?)?(?:, (?P<xfailed>\d+) expected failures?)?"
    r"(?:, (?P<xpassed>\d+) unexpected pass(?:es)?)?, (?P<total>\d+) in total"
)
_COVERAGE = re.compile(r"(?P<shown>\d+\.\d) % \((\d+) of (\d+) statements(?:, (\d+) of (\d+) branches)?\)")


class Reader:
    """Reads documents; what several of them share, as most versions of a document do, is read once.

    `labels` are the titles of further collectors, as plugins have them.
    """

    def __init__(self, labels: Labels = MappingProxyType({})) -> None:
        self._labels = {**labels, **BUILT_IN}
        self._known: dict[_Region, _Part] = {}
        self._plain: dict[bytes, bool] = {}

    def read(self, content: bytes) -> Page:
        """What a document says. Raises Unreadable where it is none of ours, or not what we would have written."""
        parts = self._parts(content)
        readings = {name: reading for part in parts for name, reading in part.readings.items()}
        verdicts = tuple(verdict for part in parts for verdict in part.verdicts)
        return Page(_stage(parts), readings, verdicts)

    def said(self, content: bytes) -> Said:
        """The same, as far as it is kept. Raises Unreadable."""
        parts = self._parts(content)
        figures: dict[str, int | str | None] = {}
        for part in parts:
            figures.update(part.figures)
        return Said(_stage(parts), figures)

    def _parts(self, content: bytes) -> list[_Part]:
        text = content.removeprefix(BOM)
        regions = self._cut(text)
        if regions is None:
            regions = _parsed(content)
        if not regions:
            raise Unreadable("it has no generated region with a sum")
        return [self._known.get(region) or self._first(region) for region in regions]

    def _first(self, region: _Region) -> _Part:
        name, body, total = region
        if total not in (checksum(name.decode(), body), first_checksum(name.decode(), body)):
            raise Unreadable(f"region {name.decode()!r} was edited by hand")
        part = self._known[region] = self._part(body.decode())
        return part

    def _cut(self, text: bytes) -> list[_Region] | None:
        """The regions of a document that has nothing in it that could hide a marker; None for any other."""
        regions: list[_Region] = []
        around: list[bytes] = []
        at = 0
        while (begin := text.find(_BEGIN, at)) >= 0:
            line_end = text.find(b"\n", begin)
            name = text[begin + len(_BEGIN) : line_end - len(_CLOSE)]
            last = text.find(_END + name + b" sum=", line_end)
            if last < 0 or text[line_end - len(_CLOSE) : line_end] != _CLOSE:
                return None
            place = last + len(_END) + len(name) + 5
            end = place + 12 + len(_CLOSE)
            body, total = text[line_end + 1 : last], text[place : place + 12]
            lines = text[begin - 1 : begin], text[last - 1 : last], text[end : end + 1]
            if not {*lines} <= {b"\n", b""} or text[end - len(_CLOSE) : end] != _CLOSE or _has_comments(body):
                return None
            regions.append((name, body, total.decode("ascii", "replace")))
            around += [text[at:begin], _REGION]
            at = end
        rest = b"".join([*around, text[at:]])
        if rest not in self._plain:
            self._plain[rest] = rest.count(_REGION) == len(regions) and _hides_nothing(rest)
        return regions if self._plain[rest] else None

    def _part(self, body: str) -> _Part:
        """What one region says; which one it is shows in its lines, for people give regions names of their own."""
        stage = _STAGE.search(body)
        if stage is not None:
            return _Part(unescaped(stage[1].strip()))
        if body.lstrip().startswith("### "):
            return _Part(verdicts=tuple(_verdicts(body)))
        readings: dict[str, Reading] = {}
        for line in body.splitlines():
            if line.startswith("- **"):
                readings |= self._figures(line)
            elif line.strip() and not line.startswith(("  - ", "_", "> ")):
                raise Unreadable(f"no release wrote the line {line!r}")
        return _Part(readings=readings)

    def _figures(self, line: str) -> Mapping[str, Reading]:
        """The readings of one line of figures, by their full names."""
        match = _FIGURE.fullmatch(line)
        if match is None:
            raise Unreadable(f"no release wrote the line {line!r}")
        said, as_of = match["said"], match["as_of"]
        metrics = self._labels.get(unescaped(match["label"]))
        if metrics is None:
            return {}  # a plugin's that is not installed here
        unknown = _UNKNOWN.fullmatch(said)
        if unknown is not None:
            return {name: Reading(None, reason=unescaped(unknown["reason"] or ""), as_of=as_of) for name in metrics}
        named = {f"{metrics[0]}.{name}": found for name, found in _WORDS.get(metrics[0], _further)(said).items()}
        return {name: Reading(found.value, found.detail, found.reason, as_of) for name, found in named.items()}


@dataclass(frozen=True)
class _Part:
    """What one region contributes to a page."""

    stage: str | None = None
    readings: Mapping[str, Reading] = field(default_factory=dict[str, Reading])
    verdicts: tuple[Verdict, ...] = ()

    @cached_property
    def figures(self) -> dict[str, int | str | None]:
        """The values of the readings, as they are kept."""
        return {name: short(reading.value) for name, reading in self.readings.items()}


_Region = tuple[bytes, bytes, str]
"""Name, body and sum of a region."""


def _has_comments(body: bytes) -> bool:
    """Whether a region has comments in it besides those that say which criterion a line is about."""
    return body.count(b"<!--") != body.count(b" <!-- criterion=")


def _hides_nothing(rest: bytes) -> bool:
    """Whether what is around regions, each of which is one sign here, can hide no marker and has none of its own."""
    rest = _FENCE.sub(b"", rest)
    odd = looks_like_marker(_MANUAL_PAIR.sub(b"", rest).decode("utf-8", "replace"))
    return not odd and not _HIDING.search(_MANUAL.sub(b"", rest))


def _parsed(content: bytes) -> list[_Region]:
    """The regions with a sum, found as for a rewrite. Raises Unreadable where the markers cannot be obeyed."""
    try:
        regions = parse(content).regions
    except MarkupError as error:
        raise Unreadable(str(error).partition("\n")[0]) from None
    return [
        (region.name.encode(), b"\n".join(region.body.splitlines()) + b"\n", region.sum)
        for region in regions
        if region.sum is not None
    ]


def _stage(parts: Iterable[_Part]) -> str | None:
    """The stage that the last part with one names."""
    return next((part.stage for part in reversed([*parts]) if part.stage is not None), None)


def unescaped(text: str) -> str:
    """Words of a document as they were before `maturity.markdown.escape.prose`."""
    return _ESCAPE.sub(r"\1", text)


def _verdicts(body: str) -> Iterator[Verdict]:
    """The lines of the criteria, each below the heading of its stage."""
    stage = ""
    for line in body.splitlines():
        if heading := _HEADING.fullmatch(line):
            stage = unescaped(heading["to"])
        elif manual := _TICKED.fullmatch(line):
            answer = Answer.MISSED if manual["tick"] == " " else Answer.MET
            yield Verdict(stage, unescaped(manual["title"]), answer)
        elif automated := _AUTOMATED.fullmatch(line):
            answer = Answer(automated["answer"] or "unknown")
            figure = None if automated["figure"] is None else Fraction(automated["figure"])
            yield Verdict(stage, unescaped(automated["title"]), answer, figure)
        elif line.strip():
            raise Unreadable(f"no release wrote the line {line!r}")


def _coverage(said: str) -> Mapping[str, Reading]:
    match = _COVERAGE.fullmatch(said)
    if match is None:
        raise Unreadable(f"no release wrote the coverage {said!r}")
    covered, total, *branches = (int(number or 0) for number in match.groups()[1:])
    metrics = CoverageMetrics.of_counts((covered, total), (branches[0], branches[1]))
    if f"{metrics.percentage:.1f}" != match["shown"]:
        raise Unreadable(f"{said!r} contradicts itself")
    return metrics.readings()


def _tests(said: str) -> Mapping[str, Reading]:
    match = _COUNTS.fullmatch(said)
    if match is None:
        raise Unreadable(f"no release wrote the tests {said!r}")
    return TestMetrics(**{name: int(count or 0) for name, count in match.groupdict().items()}).readings()


def _lint(said: str) -> Mapping[str, Reading]:
    return LintingMetrics(_count(said, "violations?")).readings()


def _security(said: str) -> Mapping[str, Reading]:
    return SecurityMetrics(_count(said, r"issues?(?: \(.+\))?")).readings()


def _types(said: str) -> Mapping[str, Reading]:
    errors, comma, warnings = said.partition(", ")
    if not comma:
        raise Unreadable(f"no release wrote the types {said!r}")
    shown = TypeCheckingMetrics(_count(errors, "errors?"), _count(warnings, "warnings?")).readings()
    return {name: shown[name] for name in ("errors", "warnings")}


def _count(said: str, noun: str) -> int:
    match = re.fullmatch(rf"(\d+) {noun}", said)
    if match is None:
        raise Unreadable(f"no release wrote the count {said!r}")
    return int(match[1])


def _further(said: str) -> Mapping[str, Reading]:
    """Any other collector's readings: names and numbers, the latter cut to three decimals."""
    found: dict[str, Reading] = {}
    for part in said.split(", "):
        name, _, value = part.rpartition(" ")
        if not name or not re.fullmatch(r"unknown|-?\d+(?:\.\d{1,3})?", value):
            raise Unreadable(f"no release wrote the figures {said!r}")
        found[unescaped(name)] = Reading(None if value == "unknown" else Fraction(value))
    return found


_WORDS: Mapping[str, Callable[[str], Mapping[str, Reading]]] = {
    "coverage": _coverage,
    "integration_coverage": _coverage,
    "tests": _tests,
    "integration_tests": _tests,
    "linting": _lint,
    "type_checking": _types,
    "security": _security,
}
"""How each metric's words are read back."""
