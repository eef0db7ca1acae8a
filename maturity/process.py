"""The only place that starts processes: no shell, a process group of its own, a time limit, bounded output."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import signal
import subprocess  # nosec B404 - the one module that uses it, with argument lists and never a shell
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from maturity.errors import CollectorFailure, StorageError, said
from maturity.files import read_bytes

OUTPUT_LIMIT = 64 * 1024 * 1024
"""Bytes of standard output or of a report that are read; a tool that writes more has failed."""

GRACE_SECONDS = 2.0
STOPPED = "stopped while a tool was running"


@dataclass(frozen=True)
class Completed:
    """A finished process: the negative of a signal's number is its return code, as in subprocess."""

    command: tuple[str, ...]
    returncode: int
    stdout: bytes
    stderr: bytes
    seconds: float

    def log(self, lines: int = 40) -> str:
        """The command, exit code and last lines of what was printed, for people."""
        printed = b"\n".join(part for part in (self.stdout, self.stderr) if part.strip())
        tail = printed[-20_000:].decode("utf-8", "replace").splitlines()[-lines:]
        return "\n".join([f"$ {printable(self.command)}", f"exit code {self.returncode}", *tail])


class Reaper:
    """Tells a script of its own process what to end should this one be killed; see `maturity/reaper.py`.

    It is started when there is first something to tell. Without it a run does its work all the same.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._pipe: int | None = None
        self._started = False

    def tell(self, sign: str, kind: str, name: str) -> None:
        """`+` for what there is to end from now on, `-` for what there is no longer."""
        with self._lock, contextlib.suppress(OSError):
            if not self._started:
                self._started = True
                self._start()
            if self._pipe is not None:
                os.write(self._pipe, f"{sign}{kind} {name}\n".encode())  # one piece: it is shorter than PIPE_BUF

    def _start(self) -> None:
        script = Path(__file__).with_name("reaper.py")
        process = subprocess.Popen(  # noqa: S603  # nosec B603 - our own script
            [sys.executable, "-I", "-S", str(script)],
            cwd=os.sep,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it outlives us, and a Ctrl-C
        )
        if process.stdin is not None:
            self._pipe = os.dup(process.stdin.fileno())  # it stays open until this process ends
            process.stdin.close()
        process.returncode = 0  # nobody waits for it


_reaper = Reaper()
_running: set[subprocess.Popen[bytes]] = set()
_lock = threading.RLock()  # a signal may come while we hold it
_stopping = threading.Event()


def run(
    command: Sequence[str], cwd: Path, scratch: Path, timeout: float, environment: Mapping[str, str] | None = None
) -> Completed:
    """Run a command to its end, with its output in files of `scratch`.

    Raises CollectorFailure, with a log, where there is no such program, it did not end in `timeout` seconds (its whole
    process group is then ended), or it printed more than OUTPUT_LIMIT. Raises SystemExit once `end_all` was called.
    """
    if _stopping.is_set():
        raise SystemExit(STOPPED)
    started = time.monotonic()
    out, err = scratch / "stdout", scratch / "stderr"
    with out.open("wb") as stdout, err.open("wb") as stderr:
        try:
            process = subprocess.Popen(  # noqa: S603  # nosec B603 - an argument list, never a shell
                list(command),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            raise CollectorFailure(f"cannot start {command[0]}: {error}\n$ {printable(command)}") from None
        _reaper.tell("+", "group", str(process.pid))
        with _lock:
            _running.add(process)
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise CollectorFailure(
                f"no answer within {timeout:g} s\n$ {printable(command)}\n{tail(out)}{tail(err)}"
            ) from None
        finally:
            end_group(process)
            with _lock:
                _running.discard(process)
            _reaper.tell("-", "group", str(process.pid))
    if _stopping.is_set():
        raise SystemExit(STOPPED)  # the tool did not end by itself: what it left is no answer
    texts = [read_bytes(path, OUTPUT_LIMIT) for path in (out, err)]
    if texts[0] is None or texts[1] is None:
        raise CollectorFailure(f"printed more than {OUTPUT_LIMIT >> 20} MB\n$ {printable(command)}")
    return Completed(tuple(command), process.returncode, texts[0], texts[1], time.monotonic() - started)


def end_group(process: subprocess.Popen[bytes]) -> None:
    """End a process and all that it left behind in its group."""
    for sign, patience in ((signal.SIGTERM, GRACE_SECONDS), (signal.SIGKILL, None)):
        try:
            os.killpg(process.pid, sign)
        except (ProcessLookupError, PermissionError):
            break
        if process.returncode is None:
            try:
                process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
    if process.returncode is None:
        process.wait()


def end_all() -> None:
    """End every process that is running now, and start no more."""
    _stopping.set()
    with _lock:
        running = list(_running)
    for process in running:
        end_group(process)


def tail(path: Path, size: int = 4000) -> str:
    """The last characters of a file of output, for people."""
    return path.read_bytes()[-size:].decode("utf-8", "replace")


def printable(command: Sequence[str], limit: int = 2000) -> str:
    """A command line as a person would type it, cut where it is very long."""
    plain = (word if word.isascii() and word.isprintable() and " " not in word else repr(word) for word in command)
    text = " ".join(plain)
    return text if len(text) <= limit else f"{text[:limit]} … ({len(command)} words)"


@contextlib.contextmanager
def scratch_directory() -> Generator[Path]:
    """An empty directory outside the repository, gone when the job is done, or this process. Raises StorageError."""
    try:
        path = Path(tempfile.mkdtemp(prefix="maturity-"))
    except OSError as error:
        raise StorageError(f"no directory for temporary files can be made: {said(error)}") from None
    _reaper.tell("+", "directory", json.dumps(str(path)))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        _reaper.tell("-", "directory", json.dumps(str(path)))


def end_with_us() -> None:
    """From now on no tool outlives this process for long, however it is asked to stop."""
    atexit.register(end_all)
    if threading.current_thread() is threading.main_thread():
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(sign) != signal.SIG_IGN:  # as under nohup
                signal.signal(sign, _stop)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    del frame
    end_all()
    message = f"maturity: stopped by {signal.Signals(number).name}; what was collected until now is kept\n"
    os.write(2, message.encode())  # not print: the signal may have come in the middle of one
    sys.exit(128 + number)
