"""One run at a time: the second says that it waits, and then goes on."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock, Timeout

from maturity.cache import lock

MESSAGE = "maturity: waiting for another run in this repository to end\n"


def test_a_run_alone_does_not_wait(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lock.hold(tmp_path):
        pass
    with lock.hold(tmp_path):
        pass
    assert capsys.readouterr().err == ""


def test_the_lock_is_out_of_sight_of_git(tmp_path: Path) -> None:
    with lock.hold(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [".maturity"]
        assert (tmp_path / ".maturity" / ".gitignore").read_text() == "*\n"


def try_to_lock(root: Path) -> bool:
    """Whether the lock is free."""
    attempt = FileLock(root / ".maturity" / "lock")
    try:
        attempt.acquire(timeout=0)
    except Timeout:
        return False
    attempt.release()
    return True


def test_the_lock_is_held_in_the_block_and_not_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[FileLock] = []  # so that it is not let go because nobody knows it any more
    acquire = lock.acquire
    monkeypatch.setattr(lock, "acquire", lambda root: kept.append(acquire(root)) or kept[-1])
    with lock.hold(tmp_path):
        assert not try_to_lock(tmp_path)
    assert try_to_lock(tmp_path)


def test_the_lock_is_held_as_long_as_the_process_lives(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys; from maturity.cache import lock; lock.hold_until_exit(pathlib.Path(sys.argv[1]));"
        "print('held', flush=True); sys.stdin.read()"
    )
    words = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        assert other.stdout.readline() == b"held\n"
        assert not try_to_lock(tmp_path)
        other.communicate()
    assert try_to_lock(tmp_path)


def test_a_second_run_waits_with_a_message(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    order: list[str] = []
    said = threading.Event()

    def second() -> None:
        with lock.hold(tmp_path):
            order.append("second")

    class Stderr:
        def write(self, text: str) -> None:
            order.append(text)
            if text == "\n":
                said.set()

        def flush(self) -> None: ...

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stderr", Stderr())
        with lock.hold(tmp_path):
            thread = threading.Thread(target=second)
            thread.start()
            assert said.wait(20)
            order.append("first ends")
        thread.join(20)
    assert order == [MESSAGE.rstrip("\n"), "\n", "first ends", "second"]


def test_runs_in_different_repositories_do_not_wait(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with lock.hold(tmp_path / "one"), lock.hold(tmp_path / "two"):
        assert capsys.readouterr().err == ""


def test_the_lock_goes_with_its_process_however_that_ends(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = (
        "import os, pathlib, sys; from maturity.cache import lock; lock.hold_until_exit(pathlib.Path(sys.argv[1]));"
        "print('held', flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, check=False)
    assert (done.stdout, done.returncode) == (b"held\n", -9), done.stderr
    with lock.hold(tmp_path):
        assert capsys.readouterr().err == ""


def test_an_error_inside_lets_the_lock_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError), lock.hold(tmp_path):
        raise KeyError
    with lock.hold(tmp_path):
        assert capsys.readouterr().err == ""
