"""A signal at any moment ends the process in time, with what it started, and holds no lock on the way."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from maturity.processes import stopping
from maturity.processes.stopping import Stopping

LOOP = """
import sys
from pathlib import Path
from maturity.processes.scratch import scratch_directory
from maturity.processes import process
process.end_with_us()
print("ready", flush=True)
while True:
    with scratch_directory() as scratch:
        process.run(("true",), Path("/"), scratch, 10)
        with process.streamed(("git", "version"), Path("/")) as printed:
            printed.read()
"""
SWALLOWED = """
import sys, time
from maturity.processes import process
process.end_with_us()
print("ready", flush=True)
while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
"""
TWICE = """
import time
from maturity.processes import process
process.end_with_us()
print("ready", flush=True)
try:
    time.sleep(60)
finally:
    time.sleep(0.5)
    print("unwound", flush=True)
"""


def stopped(code: str, sign: signal.Signals, after: float, again: float | None = None) -> tuple[int, float, str, str]:
    """How a process ended that got a signal some time after it was ready: code, seconds, what it printed and said."""
    process = subprocess.Popen(
        (sys.executable, "-c", code), stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(after)
    began = time.monotonic()
    process.send_signal(sign)
    if again is not None:
        time.sleep(again)
        process.send_signal(sign)
    try:
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    return process.returncode, time.monotonic() - began, out, err


@pytest.mark.parametrize("signals", [40, pytest.param(1000, marks=pytest.mark.thorough)])
def test_a_signal_at_any_moment_ends_a_process_that_starts_tools(signals: int) -> None:
    chance = random.Random(signals)

    def one(_: int) -> None:
        sign = chance.choice(stopping.SIGNS)
        code, _, _, said = stopped(LOOP, sign, chance.uniform(0, 0.2))
        assert code == 128 + sign, said
        assert said == f"maturity: stopped by {sign.name}; what was collected until now is kept\n"

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(one, range(signals)))


def test_a_process_that_swallows_the_end_is_given_up() -> None:
    code, seconds, _, said = stopped(SWALLOWED, signal.SIGTERM, 0)
    assert (code, said.count("stopped by SIGTERM")) == (143, 1)
    assert seconds >= stopping.LAST_SECONDS


def test_a_second_signal_does_not_break_the_end_of_the_first() -> None:
    code, _, out, said = stopped(TWICE, signal.SIGINT, 0, again=0.1)
    assert (code, out) == (130, "unwound\n")
    assert "Traceback" not in said


def test_a_signal_that_is_ignored_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: dict[int, object] = {}
    ignored = {signal.SIGHUP: signal.SIG_IGN, signal.SIGINT: signal.SIG_DFL, signal.SIGTERM: signal.SIG_DFL}
    monkeypatch.setattr(stopping.signal, "getsignal", ignored.get)
    monkeypatch.setattr(stopping.signal, "signal", taken.__setitem__)
    monkeypatch.setattr(stopping.atexit, "register", lambda function: None)
    monkeypatch.setattr(stopping.threading.Thread, "start", lambda thread: None)
    Stopping(lambda: None).begin()
    assert taken.keys() == {signal.SIGINT, signal.SIGTERM}


def test_the_handler_ends_nothing_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[str] = []
    made = Stopping(lambda: ended.append("all"))
    with pytest.raises(SystemExit) as end:
        made._stop(signal.SIGTERM, None)
    assert end.value.code == 143
    assert ended == [], "a lock that is held where the signal came would never be let go"
    made._stop(signal.SIGTERM, None)
    assert Path(f"/proc/self/fd/{made._woken}").exists()
