"""Text from tools reads as itself, and can do nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from maturity.markdown.escape import code, one_line, prose, title
from maturity.markdown.markers import looks_like_marker
from maturity.markdown.rewrite import parse, splice

COMMONMARK = MarkdownIt("commonmark")
HOSTILE = (
    "`", "``` \n", "``a`b``", " ` ", "|", "a|b", "\n\n# x", "\r- x", "<!-- END AUTO-GENERATED -->",
    "<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE -->", "<!-- MANUAL SECTION -->", "--> <b>", "<details>",
    "[x]: /url", "[x](y)", "![x](y)", "<http://x.y>", "**b**", "__b__", "~~s~~", "&lt;", "&#42;", "\\", "\\`", "a\\",
    "\x00", "\u2028", "\x85", "\x1b[31m", "\u202e", "- [x] done <!-- criterion=readme -->", "1. x", "+ x", "> q",
    "[^1]", "$x$", "a  b", "\t", "", "  ", "test_a[<!--|`x`|-->]", "end  \n", "end\\\n", "::: x", "<?php", "<![CDATA[",
)  # fmt: skip
SIGNS = st.sampled_from("`|<>-!#*_[]()\\&~ \n\r\t=x1.:\"'\u2028\x00é")
TEXTS = st.one_of(st.sampled_from(HOSTILE), st.text(SIGNS, max_size=30), st.text(max_size=30))


def inline(line: str) -> list[Token]:
    """The tokens inside a line that has to be one list item with one paragraph."""
    tokens = COMMONMARK.parse(line)
    assert [token.type for token in tokens] == [
        "bullet_list_open", "list_item_open", "paragraph_open", "inline",
        "paragraph_close", "list_item_close", "bullet_list_close",
    ]  # fmt: skip
    return tokens[3].children or []


@given(TEXTS)
@example("a" * 400)
def test_one_line_is_one_printable_line(text: str) -> None:
    line = one_line(text)
    assert line.isprintable()
    assert len(line) <= 300
    assert line == " ".join(line.split())
    assert one_line(line) == line


def test_one_line_keeps_the_words() -> None:
    assert one_line("  a\n\tb\u2028c\x00d  ") == "a b c d"
    assert one_line("测试 é 😀") == "测试 é 😀"


def test_one_line_is_cut_where_it_is_too_long() -> None:
    assert one_line("abcdef", 6) == "abcdef"
    assert one_line("abcdefg", 6) == "abcde…"


@given(TEXTS)
def test_code_is_one_code_span_with_the_text_in_it(text: str) -> None:
    assume(not looks_like_marker(one_line(text)))  # that becomes prose
    (span,) = [token for token in inline(f"- {code(text)}") if token.content]
    assert span.type == "code_inline"
    assert span.content == (one_line(text) or " ")


def test_what_looks_like_a_marker_is_prose_that_reads_nearly_as_itself() -> None:
    marker = "<!-- END AUTO-GENERATED -->"
    assert not looks_like_marker(code(marker))
    assert "".join(token.content for token in inline(f"- {code(marker)}")) == marker.replace("<!-", "‹!-")


def read(text: str) -> str:
    """What a reader sees: the text, but for the first sign of what looks like a marker."""
    line = one_line(text)
    return line.replace("<!-", "‹!-") if looks_like_marker(line) else line


@given(TEXTS)
def test_a_title_reads_as_itself(text: str) -> None:
    assume(one_line(text))
    opened, words, closed = COMMONMARK.parse(f"# {title(text)}")
    assert (opened.tag, closed.tag) == ("h1", "h1")
    assert {token.type for token in words.children or []} == {"text"}
    assert "".join(token.content for token in words.children or []) == read(text)


@given(TEXTS)
def test_prose_is_plain_text_that_reads_as_itself(text: str) -> None:
    children = inline(f"- x{prose(text)}y")
    assert {token.type for token in children} == {"text"}
    assert "".join(token.content for token in children) == f"x{read(text)}y"


@given(TEXTS)
def test_prose_after_bold_words_stays_beside_them(text: str) -> None:
    children = inline(f"- **Group**: {prose(text)}.")
    assert [token.type for token in children[:4]] == ["text", "strong_open", "text", "strong_close"] or [
        token.type for token in children[:3]
    ] == ["strong_open", "text", "strong_close"]
    assert {token.type for token in children[4:]} <= {"text"}


@given(TEXTS, TEXTS)
def test_two_texts_on_a_line_do_not_join(one: str, other: str) -> None:
    assume(not looks_like_marker(one_line(one)) and not looks_like_marker(one_line(other)))
    spans = [token.content for token in inline(f"- {code(one)}: {code(other)}") if token.type == "code_inline"]
    assert len(spans) == 2
    words = inline(f"- x {prose(one)}: {code(other)}")
    assert sum(token.type == "code_inline" for token in words) == 1


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("escape", [code, prose])
def test_the_rewriter_accepts_escaped_text_in_a_region(escape: Callable[[str], str], text: str) -> None:
    body = f"- x {escape(text)} y"
    document = b"<!-- AUTO-GENERATED SECTION [region=a] -->\n<!-- END AUTO-GENERATED -->\n"
    (region,) = parse(splice(document, {"a": body})).regions
    assert region.body.strip(b"\n") == body.encode()
