"""`--verbose` and `doit info` say for each thing that runs why: the file, the table or the version that changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout

TRACKER = "src/components/carbon/tracker.py"
TRACE = ".maturity/records/carbon/ruff.trace.json"


def why(checkout: Checkout, task: str) -> str:
    """What `doit info` says of a task."""
    return " ".join(checkout.doit("info", task).stdout.split())


def test_a_file_that_changed_came_or_went_is_named(shop: Checkout) -> None:
    shop.append(TRACKER, "\n# a remark\n")
    shop.write("src/components/carbon/fresh.py", "X = 1\n")
    assert f"files: src/components/carbon/fresh.py is new, {TRACKER} is changed" in why(shop, "ruff:carbon")
    shop.all()
    shop.path("src/components/carbon/fresh.py").unlink()
    assert "files: src/components/carbon/fresh.py is gone" in why(shop, "ruff:carbon")


def test_a_file_that_is_imported_is_named(shop: Checkout) -> None:
    shop.append("src/shared/money.py", "\n# a remark\n")
    assert "imported files: src/shared/money.py is changed" in why(shop, "pyright:billing")


def test_a_table_is_named(shop: Checkout) -> None:
    shop.write("src/components/carbon/ruff.toml", "line-length = 50\n")
    assert "src/components/carbon/ruff.toml: new" in why(shop, "ruff:carbon")
    assert "runs because" not in why(shop, "ruff:billing")


@pytest.mark.parametrize("label", ["version of ruff", "version of Python"])
def test_a_version_is_named(shop: Checkout, label: str) -> None:
    trace = json.loads(shop.read(TRACE))
    version = trace["inputs"][label]
    trace["inputs"][label] = "0.1"
    shop.write(TRACE, json.dumps(trace))
    ran = shop.maturity("--component", "carbon", "--verbose")
    assert f"ruff:carbon runs: {label}: 0.1 → {version}" in ran.output
    assert ran.collected == {"ruff:carbon"}
