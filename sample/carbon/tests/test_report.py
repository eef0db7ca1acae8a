"""The text summary."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sample.carbon import Activity, Ledger, parse_factors, summary

TABLE = '{"kinds": {"diesel": {"unit": "litre", "regions": {"GB": 1}}}}'


def test_no_activities() -> None:
    assert summary(Ledger(parse_factors(TABLE))) == "No activities.\n"


def test_each_figure_is_rounded_from_its_exact_sum() -> None:
    ledger = Ledger(parse_factors(TABLE))
    for month, litres in ((1, "0.04"), (2, "0.04"), (3, "1234.5")):
        ledger.add(Activity(date(2024, month, 1), "diesel", Decimal(litres), "litre", "GB"))
    assert summary(ledger) == (
        "Emissions in kg CO2e\n"
        "\n"
        "By month\n"
        "  2024-01                    0.0\n"
        "  2024-02                    0.0\n"
        "  2024-03                1,234.5\n"
        "\n"
        "By kind\n"
        "  diesel                 1,234.6\n"
        "\n"
        "Total                    1,234.6\n"
    )
