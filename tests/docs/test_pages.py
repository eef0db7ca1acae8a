"""Every command in the documentation does what its page says: each page is carried out, from top to bottom.

In a page, a fenced block `sh` is run by bash, in the directory of a fresh git repository; `sh exit=1` has to end with
1. A block with `file=PATH` in its info string is written to that file. `console` and other blocks are only shown: what
they do needs the network, or a service.
"""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from maturity.terminal.table import HEADINGS

HOME = Path(__file__).parent.parent.parent
EVERY_PAGE = sorted(path.relative_to(HOME) for path in (HOME / "docs").rglob("*.md"))
PAGES = [page for page in EVERY_PAGE if page.name in ("tutorial.md", "explanation.md")]
"""Those that begin with nothing. What the others say is done in the repository of the end-to-end tests."""

INHERITED = ("COVERAGE_", "DOIT", "GIT_", "GITHUB_", "HYPOTHESIS_", "MATURITY_", "PYTEST", "PYTHON")


@dataclass(frozen=True)
class Block:
    """A fenced block: where it begins, its language, and the other words of its info string."""

    line: int
    language: str
    options: dict[str, str]
    text: str


def blocks(page: Path) -> Iterator[Block]:
    for token in MarkdownIt("commonmark").parse(page.read_text("utf-8")):
        if token.type == "fence" and token.map:
            language, *words = token.info.split() or [""]
            options = dict(word.split("=", 1) for word in words if "=" in word)
            yield Block(token.map[0] + 1, language, options, token.content)


def carry_out(block: Block, where: Path) -> None:
    if "file" in block.options:
        path = where / block.options["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, "utf-8")
    elif block.language == "sh":
        environment = {name: text for name, text in os.environ.items() if not name.startswith(INHERITED)}
        environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
        words = ("bash", "-euo", "pipefail", "-c", block.text)
        ran = subprocess.run(words, cwd=where, env=environment, capture_output=True, text=True, timeout=300)
        assert ran.returncode == int(block.options.get("exit", "0")), f"line {block.line}:\n{ran.stdout}{ran.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_what_a_page_says_works(page: Path, tmp_path: Path) -> None:
    for words in (["init", "-q"], ["config", "user.name", "Reader"], ["config", "user.email", "reader@example.org"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    for block in blocks(HOME / page):
        carry_out(block, tmp_path)


def test_a_page_that_is_wrong_fails(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "```toml file=a/b.toml\nx = 1\n```\n\n```sh\ngrep -q 'x = 1' a/b.toml\n```\n\n```sh exit=3\nexit 4\n```\n"
    )
    first, second, third = blocks(page)
    carry_out(first, tmp_path)
    carry_out(second, tmp_path)
    with pytest.raises(AssertionError, match="line 9"):
        carry_out(third, tmp_path)


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*EVERY_PAGE, Path("README.md")]:
        for token in MarkdownIt("commonmark").parse((HOME / page).read_text("utf-8")):
            for child in token.children or ():
                target = str(child.attrGet("href") or "").partition("#")[0]
                if child.type == "link_open" and target and "://" not in target and not target.startswith("mailto:"):
                    assert (HOME / page).parent.joinpath(target).exists(), f"{page}: {target}"


def test_the_excerpt_in_the_readme_is_what_the_document_says() -> None:
    document = (HOME / "sample/carbon/MATURITY.md").read_text("utf-8")
    quoted = [line[2:] for line in (HOME / "README.md").read_text("utf-8").splitlines() if line.startswith("> - ")]
    assert len(quoted) > 8
    for line in quoted:
        assert line in document, line


def test_the_pictures_of_the_terminal_show_what_is_said_now() -> None:
    def shown(name: str) -> str:
        drawn = (HOME / "docs/images" / name).read_text("utf-8")
        return html.unescape(" ".join(re.findall(r"<text[^>]*>(.*?)</text>", drawn))).replace("\xa0", " ")

    assert re.search(r" +".join(HEADINGS), shown("run.svg"))
    explained = shown("explain.svg")
    for words in ("forecast: Development", "Development → Staging: ", "Enough for Staging", "Records", "; because: "):
        assert words in explained
