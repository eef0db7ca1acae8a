"""A run that is stopped or killed: nothing of it goes on, what it has finished is kept, no file is half written."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maturity.cache.record import decode_facts, decode_trace
from maturity.collectors import all_collectors
from maturity.writing import is_temporary

if TYPE_CHECKING:
    from conftest import Depot

DOIT_ALL = (sys.executable, "-m", "doit", "-n", "2", "all")
MATURITY_ALL = (sys.executable, "-m", "maturity", "--all")
PLACES = ("east", "north", "south", "west")
PYRIGHT = {f"pyright:{place}" for place in PLACES}
RUFF_AND_BANDIT = {f"{tool}:{place}" for tool in ("ruff", "bandit") for place in PLACES}

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
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_a_run_that_is_stopped_leaves_no_process_and_keeps_what_is_done(
    stuck: Depot, depots: dict[int, Depot], tmp_path: Path, command: tuple[str, ...], sign: signal.Signals
) -> None:
    run = begin_and_wait_for_pyright(stuck, *command)
    run.send_signal(sign)
    _, errors = run.communicate(timeout=60)

    assert run.returncode == 128 + sign, errors
    assert errors.endswith(f"maturity: stopped by {sign.name}; what was collected until now is kept\n")
    assert "Traceback" not in errors
    assert stuck.processes() == []
    assert list((tmp_path / "tmp").iterdir()) == []
    assert stuck.temporary_files() == []
    check_the_cache(stuck)
    if (command is DOIT_ALL) == (sign == signal.SIGINT):
        again = stuck.surrounded_by(MATURITY_FAKE_HANGS="").all()
        assert (again.exit_code, again.collected) == (0, PYRIGHT), again
        assert stuck.undated() == depots[2].undated()


@pytest.mark.parametrize("command", [DOIT_ALL, MATURITY_ALL], ids=["doit", "maturity"])
def test_a_run_that_is_stopped_before_it_has_begun(depot: Depot, command: tuple[str, ...]) -> None:
    depot.edit(violations=2)
    before = depot.documents()
    ran = depot.surrounded_by(MATURITY_FAULT="stopped early").start(*command)
    assert ran.exit_code == 130, ran
    assert "Traceback" not in ran.output
    assert "what was collected" in ran.stderr
    assert depot.documents() == before


def test_tools_go_with_a_run_that_is_killed(stuck: Depot) -> None:
    run = begin_and_wait_for_pyright(stuck, *DOIT_ALL)
    run.kill()
    run.communicate(timeout=60)
    stuck.wait_until("the tools are gone", lambda: not stuck.processes())


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


class Victim:
    """A depot of two components, on a slow disk, whose runs are killed; `states` are the documents of a clean run."""

    def __init__(self, depot: Depot, states: tuple[dict[str, bytes], dict[str, bytes]], seed: int) -> None:
        for place in ("south", "west"):  # fewer files make shorter runs
            for path in depot.path("src/components").glob(f"{place}*"):
                path.unlink()
        self._depot, self._states, self._seed = depot, states, seed
        self._slow = depot.surrounded_by(MATURITY_FAULT="slow")
        self._moments = random.Random(seed)

    def edit(self, violations: int) -> None:
        self._depot.edit(violations, places=("east", "north"))

    def suffer(self, kills: int) -> None:
        """Be killed so many times, be whole after each time, and at the end be as after a clean run."""
        self.edit(violations=2)
        started = time.monotonic()
        assert self._slow.maturity("--all").exit_code == 0
        length = time.monotonic() - started
        for kill in range(kills):
            moment = self._moments.uniform(0, length)
            where = f"kill {kill}, {moment:.3f} s after the start of {length:.3f} s; seed {self._seed}"
            self.edit(violations=2 * (kill % 2))
            run = self._slow.begin(*(DOIT_ALL, MATURITY_ALL)[kill // 2 % 2])
            time.sleep(moment)
            run.kill()
            run.communicate()
            self.check(where)
        self.recover()

    def check(self, where: str) -> None:
        """Every document is one of the two, every record is whole, and no process is left."""
        self._depot.wait_until(f"the tools are gone after {where}", lambda: not self._depot.processes())
        for path, text in self._depot.undated().items():
            assert text in [state[path] for state in self._states], f"{path} after {where}:\n{text.decode()}"
        try:
            check_the_cache(self._depot)
        except (AssertionError, ValueError) as error:
            raise AssertionError(f"the cache after {where}") from error

    def recover(self) -> None:
        """The next run says nothing odd, leaves nothing odd, and is the last that has anything to do."""
        self.edit(violations=2)
        last = self._depot.all()
        assert (last.exit_code, last.stderr) == (0, ""), last
        documents = self._depot.undated()
        assert len(documents) == 2
        assert documents.items() <= self._states[1].items()
        assert self._depot.temporary_files() == []
        assert self._depot.all().collected == set()
        assert not list(self._depot.root.glob("*.broken*")), "doit's database was whole each time"


@pytest.mark.parametrize("kills", [20, pytest.param(200, marks=pytest.mark.thorough)])
def test_a_run_that_is_killed_at_any_moment_leaves_every_file_whole(
    depots: dict[int, Depot], tmp_path: Path, kills: int
) -> None:
    states = depots[0].undated(), depots[2].undated()
    victims = [Victim(depots[0].copy(tmp_path / f"{number}"), states, SEED + number) for number in range(2)]
    with ThreadPoolExecutor(len(victims)) as pool:  # one for each core of a small machine
        for done in [pool.submit(victim.suffer, kills // len(victims)) for victim in victims]:
            done.result()
