"""Emission factors by kind and region, in kg CO2e per unit of activity.

The rule is that of the GHG Protocol Corporate Standard (revised edition, chapter 6): emissions are activity data times
an emission factor. Purchased electricity follows the location-based method of its Scope 2 Guidance: the average factor
of the grid where the energy is used. The figures in factors.json are illustrative and must not be used for reporting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import cast

FALLBACK_REGION = "world"


class FactorError(ValueError):
    """A factor table is malformed, or has no factor for what was asked."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor: kg CO2e for one `unit` of `kind` used in `region`."""

    kind: str
    region: str
    unit: str
    kg_per_unit: Decimal


@dataclass(frozen=True, slots=True)
class FactorTable:
    """All known factors, by kind and then by region."""

    by_kind: Mapping[str, Mapping[str, Factor]]

    def find(self, kind: str, region: str) -> Factor:
        """Return the factor of the region, else that of the world; the factor's own region says which it is."""
        regions = self.by_kind.get(kind)
        if regions is None:
            raise FactorError(f"no emission factor for {kind!r}; known kinds: {', '.join(sorted(self.by_kind))}")
        factor = regions.get(region) or regions.get(FALLBACK_REGION)
        if factor is None:
            raise FactorError(f"no emission factor for {kind!r} in {region!r}, and none for {FALLBACK_REGION!r}")
        return factor


def parse_factors(text: str) -> FactorTable:
    """Read a table in the form of factors.json; FactorError names the kind and the key that is wrong."""
    try:
        # Decimal keeps 0.05 as it was written: a sum of up to 28 digits is exact, whatever its order.
        table = _mapping(json.loads(text, parse_float=Decimal, parse_int=Decimal), "the table")
    except json.JSONDecodeError as error:
        raise FactorError(f"not JSON: line {error.lineno}: {error.msg}") from error
    kinds = _mapping(table.get("kinds"), "'kinds'")
    return FactorTable({kind: _regions(kind, entry) for kind, entry in kinds.items()})


def default_factors() -> FactorTable:
    """Read the illustrative table that comes with the component."""
    return parse_factors(Path(__file__).with_name("factors.json").read_text(encoding="utf-8"))


def _regions(kind: str, entry: object) -> dict[str, Factor]:
    fields = _mapping(entry, f"{kind!r}")
    unit = fields.get("unit")
    if not isinstance(unit, str):
        raise FactorError(f"{kind!r}: 'unit' must be text, not {unit!r}")
    factors: dict[str, Factor] = {}
    for region, kg in _mapping(fields.get("regions"), f"{kind!r}: 'regions'").items():
        if not isinstance(kg, Decimal) or kg < 0:
            raise FactorError(f"{kind!r}: the factor of {region!r} must be a number of at least 0, not {kg!r}")
        factors[region] = Factor(kind, region, unit, kg)
    return factors


def _mapping(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise FactorError(f"{name} must be an object, not {value!r}")
    return cast("dict[str, object]", value)
