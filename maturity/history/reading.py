"""A document's text → what it says: the inverse of `maturity.render`, and strict.

A text that no release of ours has written is refused: a figure of the past may be missing, never wrong. Whether the
markers can be obeyed is decided as in a rewrite; most documents have nothing in them that could hide a marker, and are
cut up without their block tokens, which would cost a hundred times as much.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
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

_MARKER = re.compile(
    rb"^<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE \[region=([\w.-]+)\] -->\n(.*?)"
    rb"^<!-- END AUTO-GENERATED \[region=\1 sum=([0-9a-f]{12})\] -->$",
    re.MULTILINE | re.DOTALL,
)
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
        self._known: dict[tuple[bytes, bytes], _Part] = {}

    def read(self, content: bytes) -> Page:
        """What a document says. Raises Unreadable where it is none of ours, or not what we would have written."""
        stage: str | None = None
        readings: dict[str, Reading] = {}
        verdicts: list[Verdict] = []
        regions = list(_regions(content))
        if not regions:
            raise Unreadable("it has no generated region with a sum")
        for name, body, total in regions:
            key = (name, body)
            part = self._known.get(key)
            if part is None:
                if total.decode() not in (checksum(name.decode(), body), first_checksum(name.decode(), body)):
                    raise Unreadable(f"region {name.decode()!r} was edited by hand")
                part = self._known[key] = self._part(body.decode())
            stage = part.stage or stage
            readings |= part.readings
            verdicts += part.verdicts
        return Page(stage, readings, tuple(verdicts))

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


def _regions(content: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Name, body and sum of each generated region. Raises Unreadable where the markers cannot be obeyed."""
    text = content.removeprefix(BOM)
    found = list(_MARKER.finditer(text))
    rest = _FENCE.sub(b"", _MARKER.sub(_REGION, text))
    hiding = _REGION in text or _HIDING.search(_MANUAL.sub(b"", rest))
    odd = looks_like_marker(_MANUAL_PAIR.sub(b"", rest).decode("utf-8", "replace"))
    if found and not hiding and not odd:
        yield from ((match[1], match[2], match[3]) for match in found)
        return
    try:
        layout = parse(content)
    except MarkupError as error:
        raise Unreadable(str(error).partition("\n")[0]) from None
    for region in layout.regions:
        if region.sum is not None:
            body = b"\n".join(region.body.splitlines()) + b"\n"
            yield region.name.encode(), body, region.sum.encode()


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
