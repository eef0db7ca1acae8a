"""What can be said of one document: its regions, sections and problems, by line; as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from maturity.markdown.escape import one_line
from maturity.markdown.markers import Problem
from maturity.markdown.regions import Layout, ManualSection, Region, parse
from maturity.markdown.rewrite import State, state

FORM = "maturity-inspection"
FORMAT = 1
"""The version of the JSON form; it changes when a key changes its meaning or goes, not when one is added."""

HINTS = {
    State.STALE: "a run writes it anew",
    State.EDITED: "a run overwrites it: move what is yours out of the region",
    State.UNSUMMED: "a run writes it anew, with name and sum",
}


@dataclass(frozen=True)
class Inspection:
    """One component's document.

    `regions` have a state where they could be held against what a run would write, else None. `unmeasured` are the
    collectors that the cache has no answer of: a run would measure, and write more than is known here.
    """

    component: str
    path: str
    exists: bool
    regions: tuple[tuple[Region, State | None], ...] = ()
    manual: tuple[ManualSection, ...] = ()
    problems: tuple[Problem, ...] = ()
    unmeasured: tuple[str, ...] = ()

    @property
    def state(self) -> str:
        """The document in a word, the same one as in reports: "broken", "missing", "valid", "edited" or "stale"."""
        if self.problems:
            return "broken"
        if not self.exists:
            return "missing"
        states = {now for _, now in self.regions}
        if State.EDITED in states:
            return "edited"
        return "valid" if states <= {State.CURRENT} else "stale"

    @property
    def exit_code(self) -> int:
        """As for validation: 4 for a broken document, 1 for a missing, edited or stale one."""
        return {"broken": 4, "valid": 0}.get(self.state, 1)


def compared(layout: Layout, after: bytes) -> tuple[tuple[Region, State], ...]:
    """A document's regions, each against itself in what a run would write. Raises MarkupError."""
    wanted = {region.name: region.body.decode() for region in parse(after).regions}
    return tuple((region, state(region, wanted[region.name])) for region in layout.regions)


def as_text(inspections: Iterable[Inspection]) -> str:
    """The documents for people, a paragraph each."""
    return "\n\n".join("\n".join(_lines(inspection)) for inspection in inspections)


def _lines(inspection: Inspection) -> Iterator[str]:
    yield f"{one_line(inspection.component)}: {one_line(inspection.path)} is {inspection.state}"
    parts = [(region.begin, region.end, _told(region, now)) for region, now in inspection.regions]
    parts += [(section.begin, section.end, "manual section") for section in inspection.manual]
    for begin, end, said in sorted(parts):
        yield f"  lines {begin} to {end}: {said}"
    for problem in inspection.problems:
        yield f"  {problem}"
    if inspection.unmeasured and not inspection.problems:
        yield f"  not measured yet: {', '.join(inspection.unmeasured)}; `maturity --component NAME` does it"


def _told(region: Region, now: State | None) -> str:
    if now is None:
        return f"region {region.name}"
    hint = f" ({HINTS[now]})" if now in HINTS else ""
    return f"region {region.name}: {now.value}{hint}"


def as_json(inspections: Sequence[Inspection]) -> str:
    """The documents for programs, in the form of `maturity/schemas/inspection.schema.json`."""
    return json.dumps(
        {"form": FORM, "format": FORMAT, "documents": [_document(each) for each in inspections]}, indent=2
    )


def _document(inspection: Inspection) -> dict[str, object]:
    return {
        "component": inspection.component,
        "path": inspection.path,
        "state": inspection.state,
        "regions": [
            {"name": region.name, "begin": region.begin, "end": region.end, "state": None if now is None else now.value}
            for region, now in inspection.regions
        ],
        "manual": [{"begin": section.begin, "end": section.end} for section in inspection.manual],
        "problems": [
            {"line": each.line, "code": each.code, "message": each.message, "advice": each.advice}
            for each in inspection.problems
        ],
        "unmeasured": list(inspection.unmeasured),
    }
