"""`[tool.maturity.gate]`: what a change may not make worse, besides what no change may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from maturity.errors import ConfigurationError
from maturity.settings.criteria import threshold
from maturity.settings.toml import Table, nearest

UNCOVERED = ("coverage.uncovered", "integration_coverage.uncovered")
"""Statements and branches that no test reaches: no criterion needs them, for they follow from the percentage."""


@dataclass(frozen=True)
class GateSettings:
    """What the gate asks for.

    `coverage_drop` is how many points of coverage may be lost. None of the metrics in `no_worse` may get worse at all.
    `new_code` is the coverage that changed lines need at least, in percent, None for any. `fewer_tests` says that tests
    may go while the code that they tested stays.
    """

    coverage_drop: Fraction = Fraction(5)
    no_worse: tuple[str, ...] = ()
    new_code: Fraction | None = None
    fewer_tests: bool = False


def read_gate(table: Table, metrics: Sequence[str]) -> GateSettings:
    """The gate's table; `metrics` are the names that it may use. Raises ConfigurationError."""
    drop, new_code = threshold(table, "coverage-drop"), threshold(table, "new-code")
    no_worse = table.texts("no-worse") or ()
    fewer_tests = table.take("fewer-tests")
    table.close()
    for key, value in (("coverage-drop", drop), ("new-code", new_code)):
        if value is not None and not 0 <= value <= 100:
            raise ConfigurationError(f"{table.at(key)}: expected a number from 0 to 100, found {float(value):g}")
    for metric in no_worse:
        if metric not in (*metrics, *UNCOVERED):
            raise ConfigurationError(
                f"{table.at('no-worse')}: unknown {metric!r}{nearest(metric, (*metrics, *UNCOVERED))}"
            )
    if not isinstance(fewer_tests, bool | None):
        raise ConfigurationError(f"{table.at('fewer-tests')}: expected true or false, found {fewer_tests!r}")
    return GateSettings(Fraction(5) if drop is None else drop, no_worse, new_code, bool(fewer_tests))
