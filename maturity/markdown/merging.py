"""Three versions of a document → three texts that a merge by lines can join, whatever their generated regions say.

Each region is taken out and a few lines stand in for it, the same in every version: it can neither conflict nor be torn
apart, and it is moved, removed or added as one line would be. In the merged text a region comes back in this way:

- as the side has it on which regions changed; if they did on both, all are ours. What we wrote keeps its sum, and so is
  stale where the merged code has other figures, but not edited by hand: the next run writes it anew;
- as the other side has it, if a person edited it there and nobody did here: the next run then says so;
- with the ticks of manual criteria merged one by one, by id: the one that changed wins. A new tick for a criterion that
  the region does not have is added to it, for the next run to keep or to report.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import islice, takewhile
from typing import TypeVar

from maturity.markdown.markers import canonical, checksum, end_line, ticks, tidy
from maturity.markdown.regions import BOM, Region, parse

_LINES = 4
"""How many lines stand in for a region: git joins conflicts that are no more than three lines apart."""

_BOX = re.compile(rb"[ \t]*[-*+][ \t]+\[[ xX]\][ \t]")
_NEW_BLOCK = re.compile(rb"[ \t]*(?:[-*+][ \t]|#|[\r\n]|$)")
Value = TypeVar("Value")


@dataclass(frozen=True)
class Written:
    """A region from marker to marker, as it is to be.

    `line_end` goes after it, or `last` where it ends the document.
    """

    text: bytes
    line_end: bytes
    last: bytes


@dataclass(frozen=True)
class Plan:
    """What to merge by lines, and how the result becomes a document again.

    `token` is in every line that stands in for a region, and nowhere else. `dropped` are the regions that people edited
    by hand on both sides, each differently: theirs is not kept.
    """

    base: bytes
    ours: bytes
    theirs: bytes
    mark: bytes
    token: bytes
    stand_ins: Mapping[bytes, Written]
    dropped: tuple[str, ...]

    def restore(self, merged: bytes) -> bytes | None:
        """The merged text with the regions in it again; None if the merge tore one of them apart."""

        def whole(found: re.Match[bytes]) -> bytes:
            region = self.stand_ins.get(found[0])
            if region is None:
                return found[0]
            return region.text + (region.last if found.end() == len(merged) else region.line_end)

        text = re.sub(rb"(?:region %s [^\n]*\n){%d}" % (self.token, _LINES), whole, merged)
        return None if self.token in text else self.mark + text


def plan(base: bytes, ours: bytes, theirs: bytes) -> Plan:
    """How to merge three versions; an empty base is a document that both sides added. Raises MarkupError."""
    # Whatever the texts say, they do not say their own digest.
    token = sha256(b"\0".join((base, ours, theirs))).hexdigest()[:24].encode()
    sides = _Sides(_read(base), _read(ours), _read(theirs))
    numbers = {name: number for number, name in enumerate(sorted(sides.names))}

    def without_regions(side: _Version) -> bytes:
        return side.standing_in(lambda name: _stand_in(token, numbers[name], sides.must_stay(name, side)))

    written = {name: sides.written(name) for name in numbers}
    stand_ins = {_stand_in(token, numbers[name], stay): written[name] for name in numbers for stay in (False, True)}
    mark = BOM if _three_way(base.startswith(BOM), ours.startswith(BOM), theirs.startswith(BOM)) else b""
    return Plan(
        without_regions(sides.base),
        without_regions(sides.ours),
        without_regions(sides.theirs),
        mark,
        token,
        stand_ins,
        tuple(filter(sides.drops, numbers)),
    )


def _stand_in(token: bytes, number: int, must_stay: bool) -> bytes:
    return b"".join(b"region %s %d %d %d\n" % (token, number, must_stay, line) for line in range(_LINES))


def _three_way(base: Value, ours: Value, theirs: Value) -> Value:
    """What changed against the base; ours if both did."""
    return theirs if ours == base else ours


@dataclass(frozen=True)
class _Box:
    """A manual criterion: the line that it begins in, counted from 0, its whole text, its id and its tick."""

    line: int
    text: bytes
    id: str
    ticked: bool


def _boxes(lines: Sequence[bytes]) -> Iterator[_Box]:
    """The manual criteria in a region's lines, also where a formatter broke the line before the id."""
    for number, line in enumerate(lines):
        if _BOX.match(line):
            rest = takewhile(lambda other: not _NEW_BLOCK.match(other), islice(lines, number + 1, number + 10))
            text = line.rstrip()
            found = ticks(text)
            while not found and (more := next(rest, None)):
                text += b" " + more.strip()
                found = ticks(text)
            yield from (_Box(number, text, identity, ticked) for identity, ticked in found.items())


