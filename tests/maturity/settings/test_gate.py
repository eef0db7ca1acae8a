"""What `[tool.maturity.gate]` may say."""

from __future__ import annotations

from fractions import Fraction

import pytest

from maturity.errors import ConfigurationError
from maturity.settings.gate import GateSettings
from maturity.settings.settings import read_settings

METRICS = ("coverage.percentage", "linting.total_violations")


def read(text: str) -> GateSettings:
    return read_settings(f"[tool.maturity.gate]\n{text}\n", (), METRICS).gate


def test_without_a_table_five_points_may_be_lost() -> None:
    assert read_settings("", (), METRICS).gate == GateSettings(Fraction(5), (), None, False)


def test_all_keys() -> None:
    text = "coverage-drop = 0.5\nnew-code = 80\nfewer-tests = true\n"
    text += 'no-worse = ["coverage.uncovered", "linting.total_violations"]'
    worse = ("coverage.uncovered", "linting.total_violations")
    assert read(text) == GateSettings(Fraction(1, 2), worse, Fraction(80), True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("coverage-drop = 101", "coverage-drop: expected a number from 0 to 100, found 101"),
        ('new-code = "80"', "new-code: expected a number"),
        ('no-worse = ["linting.total"]', "no-worse: unknown 'linting.total'; did you mean 'linting.total_violations'?"),
        ("fewer-tests = 1", "fewer-tests: expected true or false"),
        ("coverage-dropp = 1", "coverage-drop"),
        ("new_code = 1", "new-code"),
    ],
)
def test_a_slip_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(text)
    assert str(refused.value).startswith("pyproject.toml: [tool.maturity.gate]")
    assert said in str(refused.value)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="expected a table"):
        read_settings("[tool.maturity]\ngate = 3\n", (), METRICS)
