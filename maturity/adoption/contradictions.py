"""What a hand-written document says twice and differently: its stage, its coverage, how many criteria are met."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from maturity.adoption.lines import Note
from maturity.adoption.outline import Block, Outline, Unit
from maturity.adoption.sections import Place, Sections
from maturity.adoption.spellings import STAGE_LABELS, Field, box_of, field_of, percentage, row_box, stage_of

_STAGE_KEY = re.compile(r"(?:current_|maturity_)?stage\s*:(?P<value>.*)", re.IGNORECASE)
_CURRENTLY = re.compile(r"\bcurrently\s+(?P<value>\d.*)", re.IGNORECASE)
_COUNT = re.compile(r"\b(\d{1,6})\s*(?:/|of|out of)\s*(\d{1,6})\s+(?:\w+\s+)?met\b", re.IGNORECASE)
_COVERAGE_WORDS = set(re.findall(r"\w+", "actual code coverage current lines overall statements test tests total unit"))


@dataclass
class Said:
    """What is said where: stages and coverage figures by line, boxes and counts by the heading they stand below."""

    stages: dict[int, str] = field(default_factory=dict[int, str])
    coverage: dict[int, Fraction] = field(default_factory=dict[int, Fraction])
    boxes: dict[int, list[tuple[int, bool]]] = field(default_factory=dict[int, list[tuple[int, bool]]])
    counts: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict[int, list[tuple[int, int, int]]])
    in_front: int = 0


def listen(outline: Outline, sections: Sections, closed: frozenset[int]) -> Said:
    """Everything that a document says of these, but for the sections that tell of the past, and manual ones."""
    said = Said()
    for number in range(2, outline.front):
        match = _STAGE_KEY.match(outline.line(number))
        stage = stage_of(match["value"], sections.stages) if match else None
        if stage is not None:
            said.stages[number] = stage
            said.in_front = number
    integration = False
    for block, place in zip(outline.blocks, sections.places, strict=True):
        if block.kind == "heading":
            integration = "integration" in block.text.casefold()
            _count(said, block.lines.start, block.text, place)
        if place.peoples or not closed.isdisjoint(block.lines):
            continue
        for unit in _flat(block.units):
            _hear(said, block, unit, place, sections, integration)
    return said


def contradictions(said: Said) -> Iterator[Note]:
    """Each contradiction, with the lines that contradict each other."""
    for what, values in (("stage", said.stages), ("coverage", {n: _shown(f) for n, f in said.coverage.items()})):
        if len(set(values.values())) > 1:
            told = "; ".join(f"{value} in {_lines(values, value)}" for value in dict.fromkeys(values.values()))
            yield Note(min(values), f"contradiction: the {what} is {told}")
    for heading, counts in said.counts.items():
        boxes = said.boxes.get(heading, [])
        ticked = sum(tick for _, tick in boxes)
        for line, met, total in counts:
            if boxes and (met, total) != (ticked, len(boxes)):
                where = f"lines {boxes[0][0]} to {boxes[-1][0]}"
                text = f"contradiction: {met}/{total} met, but {ticked} of {len(boxes)} are ticked in {where}"
                yield Note(line, text)


def _flat(units: Iterable[Unit]) -> Iterator[Unit]:
    for unit in units:
        yield unit
        yield from _flat(unit.inner)


def _hear(said: Said, block: Block, unit: Unit, place: Place, sections: Sections, integration: bool) -> None:
    line, text = unit.lines.start, unit.text or ""
    if unit.cells:
        label = re.sub(r"[*_`]", "", unit.cells[0]).strip().casefold()
        asks = re.compile(r"target|threshold|requir|goal", re.IGNORECASE)
        cells = [cell for name, cell in zip(block.head[1:], unit.cells[1:], strict=False) if not asks.search(name)]
        figures = [cell for cell in cells if percentage(cell) is not None]
        each = Field(label, figures[0] if figures else "".join(cells[:1]))
        if place.region is not None:
            box = row_box(block.head, unit.cells)
            said.boxes.setdefault(place.heading, []).append((line, box.ticked and not box.signs.strip("✅✔☑🎉")))
    else:
        each = field_of(text)
        if text.startswith("[") and box_of(text) is not None:
            said.boxes.setdefault(place.heading, []).append((line, text[1] != " "))
        _count(said, line, text, place)
    here = place.frame or place.region == "status"
    if each is not None and (each.label in STAGE_LABELS or (here and each.label == "stage")):
        stage = stage_of(each.value, sections.stages)
        if stage is not None:
            said.stages[line] = stage
    figure = _coverage(each, text, place, integration)
    if figure is not None:
        said.coverage[line] = figure


def _coverage(each: Field | None, text: str, place: Place, integration: bool) -> Fraction | None:
    """The unit coverage that a line claims."""
    current = _CURRENTLY.search(re.sub(r"[*_]", "", text))
    if integration or (current and "integration" in text.casefold()):
        return None
    if current:
        return percentage(current["value"]) if "coverage" in text.casefold() else None
    if each is None or not each.words <= _COVERAGE_WORDS:
        return None
    named = "coverage" in each.words or (each.words <= {"actual", "current"} and place.region == "test-coverage")
    return percentage(each.value) if named else None


def _count(said: Said, line: int, text: str, place: Place) -> None:
    match = _COUNT.search(re.sub(r"[*_]", "", text))
    if match and not text.startswith("["):
        said.counts.setdefault(place.heading, []).append((line, int(match[1]), int(match[2])))


def _shown(figure: Fraction) -> str:
    return f"{float(figure):g} %"


def _lines(values: Mapping[int, str], value: str) -> str:
    numbers = [str(line) for line, said in values.items() if said == value]
    return f"line{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"
