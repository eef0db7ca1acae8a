"""What adoption does to a document: which lines go, and which regions come in where.

A region takes the place of the bare one about the same, or stands below the heading of its section, the status below
the title. Sections that do not exist are made where the template has them: before the first section that a template
has behind them (Dependencies, Next Steps, Promotion History, ...), else at the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maturity.adoption.lines import Note, Reading
from maturity.adoption.markup import Markup
from maturity.adoption.outline import Outline
from maturity.adoption.sections import Sections
from maturity.adoption.spellings import PEOPLES, about
from maturity.markdown.escape import one_line
from maturity.markdown.template import BEGIN, END, SECTIONS
from maturity.model import Answer, Ladder, Verdict
from maturity.render import criterion_line

REGIONS = {"status": "", **{heading.lower().replace(" ", "-"): heading for heading, hint in SECTIONS if hint is None}}
"""The regions that a document needs, with the heading that each one stands below."""

_LAST = max(position for position, (_, hint) in enumerate(SECTIONS) if hint is None)
_BEHIND = {heading.lower().replace(" ", "-") for heading, _ in SECTIONS[_LAST + 1 :]} & PEOPLES


@dataclass(frozen=True)
class Plan:
    """Lines that go, lines that come in before a line, both by number from 1, and what a person should know.

    `ticked` are the ids of the manual criteria whose ticks are carried over.
    """

    replaced: frozenset[int]
    inserted: Mapping[int, Sequence[str]]
    ticked: frozenset[str]
    notes: tuple[Note, ...]


def make_plan(outline: Outline, markup: Markup, sections: Sections, reading: Reading, ladder: Ladder) -> Plan:
    """The plan for a document that was read."""
    ticked, notes = carried(reading)
    replaced = reading.replaced | set(markup.strays) | {line for region in markup.bare for line in region.lines}
    inserted: dict[int, list[str]] = {}
    for bare in markup.bare:
        inserted[bare.begin] = region(bare.name, ladder, ticked)
    missing = [name for name in REGIONS if name not in markup.named and name not in {bare.name for bare in markup.bare}]
    for name in missing:
        block = region(name, ladder, ticked)
        if name == "status":
            at = _below_title(outline, sections, reading)
        elif name in sections.homes:
            at = sections.homes[name].lines.stop
        else:
            at = _template_place(outline, markup)
            block = [f"## {REGIONS[name]}", "", *block]
        at = _outside(at, markup)
        inserted[at] = [*inserted[at], "", *block] if at in inserted else block
    return Plan(
        frozenset(replaced),
        inserted,
        frozenset(ticked),
        (
            *reading.notes,
            *notes,
            *(Note(line, f"the marker is taken out: {reason}") for line, reason in markup.strays.items()),
            *(Note(line, f"a second section about {name}: kept as text") for line, name in sections.others.items()),
        ),
    )


def carried(reading: Reading) -> tuple[set[str], list[Note]]:
    """The manual criteria that are ticked beyond doubt, and why others are not."""
    ticked: set[str] = set()
    notes: list[Note] = []
    for criterion in reading.ladder.criteria:
        claims = [claim for claim in reading.claims if claim.criterion == criterion]
        doubted = [claim for claim in claims if claim.doubt]
        notes += [Note(claim.line, f'"{one_line(criterion.title)}" is not ticked: {claim.doubt}') for claim in doubted]
        yes = [claim.line for claim in claims if claim.ticked]
        no = [claim.line for claim in claims if not claim.ticked]
        if yes and no:
            title = one_line(criterion.title)
            text = f'contradiction: "{title}" is ticked in line {yes[0]}, but not in line {no[0]}; it is not ticked now'
            notes.append(Note(min(yes[0], no[0]), text))
        elif yes and not doubted:
            ticked.add(criterion.id)
    return ticked, notes


def region(name: str, ladder: Ladder, ticked: set[str]) -> list[str]:
    """A region as it comes in: empty, but for the manual criteria, which carry the ticks into the first rewrite."""
    manual = [criterion for criterion in ladder.criteria if criterion.manual and name == "maturity-criteria"]
    ticks = {criterion.id: criterion.id in ticked for criterion in manual}
    lines = [criterion_line(Verdict(criterion, Answer.MISSED), ticks) for criterion in manual]
    return [BEGIN.format(name=name), "", *lines, *([""] if lines else []), END.format(name=name)]


def _below_title(outline: Outline, sections: Sections, reading: Reading) -> int:
    """Where the status goes: below the title, or in a section of its own if nothing is said of it below the title."""
    home = sections.homes.get("status")
    first = min(
        (block.lines.start for block in outline.blocks if block.kind == "heading" and block is not sections.title),
        default=len(outline.lines) + 1,
    )
    if home is not None and not any(line < first for line in reading.replaced):
        return home.lines.stop
    return sections.title.lines.stop if sections.title is not None else outline.front + 1


def _template_place(outline: Outline, markup: Markup) -> int:
    footers = [bare.begin for bare in markup.bare if bare.name == "footer"]
    footers += [line for name, line in markup.named.items() if name == "footer"]
    end = len(outline.lines) + 1
    heads = [
        block.lines.start
        for block in outline.blocks
        if block.kind == "heading" and block.level <= 2 and about(block.text) in _BEHIND
    ]
    return min([*heads[:1], *footers[-1:]], default=end)


def _outside(line: int, markup: Markup) -> int:
    """A line before which something can be put without ending up in a manual section or another region."""
    for lines in (*markup.untouchable, *(bare.lines for bare in markup.bare)):
        if line in lines and line != lines.start:
            return _outside(lines.start, markup)
    return line
