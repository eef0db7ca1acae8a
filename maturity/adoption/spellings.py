"""How people spell it: stages, header lines, headings, figures, boxes and signs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from maturity.document import GENERATED, SYNONYMS
from maturity.markdown.blocks import slug
from maturity.markdown.template import SECTIONS

YES = "✅✔☑🎉"
NO = "❌✗✘🚫"
OPEN = "⚠🔄⏳🚧❓❔🟡🔴🔨⬜"
"""Signs that say that something is done, is not, or is not yet."""

HEADINGS = {
    **{name: name for name in GENERATED if name != "footer"},
    **SYNONYMS,
    "maturity-status": "status",
    "current-stage": "status",
    "stage": "status",
    "maturity-criteria-assessment": "maturity-criteria",
    "maturity-criteria-status": "maturity-criteria",
    "test-coverage-status": "test-coverage",
    "coverage-status": "test-coverage",
    "quality-status": "code-quality",
    "quality-gates-summary": "code-quality",
}
"""What a section is about, by its heading."""

PEOPLES = {heading.lower().replace(" ", "-") for heading, hint in SECTIONS if hint is not None}
"""The headings of sections that people write: nothing in them is ever generated."""


def words_of(text: str) -> frozenset[str]:
    """The words of a text that is nothing but words."""
    return frozenset(text.split())


PAST = words_of("baseline before earlier former historical history improvement previous previously resolved trend")
"""Words of headings and labels whose figures tell of the past."""

_BESIDES = re.compile(r"\([^()]*\)|[\d.,/%]+")
_ARROWS = r"(?:→|⇒|➡\uFE0F?|-{1,2}>|=>|\bto\b)"
_AFTER_STAGES = re.compile(r"(?i:(?:(?:promotion)?(?:criteria|requirements|gates))?(?:of)?(?:criteria)?(?:met)?)")


def about(heading: str) -> str:
    """The name of a heading as people vary it: without figures, signs and what stands in parentheses."""
    return slug(_BESIDES.sub(" ", heading.replace("&", " ")))


def promotion(heading: str, stages: Sequence[str]) -> str | None:
    """The stage whose criteria stand below a heading such as `Development → Staging`; None for any other heading."""
    for lower, stage in pairwise(stages):
        pattern = rf"\W*{re.escape(lower)}[\s*_]*{_ARROWS}[\s*_]*{re.escape(stage)}\b(?P<rest>.*)"
        match = re.fullmatch(pattern, heading, re.IGNORECASE)
        if match and _AFTER_STAGES.fullmatch("".join(re.findall(r"[^\W\d_]+", match["rest"]))):
            return stage
    return None


def promised(heading: str, stages: Sequence[str]) -> str | None:
    """The stage that a heading below `Quality Gates` or `Maturity Criteria` asks for: the last one that it names."""
    named = [stage for stage in stages[1:] if re.search(rf"\b{re.escape(stage)}\b", heading, re.IGNORECASE)]
    return named[-1] if named else None


def stage_of(value: str, stages: Iterable[str]) -> str | None:
    """The stage that a value begins with, in any case and dress; of `Development → Staging` the first."""
    for stage in sorted(stages, key=len, reverse=True):
        if re.match(rf"[\W_]*{re.escape(stage)}(?![^\W_])", value, re.IGNORECASE):
            return stage
    return None


@dataclass(frozen=True)
class Field:
    """A line `label: value`; the label is in lower case, without signs."""

    label: str
    value: str
    bold: bool = True

    @property
    def words(self) -> set[str]:
        """The words of the label."""
        return set(re.findall(r"[^\W\d_]+", self.label))


_BOLD = re.compile(r"[^\w*\[\-+>|#\"'(]*(\*\*|__)(?P<label>[^*:]{1,60}?)\s*(?::\s*\1|\1\s*:)(?P<value>.*)")
_PLAIN = re.compile(
    r"(?:[^\w\s\[*`<>|#\"'(-]+\s+)?(?P<label>[^\W\d_][\w /()%-]{0,50}?|`[^`]+`|[\w./-]+\.py)"
    r"\s*:(?:\s+(?P<value>.*)|\Z)"
)


def field_of(text: str) -> Field | None:
    """The field that a line is, with the label in bold or not, and the colon inside or outside."""
    for pattern, bold in ((_BOLD, True), (_PLAIN, False)):
        match = pattern.fullmatch(text)
        if match:
            label = " ".join(match["label"].replace("_", " ").split()).casefold()
            return Field(label, (match["value"] or "").strip(), bold)
    return None


STAGE_LABELS = {"current stage", "maturity stage", "current maturity stage", "component stage", "maturity level"}
NEXT_LABELS = {"next stage", "target stage"}
DATE_LABELS = {"last updated", "last update", "updated", "last check", "last checked", "last run", "last measured"}
STATUS_LABELS = {"status", "overall status", "overall", "progress", "criteria", "criteria met"}

_DRESS = re.compile(r"\*\*|__|[*_`~]|[^\w\s<>≥≤=+\-−%./()]")
_COUNT = re.compile(r"\W*(?P<met>\d+|X)\s*(?:/|of|out of)\s*(?P<total>\d+|X)\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_FIGURE = re.compile(
    r"""(?:[<>≥≤=~+\-−]\s*)*(?:\d|X{1,2}(?:\.X)?\s?%|X/)
    | (?:n/?a|none|unknown|tbd|clean|pass(?:ed|es|ing)?|fail(?:ed|s|ing)?|all\s+(?:tests\s+)?pass(?:ed|ing)?
      | not\s+(?:yet\s+)?(?:measured|run|checked|scanned|met))\b""",
    re.IGNORECASE | re.VERBOSE,
)
_STATUS_WORDS = words_of(
    "pass passed passes passing fail failed fails failing clean ok green red met not yet ready blocked unknown"
)


def dressed_down(text: str) -> str:
    """A value without emphasis, code marks and signs."""
    return " ".join(_DRESS.sub(" ", text).split())


def is_figure(value: str) -> bool:
    """Whether a value begins with a figure, a placeholder for one (`XX%`), or the word of a verdict."""
    return _FIGURE.match(dressed_down(value)) is not None


def is_date(value: str) -> bool:
    """Whether a value begins with a day."""
    return re.match(r"\d{4}-\d\d?-\d\d?\b|\d\d?[./]\d\d?[./]\d{2,4}\b", dressed_down(value)) is not None


def is_status(value: str) -> bool:
    """Whether a value is a verdict in words or signs and nothing else, or begins with a count of criteria."""
    words = re.findall(r"[^\W_]+", value.casefold())
    signs = any(sign in value for sign in YES + NO + OPEN)
    return count_of(value) is not None or (set(words) <= _STATUS_WORDS and (signs or bool(words)))


def count_of(text: str) -> tuple[str, str] | None:
    """How many criteria are met of how many, as written: (`4`, `7`) for `4/7 criteria met`; `X` is a placeholder."""
    match = _COUNT.match(text)
    return (match["met"], match["total"]) if match and re.search(r"\bmet\b", match["rest"], re.IGNORECASE) else None


def percentage(value: str) -> Fraction | None:
    """The percentage that a value begins with."""
    match = re.match(r"(?:[≈~]\s*)?(\d{1,3}(?:\.\d{1,6})?)\s?%", dressed_down(value))
    return Fraction(match[1]) if match else None


METRIC_WORDS = words_of(
    "actual above all and at automated bandit below branch check checking checks code count coverage covered critical"
    " current currently errors error failed failing failures found gap goal high information integration issue issues"
    " least line lines lint linter linting low measured medium minimum missing open overall pass passed passes passing"
    " percentage pyright rate required result results ruff safety scan security skipped statement statements style"
    " target test tests threshold to total type types typing uncovered unit violation violations vulnerabilities"
    " warning warnings with without no zero clean met over exceeds quality gate gates"
)
_CORE = re.compile(r"\b(?:coverage|covered|lint|linter|linting|ruff|types?|typing|pyright|bandit|security|tests?)\b")
_CHANGE = re.compile(r"→|-{1,2}>|=>")
"""`13 → 0` tells what happened, not what is."""

_RULE = re.compile(r"`?[A-Z]{1,5}\d{2,4}`?")


def is_metric(field: Field) -> bool:
    """Whether a field is a figure that we measure: its label names one, and its value is one."""
    if re.fullmatch(r"`[^`]+\.py`|\S+\.py", field.label):
        return percentage(field.value) is not None
    if _RULE.fullmatch(field.label.upper()):
        return re.search(r"^\W*\d+\W*$|\(\d+ \w+\)\W*$", field.value) is not None
    known = bool(field.words) and field.words <= METRIC_WORDS
    return known and is_figure(field.value) and not _CHANGE.search(field.value)


def is_automated(text: str) -> bool:
    """Whether a criterion is one that a tool decides: before figures and remarks it speaks of nothing else."""
    main = re.split(r"\s[-–—]\s|:", re.sub(r"\([^()]*\)", " ", text))[0]
    words = set(re.findall(r"[^\W\d_]+", main.casefold()))
    return words <= METRIC_WORDS and _CORE.search(main.casefold()) is not None and not _CHANGE.search(text)


@dataclass(frozen=True)
class Box:
    """A criterion with its tick: the text after the box or sign, and what box and signs say.

    `remarks` is what else stands in its table row.
    """

    text: str
    ticked: bool
    signs: str
    remarks: str = ""


_BOX = re.compile(r"\[(?P<tick>[ xX])\][ \t]+(?P<text>.+)")
_SIGN = re.compile(rf"(?P<sign>[{YES}{NO}{OPEN}])\uFE0F?[ \t]+(?P<text>.+)")


def box_of(text: str) -> Box | None:
    """The checkbox that a list item is, or the sign in its place."""
    match = _BOX.fullmatch(text)
    if match:
        return Box(match["text"], match["tick"] != " ", signs_in(match["text"]))
    match = _SIGN.fullmatch(text)
    return Box(match["text"], match["sign"] in YES, signs_in(text)) if match else None


_ASKS = re.compile(r"target|threshold|requirement|required|goal|expected|criteri", re.IGNORECASE)
_ANSWERS = re.compile(r"status|met|done|state|outcome|\W*[✅✔]", re.IGNORECASE)
_AFFIRMATIVES = words_of("pass passed met done complete completed yes ok configured tested validated documented x")


def row_box(head: Sequence[str], cells: Sequence[str]) -> Box:
    """The criterion that a table row is: the first cell, and what the cells in columns of answers say of it.

    Without a sign a cell counts as a tick only below `Status` and the like, and if it says nothing else.
    """
    answers = [(name, cell) for name, cell in zip(head[1:], cells[1:], strict=False) if not _ASKS.search(name)]
    said = " ; ".join(cell for _, cell in answers)
    ticked = any(
        any(sign in YES for sign in cell) or (_ANSWERS.match(name) and _affirms(cell)) for name, cell in answers
    )
    first = box_of(cells[0]) if cells else None
    text = first.text if first else "".join(cells[:1])
    return Box(text, ticked or (first is not None and first.ticked), signs_in(" ".join(cells)), said)


def _affirms(cell: str) -> bool:
    words = set(re.findall(r"[^\W_]+", cell.casefold()))
    return bool(words) and words <= _AFFIRMATIVES


def signs_in(text: str) -> str:
    """The signs of a text."""
    return "".join(sign for sign in text if sign in YES + NO + OPEN)
