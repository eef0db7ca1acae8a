from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.collectors.base import Request
from maturity.collectors.pytestreport import Collected, Crash, Phase, Report, Test, clean, findings

REQUEST = Request((), "/repo", "/scratch", ("python",))
PASSED, FAILED, SKIPPED, RERUN = (Phase(outcome) for outcome in ("passed", "failed", "skipped", "rerun"))


def report(*tests: Test, folder: str = ".", failed: frozenset[str] = frozenset()) -> Report:
    return Report(len(tests), failed, folder, tests, ())


@pytest.mark.parametrize(
    ("test", "outcome"),
    [
        (Test("t", "passed", 0, PASSED, PASSED, PASSED), "passed"),
        (Test("t", "failed", 0, PASSED, FAILED, PASSED), "failed"),
        (Test("t", "error", 0, FAILED, None, PASSED), "error"),
        (Test("t", "error", 0, PASSED, PASSED, FAILED), "error"),
        (Test("t", "error", 0, PASSED, FAILED, FAILED), "failed"),
        (Test("t", "skipped", 0, SKIPPED, None, PASSED), "skipped"),
        (Test("t", "skipped", 0, PASSED, SKIPPED, PASSED), "skipped"),
        (Test("t", "skipped", 0, PASSED, FAILED, SKIPPED), "failed"),
        (Test("t", "skipped", 0, PASSED, PASSED, SKIPPED), "passed"),
        (Test("t", "xfailed", 0, PASSED, SKIPPED, PASSED), "xfailed"),
        (Test("t", "xpassed", 0, PASSED, PASSED, PASSED), "xpassed"),
        (Test("t", "xfailed", 0, PASSED, SKIPPED, FAILED), "error"),
        (Test("t", "rerun", 0, PASSED, PASSED, PASSED), "passed"),
        (Test("t", "rerun", 0, PASSED, RERUN), "failed"),
        (Test("t", "rerun", 0, RERUN), "error"),
        (Test("t", "subtests passed", 0, PASSED, PASSED, PASSED), "passed"),
        (Test("t", "passed", 0, PASSED, None, PASSED), "not run"),
        (Test("t", "passed", 0, PASSED), "not run"),
    ],
)
def test_the_outcome_of_a_test_is_that_of_all_its_phases(test: Test, outcome: str) -> None:
    assert report(test).outcome(test) == outcome


def test_a_failed_subtest_that_the_report_has_lost() -> None:
    test = Test("t", "subtests passed", 0, PASSED, PASSED, PASSED)
    assert report(test, failed=frozenset({"t"})).outcome(test) == "failed"


def test_a_module_that_skips_itself() -> None:
    skipped = Report(0, frozenset(), ".", (), (Collected("", "passed"), Collected("t.py", "skipped", "reason")))
    assert skipped.modules_skipped == 1
    assert skipped.broken == ()


@pytest.mark.parametrize(
    ("folder", "nodeid", "path"),
    [
        (".", "tests/test_a.py::T::test[a::b]", "tests/test_a.py"),
        ("packages/x", "tests/test_a.py::test", "packages/x/tests/test_a.py"),
        ("..", "repo/tests/test_a.py::test", "tests/test_a.py"),
        ("../..", "src/repo/tests/test_a.py::test", "tests/test_a.py"),
        (".", "", "."),
    ],
)
def test_paths_are_as_the_repository_names_them(folder: str, nodeid: str, path: str) -> None:
    (finding,) = findings(report(Test(nodeid, "failed", 4, PASSED, FAILED), folder=folder), REQUEST)
    assert (finding.path, finding.line) == (path, 5)


@pytest.mark.parametrize(
    ("crash", "line"),
    [("/repo/tests/test_a.py", 9), ("tests/test_a.py", 9), ("/repo/src/a.py", 5), ("/repo/other_tests/test_a.py", 5)],
)
def test_the_line_is_that_of_the_crash_if_it_is_in_the_test(crash: str, line: int) -> None:
    failed = Phase("failed", Crash(crash, 9, "AssertionError\nmore"))
    (finding,) = findings(report(Test("tests/test_a.py::test", "failed", 4, PASSED, failed)), REQUEST)
    assert finding.line == line
    assert finding.message == "tests/test_a.py::test: AssertionError"


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<Meter object at 0x7f3a5c0b1d90>", "<Meter object at 0x…>"),
        ("assert 0xFF == 0x10", "assert 0xFF == 0x10"),
        ("No such file: '/repo/src/a.csv'", "No such file: 'src/a.csv'"),
        ("No such file: '/tmp/pytest-of-me/pytest-3/x0/a.csv'", "No such file: '…/a.csv'"),
        ("from 'json' (/usr/lib/python3.11/json/__init__.py)", "from 'json' (…/__init__.py)"),
        ("https://example.org/a/b and a/b/c and 1/2", "https://example.org/a/b and a/b/c and 1/2"),
        ("two\n  lines", "two lines"),
    ],
)
def test_what_differs_between_machines_is_left_out(text: str, cleaned: str) -> None:
    assert clean(text, REQUEST) == cleaned


@given(st.text(st.sampled_from("/repabx0f. :'…~\n"), max_size=30))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text, REQUEST)
    assert clean(once, REQUEST) == once
    assert "/repo/" not in once
