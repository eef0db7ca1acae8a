"""What is planted for the tools, and what is made of their answers."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping

import pytest

from maturity.collectors import BUILT_IN
from maturity.doctor import planted as doctor
from maturity.doctor.planted import CODE, LINT, SECURITY, SOURCE, TYPES, WANTED, Check, State, exit_code, judge, line_of
from maturity.metrics import CoverageMetrics, LintingMetrics, TestMetrics
from maturity.model import Facts, Failure, Finding


def test_what_is_planted_is_where_it_is_said_to_be() -> None:
    lines = CODE.splitlines()
    for text in (LINT, SECURITY, TYPES):
        assert lines[line_of(text) - 1] == text
    for path, text in doctor.FILES.items():
        if path.endswith(".py"):
            ast.parse(text)


def test_there_is_something_for_every_collector_of_ours() -> None:
    assert set(WANTED) == {collector.name for collector in BUILT_IN}
    for collector in BUILT_IN:
        assert collector.applies(doctor.COMPONENT)
    assert set(doctor.COMPONENT.files) <= set(doctor.FILES)
    assert {*doctor.COMPONENT.tests, *doctor.COMPONENT.integration_tests} <= set(doctor.FILES)


def finding(line: int, path: str = SOURCE) -> Facts:
    return Facts((SOURCE,), {"linting": LintingMetrics(1)}, findings=(Finding(path, line, "X1", "error", "is wrong"),))


@pytest.mark.parametrize(("collector", "text"), [("ruff", LINT), ("pyright", TYPES), ("bandit", SECURITY)])
def test_a_finding_counts_in_the_line_where_it_is_planted(collector: str, text: str) -> None:
    line = line_of(text)
    check = judge(collector, "tool 1.0", finding(line))
    assert check == Check(collector, State.WELL, f"tool 1.0; it found what is planted: X1 in planted.py:{line}")
    for other in (finding(line + 1), finding(line, "other.py"), Facts((SOURCE,), {}), Facts((), {})):
        check = judge(collector, "tool 1.0", other)
        assert check.state is State.BROKEN
        assert check.says == "tool 1.0; it did not find what is planted for it"


def test_what_was_found_instead_is_told() -> None:
    assert judge("ruff", "", finding(1)).log == "planted.py:1 X1 is wrong"
    assert judge("ruff", "", Facts((), {})).log == "it found nothing at all"


UNCOVERED = {SOURCE: (line_of(SECURITY), line_of(TYPES))}


def measured(prefix: str, tests: TestMetrics, missing: Mapping[str, tuple[int, ...]]) -> Facts:
    coverage = CoverageMetrics.of_counts((6, 8), (0, 0), missing)
    return Facts((SOURCE,), {f"{prefix}tests": tests, f"{prefix}coverage": coverage})


@pytest.mark.parametrize(("collector", "prefix"), [("pytest", ""), ("integration", "integration_")])
def test_a_test_run_finds_one_failed_test_and_two_lines(collector: str, prefix: str) -> None:
    right = TestMetrics(passed=1, failed=1, skipped=0, total=2)
    assert judge(collector, "", measured(prefix, right, UNCOVERED)).state is State.WELL
    for tests, missing in (
        (TestMetrics(passed=2, failed=0, skipped=0, total=2), UNCOVERED),
        (TestMetrics(passed=0, failed=1, skipped=0, total=1), UNCOVERED),
        (TestMetrics(passed=1, failed=1, skipped=1, total=3), UNCOVERED),
        (right, {}),
        (right, {SOURCE: (1, *UNCOVERED[SOURCE])}),
        (right, {"other.py": UNCOVERED[SOURCE]}),
    ):
        assert judge(collector, "", measured(prefix, tests, missing)).state is State.BROKEN
    assert judge(collector, "", Facts((SOURCE,), {f"{prefix}tests": right})).state is State.BROKEN
    assert judge(collector, "", measured("other_", right, UNCOVERED)).state is State.BROKEN


def test_a_failure_is_told_in_one_line_and_logged_in_full() -> None:
    check = judge("ruff", "ruff 1.0", Failure("cannot start\n$ ruff check", "more"))
    assert check == Check("ruff", State.BROKEN, "ruff 1.0: cannot start", "$ ruff check\nmore")


def test_a_collector_that_is_not_ours_has_only_to_answer() -> None:
    assert judge("mypy", "mypy 1.0", Facts((), {})) == Check("mypy", State.WELL, "mypy 1.0; it gives an answer")
    assert judge("mypy", "mypy 1.0", Failure("broken")).state is State.BROKEN


def test_a_line_says_in_words_what_came_of_it() -> None:
    assert str(Check("git", State.WELL, "version 2")) == "✅ ok      git: version 2"
    assert str(Check("git", State.BROKEN, "gone")) == "❌ broken  git: gone"
    assert str(Check("git", State.MISCONFIGURED, "x")) == "❌ wrong   git: x"
    assert str(Check("git", State.NOTE, "x")) == "❕ note    git: x"


@pytest.mark.parametrize(
    ("states", "code"),
    [
        ([], 0),
        ([State.WELL, State.NOTE], 0),
        ([State.WELL, State.BROKEN], 2),
        ([State.BROKEN, State.MISCONFIGURED, State.WELL], 4),
    ],
)
def test_the_exit_code_is_that_of_the_worst(states: list[State], code: int) -> None:
    assert exit_code(Check("x", state, "") for state in states) == code


def test_the_planted_code_runs() -> None:
    program = f"{CODE}\nassert half(4) == 2 and half(-1) == 'none'"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
