"""What `maturity doctor` plants for each tool to find, and what it makes of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from maturity.metrics import CoverageMetrics, TestMetrics
from maturity.model import Component, Facts, Failure

FORM = "maturity-diagnosis"
FORMAT = 1
"""The version of the JSON form; it changes when a key changes its meaning or goes, not when one is added."""

SOURCE, TEST, INTEGRATION = "planted.py", "test_planted.py", "integration/test_planted.py"

LINT = "import os"
SECURITY = "    return subprocess.call(words, shell=True)"
TYPES = '        return "none"'
CODE = f'''"""Planted by maturity doctor: one finding for each tool."""

{LINT}
import subprocess


def start(words: str) -> int:
    """A security issue, and a line that no test reaches."""
{SECURITY}


def half(number: int) -> int:
    """A type error, and another line that no test reaches."""
    if number < 0:
{TYPES}
    return number // 2
'''
TESTS = """from planted import half


def test_that_passes():
    assert half(4) == 2


def test_that_fails():
    assert half(4) == 3
"""
FILES: Mapping[str, str] = {
    SOURCE: CODE,
    TEST: TESTS,
    INTEGRATION: TESTS,
    # The nearest configuration counts: with these the repository around does not.
    "ruff.toml": "",
    "pytest.ini": "[pytest]\npythonpath = .\n",
    "pyrightconfig.json": "{}\n",
    ".coveragerc": "[run]\n",
}
"""A small repository with one component."""

COMPONENT = Component("planted", (SOURCE,), "planted.MATURITY.md", (), (TEST,), (INTEGRATION,))


class State(Enum):
    """What came of a check; the value is the word for it."""

    WELL = "ok"
    NOTE = "note"
    BROKEN = "broken"
    MISCONFIGURED = "wrong"


SIGNS = {State.WELL: "✅", State.NOTE: "❕", State.BROKEN: "❌", State.MISCONFIGURED: "❌"}
EXIT_CODES = {State.WELL: 0, State.NOTE: 0, State.BROKEN: 2, State.MISCONFIGURED: 4}


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `log` has what a broken tool did, in full."""

    subject: str
    state: State
    says: str
    log: str = ""

    def __str__(self) -> str:
        return f"{SIGNS[self.state]} {self.state.value:6}  {self.subject}: {self.says}"


def exit_code(checks: Iterable[Check]) -> int:
    """The exit code for some checks: 4 for the configuration, 2 for a broken tool, else 0."""
    return max((EXIT_CODES[check.state] for check in checks), default=0)


def as_json(checks: Sequence[Check]) -> str:
    """The checks for programs, in the form of `maturity/schemas/diagnosis.schema.json`."""
    said = [{"subject": each.subject, "state": each.state.value, "says": each.says, "log": each.log} for each in checks]
    return json.dumps({"form": FORM, "format": FORMAT, "checks": said}, indent=2) + "\n"


def line_of(text: str) -> int:
    """The number of a planted line."""
    return CODE[: CODE.index(f"\n{text}\n")].count("\n") + 2


def violation(facts: Facts) -> str:
    """Whether a linter found the unused import."""
    return found(facts, line_of(LINT))


def type_error(facts: Facts) -> str:
    """Whether a type checker found the text where a number should be."""
    return found(facts, line_of(TYPES))


def insecure_call(facts: Facts) -> str:
    """Whether a security linter found the shell."""
    return found(facts, line_of(SECURITY))


def found(facts: Facts, line: int) -> str:
    """The finding in a planted line, in words; "" if there is none."""
    rules = [finding.rule for finding in facts.findings if (finding.path, finding.line) == (SOURCE, line)]
    return f"{', '.join(rules)} in {SOURCE}:{line}" if rules else ""


def test_run(prefix: str) -> Callable[[Facts], str]:
    """Looks whether the failing test and the uncovered lines were found, and the passing and covered ones were not."""

    def judge(facts: Facts) -> str:
        tests, coverage = facts.metrics.get(f"{prefix}tests"), facts.metrics.get(f"{prefix}coverage")
        if not isinstance(tests, TestMetrics) or (tests.passed, tests.failed, tests.total) != (1, 1, 2):
            return ""
        uncovered = (line_of(SECURITY), line_of(TYPES))
        if not isinstance(coverage, CoverageMetrics) or coverage.missing_lines.get(SOURCE) != uncovered:
            return ""
        return f"1 test of 2 that fails, lines {uncovered[0]} and {uncovered[1]} of {SOURCE} that no test reaches"

    return judge


WANTED: Mapping[str, Callable[[Facts], str]] = {
    "pytest": test_run(""),
    "integration": test_run("integration_"),
    "ruff": violation,
    "pyright": type_error,
    "bandit": insecure_call,
}
"""For each collector of ours, what it found of what is planted for it; "" if it did not find it."""


def judge(collector: str, version: str, answer: Facts | Failure) -> Check:
    """What a collector made of the planted component; of a collector that is not ours, only whether it answers."""
    if isinstance(answer, Failure):
        reason, _, log = answer.reason.partition("\n")
        return Check(collector, State.BROKEN, f"{version}: {reason}", "\n".join(filter(None, (log, answer.log))))
    if collector not in WANTED:
        return Check(collector, State.WELL, f"{version}; it gives an answer")
    if seen := WANTED[collector](answer):
        return Check(collector, State.WELL, f"{version}; it found what is planted: {seen}")
    said = [f"{finding.path}:{finding.line} {finding.rule} {finding.message}" for finding in answer.findings]
    shown = "\n".join(said or ["it found nothing at all"])
    return Check(collector, State.BROKEN, f"{version}; it did not find what is planted for it", shown)
