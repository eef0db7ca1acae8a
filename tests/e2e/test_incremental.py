"""After a change a run collects again what the change can have affected, and nothing else."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout, Ran

CARBON = "src/components/carbon/MATURITY.md"
BILLING = "src/components/billing_component.MATURITY.md"
YOUNG = "src/components/young/MATURITY.md"

OF_CARBON = {"pytest:carbon", "integration:carbon", "ruff:carbon", "pyright:carbon", "bandit:carbon"}
OF_BILLING = {"pytest:billing", "ruff:billing", "pyright:billing", "bandit:billing"}
TEST_RUNS = {"pytest:billing", "pytest:carbon", "pytest:store", "integration:carbon"}
RUFF = {"ruff:billing", "ruff:carbon", "ruff:store", "ruff:young"}

COMMENT = "# A remark.\n"
UNUSED_FUNCTION = '\n\ndef unused() -> int:\n    """No test calls it."""\n    return 1\n'


def assert_ran(ran: Ran, collected: set[str], *documents: str) -> None:
    """The run went well, collected exactly these records, and executed for documents exactly these tasks."""
    assert ran.exit_code == 0, ran
    assert ran.collected == collected, ran
    assert ran.executed == collected | {f"maturity:{name}" for name in documents}, ran


def test_nothing_runs_when_nothing_changed(shop: Checkout) -> None:
    documents = shop.documents()
    assert_ran(shop.all(), set())
    assert_ran(shop.all(), set())
    assert shop.documents() == documents


def test_nothing_runs_for_a_new_time_on_an_old_content(shop: Checkout) -> None:
    for path in shop.files("src"):
        shop.path(path).touch()
    assert_ran(shop.all(), set())


def test_a_comment_is_collected_again_for_its_component_and_changes_no_record(shop: Checkout) -> None:
    records, documents = shop.records(), shop.documents()
    shop.append("src/components/carbon/tracker.py", COMMENT)
    assert_ran(shop.all(), OF_CARBON)
    assert shop.records() == records
    assert shop.documents() == documents


def test_the_code_of_one_component(shop: Checkout) -> None:
    shop.append("src/components/billing_component.py", UNUSED_FUNCTION)
    assert_ran(shop.all(), OF_BILLING, "billing")
    assert "71.4 % (5 of 7 statements)" in shop.read(BILLING)
    assert_ran(shop.all(), set())


def test_a_test_file_outside_its_component_is_an_input_of_pytest_alone(shop: Checkout) -> None:
    shop.append("tests/test_billing.py", "\n\ndef test_nothing():\n    assert bill(0, 1) == 0\n")
    assert_ran(shop.all(), {"pytest:billing"}, "billing")
    assert "2 passed, 0 failed" in shop.read(BILLING)


def test_a_test_file_inside_its_component_is_one_of_its_files(shop: Checkout) -> None:
    shop.append("src/components/carbon/tests/test_tracker.py", COMMENT)
    assert_ran(shop.all(), OF_CARBON)


def test_a_new_test_file(shop: Checkout) -> None:
    shop.write(
        "tests/test_billing_refund.py",
        "from components.billing_component import refund\n\n\ndef test_sign():\n    assert refund(5) == -5\n",
    )
    assert_ran(shop.all(), {"pytest:billing"}, "billing")
    assert "100.0 % (5 of 5 statements)" in shop.read(BILLING)


def test_a_test_file_that_goes_leaves_no_figures_behind(shop: Checkout) -> None:
    shop.path("tests/test_billing.py").unlink()
    assert_ran(shop.all(), set(), "billing")
    assert "- **Coverage**: unknown (no tests found)" in shop.read(BILLING)


def test_a_shared_module_is_an_input_of_types_and_tests_of_those_that_import_it(shop: Checkout) -> None:
    shop.append("src/shared/money.py", COMMENT)
    assert_ran(shop.all(), {"pytest:billing", "pyright:billing", "pytest:store", "pyright:store"})


def test_a_new_package_file_beside_a_shared_module(shop: Checkout) -> None:
    shop.write("src/shared/__init__.py", '"""What components share."""\n')
    assert_ran(shop.all(), {"pytest:billing", "pyright:billing", "pytest:store", "pyright:store"})


def test_the_table_of_ruff_is_an_input_of_ruff_alone(shop: Checkout) -> None:
    shop.replace("pyproject.toml", "line-length = 100", "line-length = 99")
    assert_ran(shop.all(), RUFF)


def test_a_new_package_at_the_top_is_an_input_of_ruff_alone(shop: Checkout) -> None:
    shop.write("tools/__init__.py", '"""Import sorting asks which packages are first-party."""\n')
    assert_ran(shop.all(), RUFF)


def test_the_version_in_pyproject_is_no_input(shop: Checkout) -> None:
    shop.replace("pyproject.toml", 'version = "1.0.0"', 'version = "1.0.1"')
    assert_ran(shop.all(), set())


@pytest.mark.parametrize("table", ['pythonpath = ["src"]', 'exclude_also = ["if TYPE_CHECKING:"]'])
def test_the_tables_of_pytest_and_coverage_are_inputs_of_the_tests(shop: Checkout, table: str) -> None:
    shop.replace("pyproject.toml", table, table.replace('"]', '", "more"]'))
    assert_ran(shop.all(), TEST_RUNS)


def test_a_data_file_that_a_test_reads_is_an_input_of_that_test_run(shop: Checkout) -> None:
    shop.write("src/components/carbon/tests/expected.txt", "840\n\n")
    assert_ran(shop.all(), {"pytest:carbon"})
    shop.write("src/components/carbon/tests/expected.txt", "841\n")
    assert_ran(shop.all(), {"pytest:carbon"}, "carbon")
    assert "1 passed, 1 failed" in shop.read(CARBON)


def test_a_hand_edit_outside_the_regions_is_left_alone(shop: Checkout) -> None:
    shop.replace(CARBON, "TODO: what it can do.", "It counts.  \r\nTrailing blanks too.   ")
    shop.append(CARBON, "\x00no line end")
    edited = shop.path(CARBON).read_bytes()
    assert_ran(shop.all(), set())
    assert shop.path(CARBON).read_bytes() == edited
    assert shop.doit("validate").exit_code == 0


def test_a_hand_edit_inside_a_region_is_reported_and_overwritten(shop: Checkout) -> None:
    before = shop.read(CARBON)
    shop.replace(CARBON, "- **Coverage**: 100.0 %", "- **Coverage**: 99.0 %")
    edited = shop.read(CARBON)
    check = shop.doit("validate")
    assert check.exit_code == 1
    assert "-- **Coverage**: 99.0 %" in check.output
    assert "+- **Coverage**: 100.0 %" in check.output
    assert check.collected == set()
    assert shop.read(CARBON) == edited
    ran = shop.all()
    assert_ran(ran, set(), "carbon")
    assert re.search(r"edited by hand.*test-coverage", ran.stderr)
    assert "-- **Coverage**: 99.0 %" in ran.stderr
    assert "-- **Coverage**: 99.0 %" in shop.read(".maturity/overwritten/carbon.log")
    assert shop.read(CARBON) == before


def test_a_deleted_record_is_collected_again_alone(shop: Checkout) -> None:
    record = ".maturity/records/store/ruff.json"
    content = shop.read(record)
    shop.path(record).unlink()
    assert_ran(shop.all(), {"ruff:store"})
    assert shop.read(record) == content


def test_a_tampered_record_is_collected_again_alone(shop: Checkout) -> None:
    record = ".maturity/records/young/ruff.json"
    content = shop.read(record)
    shop.replace(record, '"total_violations": 1', '"total_violations": 0')
    ran = shop.all()
    assert ran.exit_code == 0, ran
    assert ran.collected == {"ruff:young"}
    assert shop.read(record) == content


def test_a_deleted_document_is_made_again_from_the_records(shop: Checkout) -> None:
    before = shop.read(YOUNG)
    shop.path(YOUNG).unlink()
    assert_ran(shop.all(), set(), "young")
    assert shop.read(YOUNG) == before


def test_a_new_document_is_known_to_the_next_run(shop: Checkout) -> None:
    shop.path(YOUNG).unlink()
    shop.all()
    shop.path(".maturity/records/young/ruff.json").unlink()
    assert_ran(shop.all(), {"ruff:young"})


def test_without_the_database_of_doit_nothing_is_collected(shop: Checkout) -> None:
    documents = shop.documents()
    shop.path(".doit.db").unlink()
    ran = shop.all()
    assert ran.exit_code == 0, ran
    assert ran.collected == set()
    assert shop.documents() == documents


def test_a_corrupt_database_of_doit_is_set_aside_with_a_message(shop: Checkout) -> None:
    garbage = b"this is no database\n" * 100
    shop.path(".doit.db").write_bytes(garbage)
    ran = shop.all()
    assert ran.exit_code == 0, ran
    assert ran.collected == set()
    assert ".doit.db" in ran.stderr
    assert "Traceback" not in ran.output
    assert garbage in [path.read_bytes() for path in shop.root.glob(".doit.db*")]
    assert shop.doit("list").exit_code == 0


def test_a_tick_counts_and_collects_nothing(shop: Checkout) -> None:
    shop.tick(BILLING, "readme")
    ran = shop.all()
    assert_ran(ran, set(), "billing")
    assert "by hand" not in ran.output
    assert "### Development → Staging: 6 of 7 met" in shop.read(BILLING)
    assert "- **Next Stage**: Staging (6 of 7 criteria met)" in shop.read(BILLING)
    assert "- [x] Component README exists" in shop.read(BILLING)


def test_a_change_is_seen_after_a_quiet_run(shop: Checkout) -> None:
    """A run that finds nothing to do may remember that, once the files are a little older than the clock's ticks."""
    time.sleep(2.1)
    assert_ran(shop.all(), set())
    assert_ran(shop.all(), set())
    shop.write("src/components/carbon/tests/expected.txt", "840\n\n")
    assert_ran(shop.all(), {"pytest:carbon"})
    shop.write("tests/test_store_more.py", "def test_more():\n    pass\n")
    assert_ran(shop.all(), {"pytest:store"}, "store")
    shop.replace(YOUNG, "- **Current Stage**: Development", "- **Current Stage**: Production")
    assert_ran(shop.all(), set(), "young")
