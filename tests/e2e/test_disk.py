"""A disk that is full or may not be written: a message and not a traceback, nothing half written, and no lie."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Depot, Ran

FAILED, BEFORE_ANY_TASK = 2, 3
ALL = 12
"""Records of the depot."""

BOUND = ("unshare", "-m", "sh", "-c", 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd . && exec "$@"')
"""Runs a command for which a path is on a read-only file system; this takes the right to mount."""

BARRED = ("sh", "-c", 'chmod -R a-w "$0" && exec setpriv --bounding-set -dac_override --inh-caps -dac_override "$@"')
"""Runs a command to which the mode of files applies, also where root runs these tests."""

PLAINLY = ("sh", "-c", 'chmod -R a-w "$0" && exec "$@"')


def read_only(path: Path) -> tuple[str, ...]:
    """What stands before a command for which a path cannot be written."""
    for start in (BOUND, BARRED, PLAINLY):
        words = (*start, str(path), sys.executable, "-c", "import os, sys; sys.exit(os.access(sys.argv[1], os.W_OK))")
        if subprocess.run((*words, str(path)), capture_output=True).returncode == 0:
            return (*start, str(path))
    raise AssertionError("nothing on this machine makes a path read-only")


def doit(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "doit", *words)


def maturity(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "maturity", *words)


def check(ran: Ran, exit_code: int, *said: str) -> None:
    """It ended with this code, these words and no traceback."""
    assert ran.exit_code == exit_code, ran
    for words in said:
        assert words in ran.output, ran.output
    assert "Traceback" not in ran.output, ran.output


def test_no_room_for_a_record(depot: Depot, depots: dict[int, Depot]) -> None:
    before = depot.files(".", ".doit.db")
    depot.edit(violations=2)
    ran = depot.surrounded_by(MATURITY_FAULT="full records/east").all()
    record = ".maturity/records/east/ruff.json and .maturity/records/east/ruff.trace.json: cannot be written"
    check(ran, FAILED, f"{record}: No space left on device; make room and run again")
    after = depot.files(".", ".doit.db")
    kept = [path for path in before if "east" in path and path.endswith((".json", ".md"))]
    assert len(kept) == 7, "records, traces and the document"
    assert {path: after[path] for path in kept} == {path: before[path] for path in kept}
    assert depot.undated().items() & depots[2].undated().items(), "the others are written"
    assert "east.MATURITY.md updated" not in ran.output
    assert depot.temporary_files() == []

    again = depot.all()
    assert (again.exit_code, again.collected) == (0, {"ruff:east", "pyright:east", "bandit:east"}), again
    assert depot.undated() == depots[2].undated()


EAST = "src/components/east.MATURITY.md"


def spoil(depot: Depot) -> bytes:
    """Let a document be out of date, with nothing to collect for it; its bytes."""
    depot.replace(EAST, "- **Lint**: 0 violations", "- **Lint**: 7 violations")
    return depot.path(EAST).read_bytes()


def test_no_room_for_a_document(depot: Depot, depots: dict[int, Depot]) -> None:
    before = spoil(depot)
    ran = depot.surrounded_by(MATURITY_FAULT="full src/components").maturity("--all")
    check(ran, FAILED, f"{EAST}: cannot be written: No space left on device", "(not written)")
    assert depot.path(EAST).read_bytes() == before
    assert depot.temporary_files() == []
    assert depot.all().exit_code == 0
    assert depot.undated() == depots[0].undated()


def test_no_room_for_what_makes_the_next_run_quicker(depot: Depot, depots: dict[int, Depot]) -> None:
    spoil(depot)
    ran = depot.surrounded_by(MATURITY_FAULT="full /.maturity").maturity("--all")
    check(ran, 0, ".maturity/current.json: cannot be written: No space left on device; make room and run again")
    assert depot.undated() == depots[0].undated()
    again = depot.maturity("--validate")
    assert (again.exit_code, again.collected) == (0, set()), again


def test_no_room_for_the_database_of_doit(depot: Depot, depots: dict[int, Depot]) -> None:
    spoil(depot)
    ran = depot.surrounded_by(MATURITY_FAULT="full database").all()
    check(ran, FAILED, ".doit.db cannot be written: ", "; make room there and run again")
    assert depot.undated() == depots[0].undated(), "the documents are written all the same"
    again = depot.all()
    assert (again.exit_code, again.collected) == (0, set()), again


def test_no_room_for_temporary_files(depot: Depot) -> None:
    before = depot.documents()
    depot.edit(violations=2)
    ran = depot.surrounded_by(MATURITY_FAULT="no temporary directory").maturity("--all")
    check(ran, FAILED, "no directory for temporary files can be made: No space left on device")
    assert depot.documents() == before


NEEDS_THE_CACHE = [
    (maturity("--all", "--dry-run"), FAILED),
    (maturity("--validate"), FAILED),
    (doit("validate"), BEFORE_ANY_TASK),
]


@pytest.mark.parametrize(("command", "exit_code"), NEEDS_THE_CACHE, ids=lambda value: str(value)[-25:])
def test_a_read_only_repository(depot: Depot, command: tuple[str, ...], exit_code: int) -> None:
    depot.edit(violations=2)
    before = depot.files(".")
    ran = depot.start(*read_only(depot.root), *command)
    check(ran, exit_code, ".maturity/lock: cannot be written: ")
    assert "a run has to write there" in ran.output or "give yourself the permission" in ran.output
    assert depot.files(".") == before


def test_a_read_only_repository_without_a_database(depot: Depot) -> None:
    depot.path(".doit.db").unlink()
    ran = depot.start(*read_only(depot.root), *doit("validate"))
    check(ran, BEFORE_ANY_TASK, ".doit.db cannot be made, for its directory is read-only")
    assert "a run keeps doit's memory there, also one that writes no document" in ran.output


def test_what_is_known_can_be_listed_in_a_read_only_repository(depot: Depot) -> None:
    ran = depot.start(*read_only(depot.root), *doit("list"))
    check(ran, 0, "maturity:east")


def test_a_read_only_cache(depot: Depot) -> None:
    depot.edit(violations=2)
    before = depot.files(".")
    ran = depot.start(*read_only(depot.path(".maturity")), *maturity("--all"))
    check(ran, FAILED, ".maturity/lock: cannot be written: ")
    assert depot.files(".") == before


def test_validate_writes_the_cache_and_no_document(depot: Depot) -> None:
    depot.edit(violations=2)
    locked = read_only(depot.path("src"))
    before = depot.documents()
    ran = depot.start(*locked, *maturity("--validate"))
    assert (ran.exit_code, len(ran.collected)) == (1, ALL)
    ran = depot.start(*locked, *maturity("--all"))
    check(ran, FAILED, f"{EAST}: cannot be written: ", "(not written)")
    assert ran.collected == set(), "validate has collected"
    assert depot.documents() == before


def test_a_read_only_database(depot: Depot, depots: dict[int, Depot]) -> None:
    spoil(depot)
    ran = depot.start(*read_only(depot.path(".doit.db")), *maturity("--all"))
    check(ran, FAILED, ".doit.db cannot be written: attempt to write a readonly database")
    assert depot.undated() == depots[0].undated()
