"""The only place that starts processes: no shell, a supervisor for each, a time limit, bounded output."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess  # nosec B404 - the one module that uses it, with argument lists and never a shell
import sys
import tempfile
import threading
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from maturity.errors import CollectorFailure
from maturity.processes.scratch import remove_all
from maturity.processes.stopping import Stopping

OUTPUT_LIMIT = 64 * 1024 * 1024
"""Bytes of standard output, or of a report, that a tool may write; at more it is ended and has failed."""

ABOUT_A_REPOSITORY = (
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
    "GIT_OBJECT_DIRECTORY",
)
"""Environment variables by which git tells its hooks what they are about."""

GRACE_SECONDS = 2.0
"""The time between SIGTERM and SIGKILL."""

PATIENCE_SECONDS = GRACE_SECONDS + 10
"""The time that a supervisor has to end everything."""

TICK_SECONDS = 0.05
"""How often the size of a running tool's output is looked at."""

SUPERVISOR = Path(__file__).with_name("supervise.py")
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


class Running:
    """A tool that runs, under a supervisor (`maturity/processes/supervise.py`) that ends it with all it started."""

    def __init__(
        self, command: Sequence[str], cwd: Path, environment: Mapping[str, str], out: BinaryIO, err: BinaryIO
    ) -> None:
        """Start it. Raises OSError or ValueError where the supervisor cannot be started."""
        pulled, leash = os.pipe()
        status, told = os.pipe()
        # Closing a file object twice does nothing, so any thread may let go of the leash.
        self._leash, self._status = os.fdopen(leash, "wb", 0), os.fdopen(status, "rb", 0)
        words = (sys.executable, "-I", "-S", str(SUPERVISOR), str(pulled), str(told), str(GRACE_SECONDS))
        try:
            self._process = subprocess.Popen(  # noqa: S603  # nosec B603 - an argument list, never a shell
                [*words, *command],
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                env=environment,
                pass_fds=(pulled, told),
                start_new_session=True,
            )
        except BaseException:
            self._leash.close()
            self._status.close()
            raise
        finally:
            os.close(pulled)
            os.close(told)
        self._said = b""
        self.command = tuple(command)

    def wait(self, seconds: float) -> bool:
        """Whether it ends, with all that it started, within some seconds."""
        until = time.monotonic() + seconds
        poll = select.poll()
        poll.register(self._status, select.POLLIN)
        while poll.poll(max(0.0, until - time.monotonic()) * 1000):
            said = os.read(self._status.fileno(), 4096)
            if not said:
                self._process.wait()
                return True
            self._said += said
        return False

    def let_go(self) -> None:
        """Have it end, with all that it started."""
        self._leash.close()
        self._process.send_signal(signal.SIGCONT)  # a tool may have stopped its supervisor

    def join(self) -> None:
        """Wait until it has ended, once it was let go."""
        try:
            self._process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # it does not obey
            self._process.wait()

    def close(self) -> None:
        """End it, with all that it started, if it still runs."""
        self.let_go()
        self.wait(PATIENCE_SECONDS)
        self.join()
        self._status.close()
        pid = self._told("pid")
        if self.returncode is None and pid is not None:  # the supervisor was killed: what is left without it
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)

    def _told(self, key: str) -> int | None:
        """A number that the supervisor told us."""
        words = self._said.decode("ascii", "replace").split()
        return int(words[words.index(key) + 1]) if key in words else None

    @property
    def returncode(self) -> int | None:
        """The tool's return code, None where it never started or its supervisor was killed."""
        return self._told("exit")

    def trouble(self) -> str:
        """Why there is no return code; "" if there is one."""
        if self.returncode is not None:
            return ""
        number = self._told("error")
        if number is not None:
            return f"cannot start {self.command[0]}: {os.strerror(number)}"
        return f"{self.command[0]} was lost, for its supervisor ended with exit code {self._process.returncode}"


_running: set[Running] = set()
_lock = threading.Lock()
_stopping = threading.Event()


