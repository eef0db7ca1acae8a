"""What the tab key completes, asked by a real shell; nothing is collected for it."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout

BIN = Path(sys.executable).parent
ASK = """
eval "$(maturity completion bash)"
COMP_LINE={line} COMP_POINT={point} COMP_TYPE=9 COMP_KEY=9
_python_argcomplete maturity
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


def offered(shop: Checkout, line: str) -> set[str]:
    """What bash offers at the end of a line."""
    script = ASK.format(line=shlex.quote(line), point=len(line))
    ran = shop.start("bash", "--noprofile", "--norc", "-c", script)
    assert ran.exit_code == 0, ran
    assert ran.collected == set()
    return {word.strip() for word in ran.stdout.splitlines() if word.strip()}


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("maturity --component ", {"billing", "carbon", "store", "young"}),
        ("maturity --component carbon --component s", {"store"}),
        ("maturity adopt st", {"store"}),
        ("maturity --val", {"--validate"}),
        ("maturity list --format j", {"json", "junit"}),
        ("maturity ado", {"adopt"}),
        ("maturity adopt nothing", set()),
    ],
)
def test_what_is_offered(shop: Checkout, line: str, words: set[str]) -> None:
    assert offered(shop, line) == words


def test_a_component_that_nothing_was_collected_of(shop: Checkout) -> None:
    shop.write("src/components/fresh.py", "")
    assert offered(shop, "maturity --component f") == {"fresh"}


def test_without_components_nothing_is_offered(empty: Checkout) -> None:
    assert offered(empty, "maturity --component ") == set()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_there_is_code_for_each_shell(capsys: pytest.CaptureFixture[str], shell: str) -> None:
    from maturity.cli import main

    assert main(["completion", shell]) == 0
    code = capsys.readouterr().out
    assert "_ARGCOMPLETE" in code
    assert "maturity" in code
