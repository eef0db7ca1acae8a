"""Every command in the reference, and in the page about reports, runs as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maturity.cli import main
from maturity.reports.formats import FORMATS

if TYPE_CHECKING:
    from conftest import Checkout

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("reference/output.md", "how-to/reports.md")
BIN = Path(sys.executable).parent
CARBON = "src/components/carbon/MATURITY.md"
STORE = "src/components/store/MATURITY.md"
BY_HAND = "# Carbon\n\n**Current Stage**: Staging\n\n## Test Coverage\n\nAbout 73 %\n"


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


def test_every_command_of_the_reference_runs(shop: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.chdir(shop.root)
    before: dict[str, Callable[[], object]] = {
        "maturity --component store --create --dry-run": lambda: shop.path(STORE).unlink(),
        "maturity --all --dry-run": lambda: shop.git("checkout", "--quiet", STORE),
        "maturity adopt carbon": lambda: shop.write(CARBON, BY_HAND),
        "maturity inspect carbon": lambda: shop.git("checkout", "--quiet", CARBON),
    }
    text = (DOCS / "reference/commands.md").read_text("utf-8")
    lines = [line for block in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S) for line in block.splitlines()]
    assert len(lines) >= 30
    for line in lines:
        before.pop(line, lambda: None)()
        words = shlex.split(line)
        if words[0] == "maturity" and words[1] not in ("doctor", "init") and not words[1].startswith("--"):
            assert main(words[1:]) == 0, line
            continue
        ran = shop.start("bash", "-euo", "pipefail", "-c", line)
        assert ran.exit_code == 0, (line, ran)
    assert not before, "the page has these no more"
    assert "region=status" in shop.read(CARBON)
    assert shop.path("dodo.py").exists()


def test_every_format_has_a_section() -> None:
    text = (DOCS / "reference/output.md").read_text("utf-8")
    assert set(re.findall(r"^## (\w+)$", text, re.MULTILINE)) >= FORMATS.keys()
