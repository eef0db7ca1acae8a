"""Text summary of a ledger, by month and by kind."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal

from sample.carbon.tracker import Ledger

_TENTH = Decimal("0.1")


def summary(ledger: Ledger) -> str:
    """Return a table by month, one by kind and the total, in kg CO2e with one decimal; it ends in a newline.

    Each figure is rounded from its exact sum, so the lines of a table need not add up to the total.
    """
    if not ledger.emissions:
        return "No activities.\n"
    lines = ["Emissions in kg CO2e", "", *_table("By month", ledger.by_month())]
    lines += ["", *_table("By kind", ledger.by_kind())]
    lines += ["", _row("Total", ledger.total())]
    estimated = sum(emission.estimated for emission in ledger.emissions)
    if estimated:
        lines += ["", f"{estimated} of {len(ledger.emissions)} activities use the factor of the world."]
    return "\n".join(lines) + "\n"


def _table(title: str, sums: Mapping[str, Decimal]) -> list[str]:
    return [title, *(_row(f"  {name}", kg) for name, kg in sums.items())]


def _row(name: str, kg: Decimal) -> str:
    return f"{name:<20}{kg.quantize(_TENTH, ROUND_HALF_EVEN):>12,}"
