"""Several runs at once, by both entrances: the work is done once, each says the truth, none waits in silence."""

from __future__ import annotations

import subprocess
import sys
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

if TYPE_CHECKING:
    from conftest import Depot

DOIT = (sys.executable, "-m", "doit")
MATURITY = (sys.executable, "-m", "maturity")
UPDATES = ((*DOIT, "-n", "2", "all"), (*MATURITY, "--all"))
VALIDATIONS = ((*DOIT, "validate"), (*MATURITY, "--validate"))
WAITING = "maturity: waiting for another run in this repository to end\n"


def outcomes(runs: list[subprocess.Popen[str]]) -> list[tuple[int, str, str]]:
    """The exit code and output of each run."""
    ended = [(run, run.communicate(timeout=300)) for run in runs]
    return [(run.returncode, printed, errors) for run, (printed, errors) in ended]


@pytest.mark.parametrize("count", [2, 8])
def test_runs_that_find_another_one_wait_with_a_message_and_do_the_work_once(
    depot: Depot, depots: dict[int, Depot], count: int
) -> None:
    depot.edit(violations=2)
    log = depot.root.parent / "log"
    with FileLock(depot.path(".maturity/lock")):
        commands = list(islice(cycle((*UPDATES, *VALIDATIONS)), count))
        runs = [depot.surrounded_by(MATURITY_FAKE_LOG=str(log)).begin(*command) for command in commands]
        waiting = [run.stderr.readline() for run in runs if run.stderr]
    assert waiting == [WAITING] * count

    for command, (exit_code, printed, errors) in zip(commands, outcomes(runs), strict=True):
        # Whether a validation comes before or after the first update is a matter of chance.
        allowed = (0, 1) if command in VALIDATIONS else (0,)
        assert exit_code in allowed, (command, printed, errors)
        assert "Traceback" not in printed + errors, (command, printed, errors)
        if exit_code == 1:
            assert "is not what a run would write" in errors, (command, printed, errors)
    assert sorted(log.read_text().split()) == ["bandit", "pyright", "ruff", "ruff"], "each tool was needed once"
    assert depot.undated() == depots[2].undated()
    again = depot.maturity("--validate")
    assert (again.exit_code, again.collected) == (0, set()), again


def test_runs_that_start_at_the_same_time(depot: Depot, depots: dict[int, Depot]) -> None:
    depot.edit(violations=2)
    depot.path(".doit.db").write_bytes(b"no database")
    runs = [depot.begin(*command) for command in UPDATES]
    for exit_code, printed, errors in outcomes(runs):
        assert exit_code == 0, (printed, errors)
        assert "Traceback" not in printed + errors
    assert depot.undated() == depots[2].undated()


def test_a_run_that_waits_can_be_stopped(depot: Depot) -> None:
    depot.edit(violations=2)
    before = depot.files(".")
    with FileLock(depot.path(".maturity/lock")):
        run = depot.begin(*MATURITY, "--all")
        assert run.stderr
        assert run.stderr.readline() == WAITING
        run.terminate()
        run.communicate(timeout=60)
        assert run.returncode == 143
    assert depot.files(".") == before
