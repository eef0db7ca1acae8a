"""Activities and the ledger that turns them into emissions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from sample.carbon.factors import FALLBACK_REGION, Factor, FactorError, FactorTable


@dataclass(frozen=True, slots=True)
class Activity:
    """One use of energy or transport: `quantity` in `unit`, on `day`, in `region`; ValueError if it is no amount."""

    day: date
    kind: str
    quantity: Decimal
    unit: str
    region: str = FALLBACK_REGION

    def __post_init__(self) -> None:
        """Refuse what cannot be summed: NaN, infinity and negative amounts."""
        if not self.quantity.is_finite() or self.quantity < 0:
            raise ValueError(f"{self.kind}: the quantity must be at least 0, not {self.quantity}")


@dataclass(frozen=True, slots=True)
class Emission:
    """An activity with the factor that was applied to it."""

    activity: Activity
    factor: Factor

    @property
    def kg_co2e(self) -> Decimal:
        """Activity times factor, in kg CO2e, not rounded."""
        return self.activity.quantity * self.factor.kg_per_unit

    @property
    def estimated(self) -> bool:
        """Whether the factor is that of another region than the activity's."""
        return self.factor.region != self.activity.region


@dataclass(slots=True)
class Ledger:
    """Emissions in the order in which their activities were added; all sums are in kg CO2e."""

    table: FactorTable
    emissions: list[Emission] = field(default_factory=list[Emission])

    def add(self, activity: Activity) -> Emission:
        """Append the activity; FactorError if it has no factor or is in another unit than its factor."""
        factor = self.table.find(activity.kind, activity.region)
        if activity.unit != factor.unit:
            # A silent conversion between, say, kWh of gas and cubic metres would need a heating value we do not know.
            raise FactorError(f"{activity.kind}: the factor is per {factor.unit}, the activity is in {activity.unit}")
        emission = Emission(activity, factor)
        self.emissions.append(emission)
        return emission

    def total(self) -> Decimal:
        """Return the sum of all emissions."""
        return sum((emission.kg_co2e for emission in self.emissions), Decimal(0))

    def by_month(self) -> dict[str, Decimal]:
        """Return the sum for each month that has an activity, keyed YYYY-MM, in order of time."""
        return self._sums(lambda emission: emission.activity.day.isoformat()[:7])

    def by_kind(self) -> dict[str, Decimal]:
        """Return the sum for each kind of activity, in alphabetical order."""
        return self._sums(lambda emission: emission.activity.kind)

    def _sums(self, key: Callable[[Emission], str]) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for emission in self.emissions:
            name = key(emission)
            sums[name] = sums.get(name, Decimal(0)) + emission.kg_co2e
        return dict(sorted(sums.items()))
