"""Every command in the pages about output runs as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maturity.cli import main
from maturity.formats import FORMATS

if TYPE_CHECKING:
    from conftest import Checkout

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("reference/output.md", "how-to/reports.md")


def commands(text: str) -> list[str]:
    """The `maturity …` lines of fenced blocks and of steps, and the code spans that are whole commands with options."""
    lines = re.findall(r"^(?:- run: |    - |)(maturity .+)$", text, re.MULTILINE)
    spans = re.findall(r"`(maturity [^`]*--[^`]+)`", text)
    return [*lines, *(span for span in spans if not re.search(r"NAME|REF", span))]


def test_every_command_runs(shop: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    found = list(dict.fromkeys(command for page in PAGES for command in commands((DOCS / page).read_text("utf-8"))))
    assert len(found) >= 12
    monkeypatch.chdir(shop.root)
    for command in found:
        words = command.split()[1:]
        # What only shows is run in this process: starting one for each takes most of the time.
        code = shop.maturity(*words).exit_code if words[0].startswith("--") else main(words)
        assert code == 0, command
    for written in ("maturity.json", "maturity.sarif", "maturity.xml", "carbon.svg", "badges/young.svg"):
        assert shop.path(written).stat().st_size


def test_every_format_has_a_section() -> None:
    text = (DOCS / "reference/output.md").read_text("utf-8")
    assert set(re.findall(r"^## (\w+)$", text, re.MULTILINE)) >= FORMATS.keys()
