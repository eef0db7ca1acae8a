"""The tasks of a repository in which everything is current: names to ask for, and nothing to do."""

from __future__ import annotations

from collections.abc import Iterator

from doit.task import Task

from maturity.cache.snapshot import Snapshot
from maturity.graph.parts import ALL, DOCUMENT_TASKS, EXPLAIN, GATE, TREND, VALIDATE, Asked, collect_all, task


def idle_list(snapshot: Snapshot) -> Iterator[Task]:
    """What `doit list` shows."""
    for name, headline in snapshot.headlines.items():
        yield task(f"maturity:{name}", [], headline)
    yield task("all", [], ALL)
    yield task("validate", [], VALIDATE)
    yield task("gate", [], GATE)
    yield task("trend", [], TREND)
    yield task("explain", [], EXPLAIN)
    for name, title in snapshot.collectors.items():
        yield task(name, [], collect_all(title))


def idle_tasks(snapshot: Snapshot, asked: Asked) -> Iterator[Task] | None:
    """The tasks that were asked for, all up to date; None where one of them is not known to the snapshot."""
    groups = {"all", "preview", "validate", *snapshot.collectors}
    for name in asked.names:
        kind, colon, component = name.partition(":")
        applying = snapshot.components.get(component)
        if name not in groups and (not colon or applying is None or kind not in (*DOCUMENT_TASKS, *applying)):
            return None
    return (task(name, [], "up to date", uptodate=[True]) for name in sorted(asked.names) or ["all"])
