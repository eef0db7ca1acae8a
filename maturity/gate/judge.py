"""Baseline × now → what got worse, why, and whether that fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from maturity.gate.newcode import NewCode
from maturity.model import Ladder, Reading
from maturity.render import figure, number, unit_of
from maturity.settings.gate import UNCOVERED, GateSettings

COVERAGES = ("coverage", "integration_coverage")
TESTS = {"coverage": "tests", "integration_coverage": "integration_tests"}
MORE_IS_BETTER = (".percentage", ".pass_rate", ".passed", ".lines_covered")
"""How the names of metrics end of which more is better; of all others, which count what is wrong, less is."""


class Cause(Enum):
    """Why a figure is another one than at the base."""

    NEW_UNCOVERED = "new code that no test reaches"
    LOST_TESTS = "tests that are gone while the code stays"
    DELETED_CODE = "well-covered code that was deleted"
    FLAKY = "nothing that it depends on has changed: the figure is not stable"
    CHANGED = "the change"


@dataclass(frozen=True)
class State:
    """What is known of a component at one moment: its stage, and its figures by name; a missing name is not known."""

    stage: str | None
    readings: Mapping[str, Reading]

    def value(self, metric: str) -> Fraction | None:
        """A figure, None where it is unknown; also what is not covered, which follows from the percentage's counts."""
        if metric in UNCOVERED:
            return self._uncovered(metric.partition(".")[0])
        reading = self.readings.get(metric)
        return None if reading is None else reading.value

    def _uncovered(self, metric: str) -> Fraction | None:
        percentage, covered, total = (
            self.value(f"{metric}.{name}") for name in ("percentage", "lines_covered", "lines_total")
        )
        return None if percentage is None or covered is None or total is None else total - covered


@dataclass(frozen=True)
class Change:
    """One component at the base and now; `before` None: it is new, or its document was broken.

    `touched` is a changed path that it depends on, "" if there is none.
    """

    component: str
    document: str
    before: State | None
    now: State
    touched: str = ""


@dataclass(frozen=True)
class Judged:
    """One thing that moved for the worse; `fails` says whether the gate does for it.

    `metric` is "" for the stage and for new code; `component` is "" for what is about the change as a whole.
    """

    component: str
    document: str
    rule: str
    metric: str
    said: str
    cause: Cause
    fails: bool


def judged(change: Change, ladder: Ladder, settings: GateSettings) -> Iterator[Judged]:
    """What is worse in a component than at the base, with its cause."""
    before, now = change.before, change.now
    if before is None:
        return
    stages = ladder.stages
    cause = Cause.CHANGED if change.touched else Cause.FLAKY

    def found(rule: str, metric: str, said: str, why: Cause = cause, fails: bool = True) -> Judged:
        kept = why if change.touched or why is Cause.DELETED_CODE else Cause.FLAKY
        return Judged(change.component, change.document, rule, metric, said, kept, fails and kept is not Cause.FLAKY)

    if before.stage in stages and now.stage in stages and stages.index(now.stage) < stages.index(before.stage):
        yield found("stage", "", f"{before.stage} → {now.stage}")
    for metric in sorted(before.readings):
        if before.value(metric) is not None and now.value(metric) is None and _is_figure(metric, now):
            reason = _reading(now, metric).reason
            yield found("unknown", metric, f"{_shown(before, metric)} → unknown{f' ({reason})' if reason else ''}")
    dropped: set[str] = set()
    for coverage in COVERAGES:
        for item in _coverage(change, coverage, settings):
            dropped.add(f"{coverage}.percentage")
            yield found(*item)
    for metric in settings.no_worse:
        old, new = before.value(metric), now.value(metric)
        if old is not None and new is not None and metric not in dropped and worse(metric, old, new):
            why = cause_of(before, now, metric.partition(".")[0]) if metric.startswith(COVERAGES) else Cause.CHANGED
            said = f"{_shown(before, metric)} → {_shown(now, metric)}, and may not get worse"
            yield found("no-worse", metric, said, why, why is not Cause.DELETED_CODE)


