# ruff: noqa: PTH123, PTH208
# These ask for pathlib, which takes as long to import as all the rest here.
"""Starts one tool, and ends everything that it leaves behind.

A script, started by its path (see `maturity/processes/process.py`): `python -I supervise.py LEASH STATUS GRACE
COMMAND...`. It imports nothing of ours, and little of Python, because it starts once for every tool.

LEASH is the reading end of a pipe: when the other end is closed, on purpose or because the run above us died, all is
to end at once: SIGTERM first, and SIGKILL after GRACE seconds. STATUS is the writing end of another pipe: the line
"pid N" goes into it when the tool has started, else "error ERRNO", and "exit CODE", as in subprocess, when the tool has
ended and nothing is left of what it started. No "exit" line means that this process was killed.

On Linux an orphan below us becomes our child (PR_SET_CHILD_SUBREAPER in prctl(2)), whatever session or group it went
to, so nothing gets away but what runs as another user, or was started by a daemon that was asked to. Elsewhere the
tool's own process group is ended, and a process that has left it is not found.
"""

from __future__ import annotations

import os
import select
import sys
import time

TYPE_CHECKING = False  # that of `typing` takes long to import, as does collections.abc
if TYPE_CHECKING:
    from collections.abc import Callable

SIGKILL, SIGPIPE, SIGTERM, SIGXFSZ = 9, 13, 15, 25  # `signal` takes long to import, too
PR_SET_CHILD_SUBREAPER = 36
ON_LINUX = sys.platform == "linux"
KILLED_WITHIN = 5.0
"""Seconds after which what not even SIGKILL ends, inside a broken device say, is left alone."""


def adopt_orphans() -> bool:
    """Become the parent of every process below us whose own parent ends; whether we can."""
    if not ON_LINUX:
        return False
    import ctypes

    return ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


class Tool:
    """The process that was started; `code` is its return code once it is known, the negative of a signal's number.

    `adopts` says that its orphans become our children. Without that only its group can be ended, and always is.
    """

    def __init__(self, command: list[str], adopts: bool) -> None:
        self.adopts = adopts
        # Python ignores these two, and what is ignored would be in the tool as well.
        self.pid = os.posix_spawnp(command[0], command, os.environ, setpgroup=0, setsigdef=[SIGPIPE, SIGXFSZ])
        self.code: int | None = None

    def reap(self) -> bool:
        """Take note of the children that have ended; whether there are others."""
        try:
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return True
                if pid == self.pid:
                    self.code = os.waitstatus_to_exitcode(status)
        except ChildProcessError:
            return False

    def watch(self, leash: int) -> None:
        """Wait for the end of the tool, or of the leash."""
        poll = select.poll()
        poll.register(leash, select.POLLIN)
        try:
            poll.register(os.pidfd_open(self.pid), select.POLLIN)
            tick = 1000  # milliseconds; only for the orphans that end meanwhile
        except (AttributeError, OSError):  # another system, an old kernel
            tick = 20
        while True:
            pulled = any(ready == leash for ready, _ in poll.poll(tick))
            self.reap()
            if pulled or self.code is not None:
                return

    def end(self, sign: int, patience: float) -> None:
        """Send a signal to everything below us, and wait some seconds for its end."""
        until = time.monotonic() + patience
        self.signal(sign)
        while self.reap() and time.monotonic() < until:
            time.sleep(0.005)
            if sign == SIGKILL:
                self.signal(sign)  # whatever was started meanwhile

    def signal(self, sign: int) -> None:
        """Send a signal to everything below us that we may send one to."""
        pids = below(os.getpid()) if ON_LINUX else None
        if pids is None or not self.adopts:
            send(os.killpg, self.pid, sign)
        for pid in pids or ():
            send(os.kill, pid, sign)


def send(kill: Callable[[int, int], None], number: int, sign: int) -> None:
    """Send a signal to what may be gone by now."""
    try:
        kill(number, sign)
    except (ProcessLookupError, PermissionError):
        return


def below(ancestor: int) -> list[int] | None:
    """Every process below one, by what /proc says now; None if it is not there."""
    children: dict[int, list[int]] = {}
    try:
        names = os.listdir("/proc")
    except OSError:
        return None
    for name in names:
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as stream:
                    parent = int(stream.read().rpartition(b")")[2].split()[1])
            except OSError:  # it has ended
                continue
            children.setdefault(parent, []).append(int(name))
    found = list(children.get(ancestor, ()))
    for pid in found:
        found.extend(children.get(pid, ()))
    return found


def say(status: int, line: str) -> None:
    """Tell the run above us, if it is still there."""
    try:
        os.write(status, f"{line}\n".encode())
    except OSError:  # it was killed; the leash says so too
        return


def main(leash: int, status: int, grace: float, command: list[str]) -> None:
    """Run a command to its end, or to the end of the leash."""
    os.set_inheritable(leash, False)
    os.set_inheritable(status, False)
    try:
        tool = Tool(command, adopt_orphans())
    except OSError as error:
        say(status, f"error {error.errno or 0}")
        return
    say(status, f"pid {tool.pid}")
    tool.watch(leash)
    if tool.code is None:
        tool.end(SIGTERM, grace)
    if tool.reap() or not tool.adopts:
        tool.end(SIGKILL, KILLED_WITHIN)
    if tool.code is not None:
        say(status, f"exit {tool.code}")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:])
