"""The ledger: activity times factor, and its sums."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from sample.carbon import Activity, FactorError, Ledger, parse_factors

TABLE = """
{"kinds": {
  "electricity": {"unit": "kWh", "regions": {"world": 0.5, "FR": 0.1}},
  "diesel": {"unit": "litre", "regions": {"world": 3}}
}}
"""


@pytest.fixture
def ledger() -> Ledger:
    """Return an empty ledger over round factors."""
    return Ledger(parse_factors(TABLE))


def power(day: date, kwh: str, region: str = "FR") -> Activity:
    """Return a use of electricity."""
    return Activity(day, "electricity", Decimal(kwh), "kWh", region)


def test_an_emission_is_quantity_times_factor(ledger: Ledger) -> None:
    emission = ledger.add(power(date(2024, 1, 31), "12.5"))
    assert (emission.kg_co2e, emission.estimated) == (Decimal("1.25"), False)


def test_a_region_without_a_factor_is_estimated(ledger: Ledger) -> None:
    emission = ledger.add(power(date(2024, 1, 31), "10", "XX"))
    assert (emission.kg_co2e, emission.estimated) == (Decimal(5), True)


def test_an_empty_ledger_is_zero(ledger: Ledger) -> None:
    assert (ledger.total(), ledger.by_month(), ledger.by_kind()) == (0, {}, {})


def test_sums_are_exact(ledger: Ledger) -> None:
    for _ in range(10):
        ledger.add(power(date(2024, 1, 1), "1"))
    assert ledger.total() == 1


def test_months_are_in_order_of_time(ledger: Ledger) -> None:
    for day in (date(2024, 2, 1), date(2023, 12, 31), date(2024, 2, 29)):
        ledger.add(power(day, "10"))
    assert list(ledger.by_month().items()) == [("2023-12", Decimal(1)), ("2024-02", Decimal(2))]


def test_kinds_are_summed_apart(ledger: Ledger) -> None:
    ledger.add(power(date(2024, 1, 1), "10"))
    ledger.add(Activity(date(2024, 1, 1), "diesel", Decimal(2), "litre"))
    assert list(ledger.by_kind().items()) == [("diesel", Decimal(6)), ("electricity", Decimal(1))]


def test_another_unit_is_refused_and_not_recorded(ledger: Ledger) -> None:
    with pytest.raises(FactorError, match="per litre, the activity is in kWh"):
        ledger.add(Activity(date(2024, 1, 1), "diesel", Decimal(2), "kWh"))
    assert ledger.emissions == []


@pytest.mark.parametrize("quantity", ["-1", "NaN", "Infinity"])
def test_a_quantity_is_a_finite_amount(quantity: str) -> None:
    with pytest.raises(ValueError, match="at least 0"):
        power(date(2024, 1, 1), quantity)
