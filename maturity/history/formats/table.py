"""Trends for programs: JSON, in the form of `maturity/schemas/trend.schema.json`, and CSV."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from fractions import Fraction

from maturity.history.series import Point, Series
from maturity.history.trend import figure

COLUMNS = ("component", "commit", "date", "document", "stage", "metric", "value")


def as_json(found: Mapping[str, Series], metrics: Sequence[str], shallow: bool) -> str:
    """Every point with the metrics; a value that is unknown is null, and one that is known is exact as a fraction."""
    components = [
        {
            "component": name,
            "unreadable": series.unreadable,
            "points": [_point(point, metrics) for point in series.points],
        }
        for name, series in found.items()
    ]
    return json.dumps({"shallow": shallow, "components": components}, ensure_ascii=False, indent=1) + "\n"


def _point(point: Point, metrics: Sequence[str]) -> dict[str, object]:
    said = point.said
    return {
        "commit": point.commit,
        "date": moment(point.time),
        "document": None if said is None else point.path,
        "stage": None if said is None else said.stage,
        "claimed": said is not None and said.claimed,
        "figures": {metric: _value(figure(point, metric)) for metric in metrics},
    }


def _value(value: Fraction | None) -> dict[str, object] | None:
    return None if value is None else {"value": float(value), "exact": str(value)}


def as_csv(found: Mapping[str, Series], metrics: Iterable[str]) -> str:
    """A row for each point and metric; an unknown value is an empty cell."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for name, series in found.items():
        for point in series.points:
            said = point.said
            place = ("", "") if said is None else (point.path, said.stage or "")
            for metric in metrics:
                value = figure(point, metric)
                shown = "" if value is None else float(value)
                rows.writerow((name, point.commit, moment(point.time), *place, metric, shown))
    return written.getvalue()


def moment(time: int) -> str:
    """A time in seconds as ISO 8601, UTC."""
    return datetime.fromtimestamp(time, UTC).isoformat()
