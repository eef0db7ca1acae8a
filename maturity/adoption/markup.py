"""The markers that a document has before it is adopted: whose regions stay, and which markers belong to nothing.

Bare regions (without a name in their marker) are kept as regions and get the name of what they are about. A bare
marker without its partner, or around text that nothing generates, is taken out; the text stays.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

from maturity.adoption.outline import Block, Outline
from maturity.adoption.spellings import HEADINGS, about
from maturity.document import SYNONYMS, known_regions
from maturity.markdown.blocks import read_blocks
from maturity.markdown.markers import Kind, Marker, MarkupError
from maturity.markdown.regions import BOM, parse
from maturity.markdown.template import BEGIN, END

_OURS_TO_MEND = {
    "duplicate-region",
    "manual-in-generated",
    "nested-region",
    "orphan-end",
    "unclosed-region",
    "unnamed-region",
}
"""Problems that can come from bare markers alone."""


@dataclass(frozen=True)
class Bare:
    """A generated region whose markers do not say its name: what it is about, and its marker lines, from 1."""

    name: str
    begin: int
    end: int

    @property
    def lines(self) -> range:
        """All its lines, markers included."""
        return range(self.begin, self.end + 1)


@dataclass(frozen=True)
class Markup:
    """The markers of a document: bare regions, markers that are taken out (with the reason), and what is not touched.

    `named` maps what the named regions are about to their first lines.
    """

    bare: tuple[Bare, ...]
    strays: Mapping[int, str]
    named: Mapping[str, int]
    untouchable: tuple[range, ...]

    @cached_property
    def closed(self) -> frozenset[int]:
        """The lines of manual sections, and of regions that have their name already."""
        return frozenset(chain.from_iterable(self.untouchable))


def checked(text: bytes) -> list[str]:
    """The lines of a document without line ends and byte order mark. Raises MarkupError where adoption cannot help."""
    try:
        parse(text)
    except MarkupError as error:
        if any(problem.code not in _OURS_TO_MEND for problem in error.problems):
            raise
    return [line.decode() for line in text.removeprefix(BOM).splitlines()]


def read_markup(outline: Outline) -> Markup:
    """The markers of a document. Raises MarkupError for those that are not bare and cannot be obeyed."""
    markers = [mark for mark in read_blocks("\n".join(outline.lines)) if isinstance(mark, Marker)]
    pairs, unpaired = _paired(markers)
    strays = dict.fromkeys(unpaired, "it has no partner")
    seen = {SYNONYMS.get(marker.name, marker.name) for marker in markers if marker.name is not None}
    headings = [block for block in outline.blocks if block.kind == "heading"]
    bare: list[Bare] = []
    for begin, end in pairs:
        name, reason = _meaning(begin, end, outline, headings)
        if not reason and name in seen:
            reason = f'there is a region "{name}" already'
        if reason:
            strays |= {begin: reason, end: reason}
        else:
            bare.append(Bare(name, begin, end))
            seen.add(name)
    mended = "\n".join(_mended(outline.lines, bare, strays)).encode()
    layout = parse(mended)
    ours = tuple(region for region in layout.regions if region.begin not in {each.begin for each in bare})
    meanings = known_regions(replace(layout, regions=ours)) if ours else {}
    manual = [range(section.begin, section.end + 1) for section in layout.manual]
    return Markup(
        tuple(bare),
        strays,
        {meanings[region.name]: region.begin for region in ours},
        (*manual, *(range(region.begin, region.end + 1) for region in ours)),
    )


def _paired(markers: Iterable[Marker]) -> tuple[list[tuple[int, int]], list[int]]:
    """The bare regions by the lines of their markers, and the bare markers that have no partner."""
    pairs: list[tuple[int, int]] = []
    unpaired: list[int] = []
    opened: Marker | None = None
    for marker in markers:
        if marker.kind is Kind.END and opened is not None:
            if _is_bare(opened) and _is_bare(marker):
                pairs.append((opened.line, marker.line))
            opened = None
            continue
        unpaired += [each.line for each in (opened,) if each is not None and _is_bare(each)]
        unpaired += [marker.line] if marker.kind is Kind.END and _is_bare(marker) else []
        opened = marker if marker.kind is Kind.BEGIN else None
    unpaired += [opened.line] if opened is not None and _is_bare(opened) else []
    return pairs, unpaired


def _is_bare(marker: Marker) -> bool:
    return marker.name is None and marker.sum is None


def _meaning(begin: int, end: int, outline: Outline, headings: Sequence[Block]) -> tuple[str, str]:
    """What a bare region is about, or why it can be none."""
    above, inside = (bisect(headings, line, key=lambda block: block.lines.start) for line in (begin, end))
    level = max(2, headings[above - 1].level if above else 0)
    if any(block.level <= level for block in headings[above:inside]):
        return "", "a section begins inside its region"
    if "FOOTER" in outline.line(begin).upper():
        return "footer", ""
    name = _name(headings, above)
    if not name and above <= 1:
        return "status", ""
    return name, "" if name else "nothing generates its region"


def _name(headings: Sequence[Block], above: int) -> str:
    """What the section of the last of the headings above is about, or else those around it."""
    level = 7
    for position in range(above - 1, -1, -1):
        heading = headings[position]
        if heading.level < level:
            level = heading.level
            if about(heading.text) in HEADINGS:
                return HEADINGS[about(heading.text)]
        if level == 1:
            break
    return ""


def _mended(lines: Sequence[str], bare: Iterable[Bare], strays: Iterable[int]) -> list[str]:
    """The document with its bare regions named and its strays blank, line for line."""
    mended = list(lines)
    for region in bare:
        mended[region.begin - 1] = BEGIN.format(name=region.name)
        mended[region.end - 1] = END.format(name=region.name)
    for number in strays:
        mended[number - 1] = ""
    return mended