def _coverage(change: Change, coverage: str, settings: GateSettings) -> Iterator[tuple[str, str, str, Cause, bool]]:
    """What is lost of one kind of coverage: points, and tests."""
    before, now = change.before, change.now
    metric = f"{coverage}.percentage"
    if before is None:
        return
    old, new = before.value(metric), now.value(metric)
    if old is not None and new is not None and old - new > settings.coverage_drop:
        why = cause_of(before, now, coverage)
        allowed = f"{number(settings.coverage_drop)} points may be lost"
        yield (
            "coverage-drop",
            metric,
            f"{_shown(before, metric)} → {_shown(now, metric)}; {allowed}",
            why,
            (why is not Cause.DELETED_CODE),
        )
    tests = f"{TESTS[coverage]}.total"
    had, has = before.value(tests), now.value(tests)
    if had is not None and has is not None and has < had and not settings.fewer_tests and _code_stays(before, now):
        yield "lost-tests", tests, f"{number(had)} → {number(has)} tests, while the code stays", Cause.LOST_TESTS, True


def cause_of(before: State, now: State, coverage: str) -> Cause:
    """Why a component is covered less."""
    uncovered = (before.value(f"{coverage}.uncovered"), now.value(f"{coverage}.uncovered"))
    if None not in uncovered and (uncovered[1] or 0) <= (uncovered[0] or 0):
        return Cause.DELETED_CODE
    tests = (before.value(f"{TESTS[coverage]}.total"), now.value(f"{TESTS[coverage]}.total"))
    if None not in tests and (tests[1] or 0) < (tests[0] or 0) and _code_stays(before, now):
        return Cause.LOST_TESTS
    return Cause.NEW_UNCOVERED


def _code_stays(before: State, now: State) -> bool:
    """Whether a component has at least the statements that it had: tests of code that is gone may go with it."""
    for coverage in COVERAGES:
        old, new = before.value(f"{coverage}.lines_total"), now.value(f"{coverage}.lines_total")
        if old is not None and new is not None:
            return new >= old
    return True


def judged_code(code: NewCode | None, settings: GateSettings) -> Iterator[Judged]:
    """What is wrong with the coverage of changed lines, if anything is asked of it."""
    if code is None or settings.new_code is None:
        return
    asked = number(settings.new_code)
    if code.unknown:
        said = f"the coverage of changed lines is unknown in {', '.join(code.unknown[:5])}; {asked} % are asked for"
        yield Judged("", code.unknown[0], "new-code", "", said, Cause.NEW_UNCOVERED, True)
    elif code.percentage is not None and code.percentage < settings.new_code:
        of = f"{code.covered} of {code.total} changed statements{' and branches' if code.branches else ''}"
        said = f"{figure(code.percentage, ' %')} of the new code is covered ({of}); {asked} % are asked for"
        yield Judged("", next(iter(code.uncovered), ""), "new-code", "", said, Cause.NEW_UNCOVERED, True)


def worse(metric: str, old: Fraction, new: Fraction) -> bool:
    """Whether a figure got worse."""
    return new < old if metric.endswith(MORE_IS_BETTER) else new > old


def moved(changes: Sequence[Change]) -> Iterator[tuple[Change, str, str, str]]:
    """Every figure that is another one than at the base, better or worse: component, metric, then and now."""
    for change in changes:
        if change.before is not None:
            for metric in sorted({*change.before.readings} & {*change.now.readings}):
                old, new = change.before.value(metric), change.now.value(metric)
                if old != new and "." in metric:
                    yield change, metric, _shown(change.before, metric), _shown(change.now, metric)


def _is_figure(metric: str, now: State) -> bool:
    """Whether a metric that is not known now is one that criteria use, and not a count beside one that is unknown."""
    return metric.endswith((".percentage", ".pass_rate")) or not metric.startswith((*COVERAGES, *TESTS.values()))


def _reading(state: State, metric: str) -> Reading:
    """What is known of a metric; an unknown one is there under the name before the dot."""
    return state.readings.get(metric) or state.readings.get(metric.partition(".")[0]) or Reading(None)


def _shown(state: State, metric: str) -> str:
    value = state.value(metric)
    return "unknown" if value is None else figure(value, unit_of(metric))
