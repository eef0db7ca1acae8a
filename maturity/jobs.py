"""Records that are out of date, and the jobs that collect them: as few processes as their collectors allow.

Long test runs are to come first: one that begins last keeps one processor busy, and the others wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

from maturity.collect import Job
from maturity.collectors.base import Collector
from maturity.inputs.digest import Inputs, directories
from maturity.model import Component
from maturity.tools import Tools

MOST_FILES = 1000
"""Files of one process, but for a component that has more."""


@dataclass(frozen=True)
class Stale:
    """A record that is out of date: its inputs now, and why; `seconds` are what it took the last time, 0 if unknown."""

    collector: Collector
    component: Component
    inputs: dict[str, str]
    reasons: tuple[str, ...]
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """The name of the task that collects it."""
        return f"{self.collector.name}:{self.component.name}"


def jobs(stale: Sequence[Stale], inputs: Inputs, tools: Tools) -> list[Job]:
    """Stale records of one collector, put together."""
    groups: dict[str, list[list[Stale]]] = {}
    for item in stale:
        batches = groups.setdefault(item.collector.batch(item.component), [[]])
        if sum(len(other.component.files) for other in batches[-1]) >= MOST_FILES:
            batches.append([])
        batches[-1].append(item)
    return [job(batch, inputs, tools) for batches in groups.values() for batch in batches]


def job(batch: Sequence[Stale], inputs: Inputs, tools: Tools) -> Job:
    """One process for stale records of one collector."""
    collector = batch[0].collector
    return Job(
        collector=collector.name,
        components=tuple(item.component for item in batch),
        inputs={item.component.name: item.inputs for item in batch},
        tool=tools.command(collector),
        timeout=tools.settings(collector).timeout,
        config_files=tuple(configured_by(batch, inputs)),
        because={item.component.name: item.reasons for item in batch},
    )


def configured_by(batch: Sequence[Stale], inputs: Inputs) -> list[str]:
    """The configuration files above the batch's files that say something to its collector."""
    configuration, tables = inputs.configuration, batch[0].collector.configuration
    places = directories(path for item in batch for path in item.component.files)
    found = ((f"{place}/{table.file}" if place else table.file, table.tables) for place in places for table in tables)
    return list(dict.fromkeys(file for file, counts in found if configuration.digest(file, counts) is not None))


def lengths(stale: Iterable[Stale], inputs: Inputs) -> dict[str, tuple[float, int]]:
    """How long the test run of each component may take, for sorting: in seconds as an earlier run had it.

    One that was never timed can be the longest of all. Among these the bytes count that there are to read.
    """
    found: dict[str, tuple[float, int]] = {}
    for item in stale:
        tests = item.collector.tests(item.component)
        if tests:
            length = (item.seconds, 0) if item.seconds else (inf, inputs.bytes_of_tests(tests))
            found[item.component.name] = max(length, found.get(item.component.name, length))
    return found
