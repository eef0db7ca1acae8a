"""Emissions tracker: activities in, kg CO2e and a text summary out."""

from __future__ import annotations

from sample.carbon.factors import (
    Factor,
    FactorError,
    FactorTable,
    default_factors,
    parse_factors,
)
from sample.carbon.report import summary
from sample.carbon.tracker import Activity, Emission, Ledger

__all__ = [
    "Activity",
    "Emission",
    "Factor",
    "FactorError",
    "FactorTable",
    "Ledger",
    "default_factors",
    "parse_factors",
    "summary",
]
