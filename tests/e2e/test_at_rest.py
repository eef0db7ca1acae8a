"""When a run ends with everything current, the next one has a snapshot to answer from; otherwise it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from maturity.cache import snapshot
from maturity.graph.parts import Asked
from maturity.graph.tasks import Graph
from maturity.repository import Repository

if TYPE_CHECKING:
    from conftest import Checkout, Depot

TRACKER = "src/components/carbon/tracker.py"
TEST = "src/components/carbon/tests/test_tracker.py"


def at_rest(checkout: Checkout) -> bool:
    return snapshot.read(checkout.root) is not None


def test_a_run_that_collects_leaves_a_snapshot_of_what_it_left(shop: Checkout) -> None:
    shop.append(TRACKER, "\n\ndef unused(x):\n    import os\n    return x\n")
    assert not at_rest(shop)
    ran = shop.all()
    assert "ruff:carbon" in ran.collected
    assert at_rest(shop)
    assert shop.all().executed == set()
    assert shop.doit("validate").exit_code == 0


def test_so_does_one_that_only_validates(shop: Checkout) -> None:
    shop.append(TRACKER, "\n# no figure changes\n")
    assert shop.doit("validate").exit_code == 0
    assert at_rest(shop)


@pytest.mark.thorough
def test_none_is_left_where_one_component_only_was_brought_up_to_date(shop: Checkout) -> None:
    shop.append(TRACKER, "\nx=1\n")
    shop.append("src/components/billing_component.py", "\ny=1\n")
    shop.doit("maturity:carbon")
    assert not at_rest(shop)
    assert "ruff:billing" in shop.all().collected
    assert at_rest(shop)


@pytest.mark.thorough
def test_none_is_left_where_a_document_is_stale(shop: Checkout) -> None:
    shop.append(TRACKER, "\n\ndef unused(x):\n    import os\n    return x\n")
    assert shop.doit("validate").exit_code == 1
    assert not at_rest(shop)
    assert shop.doit("validate").exit_code == 1


@pytest.mark.thorough
def test_none_is_left_where_a_collector_failed(shop: Checkout) -> None:
    shop.append(TRACKER, "\ndef (\n")
    assert shop.all().exit_code == 2
    assert not at_rest(shop)
    assert shop.all().exit_code == 2


def test_none_is_left_where_an_input_changed_while_the_tools_ran(shop: Checkout) -> None:
    shop.append(
        TEST,
        "\n\ndef test_edits():\n    from pathlib import Path\n"
        "    Path(__file__).parent.parent.joinpath('tracker.py').open('a').write('\\nz=1\\n')\n",
    )
    shop.all()
    assert not at_rest(shop)
    assert "ruff:carbon" in shop.all().collected


@pytest.mark.thorough
def test_none_is_left_where_a_file_came_while_the_tools_ran(shop: Checkout) -> None:
    shop.append(
        TEST,
        "\n\ndef test_makes_a_module():\n    from pathlib import Path\n"
        "    Path(__file__).parent.parent.joinpath('fresh.py').write_text('import os\\n')\n",
    )
    shop.all()
    assert not at_rest(shop)
    assert "ruff:carbon" in shop.all().collected


def test_a_document_that_is_edited_moves_it(shop: Checkout) -> None:
    shop.append(TRACKER, "\nx=1\n")
    shop.all()
    assert at_rest(shop)
    shop.append("src/components/carbon/MATURITY.md", "\nA word.\n")
    assert not at_rest(shop)


def test_what_a_run_found_is_kept_once_however_many_tasks_it_had(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    depot.edit(violations=2)
    graph = Graph(Repository(depot.root), Asked("run"))
    tasks = list(graph.tasks())
    saved: list[int] = []
    monkeypatch.setattr(graph.repository, "save", lambda: saved.append(1))
    assert sum(len(task.teardown) for task in tasks) > 12
    for task in tasks:
        task.init_options()
        for action in task.teardown:
            assert action.execute() is None
    assert saved == [1], "it looks at every file of the tree"
