"""A bug of ours shows its traceback and asks for a report; what people can act on shows neither."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from maturity.errors import REPORT

if TYPE_CHECKING:
    from conftest import Depot

DOIT, MATURITY = ("doit", "-n", "2", "all"), ("maturity", "--all")


@pytest.mark.parametrize(
    ("words", "where", "exit_code"),
    [(DOIT, "before", 3), (DOIT, "task", 2), (MATURITY, "before", 2)],
    ids=["doit-before", "doit-task", "maturity-before"],
)
def test_a_bug_asks_for_a_report(depot: Depot, words: tuple[str, ...], where: str, exit_code: int) -> None:
    depot.replace("src/components/east.MATURITY.md", "- **Lint**: 0 violations", "- **Lint**: 7 violations")
    before = depot.documents()
    ran = getattr(depot.surrounded_by(MATURITY_FAULT=f"bug {where}"), words[0])(*words[1:])
    assert ran.exit_code == exit_code, ran
    trace, report = ran.output.index("Traceback (most recent call last)"), ran.output.index(REPORT)
    assert trace < ran.output.index("ZeroDivisionError: nobody has thought of this\n") < report
    assert depot.documents() == before
    assert depot.temporary_files() == []


def test_output_that_nobody_takes_is_no_bug(depot: Depot) -> None:
    ran = depot.start("sh", "-c", 'exec "$0" -m maturity --all --dry-run >/dev/full', sys.executable)
    assert ran.exit_code == 2, ran
    assert ran.stderr == "maturity: the system: No space left on device; make room and run again\n"


def test_output_that_is_closed_is_no_bug_and_no_file_takes_its_place(depot: Depot, depots: dict[int, Depot]) -> None:
    depot.edit(violations=2)
    ran = depot.start("sh", "-c", 'exec "$0" -m maturity --all <&- >&- 2>&-', sys.executable)
    assert ran.exit_code == 0, ran
    assert depot.undated() == depots[2].undated()
    assert depot.maturity("--validate").exit_code == 0


@pytest.mark.parametrize("command", ["--all", "list", "doctor"])
def test_a_working_directory_that_is_gone_is_no_bug(depot: Depot, command: str) -> None:
    depot.path("gone").mkdir()
    ran = depot.start("sh", "-c", f'cd gone && rmdir ../gone && exec "$0" -m maturity {command}', sys.executable)
    assert ran.exit_code == 2, ran
    assert ran.stderr == "maturity: the working directory was deleted; go to one that exists\n"
