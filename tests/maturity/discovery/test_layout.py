"""Guesses of where the components are, from the paths of a repository."""

from __future__ import annotations

import pytest

from maturity.discovery.layout import guesses


@pytest.mark.parametrize(
    ("python", "globs"),
    [
        (["src/components/carbon/__init__.py", "src/shared/money.py"], ("src/components/*",)),
        (["src/components/carbon.py"], ("src/components/*",)),
        (["packages/a/src/alpha/x.py", "packages/b/src/beta/x.py"], ("packages/*/src/*",)),
        (["packages/a/src/alpha/x.py", "packages/b/beta/x.py"], ("packages/*",)),
        (["services/api/main.py", "libs/x/src/x/y.py"], ("libs/*/src/*", "services/*")),
        (["src/shop/__init__.py", "src/shop/cart/x.py", "src/shop/stock/x.py"], ("src/shop/*/",)),
        (["src/shop/cli.py", "src/shop/cart/x.py", "src/shop/stock/x.py"], ("src/shop", "src/shop/*/")),
        (["src/shop/__init__.py", "src/shop/cart.py", "src/shop/tests/test_x.py"], ("src/shop",)),
        (["src/shop/__init__.py", "src/tools/__init__.py"], ("src/*",)),
        (["src/one.py", "src/two/__init__.py"], ("src/*",)),
        (["src/org/shop/cart/x.py", "src/org/shop/stock/x.py"], ("src/org/shop/*/",)),
        (["shop/__init__.py", "shop/cart/x.py", "shop/stock/x.py", "tests/test_x.py"], ("shop/*/",)),
        (["shop/__init__.py", "setup.py", "docs/conf.py", "conftest.py"], ("shop",)),
        (["shop/__init__.py", "tool/__init__.py"], ("shop", "tool")),
        (["src/attr/__init__.py", "typing-examples/x.py", "doc-tools/y.py"], ("src/attr",)),
        (["bin_packing/__init__.py"], ("bin_packing",)),
        (["six.py", "setup.py", "test_six.py", "noxfile.py"], ("six.py",)),
    ],
)
def test_the_first_guess(python: list[str], globs: tuple[str, ...]) -> None:
    assert next(guesses(python)) == globs


def test_a_coarser_guess_follows() -> None:
    assert list(guesses(["packages/a/src/core/x.py", "packages/b/src/core/x.py"])) == [
        ("packages/*/src/*",),
        ("packages/*",),
    ]


def test_where_there_is_no_code() -> None:
    assert list(guesses([])) == []
    assert list(guesses(["tests/test_x.py", "docs/conf.py", "setup.py"])) == []