def run(
    command: Sequence[str],
    cwd: Path,
    scratch: Path,
    timeout: float,
    environment: Mapping[str, str] | None = None,
    reports: Sequence[str] = (),
) -> Completed:
    """Run a command to its end, with its output in files of `scratch`; `reports` are the files there that it writes.

    Nothing that it started is left when this returns. Raises CollectorFailure, with a log, where there is no such
    program, it did not end in `timeout` seconds, or it wrote more than OUTPUT_LIMIT into its output or a report: it is
    then ended at once. Raises SystemExit once `end_all` was called.
    """
    if _stopping.is_set():
        raise SystemExit(STOPPED)
    started = time.monotonic()
    files = {name: scratch / name for name in ("stdout", "stderr", *reports)}
    log = f"$ {printable(command)}"
    with files["stdout"].open("wb") as out, files["stderr"].open("wb") as err:
        try:
            running = Running(command, cwd, {**inherited(), **(environment or {})}, out, err)
        except (OSError, ValueError) as error:
            raise CollectorFailure(f"cannot start {command[0]}: {error}\n{log}") from None
    with _lock:
        _running.add(running)
    try:
        if _stopping.is_set():  # since we looked
            running.let_go()
        trouble = watch(running, timeout, files)
    finally:
        running.close()
        with _lock:
            _running.discard(running)
    if _stopping.is_set():
        raise SystemExit(STOPPED)  # the tool did not end by itself: what it left is no answer
    trouble = trouble or running.trouble()
    stdout = stderr = b""
    if not trouble:
        try:
            stdout, stderr = files["stdout"].read_bytes(), files["stderr"].read_bytes()
        except OSError:
            trouble = "the files of its output were deleted while it ran"
    if trouble or running.returncode is None:
        raise CollectorFailure(f"{trouble}\n{log}\n{tail(files['stdout'])}{tail(files['stderr'])}")
    return Completed(running.command, running.returncode, stdout, stderr, time.monotonic() - started)


@contextlib.contextmanager
def streamed(command: Sequence[str], cwd: Path, given: bytes = b"", quiet: bool = False) -> Generator[IO[bytes]]:
    """The standard output of a command while it runs, with `given` on its standard input; stderr is ours, or nobody's.

    For programs that only read and end when their output is closed, such as `git cat-file`: they need no supervisor.
    Raises CollectorFailure where there is no such program, and where it ends with another exit code than 0 after all
    of its output was read.
    """
    with tempfile.TemporaryFile() as words:
        words.write(given)
        words.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603  # nosec B603 - an argument list, never a shell
                command,
                cwd=cwd,
                stdin=words,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL if quiet else None,
                env=inherited(),
            )
        except OSError as error:
            raise CollectorFailure(f"cannot start {command[0]}: {error}") from None
        with process:
            out = process.stdout
            assert out is not None  # noqa: S101  # nosec B101 - it is a pipe, by the call above
            try:
                yield out
                whole = not out.read(1)
            finally:
                out.close()
        if whole and process.returncode:
            raise CollectorFailure(f"{command[0]} ended with exit code {process.returncode}")


def watch(running: Running, timeout: float, files: Mapping[str, Path]) -> str:
    """Wait for the end of a tool; "" if it ended by itself, in time, and did not write too much, else what is wrong."""
    until = time.monotonic() + timeout
    ended = False
    while not ended:
        left = until - time.monotonic()
        if left <= 0:
            return f"no answer within {timeout:g} s"
        ended = running.wait(min(left, TICK_SECONDS))
        for name, path in files.items():
            if size(path) > OUTPUT_LIMIT:
                return f"it wrote more than {OUTPUT_LIMIT >> 20} MB of {name} and was ended"
    return ""


def size(path: Path) -> int:
    """The size of a file in bytes, 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def inherited() -> dict[str, str]:
    """Our environment, less what tells a hook of git which repository it is about.

    A test that uses git would else work on the user's own repository.
    """
    return {name: text for name, text in os.environ.items() if name not in ABOUT_A_REPOSITORY}


def end_all() -> None:
    """End every process that is running now, and start no more."""
    _stopping.set()
    with _lock:
        running = list(_running)
    for one in running:  # all at once, and only then wait for each
        one.let_go()
    for one in running:
        one.join()
    remove_all()


def is_stopping() -> bool:
    """Whether `end_all` was called: what is left to do is to leave."""
    return _stopping.is_set()


def tail(path: Path, length: int = 4000) -> str:
    """The last characters of a file of output, for people; nothing of one that was deleted."""
    try:
        with path.open("rb") as stream:
            stream.seek(max(0, size(path) - length))
            return stream.read(length).decode("utf-8", "replace")
    except FileNotFoundError:
        return ""


def printable(command: Sequence[str], limit: int = 2000) -> str:
    """A command line as a person would type it, cut where it is very long."""
    plain = (word if word.isascii() and word.isprintable() and " " not in word else repr(word) for word in command)
    text = " ".join(plain)
    return text if len(text) <= limit else f"{text[:limit]} … ({len(command)} words)"


def end_with_us() -> None:
    """From now on no tool outlives this process, however it is asked to stop: SIGKILL is left to the supervisors."""
    Stopping(end_all).begin()
