"""doit's own commands over our graph: they are useful because the graph is honest."""

from __future__ import annotations

import re
import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from doit.dependency import Dependency, JSONCodec, SqliteDB

from maturity.repository import Repository

if TYPE_CHECKING:
    from conftest import Checkout, Ran

CARBON = "src/components/carbon/MATURITY.md"
EXPECTED = "src/components/carbon/tests/expected.txt"
OUR_REPOSITORY = Path(__file__).parents[2]


def test_list_shows_each_component_with_its_stage_and_figures_and_the_few_commands(shop: Checkout) -> None:
    ran = shop.doit("list")
    assert ran.exit_code == 0, ran
    lines = dict(line.split(None, 1) for line in ran.stdout.splitlines())
    components = {f"maturity:{name}" for name in ("billing", "carbon", "store", "young")}
    commands = {"all", "validate", "gate", "trend", "explain", "pytest", "integration", "ruff", "pyright", "bandit"}
    assert lines.keys() == components | commands
    assert re.match(r"Staging\b.*coverage 100\.0 %.*lint 0\b.*types 0\b.*security 0\b", lines["maturity:carbon"])
    assert re.match(r"Development\b.*coverage 80\.0 %", lines["maturity:billing"])
    assert re.match(r"Development\b.*coverage \?.*lint 1\b.*types 1\b.*security 2\b", lines["maturity:young"])
    assert "tests none" in lines["maturity:young"], "a component without tests says so"


