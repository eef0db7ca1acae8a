"""What the young forecast component promises so far."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sample.carbon import Activity, Ledger, default_factors
from sample.forecast import linear_trend, monthly_history


def test_a_straight_line_goes_on() -> None:
    assert linear_trend([Decimal(10), Decimal(20), Decimal(30)], 2) == [Decimal(40), Decimal(50)]


def test_the_history_is_that_of_the_ledger() -> None:
    ledger = Ledger(default_factors())
    for month in (2, 1):
        ledger.add(Activity(date(2024, month, 1), "natural-gas", Decimal(100 * month), "kWh"))
    history = monthly_history(ledger)
    assert len(history) == 2
    assert history[1] == 2 * history[0]
