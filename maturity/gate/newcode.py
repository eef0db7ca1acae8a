"""How far the tests cover what a change added: changed lines × what coverage.py knows of each statement."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from maturity.metrics import CoverageMetrics


@dataclass(frozen=True)
class NewCode:
    """The executable statements among changed lines, and the branches that leave from them where these are measured.

    `uncovered` are the first lines of statements that no test reaches, by file; `unknown` are changed source files of
    which no coverage is known.
    """

    covered: int = 0
    total: int = 0
    branches: bool = False
    uncovered: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])
    unknown: tuple[str, ...] = ()

    @property
    def percentage(self) -> Fraction | None:
        """The share that is covered, in percent; None where nothing executable changed."""
        return Fraction(100 * self.covered, self.total) if self.total else None


def new_code(files: Iterable[tuple[str, bytes, frozenset[int], CoverageMetrics | None]]) -> NewCode:
    """The coverage of changed lines: each file with its text, its changed lines, and what is known of its component."""
    covered = total = leaving = 0
    uncovered: dict[str, tuple[int, ...]] = {}
    unknown: list[str] = []
    for path, text, lines, metrics in files:
        if metrics is None or path not in {*metrics.executed_lines, *metrics.missing_lines}:
            unknown += [path] if lines else []
            continue
        executed, missing = {*metrics.executed_lines.get(path, ())}, {*metrics.missing_lines.get(path, ())}
        changed = statements(text, lines, executed | missing)
        branches = [branch for branch in metrics.branches.get(path, ()) if branch.line in changed]
        covered += len(changed & executed) + sum(branch.taken for branch in branches)
        total += len(changed) + sum(branch.total for branch in branches)
        leaving += len(branches)
        if changed & missing:
            uncovered[path] = tuple(sorted(changed & missing))
    return NewCode(covered, total, leaving > 0, uncovered, tuple(unknown))


def statements(text: bytes, lines: frozenset[int], known: set[int]) -> set[int]:
    """The first lines of the statements that some lines belong to; `known` are those that coverage.py counts.

    A statement may go over several lines, of which coverage.py counts the first: a line in the middle stands for it. A
    text that does not parse has no statement but those that begin on a changed line.
    """
    owners: dict[int, int] = {}
    for first, last in _spans(text):
        for line in range(first, last + 1):
            owners[line] = first  # inner ones come later
    return {owner for line in lines for owner in (line, owners.get(line, line)) if owner in known}


def _spans(text: bytes) -> Iterator[tuple[int, int]]:
    """First and last line of each statement, of a compound one without its body; outer ones first."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        decorators = [each.lineno for each in getattr(node, "decorator_list", ())]
        body = getattr(node, "body", None) or getattr(node, "cases", None)
        end = node.end_lineno or node.lineno
        if body:
            first = body[0]
            end = max(node.lineno, (first.pattern.lineno if isinstance(first, ast.match_case) else first.lineno) - 1)
        yield min([node.lineno, *decorators]), end
