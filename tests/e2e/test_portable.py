"""Records are true wherever they are: in a copy, in a clone with a restored cache, and after any edit."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout


def test_a_copy_at_another_path_with_other_times_is_current(shop: Checkout, tmp_path: Path) -> None:
    copy = shop.copy(tmp_path / "elsewhere" / "shop")
    for path in copy.root.rglob("*"):
        path.touch()
    ran = copy.all()
    assert (ran.exit_code, ran.collected, ran.executed) == (0, set(), set()), ran
    assert copy.documents() == shop.documents()
    assert copy.doit("validate").exit_code == 0


def test_only_what_changed_is_executed_in_a_copy_at_another_path(shop: Checkout, tmp_path: Path) -> None:
    copy = shop.copy(tmp_path / "elsewhere" / "shop")
    copy.append("tests/test_billing.py", "# A remark.\n")
    ran = copy.all()
    assert (ran.exit_code, ran.collected, ran.executed) == (0, {"pytest:billing"}, {"pytest:billing"}), ran


def test_a_restored_cache_makes_a_fresh_clone_current(shop: Checkout, tmp_path: Path) -> None:
    shop.git("clone", "--quiet", ".", str(tmp_path / "clone"))
    shutil.copytree(shop.path(".maturity"), tmp_path / "clone/.maturity")
    clone = type(shop)(tmp_path / "clone")
    ran = clone.all()
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert clone.doit("validate").exit_code == 0
    assert clone.git("status", "--short") == ""


def break_the_shared_module(shop: Checkout) -> None:
    shop.replace("src/shared/money.py", "euros * 100", "euros * 10")


def select_more_rules(shop: Checkout) -> None:
    shop.append("pyproject.toml", '\n[tool.ruff.lint]\nselect = ["E", "F", "ANN", "S"]\n')


def rename_and_remove(shop: Checkout) -> None:
    shop.path("src/components/store/stock.py").rename(shop.path("src/components/store/shelf.py"))
    shop.path("src/components/carbon/tests/integration/test_year.py").unlink()
    shop.append("src/components/billing_component.py", "\n\ndef unused():\n    return 1\n")


@pytest.mark.thorough  # as tests/soundness, for a repository that more depends on
@pytest.mark.parametrize("edit", [break_the_shared_module, select_more_rules, rename_and_remove])
def test_an_incremental_run_gives_what_a_clean_run_gives(
    shop: Checkout, tmp_path: Path, edit: Callable[[Checkout], None]
) -> None:
    before = shop.documents()
    edit(shop)
    clean = shop.copy(tmp_path / "clean", ".maturity", ".doit.db*")
    assert shop.all().exit_code == 0
    assert clean.doit("-n", "8", "all").exit_code == 0
    assert shop.documents() == clean.documents() != before
    records = shop.records()
    assert {path: records.get(path) for path in clean.records()} == clean.records()
