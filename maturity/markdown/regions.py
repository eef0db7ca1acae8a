"""The regions of a document: its markers paired, or every reason why they cannot be.

Lines end at LF, CRLF and CR only, as for CommonMark and `bytes.splitlines`.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from maturity.markdown.blocks import Heading, read_blocks
from maturity.markdown.markers import Kind, Marker, MarkupError, Problem, problem

BOM = b"\xef\xbb\xbf"
STATUS = "status"
"""The name of a bare region right below the document's title; the title itself may change."""
FOOTER = "footer"
"""The name of a bare region of the FOOTER form: it may stand below any heading."""
_LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True)
class Region:
    """A generated region: its marker lines, from 1, and the bytes strictly between them.

    `sum` is what the END marker says, `named` whether both markers say the name.
    """

    name: str
    begin: int
    end: int
    body: bytes
    sum: str | None
    named: bool = True


@dataclass(frozen=True)
class ManualSection:
    """A section that belongs to people: its marker lines, from 1."""

    begin: int
    end: int


@dataclass(frozen=True)
class Layout:
    """What was found in a document, in order."""

    regions: tuple[Region, ...]
    manual: tuple[ManualSection, ...]


def parse(text: bytes) -> Layout:
    """The regions and manual sections of a document; raises MarkupError with all its problems.

    Inside a merge conflict the pairs of markers cannot be judged, so they are not until it is resolved.
    """
    found = list(read_blocks(_decoded(text)))
    lines = text.splitlines(keepends=True)
    problems = [each for each in found if isinstance(each, Problem)]
    marks = [each for each in found if not isinstance(each, Problem)]
    conflicts = list(_conflicts_over([mark.line for mark in marks if isinstance(mark, Marker)], lines))
    pairs = _Pairs(lines)
    pairs.read(marks)
    problems += conflicts or pairs.problems
    if problems:
        raise MarkupError(problems)
    return Layout(tuple(pairs.regions), tuple(pairs.manual))


def _decoded(text: bytes) -> str:
    """The document as LF text, one line for each line of its bytes, without a byte order mark."""
    if len(text) > _LARGEST:
        raise MarkupError([problem(1, "too-large", f"{len(text)} bytes are more than the {_LARGEST} that we read")])
    try:
        return b"\n".join(text.removeprefix(BOM).splitlines()).decode()
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MarkupError([problem(line, "not-utf8", f"{error.reason} in the UTF-8 text")]) from None


_CONFLICT = re.compile(rb"(<{7}|={7}|>{7})(?:[ \t\r\n]|$)")


def _conflicts(lines: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """Merge conflicts by their first and last line: from `<<<<<<<` over `=======` to `>>>>>>>`."""
    waiting, first = b"<", 0
    for number, line in enumerate(lines, 1):
        match = _CONFLICT.match(line)
        sign = match[1][:1] if match else b""
        if sign == b"<":
            waiting, first = b"=", number
        elif sign == b"=" and waiting == b"=":
            waiting = b">"
        elif sign == b">" and waiting == b">":
            waiting = b"<"
            yield first, number


def _conflicts_over(markers: Sequence[int], lines: Sequence[bytes]) -> Iterator[Problem]:
    """The merge conflicts with a marker line in them; `markers` are line numbers in order."""
    for first, last in _conflicts(lines):
        inside = markers[bisect(markers, first) : bisect(markers, last)]
        if inside:
            message = f"a merge conflict, to line {last}, goes over the marker in line {inside[0]}"
            yield problem(first, "conflict-markers", message)


@dataclass
class _Pairs:
    """The markers read so far, from the top of a document: what is closed, what is open, what is wrong."""

    lines: Sequence[bytes]
    regions: list[Region] = field(default_factory=list[Region])
    manual: list[ManualSection] = field(default_factory=list[ManualSection])
    problems: list[Problem] = field(default_factory=list[Problem])
    open_regions: list[tuple[Marker, str]] = field(default_factory=list[tuple[Marker, str]])
    open_manual: Marker | None = None
    heading: str = ""
    first_lines: dict[str, int] = field(default_factory=dict[str, int])

    def read(self, marks: Iterable[Marker | Heading]) -> None:
        for mark in marks:
            if isinstance(mark, Heading):
                self.below(mark)
            else:
                self.obey(mark)
        for marker, _ in self.open_regions:
            self.refuse(marker, "unclosed-region", "the generated region has no END marker")
        if self.open_manual:
            self.refuse(self.open_manual, "unclosed-manual", "the manual section has no END marker")

    def obey(self, marker: Marker) -> None:
        match marker.kind:
            case Kind.BEGIN:
                self.begin(marker)
            case Kind.END:
                self.end(marker)
            case Kind.MANUAL:
                self.begin_manual(marker)
            case Kind.END_MANUAL:
                self.end_manual(marker)

    def refuse(self, marker: Marker, code: str, message: str) -> None:
        self.problems.append(problem(marker.line, code, message))

    def below(self, heading: Heading) -> None:
        # A heading inside a region is generated: the names of others must not hang on it.
        if not self.open_regions:
            title = heading.level == 1 and not self.heading
            self.heading = STATUS if title else heading.slug

    def begin(self, marker: Marker) -> None:
        name = marker.name or (FOOTER if marker.footer else self.heading)
        around = self.open_regions[-1][0] if self.open_regions else self.open_manual
        if around:
            self.refuse(marker, "nested-region", f"a region begins inside that of line {around.line}")
        if not name:
            self.refuse(marker, "unnamed-region", "the region has no name, and no heading above it gives one")
        elif name in self.first_lines:
            self.refuse(marker, "duplicate-region", f'"{name}" begins in line {self.first_lines[name]} already')
        self.first_lines.setdefault(name, marker.line)
        self.open_regions.append((marker, name))

    def end(self, marker: Marker) -> None:
        if not self.open_regions:
            self.refuse(marker, "orphan-end", "no generated region is open here")
            return
        begin, name = self.open_regions.pop()
        if name and marker.name not in (None, name):
            self.refuse(marker, "name-mismatch", f'the region of line {begin.line} is "{name}", not "{marker.name}"')
        body = b"".join(self.lines[begin.line : marker.line - 1])
        named = begin.name == marker.name == name
        self.regions.append(Region(name, begin.line, marker.line, body, marker.sum, named))

    def begin_manual(self, marker: Marker) -> None:
        if self.open_regions:
            line = self.open_regions[-1][0].line
            self.refuse(marker, "manual-in-generated", f"a manual section begins inside the region of line {line}")
        if self.open_manual:
            message = f"the manual section is open when the next one begins in line {marker.line}"
            self.refuse(self.open_manual, "unclosed-manual", message)
        self.open_manual = marker

    def end_manual(self, marker: Marker) -> None:
        if self.open_manual is None:
            self.refuse(marker, "orphan-manual-end", "no manual section is open here")
        else:
            self.manual.append(ManualSection(self.open_manual.line, marker.line))
        self.open_manual = None
