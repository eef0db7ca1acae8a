from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from maturity.collectors.base import Request
from maturity.collectors.divide import Scan, counts, divide
from maturity.errors import CollectorFailure
from maturity.metrics import SecurityMetrics
from maturity.model import Component, Facts, Failure, Finding

ONE = Component("one", ("one/a.py",), "one/MATURITY.md", inner_tests=("one/test_a.py",))
TWO = Component("two", ("two.py",), "two.MATURITY.md")
FILES = frozenset({"one/a.py", "one/test_a.py", "two.py"})
NONE = frozenset[str]()


def finding(path: str, line: int = 1) -> Finding:
    return Finding(path, line, "R1", "low", "message")


def measure(findings: Sequence[Finding]) -> SecurityMetrics:
    return SecurityMetrics(len(findings))


def divided(scan: Scan, *components: Component) -> Mapping[str, Facts | Failure]:
    request = Request(components or (ONE, TWO), "/repo", "/scratch", ("tool",))
    return divide(request, scan, "tool", "security", measure)


def test_findings_go_to_the_component_of_their_file() -> None:
    found = divided(Scan(FILES, NONE, {}, [finding("one/test_a.py"), finding("one/a.py", 7)]))
    assert found == {
        "one": Facts(
            ("one/a.py", "one/test_a.py"),
            {"security": SecurityMetrics(2)},
            findings=(finding("one/a.py", 7), finding("one/test_a.py")),
        ),
        "two": Facts(("two.py",), {"security": SecurityMetrics(0)}),
    }


def test_a_file_that_nothing_accounts_for_is_a_failure_of_its_component_alone() -> None:
    found = divided(Scan(FILES - {"one/test_a.py"}, NONE, {}))
    assert found["one"] == Failure("one/test_a.py: not accounted for by tool")
    assert isinstance(found["two"], Facts)


def test_a_broken_file_wins_over_a_checked_one() -> None:
    found = divided(Scan(FILES, NONE, {"one/a.py": "unreadable", "one/test_a.py": "too"}))
    assert found["one"] == Failure("one/a.py: unreadable (and 1 more)")


def test_what_the_tool_never_can_is_a_result_with_the_reason() -> None:
    found = divided(Scan(FILES, NONE, {}, [finding("one/test_a.py")], {"one/a.py": "syntax error", "two.py": "no"}))
    assert found == {
        "one": Facts(("one/test_a.py",), {}, (), (finding("one/test_a.py"),), {"security": "one/a.py: syntax error"}),
        "two": Facts((), {}, unknown={"security": "two.py: no"}),
    }


def test_what_may_go_away_by_itself_wins_over_what_never_does() -> None:
    found = divided(Scan(FILES, NONE, {"one/test_a.py": "gone"}, (), {"one/a.py": "syntax error"}))
    assert found["one"] == Failure("one/test_a.py: gone")


def test_a_finding_in_a_file_that_was_left_out_is_a_contradiction() -> None:
    found = divided(Scan(FILES - {"two.py"}, frozenset({"two.py"}), {}, [finding("two.py")]))
    assert found["two"] == Failure("two.py: tool left it out, yet has findings in it")


def test_excluded_files_have_no_figure() -> None:
    found = divided(Scan(frozenset({"one/a.py"}), frozenset({"one/test_a.py", "two.py"}), {}))
    assert found["one"] == Facts(("one/a.py",), {"security": SecurityMetrics(0)}, ("one/test_a.py",))
    reason = "every file is excluded by the configuration of tool"
    assert found["two"] == Facts((), {}, ("two.py",), unknown={"security": reason})


def test_a_component_without_files_is_never_clean() -> None:
    empty = Component("empty", (), "empty/MATURITY.md")
    assert divided(Scan(NONE, NONE, {}), empty) == {"empty": Failure("the component has no Python file")}


@pytest.mark.parametrize(
    "scan",
    [
        Scan(FILES | {"/other/x.py"}, NONE, {}),
        Scan(FILES, frozenset({"/other/x.py"}), {}),
        Scan(FILES, NONE, {"/other/x.py": "unreadable"}),
        Scan(FILES, NONE, {}, [finding("/other/x.py")]),
        Scan(FILES, NONE, {}, (), {"/other/x.py": "syntax error"}),
    ],
)
def test_a_file_that_nobody_asked_about_is_no_answer(scan: Scan) -> None:
    with pytest.raises(CollectorFailure, match=r"tool speaks of /other/x\.py"):
        divided(scan)


def test_every_finding_is_counted_and_kept() -> None:
    facts = divided(Scan(FILES, NONE, {}, [finding("two.py", line) for line in range(5000, 0, -1)]))["two"]
    assert isinstance(facts, Facts)
    assert facts.metrics == {"security": SecurityMetrics(5000)}
    assert [kept.line for kept in facts.findings] == list(range(1, 5001))


def test_counts_are_sorted_by_value() -> None:
    assert list(counts(["b", "a", "b"]).items()) == [("a", 1), ("b", 2)]
