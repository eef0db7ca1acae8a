"""What tests share: a planted tree, collectors that measure nothing, and how many examples Hypothesis tries.

MATURITY_HYPOTHESIS=long asks for a thorough run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, settings

from maturity.collectors.base import Collector
from maturity.metrics import CoverageMetrics, LintingMetrics, TestMetrics
from maturity.model import NO_TESTS, Component
from maturity.tree import Tree

# The same examples each time: the tests of this package are themselves measured, and what they cover must not vary.
settings.register_profile(
    "short", max_examples=100, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("measured", settings.get_profile("short"), max_examples=20)
settings.register_profile("long", settings.get_profile("short"), max_examples=20_000, derandomize=False)
# Under coverage every line costs more, and further examples hardly reach other lines.
settings.load_profile(os.environ.get("MATURITY_HYPOTHESIS", "measured" if "COVERAGE_RUN" in os.environ else "short"))

Plant = Callable[..., Path]
Grow = Callable[..., Tree]


@pytest.fixture
def plant(tmp_path: Path) -> Plant:
    """Writes files below a fresh root and gives the root: paths alone for files of no interest, or path → text."""
    root = tmp_path / "repo"
    root.mkdir()

    def write(*paths: str, texts: Mapping[str, str] = MappingProxyType({})) -> Path:
        for path, text in {**dict.fromkeys(paths, ""), **texts}.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode())
        return root

    return write


@pytest.fixture
def grow(plant: Plant) -> Grow:
    """Writes files as `plant` does, and gives the tree as one walk finds it."""
    return lambda *paths, **options: Tree(plant(*paths, **options))


@pytest.fixture
def linter() -> Collector:
    """A collector of linting metrics that has no tool behind it."""
    return Collector(
        name="ruff",
        title="Linting (ruff)",
        module="ruff",
        first_party=True,
        metrics={"linting": LintingMetrics},
        distributions=("ruff",),
        configuration=(),
        applies=lambda component: True,
        steps=lambda request: (),
        parse=lambda request, outputs: {},
    )


@pytest.fixture
def tester() -> Collector:
    """A collector of coverage and test counts, with tests, imports and environment as inputs, and no tool behind it."""
    return Collector(
        name="pytest",
        title="Tests (pytest, coverage)",
        module="pytest",
        metrics={"coverage": CoverageMetrics, "tests": TestMetrics},
        distributions=("pytest",),
        configuration=(),
        applies=lambda component: bool(component.tests),
        steps=lambda request: (),
        parse=lambda request, outputs: {},
        tests=tests_of,
        idle=NO_TESTS,
        imports=True,
        environment=True,
    )


def tests_of(component: Component) -> tuple[str, ...]:
    return component.tests


@pytest.fixture
def of_form() -> Callable[[str, str], dict]:
    """Reads what was printed: of a form in the package, and without a key that its schema does not name."""
    from jsonschema import Draft202012Validator

    def closed(schema: object) -> object:
        if isinstance(schema, list):
            return [closed(each) for each in schema]
        if not isinstance(schema, dict):
            return schema
        inner = {key: closed(each) for key, each in schema.items()}
        return {**inner, "additionalProperties": False} if "properties" in inner else inner

    def read(name: str, printed: str) -> dict:
        schema = json.loads(files("maturity").joinpath(f"schemas/{name}.schema.json").read_text("utf-8"))
        Draft202012Validator.check_schema(schema)
        said = json.loads(printed)
        Draft202012Validator(closed(schema)).validate(said)
        Draft202012Validator(schema).validate({**said, "a key of a later version": 1})
        return said

    return read
