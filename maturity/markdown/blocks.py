"""Where markers stand among a document's blocks: obeyed at top level, text in code, a problem anywhere else.

CommonMark decides. A comment alone on a top-level line is an `html_block` token of one line (HTML block type 2
begins with `<!--`, ends on the line with `-->`, and interrupts a paragraph).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from maturity.markdown.markers import Marker, Problem, problem, recognise, sightings

# Lists are two levels each, quotes one. The default of 20 drops the rest of a document silently; each level costs
# Python frames and time, so it stays finite, and a marker in what is dropped is a problem.
_NESTING = 100
_LEAVES = {"html_block", "fence", "code_block", "inline"}
_NOISE = re.compile(r"<[^<>]*>|\]\([^()]*\)")


@dataclass(frozen=True)
class Heading:
    """A top-level heading: its line from 1, its text as a name, and its level from 1."""

    line: int
    slug: str
    level: int


def read_blocks(text: str) -> Iterator[Marker | Heading | Problem]:
    """Everything of interest in LF text; every marker-looking line is obeyed, plainly text, or a problem.

    Markers and headings come in the order of their lines, problems do not.
    """
    lines = text.split("\n")
    first = _front_matter(lines)
    lines[:first] = [""] * first
    text = "\n".join([*lines, ""])
    unowned = set(sightings(text))
    for before, leaf in pairwise(_blocks(text)):
        if leaf.type in _LEAVES:
            here = [line for line in _span(leaf) if line in unowned]
            unowned.difference_update(here)
            yield from _in_leaf(leaf, here, lines)
            if before.type == "heading_open" and before.level == 0:
                yield Heading(_span(leaf).start, slug(leaf.content), int(before.tag[1:]))
    for line in unowned:
        yield problem(line, "hidden-marker", "the marker is in a link definition, or lists or quotes nest too deep")


def slug(heading: str) -> str:
    """A heading as a name: lower case, words joined by "-", without comments, tags and link targets."""
    return "-".join(re.findall(r"[^\W_]+", _NOISE.sub(" ", heading).lower()))


def _blocks(text: str) -> list[Token]:
    """The block tokens, after a token of ours, so that each has a predecessor."""
    # A parser for each use: it compiles its rules when first used, which is not safe between threads.
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).disable("inline")
    return [Token("start", "", 0), *parser.parse(text)]


def _front_matter(lines: Sequence[str]) -> int:
    """How many lines of YAML open the document; dashes above a blank line are a rule, as for Pandoc."""
    if lines[0].rstrip(" \t") != "---" or not "".join(lines[1:2]).strip(" \t"):
        return 0
    ends = (number for number, line in enumerate(lines[1:], 2) if line.rstrip(" \t") in ("---", "..."))
    return next(ends, 0)


def _span(token: Token) -> range:
    """The lines of a leaf token, from 1."""
    first, end = token.map or (0, 0)
    return range(first + 1, end + 1)


def _in_leaf(leaf: Token, here: Sequence[int], lines: Sequence[str]) -> Iterator[Marker | Problem]:
    """What the marker-looking lines `here` of a leaf are."""
    if leaf.type == "fence" and _is_open(leaf):
        message = f"the marker is in the code fence that opens in line {_span(leaf).start} and is never closed"
        yield from (problem(line, "marker-in-open-fence", message) for line in here)
    elif leaf.type == "html_block":
        yield from (_in_html(leaf, line, lines) for line in here)
    elif leaf.type == "inline" and here:
        yield from (_in_text(leaf, line) for line in _outside_code(leaf, here))


def _is_open(fence: Token) -> bool:
    """Whether a fence has no closing line: its lines are then its text and the opening line alone."""
    return len(_span(fence)) < fence.content.count("\n") + 2


def _in_html(block: Token, line: int, lines: Sequence[str]) -> Marker | Problem:
    span = _span(block)
    if block.level > 0:
        return problem(line, "marker-in-container", "the marker is inside a list or quote")
    if len(span) > 1:
        return problem(line, "marker-in-html", f"the marker is inside HTML that goes from line {span[0]} to {span[-1]}")
    return recognise(lines[line - 1], line)


def _in_text(leaf: Token, line: int) -> Problem:
    # A paragraph or heading is one level itself.
    if leaf.level > 1:
        return problem(line, "marker-in-container", "the marker is inside a list or quote")
    return problem(line, "hidden-marker", "the marker is inside a paragraph, table or heading")


def _outside_code(leaf: Token, here: Sequence[int]) -> Sequence[int]:
    """The lines of `here` with a sighting outside code spans; all of them if the spans cannot be told apart."""
    seen = [_span(leaf).start + line - 1 for line in sightings(leaf.content)]
    parser, children = MarkdownIt("commonmark"), list[Token]()
    parser.inline.parse(leaf.content, parser, {}, children)
    in_code = [child.type == "code_inline" for child in children for _ in sightings(child.content)]
    if len(in_code) != len(seen):
        return here
    exposed = {line for line, code in zip(seen, in_code, strict=True) if not code}
    return [line for line in here if line in exposed]
