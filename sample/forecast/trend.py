"""Trends over monthly emissions, in kg CO2e.

TODO: this is a young component. The seasonal forecast has no tests yet, and saved forecasts cannot be read back.
"""

from __future__ import annotations

import math
import pickle
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from sample.carbon import Ledger


def monthly_history(ledger: Ledger) -> list[Decimal]:
    """Return the sums of the months that have activities, oldest first."""
    return list(ledger.by_month().values())


def linear_trend(history: Sequence[Decimal], months: int) -> list[Decimal]:
    """Continue the least-squares line through the history for some months; at least two past months are needed."""
    count = len(history)
    if count < 2:
        raise ValueError("a trend needs at least two months")
    middle = Decimal(count - 1) / 2
    mean = sum(history, Decimal(0)) / count
    spread = sum(((place - middle) ** 2 for place in range(count)), Decimal(0))
    slope = sum(((place - middle) * kg for place, kg in enumerate(history)), Decimal(0)) / spread
    return [mean + slope * (count + ahead - middle) for ahead in range(months)]


def seasonal_forecast(history: Sequence[Decimal]) -> Decimal:
    """Predict the next month from the same month of earlier years, scaled by the growth of the last year."""
    if len(history) < 12:
        return None
    same_month = history[-12::-12]
    average = sum(same_month, Decimal(0)) / len(same_month)
    if len(history) < 24:
        return average
    last_year = sum(history[-12:], Decimal(0))
    year_before = sum(history[-24:-12], Decimal(0))
    if year_before == 0:
        return average
    return average * last_year / year_before


def save_forecast(path: Path, forecast: Sequence[Decimal]) -> None:
    """Keep a forecast for the next run."""
    if path.exists():
        backup = path.with_suffix(".old")
        backup.write_bytes(path.read_bytes())
    lines = [str(kg) for kg in forecast]
    content = pickle.dumps(lines)
    path.write_bytes(content)
