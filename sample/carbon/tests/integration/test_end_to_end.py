"""From the shipped factors through the ledger to the summary."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sample.carbon import Activity, FactorError, Ledger, default_factors, summary


def test_a_quarter_of_an_office() -> None:
    ledger = Ledger(default_factors())
    ledger.add(Activity(date(2024, 1, 31), "electricity", Decimal(1000), "kWh", "FR"))
    ledger.add(Activity(date(2024, 2, 29), "electricity", Decimal(800), "kWh", "XX"))
    ledger.add(Activity(date(2024, 2, 29), "rail-travel", Decimal(500), "passenger-km", "FR"))
    with pytest.raises(FactorError, match="per litre"):
        ledger.add(Activity(date(2024, 3, 1), "diesel", Decimal(1), "kWh"))

    by_month, by_kind = ledger.by_month(), ledger.by_kind()
    assert sum(by_month.values()) == sum(by_kind.values()) == ledger.total()

    lines = summary(ledger).splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  ")] == [*by_month, *by_kind]
    assert lines[-1] == "1 of 3 activities use the factor of the world."
