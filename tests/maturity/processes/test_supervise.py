"""The supervisor of a tool: nothing below it outlives the tool, the time limit, or the run itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from maturity.errors import CollectorFailure
from maturity.processes import process, supervise
from maturity.processes.process import SUPERVISOR, Running, run

PYTHON = sys.executable
QUICK = 60.0
"""Seconds that nothing here needs, however busy the machine is."""

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only the tool's process group is ended")

ESCAPES = {
    "a session of its own": "os.setsid()",
    "a daemon": "os.setsid()\nif os.fork(): os._exit(0)",
    "a group of its own": "os.setpgid(0, 0)",
    "another environment": "os.setsid()\nif os.fork(): os._exit(0)\n"
    "if len(sys.argv) == 3: os.execve(sys.executable, [sys.executable, *sys.argv, 'again'], {})",
    "deaf to SIGTERM": "signal.signal(signal.SIGTERM, signal.SIG_IGN)",
    "stopped": "STOP = True",
}
"""What a grandchild does to get away."""

GRANDCHILD = """
import os, pathlib, signal, sys, time
STOP = False
{escape}
path = pathlib.Path(sys.argv[1])
path.with_suffix(".new").write_text(str(os.getpid()))
path.with_suffix(".new").rename(path)
if STOP:
    os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(600)
"""
TOOL = """
import pathlib, subprocess, sys, time
pid, script, end = sys.argv[1:]
subprocess.Popen([sys.executable, "-c", "import subprocess, sys; subprocess.Popen(sys.argv[1:])",
                  sys.executable, script, pid, "first"])
while not pathlib.Path(pid).exists():
    time.sleep(0.01)
exec(end)
"""


@pytest.fixture
def grandchild(tmp_path: Path) -> Iterator[Callable[..., list[str]]]:
    """The command of a tool with a grandchild whose process id is written to the file `pid`."""

    def command(escape: str, end: str) -> list[str]:
        script = tmp_path / "grandchild.py"
        script.write_text(GRANDCHILD.format(escape=escape))
        return [PYTHON, "-c", TOOL, str(tmp_path / "pid"), str(script), end]

    yield command
    if (tmp_path / "pid").exists() and is_alive(int((tmp_path / "pid").read_text())):
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ended(path: Path) -> bool:
    """Whether the process whose id is in a file ends soon."""
    pid = int(path.read_text())
    until = time.monotonic() + QUICK
    while is_alive(pid) and time.monotonic() < until:
        time.sleep(0.01)
    return not is_alive(pid)


ENDS = {"ends": "print('done')", "dies": "import os; os.kill(os.getpid(), 9)", "exits": "import os; os._exit(3)"}


@on_linux
@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
def test_nothing_is_left_when_the_tool_has_ended(
    tmp_path: Path, grandchild: Callable[..., list[str]], escape: str
) -> None:
    completed = run(grandchild(escape, ENDS["ends"]), tmp_path, tmp_path, QUICK)
    assert (completed.returncode, completed.stdout) == (0, b"done\n")
    assert not is_alive(int((tmp_path / "pid").read_text()))


@on_linux
@pytest.mark.parametrize(("end", "code"), [("dies", -9), ("exits", 3)])
def test_however_it_has_ended(tmp_path: Path, grandchild: Callable[..., list[str]], end: str, code: int) -> None:
    assert run(grandchild(ESCAPES["a daemon"], ENDS[end]), tmp_path, tmp_path, QUICK).returncode == code
    assert not is_alive(int((tmp_path / "pid").read_text()))


@on_linux
def test_nothing_is_left_when_its_time_is_over(
    tmp_path: Path, grandchild: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_time(running: Running, *_: object) -> str:
        while not (tmp_path / "pid").exists() and not running.wait(0.01):
            pass
        return "no answer"

    monkeypatch.setattr(process, "watch", no_time)
    with pytest.raises(CollectorFailure, match=r"^no answer"):
        run(grandchild(ESCAPES["a daemon"], "time.sleep(600)"), tmp_path, tmp_path, QUICK)
    assert not is_alive(int((tmp_path / "pid").read_text()))


OURS = """
import pathlib, sys
from maturity.processes.process import run
run(sys.argv[1:], pathlib.Path("."), pathlib.Path("."), 600)
"""


@on_linux
def test_nothing_is_left_when_we_are_killed(tmp_path: Path, grandchild: Callable[..., list[str]]) -> None:
    command = grandchild(ESCAPES["a daemon"], "time.sleep(600)")
    ours = subprocess.Popen([PYTHON, "-c", OURS, *command], cwd=tmp_path)
    while not (tmp_path / "pid").exists() and ours.poll() is None:
        time.sleep(0.01)
    ours.kill()
    ours.wait()
    assert ended(tmp_path / "pid")


def test_a_tool_that_kills_its_supervisor_is_ended_and_has_failed(tmp_path: Path) -> None:
    program = "import os, time; os.kill(os.getppid(), 9); open('pid', 'w').write(str(os.getpid())); time.sleep(600)"
    with pytest.raises(CollectorFailure, match=r"^.* was lost, for its supervisor ended with exit code -9"):
        run([PYTHON, "-c", program], tmp_path, tmp_path, QUICK)
    if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
        assert ended(tmp_path / "pid")


@on_linux
def test_a_tool_that_stops_its_supervisor_is_ended_with_all_that_it_started(
    tmp_path: Path, grandchild: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def watch(*_: object) -> str:
        while not (tmp_path / "stopped").exists():
            time.sleep(0.01)
        return "no time left"

    monkeypatch.setattr(process, "watch", watch)
    stops = "import os; os.kill(os.getppid(), 19); pathlib.Path('stopped').touch(); time.sleep(600)"
    with pytest.raises(CollectorFailure, match=r"^no time left"):
        run(grandchild(ESCAPES["a daemon"], stops), tmp_path, tmp_path, QUICK)
    assert ended(tmp_path / "pid")


def test_a_tool_that_ends_its_own_group_is_only_ended_itself(tmp_path: Path) -> None:
    program = "import os, signal; os.killpg(os.getpgrp(), signal.SIGKILL)"
    assert run([PYTHON, "-c", program], tmp_path, tmp_path, QUICK).returncode == -signal.SIGKILL


def test_a_tool_is_started_as_from_a_terminal(tmp_path: Path) -> None:
    program = "import os, signal; print(signal.getsignal(signal.SIGPIPE)); print(sorted(os.listdir('/dev/fd')))"
    plain = subprocess.run([PYTHON, "-c", program], capture_output=True, stdin=subprocess.DEVNULL, check=True)
    assert run([PYTHON, "-c", program], tmp_path, tmp_path, QUICK).stdout == plain.stdout


def test_many_orphans_are_reaped_while_the_tool_runs(tmp_path: Path) -> None:
    program = """