@dataclass(frozen=True)
class _Version:
    """One version: its lines with their ends, and its regions by name, in order."""

    lines: Sequence[bytes]
    regions: Mapping[str, Region]

    def of(self, name: str) -> Sequence[bytes]:
        """A region's lines, from marker to marker; none if there is no such region."""
        region = self.regions.get(name)
        return () if region is None else self.lines[region.begin - 1 : region.end]

    def ticked(self, name: str) -> dict[str, bool]:
        """The manual criteria of a region, and which are ticked; one that stands twice must be ticked twice."""
        found: dict[str, bool] = {}
        for box in _boxes(self.of(name)):
            found[box.id] = found.get(box.id, True) and box.ticked
        return found

    @cached_property
    def all_ticked(self) -> dict[str, bool]:
        """The manual criteria of all regions, and which are ticked; the last region counts."""
        return {identity: ticked for name in self.regions for identity, ticked in self.ticked(name).items()}

    def said(self, name: str) -> object:
        """What a region says, its ticks aside."""
        region = self.regions.get(name)
        return None if region is None else (canonical(region.body), region.sum)

    def standing_in(self, stand_in: Callable[[str], bytes]) -> bytes:
        """The text with something else in the place of each region."""
        pieces: list[bytes] = []
        seen = 0
        for name, region in self.regions.items():
            pieces += [*self.lines[seen : region.begin - 1], stand_in(name)]
            seen = region.end
        return b"".join([*pieces, *self.lines[seen:]])


def _read(text: bytes) -> _Version:
    text = text.removeprefix(BOM)
    return _Version(text.splitlines(keepends=True), {region.name: region for region in parse(text).regions})


class _Sides:
    """The three versions against each other: which one a region comes from, and what is ticked in it."""

    def __init__(self, base: _Version, ours: _Version, theirs: _Version) -> None:
        self.base, self.ours, self.theirs = base, ours, theirs
        self.names = {*base.regions, *ours.regions, *theirs.regions}
        common = base.regions.keys() & ours.regions.keys()
        ours_moved = not common or any(base.said(name) != ours.said(name) for name in common)
        self.order = (ours, theirs, base) if ours_moved else (theirs, ours, base)
        self.known, one, other = base.all_ticked, ours.all_ticked, theirs.all_ticked
        self.ticked: dict[str, bool] = {}
        for identity in {*self.known, *one, *other}:
            before = self.known.get(identity, False)
            self.ticked[identity] = _three_way(before, one.get(identity, before), other.get(identity, before))
        self.shown = {identity for name in self.names for identity in self.source(name).ticked(name)}

    def source(self, name: str) -> _Version:
        """The version that a region is taken from."""
        having = [each for each in self.order if name in each.regions]
        edited = [each for each in having if self.edited(name, each)]
        return [*edited, *having][0]

    def edited(self, name: str, side: _Version) -> bool:
        """Whether a person edited a region on this side, as far as its sum tells."""
        region = side.regions.get(name)
        if region is None or region.sum is None or _sum_is_right(region):
            return False
        return side.said(name) != self.base.said(name)

    def drops(self, name: str) -> bool:
        """Whether both sides were edited by hand, and not alike."""
        by_hand = all(self.edited(name, side) for side in (self.ours, self.theirs))
        return by_hand and self.ours.said(name) != self.theirs.said(name)

    def must_stay(self, name: str, side: _Version) -> bool:
        """Whether a person changed a region that the other side removed: that is a conflict."""
        removed = name in self.base.regions and not (name in self.ours.regions and name in self.theirs.regions)
        changed = self.edited(name, side) or side.ticked(name) != self.base.ticked(name)
        return removed and changed

    def written(self, name: str) -> Written:
        """A region as it is to be in the merged document."""
        source = self.source(name)
        lines = list(source.of(name))
        for box in _boxes(lines):
            if source.all_ticked[box.id] != self.ticked[box.id]:
                before, bracket, after = lines[box.line].partition(b"[")
                lines[box.line] = before + bracket + (b"x" if self.ticked[box.id] else b" ") + after[1:]
        line_end = self._agreed(name, lambda own: _line_end(own[0]))
        last = self._agreed(name, lambda own: _line_end(own[-1]))
        added = [box.text for side in (self.ours, self.theirs) for box in self._added(name, side)]
        if added:
            lines = _with_more(source.regions[name], lines, added)
        if added or line_end != _line_end(lines[0]):
            lines = [line_end.join(line.rstrip(b"\r\n") for line in lines)]
        text = b"".join(lines)
        return Written(text.removesuffix(_line_end(text)), line_end, last)

    def _added(self, name: str, side: _Version) -> Iterator[_Box]:
        """The boxes that a person ticked on this side and that the merged document would not have."""
        for box in _boxes(side.of(name)):
            if side.all_ticked[box.id] and not self.known.get(box.id) and box.id not in self.shown:
                yield box

    def _agreed(self, name: str, ask: Callable[[Sequence[bytes]], bytes]) -> bytes:
        """What the versions that have a region say of its lines, merged."""
        sides = (self.base, self.ours, self.theirs)
        base, ours, theirs = (ask(each.of(name)) if name in each.regions else None for each in sides)
        answers = (_three_way(base, ours, theirs), ours, theirs, base)
        return next(answer for answer in answers if answer is not None)


def _with_more(region: Region, lines: Sequence[bytes], added: Sequence[bytes]) -> list[bytes]:
    """A region's lines with more criteria below the others; its sum stays as right or wrong as it was."""
    body = b"\n".join([tidy(b"".join(lines[1:-1])), *added])
    end = end_line(region.name, checksum(region.name, body)).encode() if _sum_is_right(region) else lines[-1]
    return [lines[0], b"", *body.split(b"\n"), b"", end]


def _sum_is_right(region: Region) -> bool:
    return region.sum == checksum(region.name, region.body)


def _line_end(line: bytes) -> bytes:
    return line[len(line.rstrip(b"\r\n")) :]
