"""A run that is stopped or killed: nothing of it goes on, what it has finished is kept, no file is half written."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maturity.collectors import all_collectors
from maturity.record import decode_facts, decode_trace
from maturity.writing import is_temporary

if TYPE_CHECKING:
    from conftest import Depot

DOIT_ALL = (sys.executable, "-m", "doit", "-n", "2", "all")
MATURITY_ALL = (sys.executable, "-m", "maturity", "--all")
PLACES = ("east", "north", "south", "west")
PYRIGHT = {f"pyright:{place}" for place in PLACES}
RUFF_AND_BANDIT = {f"{tool}:{place}" for tool in ("ruff", "bandit") for place in PLACES}

KILLS = 200 if os.environ.get("MATURITY_FAULTS") == "long" else 20
SEED = 20_260_301


@pytest.fixture
def stuck(depot: Depot, tmp_path: Path) -> Depot:
    """The depot after an edit, where pyright never ends, and starts a process that does not either."""
    depot.edit(violations=2)
    (tmp_path / "tmp").mkdir()
    return depot.surrounded_by(MATURITY_FAKE_HANGS="pyright", TMPDIR=str(tmp_path / "tmp"))


def begin_and_wait_for_pyright(stuck: Depot, *command: str) -> subprocess.Popen[str]:
    """Start a run, and wait until ruff and bandit have left their records, and pyright its process."""
    before = stuck.answers()
    run = stuck.begin(*command)

    def done() -> bool:
        new = {task for (task, _), _ in stuck.answers().items() - before.items()}
        return new == RUFF_AND_BANDIT and len(stuck.processes()) == 4

    stuck.wait_until("ruff and bandit are done, pyright has started", done)
    return run


@pytest.mark.parametrize("command", [DOIT_ALL, MATURITY_ALL], ids=["doit", "maturity"])
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_stopped_leaves_no_process_and_keeps_what_is_done(
    stuck: Depot, depots: dict[int, Depot], tmp_path: Path, command: tuple[str, ...], sign: signal.Signals
) -> None:
    run = begin_and_wait_for_pyright(stuck, *command)
    run.send_signal(sign)
    _, errors = run.communicate(timeout=60)

    assert run.returncode == 128 + sign, errors
    assert errors == f"maturity: stopped by {sign.name}; what was collected until now is kept\n"
    assert stuck.processes() == []
    assert list((tmp_path / "tmp").iterdir()) == []
    again = stuck.surrounded_by(MATURITY_FAKE_HANGS="").all()
    assert (again.exit_code, again.collected) == (0, PYRIGHT), again
    assert stuck.undated() == depots[2].undated()


def test_tools_go_with_a_run_that_is_killed(stuck: Depot) -> None:
    run = begin_and_wait_for_pyright(stuck, *DOIT_ALL)
    run.kill()
    run.communicate(timeout=60)
    stuck.wait_until("the tools are gone", lambda: not stuck.processes())
    again = stuck.surrounded_by(MATURITY_FAKE_HANGS="").all()
    assert (again.exit_code, again.collected) == (0, PYRIGHT), again


def check_the_cache(depot: Depot) -> None:
    """Every record and trace is whole, and no failure was recorded: nothing has failed."""
    metrics = {collector.name: collector.metrics for collector in all_collectors()}
    for path, content in depot.files(".maturity/records").items():
        place, name = path.split("/")[-2:]
        if name.endswith(".trace.json"):
            decode_trace(content)
        elif not is_temporary(name):
            tool = name.removesuffix(".json")
            assert decode_facts(content, tool, place, metrics[tool]) is not None


def test_a_run_that_is_killed_at_any_moment_leaves_every_file_whole(depot: Depot, depots: dict[int, Depot]) -> None:
    states = [depots[violations].undated() for violations in (0, 2)]
    slow = depot.surrounded_by(MATURITY_FAULT="slow")
    started = time.monotonic()
    depot.edit(violations=2)
    assert slow.maturity("--all").exit_code == 0
    length = time.monotonic() - started

    moments = random.Random(SEED)
    for kill in range(KILLS):
        depot.edit(violations=2 * (kill % 2))
        moment = moments.uniform(0, length)
        where = f"kill {kill} of {KILLS}, {moment:.3f} s after the start of {length:.3f} s; seed {SEED}"
        run = slow.begin(*(DOIT_ALL, MATURITY_ALL)[kill // 2 % 2])
        time.sleep(moment)
        run.kill()
        run.communicate()
        depot.wait_until(f"the tools are gone after {where}", lambda: not depot.processes())
        for path, text in depot.undated().items():
            assert text in (states[0][path], states[1][path]), f"{path} after {where}:\n{text.decode()}"
        try:
            check_the_cache(depot)
        except (AssertionError, ValueError) as error:
            raise AssertionError(f"the cache after {where}") from error

    depot.edit(violations=2)
    last = depot.all()
    assert (last.exit_code, last.stderr) == (0, ""), last
    assert depot.undated() == states[1]
    assert depot.temporary_files() == []
    assert depot.all().collected == set()
    assert not list(depot.root.glob("*.broken*")), "doit's database was whole each time"
