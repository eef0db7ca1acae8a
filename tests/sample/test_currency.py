"""The single-file sample component: exact conversion, rounding on request, splitting without loss."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal

import pytest

from sample.currency_component import CurrencyError, Money, convert, shares

RATES = {("EUR", "USD"): Decimal("1.0825"), ("EUR", "JPY"): Decimal("161.37")}


def test_conversion_keeps_every_digit() -> None:
    assert convert(Money(Decimal("19.99"), "EUR"), "USD", RATES) == Money(Decimal("21.639175"), "USD")


def test_the_same_currency_needs_no_rate() -> None:
    money = Money(Decimal("0.1"), "GBP")
    assert convert(money, "GBP", {}) is money


def test_the_inverse_of_a_rate_is_not_guessed() -> None:
    with pytest.raises(CurrencyError, match="no rate from USD to EUR"):
        convert(Money(Decimal(1), "USD"), "EUR", RATES)


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity"])
def test_a_rate_is_above_zero(rate: str) -> None:
    with pytest.raises(CurrencyError, match="must be above 0"):
        convert(Money(Decimal(1), "EUR"), "USD", {("EUR", "USD"): Decimal(rate)})


def test_a_product_that_would_lose_digits_is_refused() -> None:
    long = Decimal("1." + "3" * 40)
    with pytest.raises(CurrencyError, match="more than 60 digits"):
        convert(Money(long, "EUR"), "USD", {("EUR", "USD"): long})


@pytest.mark.parametrize("code", ["eur", "EURO", "E1R", "ÄÖÜ", ""])
def test_a_code_is_three_capitals(code: str) -> None:
    with pytest.raises(CurrencyError, match="not a currency code"):
        Money(Decimal(1), code)


def test_an_amount_is_finite() -> None:
    with pytest.raises(CurrencyError, match="not an amount"):
        Money(Decimal("NaN"), "EUR")


def test_addition_is_exact() -> None:
    total = Money(Decimal("1e30"), "EUR") + Money(Decimal("0.01"), "EUR")
    assert total.amount == Decimal("1" + "0" * 30 + ".01")


def test_an_amount_too_long_to_be_written_out_is_refused() -> None:
    with pytest.raises(CurrencyError, match=r"1E\+70 with 2 decimals"):
        Money(Decimal("1e70"), "EUR").rounded()


def test_currencies_are_not_mixed() -> None:
    with pytest.raises(CurrencyError, match="convert first"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")  # pyright: ignore[reportUnusedExpression]


@pytest.mark.parametrize(("currency", "expected"), [("USD", "2.34"), ("JPY", "2"), ("KWD", "2.345")])
def test_rounding_uses_the_minor_unit(currency: str, expected: str) -> None:
    assert str(Money(Decimal("2.345"), currency).rounded().amount) == expected


def test_rounding_as_the_caller_says() -> None:
    assert Money(Decimal("2.999"), "USD").rounded(1, ROUND_DOWN).amount == Decimal("2.9")


def test_no_part_is_no_split() -> None:
    with pytest.raises(CurrencyError, match="into 0 parts"):
        shares(Money(Decimal(1), "EUR"), 0)


@pytest.mark.parametrize(("amount", "parts"), [("100", 3), ("0.01", 7), ("-100", 3), ("0", 2), ("9.99", 1)])
def test_shares_lose_nothing_and_differ_by_one_unit(amount: str, parts: int) -> None:
    amounts = [share.amount for share in shares(Money(Decimal(amount), "EUR"), parts)]
    assert len(amounts) == parts
    assert sum(amounts) == Decimal(amount)
    assert max(amounts) - min(amounts) <= Decimal("0.01")


def test_shares_of_a_currency_without_minor_unit_are_whole() -> None:
    assert [share.amount for share in shares(Money(Decimal(100), "JPY"), 3)] == [34, 33, 33]