def test_list_shows_what_was_collected_last_and_collects_nothing(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")
    ran = shop.doit("list", "--all", "--status")
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert re.search(r"maturity:carbon\s+Staging\b.*tests 100\.0 %", ran.stdout)
    assert shop.doit("maturity:carbon").exit_code == 0
    assert re.search(r"maturity:carbon\s+Development\b.*tests 50\.0 %", shop.doit("list").stdout)


def listed_as(ran: Ran, letter: str) -> set[str]:
    """The tasks that a list with --status calls up to date (U) or out of date (R), without those that always run."""
    lines = [line.split()[:2] for line in ran.stdout.splitlines()]
    return {name for status, name in lines if status == letter} - {"explain", "validate"}


@pytest.mark.parametrize("more", [(), ("--all",)])
def test_the_list_says_what_is_current(shop: Checkout, more: tuple[str, ...]) -> None:
    assert shop.all().exit_code == 0
    assert listed_as(shop.doit("list", "--status", *more), "R") == set()
    shop.append("src/shared/money.py", "# A remark.\n")
    behind = listed_as(shop.doit("list", "-s", *more), "R")
    groups = {"all", "pytest", "ruff", "pyright", "bandit"}  # doit knows only whether there is anything in them
    documents = {"maturity:billing", "maturity:store"}
    records = {"pytest:billing", "pyright:billing", "pytest:store", "pyright:store"}
    assert behind - groups == documents | (records if more else set())
    assert shop.doit("list", "--status", *more).collected == set()


def test_the_full_list_shows_which_tests_were_found(shop: Checkout) -> None:
    lines = dict(line.split(None, 1) for line in shop.doit("list", "--all").stdout.splitlines())
    assert lines["pytest:billing"] == "Tests and coverage of billing: tests/test_billing.py"
    assert lines["integration:carbon"].startswith("Integration tests of carbon: ")
    assert "pytest:young" not in lines


@pytest.mark.parametrize("words", ["list", "list --all", "info ruff:carbon", "explain:carbon", "explain"])
def test_a_reader_who_has_enough_is_no_error(shop: Checkout, words: str) -> None:
    """doit itself has a traceback for `doit list | head`."""
    ran = shop.start("sh", "-c", f'"$0" -m doit {words} | true', sys.executable, PYTHONUNBUFFERED="1")
    assert ran.stderr == ""


def test_a_validation_that_nobody_reads_still_fails(shop: Checkout) -> None:
    shop.replace(CARBON, "- **Coverage**: 100.0 %", "- **Coverage**: 99.0 %")
    shop.start("sh", "-c", '("$0" -m doit validate; echo $? >code) 2>&1 | true', sys.executable)
    assert shop.read("code") == "1\n"


def test_list_of_a_repository_that_was_never_collected_shows_no_figures(shop: Checkout) -> None:
    shutil.rmtree(shop.path(".maturity"))
    for path in shop.documents():
        shop.path(path).unlink()
    ran = shop.doit("list")
    assert ran.exit_code == 0, ran
    assert re.search(r"^maturity:carbon\s+Development\s+coverage \?.*lint \?.*security \?$", ran.stdout, re.MULTILINE)
    assert shop.documents() == {}


def test_info_says_what_a_task_depends_on_and_whether_it_is_current(shop: Checkout) -> None:
    current = shop.doit("info", "ruff:carbon")
    assert current.exit_code == 0, current
    assert re.search(r"^status\s*: up-to-date$", current.stdout, re.MULTILINE)
    assert "src/components/carbon/tracker.py" in current.stdout
    assert ".maturity/records/carbon/ruff.json" in current.stdout
    assert "billing" not in current.stdout
    shop.append("src/components/carbon/tracker.py", "# A remark.\n")
    stale = shop.doit("info", "ruff:carbon")
    assert re.search(r"^status\s*: run$", stale.stdout, re.MULTILINE)
    assert "src/components/carbon/tracker.py" in stale.stdout
    assert stale.collected == set()


def test_a_task_for_which_a_component_has_nothing_says_so(shop: Checkout) -> None:
    """doit alone has a traceback for `info`, and for the others says that it is no task."""
    for words in (
        ("info", "pytest:young"),
        ("forget", "pytest:young"),
        ("pytest:young",),
        ("ruff:carbon", "pytest:young"),
    ):
        ran = shop.doit(*words)
        assert ran.exit_code == 3, ran
        assert "there is no task pytest:young: no tests found" in ran.stderr
        assert "Traceback" not in ran.output
    assert "integration:billing: no integration tests found" in shop.doit("info", "integration:billing").stderr


def test_info_knows_of_inputs_that_are_no_files_of_the_component(shop: Checkout) -> None:
    shop.replace("pyproject.toml", "line-length = 100", "line-length = 99")
    assert re.search(r"^status\s*: run$", shop.doit("info", "ruff:store").stdout, re.MULTILINE)
    assert re.search(r"^status\s*: up-to-date$", shop.doit("info", "bandit:store").stdout, re.MULTILINE)


def test_info_is_right_after_the_database_was_lost(shop: Checkout) -> None:
    shop.path(".doit.db").unlink()
    assert shop.all().exit_code == 0
    assert re.search(r"^status\s*: up-to-date$", shop.doit("info", "ruff:carbon").stdout, re.MULTILINE)


def test_info_is_right_in_a_copy_at_another_path(shop: Checkout, tmp_path: Path) -> None:
    copy = shop.copy(tmp_path / "elsewhere" / "shop")
    assert re.search(r"^status\s*: up-to-date$", copy.doit("info", "ruff:carbon").stdout, re.MULTILINE)


def test_forget_makes_one_record_be_collected_again(shop: Checkout) -> None:
    documents = shop.documents()
    assert shop.doit("forget", "ruff:carbon").exit_code == 0
    ran = shop.all()
    assert (ran.exit_code, ran.collected) == (0, {"ruff:carbon"}), ran
    assert ran.executed - {"maturity:carbon"} == {"ruff:carbon"}
    assert shop.documents() == documents
    assert shop.all().executed == set()


def test_clean_never_deletes_a_document(shop: Checkout) -> None:
    documents = shop.documents()
    for words in (("clean",), ("clean", "maturity:carbon"), ("clean", "--clean-all"), ("clean", "--clean-dep", "all")):
        ran = shop.doit(*words)
        assert ran.exit_code == 0, ran
        assert shop.documents() == documents, words
    assert shop.doit("maturity:young").exit_code == 0
    assert shop.documents() == documents


def test_clean_of_one_record_makes_it_be_collected_again(shop: Checkout) -> None:
    assert shop.doit("clean", "ruff:young").exit_code == 0
    assert not shop.path(".maturity/records/young/ruff.json").exists()
    ran = shop.all()
    assert (ran.exit_code, ran.collected) == (0, {"ruff:young"}), ran


def test_one_collector_of_one_component_alone(shop: Checkout) -> None:
    shop.append("src/components/carbon/tracker.py", "\n\nimport os\n")
    document = shop.read(CARBON)
    ran = shop.doit("ruff:carbon")
    assert (ran.exit_code, ran.collected, ran.executed) == (0, {"ruff:carbon"}, {"ruff:carbon"}), ran
    assert shop.read(CARBON) == document
    assert shop.doit("ruff:carbon").executed == set()
    rest = shop.doit("maturity:carbon")
    assert rest.collected == {"pytest:carbon", "integration:carbon", "pyright:carbon", "bandit:carbon"}
    assert "F401" in shop.read(CARBON)


def test_one_collector_of_all_components(shop: Checkout) -> None:
    shop.append("src/components/carbon/tracker.py", "# A remark.\n")
    shop.append("src/components/store/stock.py", "# A remark.\n")
    ran = shop.doit("bandit")
    assert (ran.exit_code, ran.collected) == (0, {"bandit:carbon", "bandit:store"}), ran


def test_eight_tasks_at_once(shop: Checkout) -> None:
    for name in ("billing", "carbon", "store"):
        shop.path(f".maturity/records/{name}/pytest.json").unlink()
    for name in ("carbon", "young"):
        shop.path(f".maturity/records/{name}/ruff.json").unlink()
    ran = shop.doit("-n", "8", "all")
    wanted = {"pytest:billing", "pytest:carbon", "pytest:store", "ruff:carbon", "ruff:young"}
    assert (ran.exit_code, ran.collected, ran.executed) == (0, wanted, wanted), ran


def test_doit_alone_means_all(shop: Checkout) -> None:
    shop.path(".maturity/records/young/ruff.json").unlink()
    shop.path(CARBON).unlink()
    ran = shop.doit()
    assert (ran.exit_code, ran.collected) == (0, {"ruff:young"}), ran
    assert shop.path(CARBON).exists()


def test_validate_of_one_component_looks_at_that_one_alone(shop: Checkout) -> None:
    shop.path(".maturity/records/young/ruff.json").unlink()
    shop.path(CARBON).unlink()
    assert shop.doit("validate:carbon").exit_code == 1
    ran = shop.doit("validate:store")
    assert (ran.exit_code, ran.collected) == (0, set()), ran
    assert not shop.path(CARBON).exists()


def test_always_execute_collects_what_is_current_too(shop: Checkout) -> None:
    ran = shop.doit("-a", "ruff:young")
    assert (ran.exit_code, ran.collected) == (0, {"ruff:young"}), ran


def test_the_example_database_is_opened_by_doit_and_has_the_tasks_of_the_sample(tmp_path: Path) -> None:
    repository = Repository(OUR_REPOSITORY)
    sample = [one for one in repository.components.values() if one.source[0].startswith("sample/")]
    assert {component.name for component in sample} == {"carbon", "currency", "forecast"}
    tasks = {f"{collector.name}:{one.name}" for one in sample for collector in repository.applying(one)}
    tasks |= {f"maturity:{component.name}" for component in sample}

    example = tmp_path / ".doit.db"
    shutil.copy(OUR_REPOSITORY / ".doit.db.example", example)
    memory = Dependency(SqliteDB, str(example), codec_cls=JSONCodec)
    assert all(memory.backend.in_(name) for name in tasks)
    # Of each task doit keeps the files that it was successful with: the component's own.
    for component in sample:
        for collector in repository.applying(component):
            deps = memory.backend.get(f"{collector.name}:{component.name}", "deps:")
            assert sorted(deps) == sorted(component.files), "relative to the root: no machine's paths"
    memory.close()
    with closing(sqlite3.connect(example)) as connection:
        saved = {name for (name,) in connection.execute("select task_id from doit")}
    assert {name for name in saved if ":" in name and not name.startswith("_")} == tasks
