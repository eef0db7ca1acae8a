"""The new document from the old one's bytes, and the proof that what is kept is kept and means the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from maturity.adoption.outline import Outline, read_outline
from maturity.markdown.regions import BOM


@dataclass
class _Lines:
    """The lines of the new document so far; `origins` are the old numbers of those that were kept, else 0."""

    lines: list[bytes] = field(default_factory=list[bytes])
    origins: list[int] = field(default_factory=list[int])

    def add(self, line: bytes, origin: int, line_end: bytes) -> None:
        """Put a line below the others, which then all have line ends."""
        if self.lines and not self.lines[-1].endswith((b"\n", b"\r")):
            self.lines[-1] += line_end
        if self.lines and self.lines[-1].endswith(b"\r") and line.startswith(b"\n"):
            # Together they would be one line end, and a line fewer.
            self.lines.append(b"\r\n")
            self.origins.append(0)
        self.lines.append(line)
        self.origins.append(origin)

    @property
    def open_paragraph(self) -> bool:
        """Whether the last line is not blank."""
        return bool(self.lines) and bool(self.lines[-1].strip(b" \t\r\n"))


def rebuild(
    text: bytes, outline: Outline, replaced: Set[int], inserted: Mapping[int, Sequence[str]]
) -> tuple[bytes, list[int]]:
    """The document without the replaced lines and with the inserted ones, and the old number of each new line.

    Blank lines come in around what is inserted and between blocks that were apart; those that a replaced line leaves
    doubled go with it.
    """
    old = text.removeprefix(BOM).splitlines(keepends=True)
    block_of = {number: block for block in outline.blocks for number in block.lines}
    new = _Lines()
    cut = fresh = False
    for number in range(1, len(old) + 2):
        line_end = _line_end(old, number)
        if number in inserted:
            if new.open_paragraph:
                new.add(line_end, 0, line_end)
            for line in inserted[number]:
                new.add(line.encode() + line_end, 0, line_end)
            fresh = True
        if number > len(old):
            break
        line = old[number - 1]
        if number in replaced:
            cut = True
        elif not line.strip(b" \t\r\n"):
            if not cut or new.open_paragraph:
                new.add(line, number, line_end)
                fresh = False
        else:
            apart = cut and not line.lstrip().startswith((b"- ", b"* ", b"+ "))  # a bullet needs no blank line above
            apart = apart and block_of.get(number) is not block_of.get(_last(new.origins))
            if new.open_paragraph and (fresh or apart):
                new.add(line_end, 0, line_end)
            new.add(line, number, line_end)
            cut = fresh = False
    mark = BOM if text.startswith(BOM) else b""
    return mark + b"".join(new.lines), new.origins


def _last(origins: Sequence[int]) -> int:
    return origins[-1] if origins else 0


def _line_end(lines: Sequence[bytes], number: int) -> bytes:
    """How a line that comes in before this one ends: as the line above it, else as the first line does."""
    for line in (*lines[max(0, number - 2) : number], *lines[:1]):
        end = line[len(line.rstrip(b"\r\n")) :]
        if end:
            return end
    return b"\n"


def changed_meaning(outline: Outline, after: bytes, origins: Sequence[int]) -> list[int]:
    """The old numbers of lines that were kept, but are another kind of block now."""
    lines = after.removeprefix(BOM).splitlines()
    if len(lines) != len(origins):
        return [1]
    nesting = read_outline([line.decode() for line in lines]).nesting
    kept = [(old, new) for new, old in enumerate(origins, 1) if old and outline.line(old).strip(" \t")]
    return [old for old, new in kept if outline.nesting.get(old) != nesting.get(new)]
