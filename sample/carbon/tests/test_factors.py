"""The factor table: lookup, fallback and what it refuses."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from sample.carbon import FactorError, default_factors, parse_factors


def one_kind(**changes: object) -> str:
    """Return a table of one kind, with the given fields replaced."""
    fields: dict[str, object] = {"unit": "litre", "regions": {"GB": 2.5}}
    return json.dumps({"kinds": {"diesel": fields | changes}})


def test_a_region_has_its_own_factor() -> None:
    table = default_factors()
    assert table.find("electricity", "FR").kg_per_unit < table.find("electricity", "world").kg_per_unit


def test_an_unknown_region_falls_back_to_the_world_and_says_so() -> None:
    factor = default_factors().find("electricity", "XX")
    assert (factor.region, factor.unit) == ("world", "kWh")


def test_every_default_kind_has_a_factor_for_the_world() -> None:
    assert all("world" in regions for regions in default_factors().by_kind.values())


def test_factors_keep_the_digits_of_the_file() -> None:
    table = parse_factors(one_kind(regions={"GB": 0.1}))
    assert table.find("diesel", "GB").kg_per_unit == Decimal("0.1")


def test_a_factor_of_zero_is_a_factor() -> None:
    assert parse_factors(one_kind(regions={"GB": 0})).find("diesel", "GB").kg_per_unit == 0


def test_an_unknown_kind_names_the_known_ones() -> None:
    with pytest.raises(FactorError, match=r"'coal'; known kinds: diesel, electricity"):
        default_factors().find("coal", "GB")


def test_no_factor_for_the_region_and_none_for_the_world() -> None:
    with pytest.raises(FactorError, match="'diesel' in 'FR'"):
        parse_factors(one_kind()).find("diesel", "FR")


@pytest.mark.parametrize("kg", [-1, "2.5", None, float("nan")])
def test_a_factor_must_be_a_number_of_at_least_zero(kg: object) -> None:
    with pytest.raises(FactorError, match="the factor of 'GB'"):
        parse_factors(one_kind(regions={"GB": kg}))


def test_a_list_is_no_table() -> None:
    with pytest.raises(FactorError, match="the table must be an object"):
        parse_factors("[]")
