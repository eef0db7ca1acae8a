"""A hand-written document → the same document with generated regions, or the reason why not.

Text in, proposal out. Lines that say what a region will say are replaced; every other line stays as it is, in its
order. A section keeps its heading: its region comes below that, and what people wrote there comes below the region.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from maturity.adoption.contradictions import contradictions, listen
from maturity.adoption.lines import Note, read_lines
from maturity.adoption.markup import checked, read_markup
from maturity.adoption.outline import Outline, read_outline
from maturity.adoption.plan import REGIONS, Plan, make_plan
from maturity.adoption.rebuild import changed_meaning, rebuild
from maturity.adoption.sections import read_sections
from maturity.document import Draft, draft
from maturity.errors import MaturityError
from maturity.markdown.markers import MarkupError
from maturity.model import Answer, Component, Ladder

LARGEST = 1024 * 1024
"""Bytes of the largest document that is adopted: nobody wrote a larger one by hand."""

_STUB_LINES = 40
_MOVED = re.compile(
    r"\b(?:document|file|page|content|status|information)\s+(?:has\s+(?:been\s+)?|was\s+|is\s+)?(?:now\s+)?"
    r"(?:moved|maintained in|kept in|relocated|migrated|superseded|replaced by|lives)\b|^\W*moved\s+to\b",
    re.IGNORECASE | re.MULTILINE,
)


class Refusal(MaturityError):
    """A document that is not adopted; the message is the reason."""


class AlreadyAdopted(Refusal):
    """A document that has all its regions."""


@dataclass(frozen=True)
class Proposal:
    """What adoption would write: a draft whose `before` is the document as it is.

    `notes` come in the order of their lines. `replaced` is the number of lines that go, `stage` the one that the
    document claimed, `ticked` the manual criteria, by id, whose ticks are carried over.
    """

    draft: Draft
    notes: tuple[Note, ...]
    replaced: int
    stage: str | None
    ticked: frozenset[str]

    def log(self) -> str:
        """Every line that goes, as a unified diff; its lines are those that CommonMark counts."""
        old, new = (
            [line.decode() for line in text.splitlines()] for text in (self.draft.before or b"", self.draft.after)
        )
        names = f"a/{self.draft.path}", f"b/{self.draft.path}"
        return "\n".join(difflib.unified_diff(old, new, *names, lineterm="")) + "\n"


def propose(component: Component, ladder: Ladder, text: bytes) -> Proposal:
    """The proposal for a document. Raises Refusal or MarkupError where there can be none."""
    if len(text) > LARGEST:
        raise Refusal(f"{len(text)} bytes are more than the {LARGEST} of a document that people wrote; split it")
    outline = read_outline(checked(text))
    markup = read_markup(outline)
    if REGIONS.keys() <= markup.named.keys():
        raise AlreadyAdopted("it is adopted already: all its generated regions are there")
    sections = read_sections(outline, markup, ladder.stages)
    said = listen(outline, sections, markup.closed)
    if not sections.homes and not said.stages and not markup.named and not markup.bare:
        refuse_stub(outline)
    reading = read_lines(outline, markup, sections, ladder, owned(component))
    plan = make_plan(outline, markup, sections, reading, ladder)
    after, origins = rebuild(text, outline, plan.replaced, plan.inserted)
    proven = prove(component, ladder, outline, after, origins, plan)
    notes = {*plan.notes, *contradictions(said), *stale_keys(said.in_front)}
    return Proposal(
        replace(proven, before=text, after=after, edited=()),
        tuple(sorted(notes, key=lambda each: (each.line, each.text))),
        len(plan.replaced),
        next(iter(said.stages.values()), None),
        plan.ticked,
    )


def refuse_stub(outline: Outline) -> None:
    """Raise Refusal for a short document that says nothing but where its content is now."""
    lines = [line for number, line in enumerate(outline.lines, 1) if outline.nesting.get(number, ("",))[-1] != "fence"]
    said = [line for line in lines if line.strip(" \t")]
    headings = sum(block.kind == "heading" for block in outline.blocks)
    if len(said) <= _STUB_LINES and headings <= 2 and _MOVED.search(re.sub(r"[*_>]", "", "\n".join(said))):
        raise Refusal("it only says that the document has moved; adopt the one that it points to, or remove this one")


def owned(component: Component) -> Iterator[tuple[str, str]]:
    """The header lines that the status region says as well: label and value, in lower case."""
    if component.owner is not None:
        yield "owner", component.owner.casefold()
    if component.group is not None:
        yield from ((label, component.group.casefold()) for label in ("group", "functional group"))


def prove(
    component: Component, ladder: Ladder, outline: Outline, after: bytes, origins: list[int], plan: Plan
) -> Draft:
    """A first draft of the new document; raises Refusal unless it has all ticks and the kept lines mean the same."""
    try:
        drafted = draft(component, ladder, (), after, "2000-01-01")
    except MarkupError as error:
        advice = "; ".join(dict.fromkeys(problem.advice for problem in error.problems))
        raise Refusal(f"regions that are put into it would not be seen; {advice}") from None
    met = {verdict.criterion.id for verdict in drafted.standing.verdicts if verdict.answer is Answer.MET}
    if not plan.ticked <= met:
        raise Refusal("its ticks cannot be carried over")
    moved = changed_meaning(outline, after, origins)
    if moved:
        raise Refusal(f"line {moved[0]} would no longer mean the same; put blank lines around it")
    return drafted


def stale_keys(line: int) -> Iterator[Note]:
    """What is said of a stage in the front matter, where no region can be."""
    if line:
        yield Note(line, "the stage in the front matter stays as it is, and nothing keeps it true; remove it")
