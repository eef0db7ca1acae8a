"""`maturity doctor` with the real tools: each finds what is planted for it, and one that finds nothing is broken."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Checkout

SILENT = """
import sys
print("silent 1.0" if "--version" in sys.argv else "[]")
"""


def checks(printed: str) -> dict[str, tuple[str, str]]:
    """Subject → the word and what is said."""
    found = re.findall(r"^[✅❕❌] (\w+) +(\w+): (.+)$", printed, re.MULTILINE)
    return {subject: (word, said) for word, subject, said in found}


def test_every_tool_finds_what_is_planted(shop: Checkout) -> None:
    # What surrounds the planted files must not matter: this would hide all of it.
    shop.append(
        "pyproject.toml", '\nexclude = ["*"]\n[tool.bandit]\nskips = ["B602"]\n[tool.pyright]\nexclude = ["**"]\n'
    )
    before = shop.files(".", ".doit.db")
    ran = shop.maturity("doctor", below="src")
    assert ran.exit_code == 0, ran
    said = checks(ran.stdout)
    assert {subject for subject, (word, _) in said.items() if word == "ok"} == set(said)
    assert re.match(r"ruff \S+; it found what is planted: F401 in planted\.py:3$", said["ruff"][1])
    assert re.match(r"pyright \S+; it found what is planted: reportReturnType in planted\.py:15$", said["pyright"][1])
    assert re.match(r"bandit \S+; it found what is planted: B602 in planted\.py:9$", said["bandit"][1])
    for collector in ("pytest", "integration"):
        versions = r"pytest \S+, coverage \S+, pytest-json-report \S+"
        assert re.match(
            rf"{versions}; it found what is planted: 1 test of 2 that fails, lines 9 and ", said[collector][1]
        )
    assert re.match(r"\d+ records$", said["cache"][1])
    assert ran.stderr == ""
    assert shop.files(".", ".doit.db") == before


def test_a_tool_that_finds_nothing_or_is_missing_is_broken(shop: Checkout) -> None:
    shop.write("tools/silent.py", SILENT)
    silent = json.dumps([sys.executable, "tools/silent.py"])
    for tool, command in (("ruff", silent), ("pytest", '["/nowhere/pytest"]')):
        shop.append("pyproject.toml", f"\n[tool.maturity.tool.{tool}]\ncommand = {command}\n")
    ran = shop.maturity("doctor")
    assert ran.exit_code == 2, ran
    said = checks(ran.stdout)
    assert {subject for subject, (word, _) in said.items() if word == "broken"} == {"ruff", "pytest", "integration"}
    assert said["ruff"][1] == "silent 1.0; it did not find what is planted for it"
    assert said["pytest"][1].endswith(": cannot start /nowhere/python: No such file or directory")
    assert "$ /nowhere/python " in ran.stderr
    assert "3 of 10 checks failed" in ran.stdout
