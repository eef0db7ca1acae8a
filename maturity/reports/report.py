"""What is known of some components at one moment: the values that every output format is made from.

Nothing here is worked out: `maturity.reports.survey` fills it in, `maturity.reports.formats` writes it down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from maturity.markdown.markers import Problem
from maturity.model import Answer, Component, Finding, Ladder, Measurement, Verdict


class DocumentState(Enum):
    """A document against what a run would write now from what is known."""

    VALID = "valid"
    STALE = "stale"
    EDITED = "edited"
    MISSING = "missing"
    BROKEN = "broken"


class RecordState(Enum):
    """What there is of one collector for one component; FAILED: the last attempt gave no answer."""

    CURRENT = "current"
    OUT_OF_DATE = "out of date"
    FAILED = "failed"
    NOT_MEASURED = "not measured"
    NOTHING_TO_CHECK = "nothing to check"


@dataclass(frozen=True)
class DocumentReport:
    """One document. `line` is where to look first, from 1; 0 is the file as a whole.

    `changes` are the lines that a run would take out ("-") and put in ("+"), without dates and markers; `diff` is all
    of it. `edited` are the regions that were edited by hand. `ticks` has the line of each manual criterion's checkbox,
    by the criterion's id. `updated` says that this run wrote the document.
    """

    path: str
    state: DocumentState
    line: int = 1
    changes: tuple[str, ...] = ()
    diff: str = ""
    edited: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    ticks: Mapping[str, int] = field(default_factory=dict[str, int])
    updated: bool = False


@dataclass(frozen=True)
class RecordReport:
    """What one collector says of a component, and how that came to be.

    `because` is why it was collected last, `moved` why it is out of date now, in words. `failed` is the time of the
    last attempt that gave no answer (ISO 8601, UTC). `tool` is how a person starts the tool, `version` the one that a
    current record was made with, "" if that is not known.
    """

    measurement: Measurement
    state: RecordState
    because: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    failed: str = ""
    tool: tuple[str, ...] = ()
    version: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, as last known."""
        return () if self.measurement.facts is None else self.measurement.facts.findings


@dataclass(frozen=True)
class Moved:
    """A figure that is another one than at the base, both as they are shown; "unknown" is one of them."""

    metric: str
    before: str
    now: str


@dataclass(frozen=True)
class BaseReport:
    """What a component's document said at the base; `stage` None: nothing that we wrote, or no document at all.

    `moved` are the headline figures that are others now.
    """

    exists: bool
    stage: str | None = None
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class ComponentReport:
    """One component. `stage` None: its document is broken, so that nobody knows which ticks it has.

    `blockers` are the verdicts that keep it from `next_stage`. `base` is None where no base was asked for or found.
    """

    component: Component
    document: DocumentReport
    records: tuple[RecordReport, ...]
    stage: str | None = None
    next_stage: str | None = None
    verdicts: tuple[Verdict, ...] = ()
    blockers: tuple[Verdict, ...] = ()
    base: BaseReport | None = None

    def of_stage(self, stage: str) -> tuple[Verdict, ...]:
        """The verdicts on one stage's criteria."""
        return tuple(verdict for verdict in self.verdicts if verdict.criterion.stage == stage)

    def measuring(self, verdict: Verdict) -> RecordReport | None:
        """The record that a verdict rests on; None for a manual criterion, and for what nothing measures."""
        metric = (verdict.criterion.metric or "").partition(".")[0]
        return next((record for record in self.records if metric in record.measurement.metrics), None)

    @property
    def failing(self) -> tuple[RecordReport, ...]:
        """The records of collectors that have no answer now."""
        return tuple(record for record in self.records if record.state is RecordState.FAILED)


@dataclass(frozen=True)
class Report:
    """Some components of a repository, in the order of their names.

    `base` is the revision that stages are compared with, as it was named; `base_found` says whether this clone has it.
    `within` leads from the top of the git repository to our root, from which all paths are: "" or "services/shop/".
    """

    ladder: Ladder
    components: tuple[ComponentReport, ...]
    base: str | None = None
    base_found: bool = True
    within: str = ""

    def findings(self) -> Iterator[tuple[ComponentReport, RecordReport, Finding]]:
        """Every finding of every component.

        What several components have from one test file that they share is one finding, told of with the first of them;
        what a tool says twice of one line is two.
        """
        told: Counter[tuple[str, Finding]] = Counter()
        for component in self.components:
            for record in component.records:
                here: Counter[tuple[str, Finding]] = Counter()
                for finding in record.findings:
                    key = (record.measurement.collector, finding)
                    here[key] += 1
                    if here[key] > told[key]:
                        yield component, record, finding
                told |= here


def met(verdicts: tuple[Verdict, ...]) -> str:
    """How many of some criteria are met, as far as is known."""
    return f"{sum(verdict.answer is Answer.MET for verdict in verdicts)} of {len(verdicts)}"
