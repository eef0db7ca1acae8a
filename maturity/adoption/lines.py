"""Which lines say what we generate, and which manual criteria they tick."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from maturity.adoption.markup import Markup
from maturity.adoption.matching import doubt, identify, resembling
from maturity.adoption.outline import Block, Outline, Unit
from maturity.adoption.sections import Place, Sections
from maturity.adoption.spellings import (
    DATE_LABELS,
    METRIC_WORDS,
    NEXT_LABELS,
    STAGE_LABELS,
    STATUS_LABELS,
    YES,
    Box,
    Field,
    box_of,
    field_of,
    is_automated,
    is_date,
    is_figure,
    is_metric,
    is_status,
    percentage,
    row_box,
    stage_of,
)
from maturity.markdown.escape import one_line
from maturity.model import Criterion, Ladder

_JUDGED = {"maturity-criteria", "test-coverage", "code-quality"}
_HEADING_WORDS = METRIC_WORDS | {"criteria", "promotion", "requirements"}


@dataclass(frozen=True)
class Note:
    """Something that a person should know or decide; `line` counts from 1."""

    line: int
    text: str


@dataclass(frozen=True)
class Claim:
    """A box about a manual criterion: whether it is ticked, and why the tick is not to be believed, if so."""

    line: int
    criterion: Criterion
    ticked: bool
    doubt: str


@dataclass
class Reading:
    """What is found on the way: lines to replace, claims about manual criteria, notes.

    `owned` are labels and values, in lower case, that the status region says as well; `closed` says that the criteria
    have a region already, into which no tick can be carried.
    """

    ladder: Ladder
    owned: frozenset[tuple[str, str]]
    closed: bool
    replaced: set[int] = field(default_factory=set[int])
    claims: list[Claim] = field(default_factory=list[Claim])
    notes: list[Note] = field(default_factory=list[Note])

    def read(self, block: Block, place: Place) -> None:
        """Read one block that may be touched."""
        if block.kind == "paragraph":
            self._paragraph(block, place)
        elif block.kind == "list":
            for unit in block.units:
                self._item(unit, place)
        elif block.kind == "table":
            gone = [self._row(unit, block.head, place) for unit in block.units]
            if gone and all(gone):
                self.replaced.update(block.lines)

    def _paragraph(self, block: Block, place: Place) -> None:
        """A paragraph of fields; a line that is none belongs to the field above it, or is prose."""
        fields = [field_of(unit.text or "") for unit in block.units]
        prose = fields[0] is None
        fields = [None if each is None or (prose and not each.bold) else each for each in fields]
        dated = place.frame or any(each is not None and self._is_stage(each, place) for each in fields)
        for unit, each, following in zip(block.units, fields, [*fields[1:], Field("", "")], strict=True):
            if each is not None and following is not None and self._is_ours(each, place, dated):
                self.replaced.update(unit.lines)

    def _item(self, unit: Unit, place: Place) -> bool:
        """A list item: it goes with all that is nested in it, or stays and what is nested is asked alone."""
        inner = [self._item(each, place) for each in unit.inner]
        if unit.text is None:
            return False
        box = box_of(unit.text)
        ours = box is not None and self._is_criterion(unit, box, place)
        if not ours and not unit.text.startswith("[") and len(unit.lines) == 1:
            each = field_of(unit.text)
            ours = each is not None and self._is_ours(each, place, place.frame)
        if not ours or not all(inner):
            return False
        self.replaced.update(unit.lines)
        return True

    def _row(self, unit: Unit, head: Sequence[str], place: Place) -> bool:
        label = " ".join(re.sub(r"[*_]", " ", unit.cells[0]).split()).casefold()
        figures = [cell for cell in unit.cells[1:] if is_figure(cell)]
        value = next((cell for cell in figures if percentage(cell) is not None), "".join(figures[:1]))
        each = Field(label, value if place.region in _JUDGED else " ".join(unit.cells[1:]))
        ours = self._is_criterion(unit, row_box(head, unit.cells), place) or self._is_ours(each, place, place.frame)
        if ours:
            self.replaced.update(unit.lines)
        return ours

    def _is_criterion(self, unit: Unit, box: Box, place: Place) -> bool:
        """Whether a box is about one of our criteria; claims and doubts are noted."""
        line = unit.lines.start
        if place.region not in _JUDGED:
            return False
        # A second line may be prose that only lacks its blank line.
        wrapped = len(unit.lines) > 1
        criterion = identify(box, self.ladder, place.stage, whole=wrapped)
        if criterion is not None:
            return self._claim(line, box, criterion)
        drawn = bool(unit.cells) or (unit.text or "").startswith("[")
        if drawn and not wrapped and is_automated(box.text):
            return True
        near = resembling(box.text, self.ladder, place.stage) if box.ticked else None
        quoted = f'the tick of "{one_line(box.text, 60)}" is not carried over'
        if near is not None:
            self.notes.append(Note(line, f'{quoted}: perhaps it means "{one_line(near.title)}"'))
        elif box.ticked and drawn and place.region == "maturity-criteria":
            self.notes.append(Note(line, f"{quoted}: no manual criterion is called so"))
        return False

    def _claim(self, line: int, box: Box, criterion: Criterion) -> bool:
        signs = [sign for sign in box.signs if sign in YES]
        why = doubt(box, criterion) if box.ticked else f"a {signs[0]} stands beside the empty box" if signs else ""
        if self.closed and box.ticked:
            why = "the criteria have their region already, tick it there"
        self.claims.append(Claim(line, criterion, box.ticked, why))
        return not why and not self.closed

    def _is_ours(self, each: Field, place: Place, dated: bool) -> bool:
        """Whether a field is one that a region says now; `dated` says that it stands beside the stage."""
        if self._is_stage(each, place):
            return True
        if place.frame or place.region == "status":
            is_next = each.label in NEXT_LABELS and stage_of(each.value, self.ladder.stages) is not None
            if is_next or (each.label, each.value.strip("*`_ ").casefold()) in self.owned:
                return True
        if each.label in DATE_LABELS and (dated or place.region is not None):
            return is_date(each.value)
        judged = place.region in _JUDGED
        return judged and (is_metric(each) or (each.label in STATUS_LABELS and is_status(each.value)))

    def _is_stage(self, each: Field, place: Place) -> bool:
        here = place.frame or place.region == "status"
        named = each.label in STAGE_LABELS or (here and each.label == "stage")
        return named and stage_of(each.value, self.ladder.stages) is not None


def read_lines(
    outline: Outline, markup: Markup, sections: Sections, ladder: Ladder, owned: Iterable[tuple[str, str]]
) -> Reading:
    """Every line that is replaced outside bare regions, and every claim about a manual criterion."""
    reading = Reading(ladder, frozenset(owned), "maturity-criteria" in markup.named)
    inside = {number for region in markup.bare for number in region.lines}
    pairs = [
        (block, place)
        for block, place in zip(outline.blocks, sections.places, strict=True)
        if not place.peoples and markup.closed.isdisjoint(block.lines)
    ]
    for block, place in pairs:
        reading.read(block, place)
    replaced = reading.replaced
    replaced.update(_labels(outline, pairs, replaced))
    replaced.update(_headings(outline, sections, pairs, replaced))
    for region in markup.bare:
        rest = [n for n in region.lines[1:-1] if n not in replaced and outline.line(n).strip(" \t")]
        if rest:
            lines = ", ".join(map(str, rest[:10])) + (", ..." if len(rest) > 10 else "")
            text = f"no figures, but they stand between generated markers and go as well: line {lines}"
            reading.notes.append(Note(region.begin, text))
    replaced -= inside
    return reading


def _labels(outline: Outline, pairs: Sequence[tuple[Block, Place]], replaced: set[int]) -> Iterator[int]:
    """Labels such as `**Coverage Details**:` of which everything below them goes."""
    for (above, place), (below, _) in pairwise(pairs):
        each = field_of(above.units[-1].text or "") if above.kind == "paragraph" else None
        named = each is not None and not each.value and each.words & METRIC_WORDS
        itemised = place.region in _JUDGED and below.kind in ("list", "table")
        if named and itemised and _gone(outline, below.lines, replaced):
            yield above.lines[-1]


def _gone(outline: Outline, lines: range, replaced: set[int]) -> bool:
    """Whether nothing of these lines is left."""
    return all(number in replaced or not outline.line(number).strip(" \t") for number in lines)


def _headings(
    outline: Outline, sections: Sections, pairs: Sequence[tuple[Block, Place]], replaced: set[int]
) -> set[int]:
    """Headings such as `### Linting (ruff)` of which everything below them goes."""
    homes = {sections.title, *sections.homes.values()}
    rules = {number for block, _ in pairs if block.kind == "rule" for number in block.lines}
    words = _HEADING_WORDS | {word for stage in sections.stages for word in _words(stage)}
    places = dict(pairs)
    gone: set[int] = set()
    passed_over = replaced | rules
    end, below = len(outline.lines) + 1, 0
    for block in reversed([block for block in outline.blocks if block.kind == "heading"]):
        under = range(block.lines.stop, end)
        bare = _gone(outline, under, passed_over) and any(number in replaced for number in under)
        heads_others = below > block.level and end not in gone
        ours = block in places and places[block].region in _JUDGED and block not in homes
        if ours and bare and not heads_others and _words(block.text) <= words:
            gone.update(block.lines)
        end, below = block.lines.start, block.level
    return gone


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text.casefold()))
