"""The collectors: an explicit list, and those that other distributions register."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

from maturity.collectors import bandit, pyright, ruff, tests
from maturity.collectors.base import Collector
from maturity.errors import ConfigurationError

BUILT_IN = (tests.PYTEST, tests.INTEGRATION, ruff.COLLECTOR, pyright.COLLECTOR, bandit.COLLECTOR)
ENTRY_POINT = "maturity.collectors"


@cache
def all_collectors() -> tuple[Collector, ...]:
    """The built-in collectors, then the registered ones by name. Raises ConfigurationError for a broken one."""
    return (*BUILT_IN, *(collector for collector, _ in _registered()))


def entry_point(name: str) -> EntryPoint | None:
    """The entry point that registers the collector of a name; None for a built-in one."""
    return next((point for collector, point in _registered() if collector.name == name), None)


@cache
def _registered() -> tuple[tuple[Collector, EntryPoint], ...]:
    found: list[tuple[Collector, EntryPoint]] = []
    for point in sorted(entry_points(group=ENTRY_POINT), key=lambda point: point.name):
        try:
            collector = point.load()
        except Exception as error:
            raise ConfigurationError(f"entry point {ENTRY_POINT} {point.name!r} ({point.value}): {error}") from error
        others = (*BUILT_IN, *(other for other, _ in found))
        if not isinstance(collector, Collector) or any(collector.name == other.name for other in others):
            raise ConfigurationError(f"entry point {ENTRY_POINT} {point.name!r} ({point.value}): not a new Collector")
        found.append((collector, point))
    return tuple(found)


def metric_names(collectors: tuple[Collector, ...]) -> tuple[str, ...]:
    """Every name that a criterion may use, such as "coverage.percentage"."""
    forms = [(metric, form) for collector in collectors for metric, form in collector.metrics.items()]
    return tuple(f"{metric}.{name}" for metric, form in forms for name in form.NAMES)
