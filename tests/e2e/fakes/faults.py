"""Faults of the system, as MATURITY_FAULT asks for.

`slow`: a file is written in two halves, with a pause between them.
`full PATH`: there is no room in the directories whose paths end with this; /dev/full says so, as a full disk does.
`full database`: there is no room for doit's database.
`no temporary directory`: there is no room where temporary directories are made.
`stopped early`: SIGINT comes while our modules are imported.
`bug task`, `bug before`: something that nobody has thought of, in a task or before the first.
"""

import errno
import io
import os
import resource
import signal
import sys
import tempfile
import time

PAUSE = 0.01


class Slow(io.FileIO):
    """A file that takes its time."""

    def write(self, content):
        """Write half of it, wait, and write the rest."""
        half = len(content) // 2
        super().write(content[:half])
        time.sleep(PAUSE)
        return half + super().write(content[half:])


def slow():
    """Slow down every file that is written."""
    plain = io.open

    def opened(file, mode="r", *more, **named):
        if mode in ("wb", "ab", "xb"):
            return io.BufferedWriter(Slow(file, mode))
        return plain(file, mode, *more, **named)

    io.open = os.fdopen = opened


def full(where):
    """Let the temporary files in some directories be on a full disk."""
    plain = tempfile.mkstemp

    def mkstemp(*more, **named):
        handle, name = plain(*more, **named)
        if str(named.get("dir")).endswith(where):
            os.dup2(os.open("/dev/full", os.O_WRONLY), handle)
        return handle, name

    tempfile.mkstemp = mkstemp


def full_database():
    """Let nothing more be written when doit writes its database."""
    from doit.dependency import SqliteDB

    plain = SqliteDB.dump

    def dump(self):
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        plain(self)

    SqliteDB.dump = dump


def no_temporary_directory():
    """Let there be no room for temporary directories."""

    def mkdtemp(*more, **named):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/tmp/maturity-x")

    tempfile.mkdtemp = mkdtemp


def stopped_early():
    """Be interrupted when the module with most imports is looked for."""

    class Finder:
        def find_spec(self, name, *more):
            """Find nothing."""
            if name == "maturity.repository":
                os.kill(os.getpid(), signal.SIGINT)

    sys.meta_path.insert(0, Finder())


def bug(where):
    """Break our own code."""
    from maturity import document, workspace

    def broken(*more, **named):
        raise ZeroDivisionError("nobody has thought of this")

    if where == "task":
        document.write = broken
    else:
        workspace.discover = broken


def arrange(fault):
    """Let a fault happen from now on."""
    if fault == "slow":
        slow()
    elif fault == "full database":
        full_database()
    elif fault == "no temporary directory":
        no_temporary_directory()
    elif fault == "stopped early":
        stopped_early()
    elif fault.startswith("full "):
        full(fault.removeprefix("full "))
    elif fault.startswith("bug "):
        bug(fault.removeprefix("bug "))
