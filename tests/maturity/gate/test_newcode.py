"""Changed lines count for the statements that they belong to."""

from __future__ import annotations

from fractions import Fraction

import pytest

from maturity.gate.newcode import new_code, statements
from maturity.metrics import Branches, CoverageMetrics

TEXT = b"""\
import os


@decorated(
    1,
)
def long(
    x,
):
    if x > (
        1
    ):
        return sum(
            [1,
             2]
        )
    return 0


class Thing:
    value = {
        "a": 1,
    }


match os.name:
    case "nt":
        A = 1
    case _:
        A = 2
"""
KNOWN = {1, 4, 10, 13, 17, 20, 21, 26, 27, 28, 29, 30}


@pytest.mark.parametrize(
    ("line", "first"),
    [(1, {1}), (2, set()), (5, {4}), (8, {4}), (11, {10}), (14, {13}), (15, {13}), (17, {17}), (22, {21}), (28, {28})],
)
def test_the_statement_of_a_line(line: int, first: set[int]) -> None:
    assert statements(TEXT, frozenset([line]), KNOWN) == first


def test_a_text_that_does_not_parse_has_what_coverage_knows() -> None:
    assert statements(b"def (:\n", frozenset([1, 2]), {1}) == {1}


def metrics(**more: object) -> CoverageMetrics:
    return CoverageMetrics(
        50.0, 2, 4, {"a.py": (2, 3)}, executed_lines={"a.py": (1, 4)}, branches={"a.py": (Branches(1, 1, 2),)}
    )


def test_statements_and_branches_of_changed_lines() -> None:
    found = new_code([("a.py", b"if a:\n    b\nc\nd\n", frozenset([1, 2, 4]), metrics())])
    assert (found.covered, found.total, found.branches) == (2 + 1, 3 + 2, True)
    assert found.percentage == Fraction(60)
    assert found.uncovered == {"a.py": (2,)}


def test_what_is_not_known_is_named() -> None:
    found = new_code([("a.py", b"x\n", frozenset([1]), None), ("b.py", b"x\n", frozenset([1]), metrics())])
    assert found.unknown == ("a.py", "b.py")
    assert found.percentage is None


def test_deleted_and_empty_lines_are_no_code() -> None:
    assert new_code([("a.py", b"\n# remark\n", frozenset([1, 2]), metrics())]).unknown == ()
    assert new_code([("a.py", b"x\n", frozenset(), None)]).unknown == ()
