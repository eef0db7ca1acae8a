"""Which files are tests, and which tests are a component's when nothing is configured."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maturity.discovery.testfiles import OuterTests, all_tests, find_tests, is_collected, is_test_file
from maturity.tree import Tree

Grow = Callable[..., Tree]


def found(tree: Tree, *paths: str, name: str = "carbon") -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The unit and the integration tests of a component whose files are below `paths`."""
    inner = [p for path in paths for p in tree.python_below(path) if is_test_file(p.removeprefix(f"{path}/"))]
    return find_tests(name, paths, inner, OuterTests(tree))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("api.py", False),
        ("test_api.py", True),
        ("conftest.py", True),
        ("deep/conftest.py", True),
        ("deep/test_api.py", True),
        ("tests/builders.py", True),
        ("deep/tests/x/builders.py", True),
        ("test/builders.py", False),
        ("my_tests/builders.py", False),
        ("tests.py", False),
        ("testing.py", False),
        ("contest.py", False),
        ("latest_api.py", False),
        ("test_api.txt", False),
    ],
)
def test_what_is_a_test_file(path: str, expected: bool) -> None:
    assert is_test_file(path) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("a/test_x.py", True), ("x_test.py", True), ("conftest.py", False), ("tests/x.py", False), ("test_x.pyi", False)],
)
def test_what_pytest_would_collect(path: str, expected: bool) -> None:
    assert is_collected(path) is expected


def test_all_matches_count(grow: Grow) -> None:
    tree = grow(
        "tests/test_carbon.py",
        "tests/test_carbon_api.py",
        "tests/unit/deep/test_carbon.py",
        "tests/unit/carbon/test_other.py",
        "tests/unit/carbon/deep/test_more.py",
        "tests/test_carbonara.py",
        "tests/test_my_carbon.py",
        "tests/carbonara/test_x.py",
        "tests/carbon_api/test_x.py",
        "tests/carbon.py",
        "elsewhere/test_carbon.py",
        "src/tests/test_carbon.py",
    )
    unit, integration = found(tree)
    assert unit == (
        "tests/test_carbon.py",
        "tests/test_carbon_api.py",
        "tests/unit/carbon",
        "tests/unit/deep/test_carbon.py",
    )
    assert integration == ()


def test_a_directory_of_the_name_without_tests_is_no_test(grow: Grow) -> None:
    assert found(grow("tests/carbon/builders.py", "tests/carbon/data.json")) == ((), ())


def test_no_tests_at_all(grow: Grow) -> None:
    assert found(grow("src/carbon/a.py"), "src/carbon") == ((), ())


def test_a_name_of_several_words(grow: Grow) -> None:
    tree = grow("tests/test_carbon_api.py", "tests/test_carbon_api_v2.py", "tests/test_carbon.py")
    assert found(tree, name="carbon_api")[0] == ("tests/test_carbon_api.py", "tests/test_carbon_api_v2.py")


def test_a_directory_inside_another_of_the_name_counts_once(grow: Grow) -> None:
    tree = grow("tests/carbon/carbon/test_a.py", "tests/carbon/test_carbon.py", "tests/carbon/x/test_b.py")
    assert found(tree)[0] == ("tests/carbon",)


def test_tests_inside_the_component(grow: Grow) -> None:
    tree = grow(
        "src/carbon/a.py",
        "src/carbon/test_a.py",
        "src/carbon/conftest.py",
        "src/carbon/tests/test_b.py",
        "src/carbon/deep/tests/x/test_c.py",
        "src/carbon/deep/test_d.py",
        "src/carbon/tests/helpers.py",
    )
    assert found(tree, "src/carbon")[0] == (
        "src/carbon/deep/test_d.py",
        "src/carbon/deep/tests",
        "src/carbon/test_a.py",
        "src/carbon/tests",
    )


def test_a_tests_directory_without_tests_is_not_given_to_pytest(grow: Grow) -> None:
    assert found(grow("src/carbon/a.py", "src/carbon/tests/__init__.py"), "src/carbon") == ((), ())


def test_what_lies_under_integration_are_the_integration_tests(grow: Grow) -> None:
    tree = grow(
        "tests/integration/test_carbon.py",
        "tests/integration/deep/test_carbon_flow.py",
        "tests/integration/carbon/test_x.py",
        "tests/test_carbon.py",
        "tests/test_carbon_integration.py",
    )
    assert found(tree) == (
        ("tests/test_carbon.py", "tests/test_carbon_integration.py"),
        (
            "tests/integration/carbon",
            "tests/integration/deep/test_carbon_flow.py",
            "tests/integration/test_carbon.py",
        ),
    )


def test_a_directory_with_both_is_told_apart_file_by_file(grow: Grow) -> None:
    tree = grow(
        "src/carbon/tests/test_a.py",
        "src/carbon/tests/unit/test_b.py",
        "src/carbon/tests/integration/test_c.py",
        "src/carbon/tests/integration/helpers.py",
        "tests/carbon/test_d.py",
        "tests/carbon/integration/test_e.py",
    )
    unit, integration = found(tree, "src/carbon")
    assert unit == ("src/carbon/tests/test_a.py", "src/carbon/tests/unit/test_b.py", "tests/carbon/test_d.py")
    assert integration == ("src/carbon/tests/integration/test_c.py", "tests/carbon/integration/test_e.py")


def test_no_test_is_both_unit_and_integration(grow: Grow) -> None:
    unit, integration = found(grow("tests/carbon/integration/test_carbon.py", "tests/carbon/test_carbon.py"))
    assert not set(unit) & set(integration)
    assert unit == ("tests/carbon/test_carbon.py",)


def test_a_component_that_is_called_integration_has_unit_tests_too(grow: Grow) -> None:
    tree = grow("src/integration/a.py", "src/integration/tests/test_a.py")
    assert found(tree, "src/integration", name="integration")[0] == ("src/integration/tests",)


@pytest.mark.parametrize(
    ("python", "tests"),
    [
        (["click/core.py", "tests/conftest.py", "tests/test_arguments.py"], "tests"),
        (["click/core.py", "test/test_arguments.py"], "test"),
        (["click/core.py", "tests/unit/arguments_test.py"], "tests"),
        (["six.py", "test_six_more.py", "test_it.py"], None),
        (["click/core.py", "tests/conftest.py"], None),
        (["click/core.py", "docs/tests/test_x.py"], None),
    ],
)
def test_where_all_the_tests_are(python: list[str], tests: str | None) -> None:
    assert all_tests(python) == tests
