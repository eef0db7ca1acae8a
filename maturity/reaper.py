"""Ends what a killed run has left: its tools, and the directories that they worked in.

A run that is killed with SIGKILL can end nothing itself. So it starts this script beside its first tool and tells it,
over a pipe, what there is to end. The pipe closes when the run ends, however it ends; the script then sends SIGKILL to
the process groups and removes the directories that it knows of, and ends too. Nothing is left for it after a run that
ended by itself.

Each line is `+KIND NAME` or `-KIND NAME`, where KIND is `group` with the id of a process group, or `directory` with a
path as a JSON text. Only the standard library is used, and nothing of ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Iterable


def left(lines: Iterable[str]) -> dict[str, set[str]]:
    """What was told of and not taken back, by kind, when the lines end. A line that is cut off counts for nothing."""
    known: dict[str, set[str]] = {"group": set(), "directory": set()}
    for line in lines:
        kind, _, name = line[1:].rstrip("\n").partition(" ")
        if line.endswith("\n") and kind in known:
            known[kind].add(name) if line[0] == "+" else known[kind].discard(name)
    return known


def end(known: dict[str, set[str]]) -> None:
    """End the groups, then remove the directories."""
    for group in known["group"]:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(int(group), signal.SIGKILL)
    for directory in known["directory"]:
        shutil.rmtree(json.loads(directory), ignore_errors=True)


if __name__ == "__main__":
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)  # the run hears these too, and may need more time than they give
    end(left(sys.stdin))
