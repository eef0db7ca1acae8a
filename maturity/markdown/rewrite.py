"""Generated regions of a document: compare them with what we would write, replace them, and prove it.

Bytes in, bytes out: every byte outside the replaced regions stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate, chain, zip_longest

from maturity.markdown.markers import (
    MarkupError,
    Problem,
    begin_line,
    canonical,
    checksum,
    end_line,
    looks_like_marker,
    ticks,
    tidy,
    utf8,
)
from maturity.markdown.regions import BOM, Layout, ManualSection, Region, parse

__all__ = [
    "Layout",
    "ManualSection",
    "MarkupError",
    "Problem",
    "ProofError",
    "Region",
    "State",
    "canonical",
    "checksum",
    "parse",
    "splice",
    "state",
    "ticks",
]


class ProofError(RuntimeError):
    """A rewrite that would not be safe: an error of ours or of a region's text, never of the document."""


class State(Enum):
    """A region against what we would write now."""

    CURRENT = "current"
    STALE = "stale"
    EDITED = "edited by hand"
    UNSUMMED = "no sum"


def state(region: Region, body: str) -> State:
    """The region against `body`, the LF text that we would write now; CURRENT is what `splice` leaves alone.

    A region whose text is ours but whose sum or markers are not is stale: nothing of a person's is in it.
    """
    if region.sum is None:
        return State.UNSUMMED
    new = utf8(body)
    ours = canonical(region.body) == canonical(new)
    untouched = region.sum == checksum(region.name, region.body)
    if ours and untouched and region.named and ticks(region.body) == ticks(new):
        return State.CURRENT
    return State.STALE if ours or untouched else State.EDITED


def splice(text: bytes, bodies: Mapping[str, str]) -> bytes:
    """The document with these regions' bodies (LF text by name) replaced, their markers in full form, and proven.

    Regions that are current, or that `bodies` does not name, keep their bytes; a body without a region is not
    written. Raises MarkupError for the document, ProofError for the bodies.
    """
    layout = parse(text)
    for name, body in bodies.items():
        if looks_like_marker(body):
            raise ProofError(f'the new text of region "{name}" contains what looks like a marker')
    new = _replaced(text, layout, bodies)
    if new != text:
        _prove(text, layout, new, bodies)
    return new


def _replaced(text: bytes, layout: Layout, bodies: Mapping[str, str]) -> bytes:
    asked = _asked(layout, bodies)
    cut = _cut(text, asked)
    inside = [_brought_up(region, old, bodies[region.name]) for region, old in zip(asked, cut.inside, strict=True)]
    return b"".join(chain.from_iterable(zip_longest(cut.outside, inside, fillvalue=b"")))


def _asked(layout: Layout, bodies: Mapping[str, str]) -> list[Region]:
    return [region for region in layout.regions if region.name in bodies]


@dataclass(frozen=True)
class _Cut:
    """A document in pieces: `inside` are regions, marker to marker; `outside` is one more, around them."""

    outside: tuple[bytes, ...]
    inside: tuple[bytes, ...]


def _cut(text: bytes, regions: Sequence[Region]) -> _Cut:
    lines = text.splitlines(keepends=True)
    starts = list(accumulate(map(len, lines), initial=0))
    edges = [0]
    for region in regions:
        mark = len(BOM) if region.begin == 1 and text.startswith(BOM) else 0
        last = lines[region.end - 1].rstrip(b"\r\n")
        edges += [starts[region.begin - 1] + mark, starts[region.end - 1] + len(last)]
    pieces = [text[start:end] for start, end in zip_longest(edges, edges[1:])]
    return _Cut(tuple(pieces[::2]), tuple(pieces[1::2]))


def _brought_up(region: Region, old: bytes, body: str) -> bytes:
    """The region's bytes as they should be: the old ones if they say the same."""
    if state(region, body) is State.CURRENT:
        return old
    return _written(region.name, utf8(body), _line_end(old))


def _line_end(inside: bytes) -> bytes:
    """The end of a region's BEGIN line."""
    begin = inside.splitlines(keepends=True)[0]
    return begin[len(begin.rstrip(b"\r\n")) :]


def _written(name: str, body: bytes, line_end: bytes) -> bytes:
    """A region from marker to marker, in full form."""
    text = tidy(body)
    lines = [b"", *text.split(b"\n"), b""] if text else [b""]
    return line_end.join([begin_line(name).encode(), *lines, end_line(name, checksum(name, body)).encode()])


def _prove(text: bytes, layout: Layout, new: bytes, bodies: Mapping[str, str]) -> None:
    """Read the new document back and raise ProofError unless only the bodies asked for have changed."""
    try:
        after = parse(new)
    except MarkupError as error:
        raise ProofError(f"the rewritten document cannot be read back:\n{error}") from error
    before, now = _asked(layout, bodies), _asked(after, bodies)
    claims = {
        "the same regions": [region.name for region in after.regions] == [region.name for region in layout.regions],
        "as many manual sections": len(after.manual) == len(layout.manual),
        "the same bytes outside": _cut(new, now).outside == _cut(text, before).outside,
        "every new region current": all(state(region, bodies[region.name]) is State.CURRENT for region in now),
        "a second rewrite changes nothing": _replaced(new, after, bodies) == new,
    }
    broken = [claim for claim, holds in claims.items() if not holds]
    if broken:
        raise ProofError(f"the rewrite is refused, for this does not hold: {'; '.join(broken)}")
