from __future__ import annotations

from dataclasses import replace

import pytest

from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import NO_TESTS, Facts, Measurement
from maturity.reports.closing import (
    MOST_UNCHANGED,
    Figures,
    Noted,
    Process,
    Seen,
    close,
    counted_states,
    duration,
    figures,
)

CARBON = Seen(
    "carbon", "Staging", "Staging", Figures("85.8 %", "0", "0", "0", "12 passed"), ("pytest", "ruff"), ("pytest",)
)
STORE = replace(CARBON, component="store")


def measured(name: str, metric: object, failure: str | None = None) -> Measurement:
    return Measurement("tool", "Tool", (name,), Facts((), {name: metric}), failure=failure, measured="2024-05-06")


def test_figures_are_those_of_the_document_and_say_what_is_not_known() -> None:
    everything = figures(
        [
            measured("coverage", CoverageMetrics.of_counts((6996, 10000))),
            measured("linting", LintingMetrics(3)),
            measured("type_checking", TypeCheckingMetrics(2, warnings=9)),
            measured("security", SecurityMetrics(1), failure="timeout"),
            measured("tests", TestMetrics(passed=10, failed=1, skipped=4, total=17, errors=2)),
        ]
    )
    assert everything == Figures("69.9 %", "3", "2", "1!", "10 passed, 1 failed, 2 broken", 6, 3)
    assert figures([]) == Figures()


def test_how_many_documents_are_in_which_state() -> None:
    assert (
        counted_states({"a.md": "stale", "b.md": "missing", "c.md": "stale"}) == "1 missing, 2 stale: a.md, b.md, c.md"
    )
    many = counted_states({f"{number}.md": "stale" for number in range(23)})
    assert many.startswith("23 stale: 0.md, 1.md, ")
    assert many.endswith(", 19.md and 3 more")


def test_a_component_without_tests_says_so() -> None:
    nothing = Measurement("pytest", "Tests", ("coverage", "tests"), None, NO_TESTS)
    assert (figures([nothing]).coverage, figures([nothing]).tests) == ("?", "none")
    unmeasured = replace(nothing, reason="it was not measured yet")
    assert figures([unmeasured]).tests == "?"


def test_a_row_says_what_changed_what_ran_and_what_came_from_the_cache() -> None:
    processes = (Process("ruff", ("carbon", "store"), 3.0), Process("pytest", ("carbon",), 4.0))
    carbon = replace(CARBON, before="Development", written=True)
    closing = close(Noted(2, 1, 5.25, (carbon, STORE), processes))
    first, second = closing.rows
    assert (first.stages, first.ran, first.cached, first.document, first.seconds) == (
        "Development → Staging",
        ("pytest", "ruff"),
        (),
        "updated",
        5.5,
    )
    assert (second.stages, second.ran, second.cached, second.document) == (
        "Staging",
        ("ruff",),
        ("pytest",),
        "unchanged",
    )
    assert closing.line == (
        "2 components, 1 document written, 2 collected; 2 processes, 3 records new, 1 from the cache; 5.2 s"
    )


def test_a_collector_that_failed_is_neither_run_nor_cached() -> None:
    closing = close(Noted(1, 2, 1.0, (replace(CARBON, failing=("ruff",)),), (Process("ruff", ("carbon",), 1.0),)))
    (row,) = closing.rows
    assert (row.ran, row.cached, row.failed) == ((), ("pytest",), ("ruff",))
    assert "1 with a failed collector" in closing.line


def test_a_document_that_nobody_asked_to_be_written_is_not_called_unchanged() -> None:
    """As after `doit ruff:carbon`: its document does not say yet what was found."""
    closing = close(Noted(1, 2, 1.0, (replace(CARBON, stale=True),), (Process("ruff", ("carbon",), 1.0),)))
    assert [row.document for row in closing.rows] == ["stale"]


def test_a_document_that_could_not_be_written_is_said_so() -> None:
    closing = close(Noted(1, 2, 1.0, (replace(CARBON, problem="line 3: unclosed"),)))
    assert [row.document for row in closing.rows] == ["not written"]
    assert "1 document in error" in closing.line


@pytest.mark.parametrize(
    ("seen", "line"),
    [
        ((replace(CARBON, named=True),), "carbon: Staging; current, nothing to do"),
        ((replace(CARBON, named=True), replace(STORE, named=True)), "2 components current, nothing to do"),
        ((), "1000 components current, nothing to do"),
    ],
)
def test_where_nothing_was_to_do_there_is_one_line(seen: tuple[Seen, ...], line: str) -> None:
    closing = close(Noted(1000, 2000, 1.0, seen))
    assert (closing.rows, closing.line) == ((), line)


def thousand(*changed: str, **named: bool) -> Noted:
    names = tuple(f"c{number}" for number in range(1000))
    seen = [replace(CARBON, component=name, written=name in changed, named=name in named) for name in names]
    return Noted(1000, 1000, 60.5, seen, (Process("ruff", names, 60.0),))


def test_of_many_components_only_those_that_changed_fail_or_were_named_have_a_row() -> None:
    noted = thousand("c3", "c700", c5=True)
    noted = replace(noted, seen=[replace(s, failing=("ruff",)) if s.component == "c9" else s for s in noted.seen])
    closing = close(noted)
    assert [row.component for row in closing.rows] == ["c3", "c5", "c9", "c700"]
    assert closing.line == (
        "1000 components, 2 documents written, 1000 collected, 1 with a failed collector; "
        "1 process, 1000 records new, 1000 from the cache; 1 min 00 s"
    )


def test_many_that_were_collected_for_nothing_have_a_line_alone() -> None:
    closing = close(thousand())
    assert closing.rows == ()
    assert closing.line.startswith("1000 components, 0 documents written, 1000 collected; ")


def test_a_few_that_were_collected_for_nothing_have_rows() -> None:
    names = tuple(f"c{number}" for number in range(MOST_UNCHANGED))
    seen = [replace(CARBON, component=name) for name in names]
    assert len(close(Noted(1000, 2000, 1.0, seen, (Process("ruff", names, 1.0),))).rows) == MOST_UNCHANGED


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.04, "0.0 s"), (59.94, "59.9 s"), (60.0, "1 min 00 s"), (3725, "62 min 05 s")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
