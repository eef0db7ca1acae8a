"""The JSON Schema of `[tool.maturity]` and `settings.py` say yes and no to the same configurations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from maturity import collectors, schema
from maturity.errors import ConfigurationError
from maturity.schema import settings_schema
from maturity.settings.settings import read_settings

FILE = Path(schema.__file__).with_name("schemas") / "settings.schema.json"
KNOWN = collectors.all_collectors()
TOOLS = [collector.settings or collector.name for collector in KNOWN]
METRICS = collectors.metric_names(KNOWN)
VALIDATOR = Draft7Validator(settings_schema())
ONLY_A_RUN_SAYS = ("unknown value", "two manual criteria have id")
"""What relates one value to another cannot be said in the schema."""


def toml(value: Any) -> str:
    """A value as TOML on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return json.dumps(value)


def refusal(table: Any) -> str | None:
    """Why our own reader refuses a table, None if it does not."""
    try:
        read_settings(f"[tool]\nmaturity = {toml(table)}\n", TOOLS, METRICS)
    except ConfigurationError as error:
        return str(error)
    return None


def test_the_schema_is_one_and_the_file_is_that_of_the_built_in_collectors() -> None:
    Draft7Validator.check_schema(settings_schema())
    assert json.loads(FILE.read_text("utf-8")) == settings_schema()


def test_a_collector_that_is_installed_is_in_it(monkeypatch: pytest.MonkeyPatch, linter: Any) -> None:
    monkeypatch.setattr(collectors, "all_collectors", lambda: (linter,))
    assert settings_schema()["properties"]["tool"]["propertyNames"]["enum"] == ["ruff"]
    metrics = settings_schema()["definitions"]["criterion"]["properties"]["metric"]["enum"]
    assert metrics == ["linting.total_violations"]


COVERAGE = {"stage": "Staging", "id": "coverage", "metric": "coverage.percentage", "at-least": 80}


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"components": ["src/*"], "exclude": [], "template": "docs/new.md"},
        {"stages": ["Low", "High"], "criterion": [{"stage": "High", "id": "x"}]},
        {"component": {"a b": {"source": ["a.py"], "tests": [], "owner": "@team", "group": "Ä"}}},
        {"tool": {"pytest": {"command": ["uv", "run", "pytest"], "timeout": 1}}},
        {"criterion": [COVERAGE, {"stage": "Production", "id": "1.2-a_b", "title": "A title"}]},
        {"criterion": [{**COVERAGE, "at-least": 99.5}]},
        {"gate": {"coverage-drop": 0.5, "no-worse": ["coverage.uncovered"], "new-code": 80, "fewer-tests": True}},
    ],
)
def test_both_take(table: dict[str, Any]) -> None:
    assert refusal(table) is None
    assert VALIDATOR.is_valid(table)


@pytest.mark.parametrize(
    "table",
    [
        {"component": []},
        {"componentz": []},
        {"components": "src/*"},
        {"components": [""]},
        {"components": [1]},
        {"template": " "},
        {"template": "two\nlines"},
        {"stages": ["One"]},
        {"stages": ["One", "One"]},
        {"component": {"carbon": {"source": []}}},
        {"component": {"carbon": {"test": ["tests"]}}},
        {"component": {"carbon": "carbon"}},
        {"tool": {"mypi": {}}},
        {"tool": {"ruff": {"command": []}}},
        {"tool": {"ruff": {"timeout": 0}}},
        {"tool": {"ruff": {"timeout": True}}},
        {"tool": {"ruff": {"timeout": 1.5}}},
        {"gate": {"coverage-drop": -1}},
        {"gate": {"new-code": "80"}},
        {"gate": {"no-worse": ["coverage"]}},
        {"gate": {"fewer-tests": 1}},
        {"gate": []},
        {"criterion": {}},
        {"criterion": [{"stage": "Staging"}]},
        {"criterion": [{"id": "x"}]},
        {"criterion": [{"stage": "Development", "id": "x"}]},
        {"criterion": [{"stage": "Staging", "id": "-x"}]},
        {"criterion": [{"stage": "Staging", "id": "x", "at-least": 1}]},
        {"criterion": [{"stage": "Staging", "id": "x", "metric": "coverage.percentage"}]},
        {"criterion": [{**COVERAGE, "at-most": 90}]},
        {"criterion": [{**COVERAGE, "at-least": "80"}]},
        {"criterion": [{**COVERAGE, "at-least": True}]},
        {"criterion": [{**COVERAGE, "metric": "coverage.percent"}]},
        {"criterion": [{**COVERAGE, "note": "x"}]},
    ],
)
def test_both_refuse(table: dict[str, Any]) -> None:
    assert refusal(table) is not None
    assert not VALIDATOR.is_valid(table)


