"""The criteria as data: the default ladder, and how a ladder is read from TOML tables."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from maturity.errors import ConfigurationError
from maturity.model import Criterion, Ladder
from maturity.settings.toml import Table

DEFAULT_STAGES = ("Development", "Staging", "Production")

DEFAULTS = """
[[criterion]]
stage = "Staging"
id = "coverage"
title = "Test coverage"
metric = "coverage.percentage"
at-least = 70

[[criterion]]
stage = "Staging"
id = "lint"
title = "Lint violations"
metric = "linting.total_violations"
at-most = 0

[[criterion]]
stage = "Staging"
id = "types"
title = "Type errors"
metric = "type_checking.errors"
at-most = 0

[[criterion]]
stage = "Staging"
id = "security"
title = "Security issues"
metric = "security.total_issues"
at-most = 0

[[criterion]]
stage = "Staging"
id = "tests"
title = "All tests passing"
metric = "tests.pass_rate"
at-least = 100

[[criterion]]
stage = "Staging"
id = "api-documented"
title = "API documented"

[[criterion]]
stage = "Staging"
id = "readme"
title = "Component README exists"

[[criterion]]
stage = "Production"
id = "integration-coverage"
title = "Integration test coverage"
metric = "integration_coverage.percentage"
at-least = 80

[[criterion]]
stage = "Production"
id = "integration-tests"
title = "All integration tests passing"
metric = "integration_tests.pass_rate"
at-least = 100

[[criterion]]
stage = "Production"
id = "performance"
title = "Performance meets its SLAs"

[[criterion]]
stage = "Production"
id = "uptime"
title = "7-day uptime ≥ 99.5 %"

[[criterion]]
stage = "Production"
id = "security-review"
title = "Security review complete"

[[criterion]]
stage = "Production"
id = "monitoring"
title = "Monitoring configured"

[[criterion]]
stage = "Production"
id = "rollback"
title = "Rollback procedure tested"
"""


def read_ladder(stages: Sequence[str] | None, tables: Iterable[Table], metrics: Sequence[str]) -> Ladder:
    """The ladder that a configuration describes.

    Without `stages` the tables add to the default criteria, and replace those of the same stage and id; with `stages`
    they are the whole ladder. `metrics` are the names that a criterion may use; the lowest stage asks for nothing.
    """
    if stages is None:
        stages = DEFAULT_STAGES
        defaults = tomllib.loads(DEFAULTS)["criterion"]
        criteria = {key(c): c for c in (read_criterion(Table("", table), stages, None) for table in defaults)}
    else:
        criteria = {}
    titles = {identity: criterion.title for (_, identity), criterion in criteria.items()}
    for table in tables:
        criterion = read_criterion(table, stages, metrics, titles)
        criteria[key(criterion)] = criterion
    manual = Counter(criterion.id for criterion in criteria.values() if criterion.manual)
    twice = [identity for identity, times in manual.items() if times > 1]
    if twice:
        raise ConfigurationError(f"pyproject.toml: [tool.maturity] criterion: two manual criteria have id {twice[0]!r}")
    order = {stage: position for position, stage in enumerate(stages)}
    return Ladder(tuple(stages), tuple(sorted(criteria.values(), key=lambda c: order[c.stage])))


def key(criterion: Criterion) -> tuple[str, str]:
    """What makes two criteria the same one."""
    return (criterion.stage, criterion.id)


def read_criterion(
    table: Table, stages: Sequence[str], metrics: Sequence[str] | None, titles: Mapping[str, str] = MappingProxyType({})
) -> Criterion:
    """One `[[criterion]]` table; a table without `metric` is a manual criterion.

    A title that is not given is the one in `titles` of that id, else made from the id. `metrics` None allows any.
    """
    stage = table.choice("stage", stages[1:])
    identity = table.word("id")
    title = table.text("title", titles.get(identity, identity.replace("-", " ").capitalize()))
    allowed = metrics if "metric" in table else None
    metric = table.optional_text("metric") if allowed is None else table.choice("metric", allowed)
    at_least = threshold(table, "at-least")
    at_most = threshold(table, "at-most")
    table.close()
    if (metric is None) != (at_least is None and at_most is None) or (at_least is not None and at_most is not None):
        raise ConfigurationError(
            f"{table.where}: a criterion has a metric with either at-least or at-most, or neither (then it is manual)"
        )
    return Criterion(stage, identity, title, metric, at_least, at_most)


MOST_DIGITS = 30
"""Digits of a threshold on either side of its point: 1e999999999 would be made exact, digit by digit."""


def threshold(table: Table, name: str) -> Fraction | None:
    """An exact threshold; TOML floats arrive as decimals."""
    value = table.take(name)
    if value is None:
        return None
    number = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else Decimal("nan")
    if not number.is_finite() or abs(number.adjusted()) > MOST_DIGITS:
        raise ConfigurationError(f"{table.at(name)}: expected a number, found {value!r}")
    return Fraction(number)
