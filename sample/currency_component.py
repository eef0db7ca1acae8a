"""Exact money conversion: no digit is lost unless the caller asks for rounding.

Currencies are the three-letter codes of ISO 4217. Rates come from the caller, each for one direction: the inverse of a
rate is rarely exact and rarely what a bank pays, so it is never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    Inexact,
    InvalidOperation,
    Overflow,
)

# Far more digits than money has; a product that needs still more is an error, not a rounded figure.
_PRECISION = 60
_EXACT = Context(prec=_PRECISION, traps=[Inexact, InvalidOperation, Overflow])
_ROUNDING = Context(prec=_PRECISION, traps=[InvalidOperation, Overflow])

# Minor units of ISO 4217 where they are not 2; the list is short on purpose and can be overruled in `rounded`.
_MINOR_UNITS = {"BHD": 3, "ISK": 0, "JPY": 0, "KRW": 0, "KWD": 3, "TND": 3}

Rates = Mapping[tuple[str, str], Decimal]


class CurrencyError(ValueError):
    """A code, an amount or a rate cannot be used."""


@dataclass(frozen=True, slots=True)
class Money:
    """A finite amount in one currency; CurrencyError if the amount is not finite or the code not three capitals."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        """Check the amount and the form of the code."""
        code = self.currency
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise CurrencyError(f"not a currency code: {code!r}")
        if not self.amount.is_finite():
            raise CurrencyError(f"not an amount: {self.amount}")

    def __add__(self, other: Money) -> Money:
        """Add money of the same currency, exactly."""
        if other.currency != self.currency:
            raise CurrencyError(f"cannot add {other.currency} to {self.currency}: convert first")
        return Money(_exact(_EXACT.add, self.amount, other.amount), self.currency)

    def rounded(self, places: int | None = None, rounding: str = ROUND_HALF_EVEN) -> Money:
        """Return the amount with `places` decimals, by default those of the currency's minor unit."""
        if places is None:
            places = _MINOR_UNITS.get(self.currency, 2)
        try:
            amount = self.amount.quantize(Decimal(1).scaleb(-places), rounding, _ROUNDING)
        except InvalidOperation as error:
            raise CurrencyError(f"{self.amount} with {places} decimals needs more than {_PRECISION} digits") from error
        return Money(amount, self.currency)


def convert(money: Money, currency: str, rates: Rates) -> Money:
    """Convert exactly by the rate (from, to); CurrencyError if it is missing, not positive, or the product too long."""
    if currency == money.currency:
        return money
    rate = rates.get((money.currency, currency))
    if rate is None:
        raise CurrencyError(f"no rate from {money.currency} to {currency}")
    if not rate.is_finite() or rate <= 0:
        raise CurrencyError(f"the rate from {money.currency} to {currency} must be above 0, not {rate}")
    return Money(_exact(_EXACT.multiply, money.amount, rate), currency)


def shares(money: Money, parts: int) -> list[Money]:
    """Split into `parts` amounts that differ by at most one minor unit and add up to the rounded amount exactly."""
    if parts < 1:
        raise CurrencyError(f"cannot split into {parts} parts")
    whole = money.rounded().amount
    unit = Decimal(1).scaleb(-_MINOR_UNITS.get(money.currency, 2))
    quotient, extra = divmod(int(_EXACT.divide(whole, unit)), parts)
    counts = [quotient + (part < extra) for part in range(parts)]
    return [Money(_EXACT.multiply(Decimal(count), unit), money.currency) for count in counts]


def _exact(operation: Callable[[Decimal, Decimal], Decimal], left: Decimal, right: Decimal) -> Decimal:
    try:
        return operation(left, right)
    except Inexact as error:
        raise CurrencyError(f"{left} with {right} needs more than {_PRECISION} digits") from error