import os
for number in range(50):
    if not os.fork():
        if not os.fork():
            os._exit(0)
        os._exit(0)
    os.wait()
print("done")
"""
    assert run([PYTHON, "-c", program], tmp_path, tmp_path, QUICK).stdout == b"done\n"


def started(*command: str, grace: float = 5) -> tuple[subprocess.Popen[bytes], int, int]:
    """A supervisor, our end of its leash, and the reading end of its status."""
    pulled, leash = os.pipe()
    status, told = os.pipe()
    words = [PYTHON, "-I", "-S", str(SUPERVISOR), str(pulled), str(told), str(grace), *command]
    supervisor = subprocess.Popen(words, pass_fds=(pulled, told), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    os.close(pulled)
    os.close(told)
    return supervisor, leash, status


def read_to_end(supervisor: subprocess.Popen[bytes], leash: int, status: int) -> tuple[str, bytes]:
    """What a supervisor told, and what it printed."""
    with os.fdopen(status) as stream:
        told = stream.read()
    os.close(leash)
    printed, errors = supervisor.communicate(timeout=QUICK)
    assert (supervisor.returncode, errors) == (0, b"")
    return told, printed


def test_what_a_supervisor_tells() -> None:
    told, printed = read_to_end(*started(PYTHON, "-c", "import os, sys; print(os.getpid()); sys.exit(7)"))
    assert told == f"pid {printed.decode().strip()}\nexit 7\n"


def test_what_a_supervisor_tells_of_a_program_that_does_not_exist() -> None:
    assert read_to_end(*started("/nowhere/tool")) == ("error 2\n", b"")


def test_sigterm_comes_first() -> None:
    deaf = "import signal, sys, time; signal.signal(15, lambda *_: sys.exit(5)); print('x', flush=True); time.sleep(60)"
    supervisor, leash, status = started(PYTHON, "-c", deaf)
    assert supervisor.stdout is not None
    supervisor.stdout.read(1)
    os.close(leash)
    with os.fdopen(status) as stream:
        assert stream.read().endswith("exit 5\n")
    supervisor.communicate(timeout=QUICK)


def test_whoever_listened_may_be_gone() -> None:
    supervisor, leash, status = started(PYTHON, "-c", "")
    os.close(status)
    assert supervisor.communicate(timeout=QUICK) == (b"", b"")
    os.close(leash)
    assert supervisor.returncode == 0


@on_linux
def test_the_processes_below_one() -> None:
    child = subprocess.Popen(
        [PYTHON, "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])",
         "import time; print('x', flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE,
    )  # fmt: skip
    assert child.stdout is not None
    child.stdout.read(1)
    found = supervise.below(os.getpid())
    below_child = supervise.below(child.pid)
    assert found is not None
    assert below_child is not None
    assert len(below_child) == 1
    assert {child.pid, *below_child} <= set(found)
    for pid in [*below_child, child.pid]:
        supervise.send(os.kill, pid, signal.SIGKILL)
    child.communicate()
    supervise.send(os.kill, child.pid, signal.SIGTERM)  # gone by now, which is no error


@pytest.mark.parametrize("change", ["supervise.ON_LINUX = False", "supervise.below = lambda ancestor: None"])
def test_without_a_list_of_processes_the_group_is_ended(tmp_path: Path, change: str) -> None:
    child = "import os, pathlib, time; pathlib.Path('pid').write_text(str(os.getpid())); time.sleep(600)"
    tool = f"""
import os, pathlib, subprocess, sys
subprocess.Popen([sys.executable, "-c", {child!r}])
while not pathlib.Path("pid").exists() or not pathlib.Path("pid").read_text():
    pass
"""
    program = f"""
import os, sys
from maturity.processes import supervise
{change}
pulled, leash = os.pipe()
status, told = os.pipe()
supervise.main(pulled, told, 1, [sys.executable, "-c", {tool!r}])
os.close(told)
print(os.fdopen(status).read())
"""
    printed = subprocess.run([PYTHON, "-c", program], cwd=tmp_path, capture_output=True, check=True, timeout=QUICK)
    assert printed.stdout.endswith(b"exit 0\n\n")
    assert ended(tmp_path / "pid")


def test_where_there_is_no_list_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    def listdir(path: str) -> list[str]:
        raise FileNotFoundError(path)

    monkeypatch.setattr(os, "listdir", listdir)
    assert supervise.below(1) is None
