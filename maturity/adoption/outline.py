"""A hand-written document as blocks: headings, lines of paragraphs, list items and table rows, each with its lines.

CommonMark decides, with tables as on GitHub: in code, quotes, HTML and front matter there are no headings and no items.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

_NESTING = 100  # as the engine that reads markers
_LONGEST = 500
"""Characters of the longest line that can be a heading, field, criterion or row; a longer one is prose."""

_LEAVES = {"heading", "paragraph", "fence", "code_block", "html_block", "hr", "tr"}
_LISTS = {"bullet_list", "ordered_list"}


@dataclass(frozen=True)
class Unit:
    """What is replaced or kept as a whole: its own lines, from 1, and its text; units nested in it stand in `inner`.

    The text of a paragraph's line or a list item is on one line, None for an item that is more than one paragraph and
    for what is very long. `cells` are those of a table row.
    """

    lines: range
    text: str | None
    inner: tuple[Unit, ...] = ()
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A top-level block; `kind` is heading, paragraph, list, table, rule or other. `head` are a table's first lines."""

    kind: str
    lines: range
    units: tuple[Unit, ...] = ()
    level: int = 0
    text: str = ""
    head: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outline:
    """The blocks of a document, in order; `front` is the number of lines of its front matter.

    `nesting` says by line what is around it, outermost first: a line with another nesting means something else.
    """

    lines: Sequence[str]
    front: int
    blocks: tuple[Block, ...]
    nesting: Mapping[int, tuple[str, ...]]

    def line(self, number: int) -> str:
        """One line, by its number from 1."""
        return self.lines[number - 1]


def read_outline(lines: Sequence[str]) -> Outline:
    """The outline of a document; its lines have no line ends and no byte order mark."""
    front = front_matter(lines)
    text = "\n".join([*[""] * front, *lines[front:], ""])
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table").disable("inline")
    root = SyntaxTreeNode(parser.parse(text))
    nesting: dict[int, tuple[str, ...]] = dict.fromkeys(range(1, front + 1), ("front matter",))
    nesting |= {number: path for numbers, path in _leaves(root, ()) for number in numbers}
    return Outline(lines, front, tuple(_block(node, lines) for node in root.children), nesting)


def front_matter(lines: Sequence[str]) -> int:
    """How many lines of YAML open the document, as the engine that reads markers counts them."""
    if not lines or lines[0].rstrip(" \t") != "---" or not "".join(lines[1:2]).strip(" \t"):
        return 0
    ends = (number for number, line in enumerate(lines[1:], 2) if line.rstrip(" \t") in ("---", "..."))
    return next(ends, 0)


def _span(node: SyntaxTreeNode) -> range:
    first, end = node.map or (0, 0)
    return range(first + 1, end + 1)


def _leaves(node: SyntaxTreeNode, around: tuple[str, ...]) -> Iterator[tuple[range, tuple[str, ...]]]:
    for child in node.children:
        path = (*around, child.tag if child.type == "heading" else child.type)
        if child.type in _LEAVES:
            yield _span(child), path
        else:
            yield from _leaves(child, path)


def _block(node: SyntaxTreeNode, lines: Sequence[str]) -> Block:
    span = _span(node)
    if node.type == "heading":
        return Block("heading", span, level=int(node.tag[1:]), text=_text(node))
    if node.type == "paragraph":
        return Block("paragraph", span, tuple(_line(n, lines[n - 1].strip(" \t")) for n in span))
    if node.type in _LISTS:
        return Block("list", span, tuple(_item(child, lines) for child in node.children))
    if node.type == "table":
        first, *rows = [_row(row) for part in node.children for row in part.children]
        return Block("table", span, tuple(rows), head=first.cells)
    return Block("rule" if node.type == "hr" else "other", span)


def _line(number: int, text: str) -> Unit:
    return Unit(range(number, number + 1), text if len(text) <= _LONGEST else None)


def _text(node: SyntaxTreeNode) -> str:
    """The source of a heading, paragraph or cell, on one line; empty if it is very long."""
    text = " ".join(" ".join(child.content.split("\n")) for child in node.children).strip(" \t")
    return text if len(text) <= _LONGEST else ""


def _item(node: SyntaxTreeNode, lines: Sequence[str]) -> Unit:
    nested = [child for child in node.children if child.type in _LISTS]
    own = [child for child in node.children if child.type not in _LISTS]
    first = _span(node).start
    end = min((_span(child).start for child in nested), default=_span(node).stop)
    # A paragraph below a nested list is the outer item's own.
    end = max([end, *(_span(child).stop for child in own)])
    while end > first + 1 and not lines[end - 2].strip(" \t"):
        end -= 1
    paragraph = own[0] if [child.type for child in own] == ["paragraph"] else None
    simple = paragraph is not None and _span(paragraph).start == first and end <= _span(paragraph).stop
    inner = tuple(_item(child, lines) for part in nested for child in part.children)
    text = _text(paragraph) if paragraph is not None and simple else ""
    return Unit(range(first, end), text or None, inner)


def _row(node: SyntaxTreeNode) -> Unit:
    cells = tuple(_text(cell) for cell in node.children)
    return Unit(_span(node), " | ".join(cells), cells=cells)
