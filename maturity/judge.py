"""Facts × criteria → verdicts and stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol, cast

from maturity.model import Answer, Criterion, Ladder, Measurement, Reading, Standing, Verdict


class Readable(Protocol):
    """A metric, as far as the judge cares."""

    def readings(self) -> Mapping[str, Reading]:
        """Exact values by name."""
        ...


def readings(measurements: Iterable[Measurement]) -> dict[str, Reading]:
    """Every reading by its full name, such as "coverage.percentage"; an unknown metric is there under its own name."""
    found: dict[str, Reading] = {}
    for measurement in measurements:
        failing = measurement.failure is not None
        as_of = measurement.measured[:10] if failing and measurement.facts is not None else None
        for metric in measurement.metrics:
            facts = measurement.facts
            if facts is not None and metric in facts.metrics:
                for name, reading in cast(Readable, facts.metrics[metric]).readings().items():
                    found[f"{metric}.{name}"] = replace(reading, as_of=as_of, failing=failing)
            else:
                reason = measurement.reason if facts is None else facts.unknown.get(metric, "it was not measured")
                found[metric] = Reading(None, reason=reason, as_of=as_of, failing=failing)
    return found


def judge(criterion: Criterion, known: Mapping[str, Reading], ticks: Mapping[str, bool]) -> Verdict:
    """The verdict on one criterion. Exact values are compared; unknown is never met."""
    if criterion.metric is None:
        return Verdict(criterion, Answer.MET if ticks.get(criterion.id, False) else Answer.MISSED)
    metric = criterion.metric.partition(".")[0]
    reading = known.get(criterion.metric) or known.get(metric) or Reading(None, reason="nothing measures it")
    if reading.value is None:
        return Verdict(criterion, Answer.UNKNOWN, reading)
    high_enough = criterion.at_least is None or reading.value >= criterion.at_least
    low_enough = criterion.at_most is None or reading.value <= criterion.at_most
    return Verdict(criterion, Answer.MET if high_enough and low_enough else Answer.MISSED, reading)


def stand(ladder: Ladder, known: Mapping[str, Reading], ticks: Mapping[str, bool], previous: str | None) -> Standing:
    """The highest stage whose criteria, and all below it, are met.

    `previous` is the stage that the component had. A collector that fails now cannot raise the stage above it, and
    cannot alone lower it: what it left unknown is then no reason to fall, though a missed last known value is.
    """
    verdicts = {criterion: judge(criterion, known, ticks) for criterion in ladder.criteria}
    floor = ladder.stages.index(previous) if previous in ladder.stages else 0
    reached, measured = 0, True
    for position, stage in enumerate(ladder.stages[1:], 1):
        asked = [verdicts[criterion] for criterion in ladder.of_stage(stage)]
        measured = measured and all(holds(verdict, held=False) for verdict in asked)
        if not measured and not (position <= floor and all(holds(verdict, held=True) for verdict in asked)):
            break
        reached = position
    following = ladder.stages[reached + 1] if reached + 1 < len(ladder.stages) else None
    up_to = ladder.stages[: reached + 2] if following else ()
    blockers = tuple(v for v in verdicts.values() if v.criterion.stage in up_to and not holds(v, held=False))
    return Standing(ladder.stages[reached], following, tuple(verdicts.values()), blockers)


def holds(verdict: Verdict, held: bool) -> bool:
    """Whether a verdict lets its stage stand; `held` says that the component had this stage already."""
    if verdict.failing:
        return held and verdict.answer is not Answer.MISSED
    return verdict.answer is Answer.MET
