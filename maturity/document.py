"""One MATURITY.md: read it, work out what it should say, write that. Only `write` touches the file system."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maturity import render
from maturity.errors import MaturityError, StorageError, said
from maturity.files import read_bytes
from maturity.judge import readings, stand
from maturity.markdown.escape import prose
from maturity.markdown.rewrite import (
    Layout,
    MarkupError,
    Problem,
    Region,
    State,
    canonical,
    parse,
    splice,
    state,
    ticks,
)
from maturity.markdown.template import BEGIN, END, new_document
from maturity.model import Component, Ladder, Measurement, Standing
from maturity.writing import write_atomically

LIMIT = 64 * 1024 * 1024
_LABELS = "|".join(re.escape(label) for label in (render.DATE_LABEL, render.FOOTER_LABEL))
_DATE = re.compile(rf"^(?:{_LABELS})(\d{{4}}-\d\d-\d\d)", re.MULTILINE)
_STAGE = re.compile(rf"^{re.escape(render.STAGE_LABEL)}(.+)", re.MULTILINE)

SYNONYMS = {
    "current-status": "status",
    "code-quality-status": "code-quality",
    "quality-gates-status": "code-quality",
    "quality-gates": "code-quality",
    "promotion-criteria": "maturity-criteria",
    "criteria": "maturity-criteria",
    "coverage": "test-coverage",
    "tests": "test-coverage",
}
"""What bare regions are called, by the heading above them, in documents that exist."""


@dataclass(frozen=True)
class Draft:
    """What a run would write: `before` None is a document that does not exist yet.

    `edited` are the names of the regions that were edited by hand and whose edits would be overwritten; `lost_ticks`
    the ids of ticked criteria that there are no longer; `taken_over` the regions with text but no sum, whose text is
    replaced for the first time. `stage_before` is the stage that the document says, None where it says none of ours.
    """

    path: str
    before: bytes | None
    after: bytes
    standing: Standing
    edited: tuple[str, ...] = ()
    lost_ticks: tuple[str, ...] = ()
    taken_over: tuple[str, ...] = ()
    stage_before: str | None = None

    @property
    def changed(self) -> bool:
        """Whether writing it would change anything."""
        return self.before != self.after

    @property
    def state(self) -> str:
        """The state of the document, by its word in every report: "valid", "missing", "edited" or "stale"."""
        if not self.changed:
            return "valid"
        return "missing" if self.before is None else "edited" if self.edited else "stale"

    def diff(self) -> str:
        """What writing it would change, as a unified diff; empty if nothing."""
        old = [] if self.before is None else self.before.decode("utf-8", "replace").splitlines()
        new = self.after.decode("utf-8", "replace").splitlines()
        source = "/dev/null" if self.before is None else f"a/{self.path}"
        return "\n".join(difflib.unified_diff(old, new, source, f"b/{self.path}", lineterm=""))


def draft(
    component: Component,
    ladder: Ladder,
    measurements: Sequence[Measurement],
    before: bytes | None,
    today: str,
    template: str | None = None,
) -> Draft:
    """What the document should say, given what it says now. Raises MarkupError where its markup cannot be obeyed.

    The day of the last change stays as it is while nothing else changes. `template` is the repository's own text for a
    new document.
    """
    text = new_document(component.name, template).encode() if before is None else before
    layout = parse(text)
    names = known_regions(layout)
    ticked = {identity: tick for region in layout.regions for identity, tick in ticks(region.body).items()}
    status = next((region for region in layout.regions if names[region.name] == "status"), None)
    stage_before = previous_stage(status, ladder)
    standing = stand(ladder, readings(measurements), ticked, stage_before)

    def bodies(date: str) -> dict[str, str]:
        made = render.regions(component, ladder, standing, measurements, ticked, date)
        return {name: made[meaning] for name, meaning in names.items()}

    wanted = bodies(previous_date(layout) or today)
    after = splice(text, wanted)
    if after != before and previous_date(layout) not in (None, today):
        wanted = bodies(today)
        after = splice(text, wanted)
    states = {region.name: state(region, wanted[region.name]) for region in layout.regions}
    edited = tuple(name for name, found in states.items() if found is State.EDITED)
    filled = [region.name for region in layout.regions if region.body.strip()]
    taken_over = tuple(name for name in filled if states[name] is State.UNSUMMED)
    manual = {criterion.id for criterion in ladder.criteria if criterion.manual}
    lost = tuple(sorted(identity for identity, tick in ticked.items() if tick and identity not in manual))
    return Draft(component.document, before, after, standing, edited, lost, taken_over, stage_before)


def known_regions(layout: Layout) -> dict[str, str]:
    """What each region of a document is about. Raises MarkupError for one that nothing generates, and where none is."""
    meanings = {name: SYNONYMS.get(name, name) for name in (region.name for region in layout.regions)}
    for region in layout.regions:
        if region.name.startswith("current-status"):
            meanings[region.name] = "status"
    unknown = [region for region in layout.regions if meanings[region.name] not in GENERATED]
    problems = [
        Problem(region.begin, "unknown-region", f"nothing generates a region {region.name!r}", f"use one of {KNOWN}")
        for region in unknown
    ]
    if not layout.regions:
        markers = f"`{BEGIN.format(name='status')}` and `{END.format(name='status')}`"
        advice = f"put {markers} where a region is to be; there are: {KNOWN}"
        problems.append(Problem(1, "no-region", "the document has no generated region", advice))
    if problems:
        raise MarkupError(tuple(problems))
    return meanings


GENERATED = ("status", "maturity-criteria", "test-coverage", "code-quality", "footer")
KNOWN = ", ".join(GENERATED)


def previous_stage(status: Region | None, ladder: Ladder) -> str | None:
    """The stage that the document says, if we wrote it and nobody changed it since."""
    if status is None or status.sum is None:
        return None
    body = canonical(status.body).decode("utf-8", "replace")
    if state(status, body) is not State.CURRENT:
        return None
    match = _STAGE.search(body)
    return next((stage for stage in ladder.stages if match and prose(stage) == match[1].strip()), None)


def stated_stage(content: bytes, ladder: Ladder) -> str | None:
    """The stage that a document says, if it is one of ours and nobody changed that by hand."""
    try:
        layout = parse(content)
        names = known_regions(layout)
    except MarkupError:
        return None
    return previous_stage(next((each for each in layout.regions if names[each.name] == "status"), None), ladder)


def previous_date(layout: Layout) -> str | None:
    """The day that the document says it last changed."""
    for region in layout.regions:
        match = _DATE.search(canonical(region.body).decode("utf-8", "replace"))
        if match:
            return match[1]
    return None


def read(root: Path, path: str) -> bytes | None:
    """The document's bytes, None if there is none. Raises MaturityError for what is no readable file."""
    place = root / path
    try:
        if not place.resolve().is_relative_to(root.resolve()):
            raise MaturityError(f"{path}: leads out of the repository; remove the link")
        content = read_bytes(place, LIMIT) if place.is_file() else None
    except (OSError, RuntimeError) as error:
        raise MaturityError(f"{path}: cannot be read: {error}") from None
    if content is None and (place.exists() or place.is_symlink()):
        raise MaturityError(f"{path}: is not a regular file of at most {LIMIT >> 20} MB; move it away")
    return content


def write(root: Path, drafted: Draft) -> None:
    """Write a draft, if it changes anything and the file is still what the draft was made from."""
    if not drafted.changed:
        return
    if read(root, drafted.path) != drafted.before:
        raise MaturityError(f"{drafted.path}: changed while it was being updated; run again")
    try:
        write_atomically(root / drafted.path, drafted.after)
    except OSError as error:
        raise StorageError(f"{drafted.path}: cannot be written: {said(error)}") from None
