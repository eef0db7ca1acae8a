"""Forecast of emissions from a ledger's past months."""

from __future__ import annotations

from sample.forecast.trend import linear_trend, monthly_history

__all__ = ["linear_trend", "monthly_history"]
