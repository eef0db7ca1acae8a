"""Trends in each form that they can be asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from maturity.history import trend
from maturity.history.formats import svg, table, text
from maturity.history.series import Series


@dataclass(frozen=True)
class Asked:
    """How trends are to be shown; `ladder` are the stages, lowest first."""

    form: str
    metrics: Sequence[str]
    named: bool
    ladder: Sequence[str]


def rendered(found: Mapping[str, Series], asked: Asked, shallow: bool) -> str:
    """The trends in the form that was asked for; without names text has one line for each component."""
    if asked.form == "json":
        return table.as_json(found, asked.metrics, shallow)
    if asked.form == "csv":
        return table.as_csv(found, asked.metrics)
    first = asked.metrics[0]
    if asked.form == "svg":
        ((name, series),) = found.items()
        until = int(datetime.now(UTC).timestamp())
        drawn = trend.trend(name, first, series.points)
        return svg.plot(drawn, list(trend.stages(series.points)), asked.ladder, until)
    if not asked.named:
        return text.overview({name: (s.points, trend.trend(name, first, s.points)) for name, s in found.items()})
    return "\n".join(
        text.block(name, list(trend.stages(s.points)), [trend.trend(name, each, s.points) for each in asked.metrics])
        for name, s in found.items()
    )
