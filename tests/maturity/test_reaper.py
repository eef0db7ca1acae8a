"""The script that ends what a killed run has left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from maturity import reaper


@pytest.mark.parametrize(
    ("lines", "groups", "directories"),
    [
        ([], set(), set()),
        (["+group 12\n", '+directory "/a b"\n'], {"12"}, {'"/a b"'}),
        (["+group 12\n", "+group 13\n", "-group 12\n"], {"13"}, set()),
        (["-group 12\n"], set(), set()),
        (["+group 12\n", "-group 1"], {"12"}, set()),
        (["+group 12\n", "+group 1"], {"12"}, set()),
        (["+group 12\n", "+gr", ""], {"12"}, set()),
        (["+other 12\n", "\n"], set(), set()),
    ],
)
def test_what_is_left(lines: list[str], groups: set[str], directories: set[str]) -> None:
    assert reaper.left(lines) == {"group": groups, "directory": directories}


def test_it_ends_what_it_was_told_of_and_nothing_else_when_the_pipe_closes(tmp_path: Path) -> None:
    sleep = [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)"]
    tools = [subprocess.Popen(sleep, start_new_session=True, stdout=subprocess.PIPE) for _ in range(2)]
    for tool in tools:
        assert tool.stdout
        tool.stdout.readline()
    for name in ("gone", "kept"):
        (tmp_path / name / "inner").mkdir(parents=True)
    told = [f"+group {tool.pid}\n" for tool in tools] + [f"-group {tools[1].pid}\n", "+group 999999999\n"]
    told += [
        f"+directory {json.dumps(str(tmp_path / 'gone'))}\n",
        f"+directory {json.dumps(str(tmp_path / 'absent'))}\n",
    ]
    done = subprocess.run([sys.executable, "-I", "-S", reaper.__file__], input="".join(told), text=True, timeout=60)
    assert done.returncode == 0
    assert tools[0].wait(60) == -9
    assert tools[1].poll() is None
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    tools[1].kill()
    tools[1].communicate()


def ignores(pid: int, *signals: int) -> bool:
    """Whether a process ignores some signals; see proc_pid_status(5)."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("SigIgn:"))
    return all(int(line.split()[1], 16) & (1 << (number - 1)) for number in signals)


def test_it_hears_no_signal_but_the_end_of_the_pipe() -> None:
    with subprocess.Popen([sys.executable, "-I", "-S", reaper.__file__], stdin=subprocess.PIPE) as script:
        assert script.stdin
        while not ignores(script.pid, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            assert script.poll() is None
        script.terminate()
        assert script.poll() is None
        script.stdin.close()
        assert script.wait(60) == 0
