"""The values that travel between the stages; this module imports nothing of ours.

Paths are text: relative to the repository's root, with `/` between the parts, never `..`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from functools import cached_property


@dataclass(frozen=True)
class Component:
    """The unit that has a MATURITY.md.

    `source` and `inner_tests` are Python files; together they are the component's own files.
    `tests` and `integration_tests` are pytest arguments: paths or node ids, in a fixed order.
    """

    name: str
    source: tuple[str, ...]
    document: str
    inner_tests: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    integration_tests: tuple[str, ...] = ()
    owner: str | None = None
    group: str | None = None

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Every Python file of the component, its inner tests included."""
        return tuple(sorted((*self.source, *self.inner_tests)))


@dataclass(frozen=True, order=True)
class Finding:
    """One remark of a tool: `line` counts from 1, 0 is the file as a whole.

    `fix` says whether the tool can mend it itself: "safe", "unsafe" (what the code does may change), or "" for no.
    """

    path: str
    line: int
    rule: str
    severity: str
    message: str
    fix: str = ""


@dataclass(frozen=True)
class Criterion:
    """A condition for a stage: a threshold on a metric, or a tick that a person gives.

    Exactly one of `at_least` and `at_most` is set when `metric` is; both are None for a manual criterion.
    Thresholds are exact, so that 69.96 never reaches 70.
    """

    stage: str
    id: str
    title: str
    metric: str | None = None
    at_least: Fraction | None = None
    at_most: Fraction | None = None

    @property
    def manual(self) -> bool:
        """Whether a person decides, with a tick in the document."""
        return self.metric is None


@dataclass(frozen=True)
class Ladder:
    """The stages from the lowest to the highest, and what each one asks for."""

    stages: tuple[str, ...]
    criteria: tuple[Criterion, ...]

    def of_stage(self, stage: str) -> tuple[Criterion, ...]:
        """The criteria of one stage alone, in their order."""
        return tuple(criterion for criterion in self.criteria if criterion.stage == stage)


@dataclass(frozen=True)
class Reading:
    """A metric as it is known: `value` None is unknown, for `reason`.

    `as_of` is the date (ISO 8601) of a last known value whose collector fails now, None for a value measured now.
    `failing` says that a collector failed, whether or not an earlier value is known.
    `detail` shows what the value is made of, for example "71 of 97 statements".
    """

    value: Fraction | None
    detail: str = ""
    reason: str = ""
    as_of: str | None = None
    failing: bool = False


NO_TESTS = "no tests found"
"""Why nothing is known of the tests, and the coverage, of a component that has none."""


class Answer(Enum):
    """What is known of a criterion. Unknown is never met."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """A criterion, held against its reading."""

    criterion: Criterion
    answer: Answer
    reading: Reading | None = None

    @property
    def failing(self) -> bool:
        """Whether the criterion rests on a collector that fails now."""
        return self.reading is not None and self.reading.failing


@dataclass(frozen=True)
class Standing:
    """A component's stage, the verdict on every criterion, and what keeps it from the next stage."""

    stage: str
    next_stage: str | None
    verdicts: tuple[Verdict, ...]
    blockers: tuple[Verdict, ...] = ()


@dataclass(frozen=True)
class Failure:
    """Why a collector has no answer for a component; `log` holds the command, exit code and last lines."""

    reason: str
    log: str = ""


@dataclass(frozen=True)
class Facts:
    """What one collector found out about one component.

    `files` were accounted for by the tool's own output; `excluded` were left out by the tool's own configuration.
    `metrics` maps a name such as "coverage" to a value of `maturity.metrics`, or to the reason why it is unknown.
    `until` is the earliest moment at which the answer changes because of the time alone (seconds since the epoch).
    """

    files: tuple[str, ...]
    metrics: Mapping[str, object]
    excluded: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict[str, str])
    until: float | None = None


@dataclass(frozen=True)
class Measurement:
    """What is known of a component from one collector, ready to be judged and shown.

    `metrics` are the names that the collector measures. `facts` None: nothing is known, for `reason`. `measured` is the
    time of the facts (ISO 8601, UTC). `failure` is why the collector has no answer now; the facts are then the last
    known ones.
    """

    collector: str
    title: str
    metrics: tuple[str, ...]
    facts: Facts | None
    reason: str = ""
    measured: str = ""
    failure: str | None = None
