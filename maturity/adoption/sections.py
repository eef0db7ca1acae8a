"""What each block of a document stands below: which generated region its section is about, and for which stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maturity.adoption.markup import Markup
from maturity.adoption.outline import Block, Outline
from maturity.adoption.spellings import HEADINGS, PAST, PEOPLES, about, box_of, field_of, promised, promotion


@dataclass(frozen=True)
class Place:
    """Where a block stands.

    `region` is the generated region whose lines stand here, `stage` the one whose criteria do. `frame` is what comes
    before the first section, and behind a rule after the last one: header lines stand there. `peoples` are sections
    such as the promotion history. `heading` is the line of the heading above, 0 if there is none.
    """

    region: str | None = None
    stage: str | None = None
    heading: int = 0
    frame: bool = False
    peoples: bool = False


@dataclass(frozen=True)
class Sections:
    """The place of each block, in the order of the outline; `homes` are the headings below which regions go.

    `title` is None for a document without one; `others` are headings of a region that has its home elsewhere.
    """

    places: tuple[Place, ...]
    homes: Mapping[str, Block]
    title: Block | None
    others: Mapping[int, str]
    stages: Sequence[str]


@dataclass
class _Reading:
    """The headings around the block that is being read, and what was found above it.

    `taken` are the regions that are there already, `listing` the headings that have boxes or a table right below.
    """

    stages: Sequence[str]
    taken: set[str]
    listing: set[int]
    homes: dict[str, Block] = field(default_factory=dict[str, Block])
    others: dict[int, str] = field(default_factory=dict[int, str])
    around: list[tuple[int, Place]] = field(default_factory=list[tuple[int, Place]])

    def below(self, heading: Block, untouchable: bool) -> Place:
        """The place that a heading opens."""
        while self.around and self.around[-1][0] >= heading.level:
            self.around.pop()
        outer = self.around[-1][1] if self.around else Place()
        place = replace(outer, heading=heading.lines.start, frame=False)
        words = set(about(heading.text).split("-"))
        if about(heading.text) in PEOPLES or words & PAST:
            place = replace(place, peoples=True, region=None, stage=None)
        elif not place.peoples:
            place = self._about(heading, place, untouchable)
        self.around.append((heading.level, place))
        return place

    def _about(self, heading: Block, place: Place, untouchable: bool) -> Place:
        name = HEADINGS.get(about(heading.text))
        stage = promotion(heading.text, self.stages)
        if stage is not None and (name or place.region) is None and heading.lines.start in self.listing:
            name = "maturity-criteria"
        if place.region is not None and stage is None:
            stage = promised(heading.text, self.stages) or place.stage
        if name is None or name == place.region or untouchable:
            return replace(place, stage=stage)
        if name in self.taken or (name in self.homes and promotion(heading.text, self.stages) is None):
            if name not in self.taken:
                self.others[heading.lines.start] = name
            return replace(place, region=None, stage=None)
        self.homes.setdefault(name, heading)
        return replace(place, region=name, stage=stage)


def read_sections(outline: Outline, markup: Markup, stages: Sequence[str]) -> Sections:
    """The sections of a document. Of several sections about one region the first is its home."""
    title = _title(outline)
    reading = _Reading(stages, {*markup.named}, set(_listing(outline)))
    places = tuple(_places(outline, markup, reading, title))
    return Sections(places, reading.homes, title, reading.others, stages)


def _listing(outline: Outline) -> Iterator[int]:
    heading = 0
    for block in outline.blocks:
        if block.kind == "heading":
            heading = block.lines.start
        elif block.kind == "table" or any(box_of(unit.text or "") for unit in block.units if block.kind == "list"):
            yield heading


def _title(outline: Outline) -> Block | None:
    """The first heading, if it is of the first level and not a section's."""
    first = next((block for block in outline.blocks if block.kind == "heading"), None)
    return first if first is not None and first.level == 1 and about(first.text) not in HEADINGS else None


def _places(outline: Outline, markup: Markup, reading: _Reading, title: Block | None) -> Iterator[Place]:
    place = Place(frame=True)
    last = max((block.lines.start for block in outline.blocks if block.kind == "heading"), default=0)
    footer = max((block.lines.start for block in outline.blocks if block.kind == "rule"), default=0)
    above: Block | None = None
    for block in outline.blocks:
        inside = next((each for each in markup.bare if block.lines.start in each.lines), None)
        if block.kind == "heading" and block is not title and inside is None:
            place = reading.below(block, block.lines.start in markup.closed)
        if last < footer <= block.lines.start:
            place = Place(frame=True)
        past = above is not None and _tells_of_the_past(above)
        above = block
        if past and block.kind != "heading":
            yield replace(place, region=None, stage=None, peoples=True)
        elif inside is None:
            yield place
        else:
            stage = promotion(block.text, reading.stages) if block.kind == "heading" else place.stage
            place = replace(place, stage=stage)
            frame = inside.name in ("status", "footer")
            yield replace(place, region=inside.name, peoples=False, frame=frame)


def _tells_of_the_past(block: Block) -> bool:
    """Whether a block is a label such as `**Before the rewrite**:`, so that the figures below it are history."""
    each = field_of(block.units[-1].text or "") if block.kind == "paragraph" else None
    return each is not None and not each.value and bool(each.words & PAST)