WORDS = st.sampled_from(["a", "Staging", "Production", "src/*", "ruff", "coverage", "tests/x.py::Test", "Ä b"])
ODD = st.sampled_from(["", " ", "-x", "two\nlines", "\x7f"]) | st.integers(-1, 1) | st.booleans() | st.just([])
TEXT = WORDS | ODD
TEXTS = st.lists(TEXT, max_size=3)


def optional(keys: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Tables with some of these keys."""
    return st.fixed_dictionaries({}, optional=keys)


COMPONENT = optional(
    {"source": TEXTS, "tests": TEXTS, "integration-tests": TEXTS, "document": TEXT, "owner": TEXT, "group": TEXT}
)
TOOL = optional({"command": TEXTS, "timeout": st.integers(-1, 2) | ODD, "comand": TEXTS})
CRITERION = optional(
    {
        "stage": st.sampled_from(["Development", "Staging", "Production", "High"]) | TEXT,
        "id": st.sampled_from(["coverage", "x.y", "-x"]) | TEXT,
        "title": TEXT,
        "metric": st.sampled_from([*METRICS, "coverage"]),
        "at-least": st.integers(0, 100) | st.floats(0, 100) | ODD,
        "at-most": st.integers(0, 100) | ODD,
    }
)
GATE = optional(
    {
        "coverage-drop": st.integers(-1, 101) | ODD,
        "no-worse": st.lists(st.sampled_from([METRICS[0], "coverage.uncovered", "coverage"]) | ODD, max_size=2),
        "new-code": st.integers(-1, 101) | st.floats(0, 100) | ODD,
        "fewer-tests": ODD,
    }
)
TABLES = optional(
    {
        "gate": GATE | ODD,
        "components": TEXTS,
        "exclude": TEXTS,
        "template": TEXT,
        "stages": st.lists(st.sampled_from(["Low", "High", "Staging", ""]), max_size=3),
        "component": st.dictionaries(st.sampled_from(["carbon", "a b"]), COMPONENT | ODD, max_size=2),
        "tool": st.dictionaries(st.sampled_from([*TOOLS, "mypi"]), TOOL | ODD, max_size=2),
        "criterion": st.lists(CRITERION | ODD, max_size=2),
        "exlude": TEXTS,
    }
)


@given(TABLES)
def test_they_agree(table: dict[str, Any]) -> None:
    refused = refusal(table)
    if refused is None or not any(words in refused for words in ONLY_A_RUN_SAYS):
        assert VALIDATOR.is_valid(table) == (refused is None), refused


@given(CRITERION)
def test_they_agree_on_criteria(table: dict[str, Any]) -> None:
    test_they_agree.hypothesis.inner_test({"criterion": [table]})


def test_validate_pyproject_finds_it() -> None:
    from validate_pyproject.api import Validator
    from validate_pyproject.error_reporting import ValidationError

    validator = Validator()
    assert validator({"tool": {"maturity": {"components": ["src/*"]}}})
    with pytest.raises(ValidationError, match=r"tool\.maturity.*componentz"):
        validator({"tool": {"maturity": {"componentz": ["src/*"]}}})
