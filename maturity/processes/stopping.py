"""How this process is asked to stop: a signal's handler notes it and unwinds, and a thread ends what runs meanwhile.

A handler may come in the middle of anything, also while a lock is held that ending a process takes: so it ends nothing
itself. The exception that it raises lets go of every lock on its way out. Where something holds the main thread up, or
swallows the exception, the thread gives the process up: nothing that it still could do is of use to anybody.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

SIGNS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LEAVE_SECONDS = 2.8
"""The time from a signal to the end of the process, whatever the main thread does; tools get two seconds of it."""

LAST_SECONDS = 1.5
"""What the main thread has at least, once the tools are gone."""


class Stopping:
    """One process's way to its end; `end_all` ends every tool that runs and waits for it."""

    def __init__(self, end_all: Callable[[], None]) -> None:
        self._end_all = end_all
        self._number = 0
        self._said = False
        self._woken, self._wake = os.pipe()

    def begin(self) -> None:
        """Take the signals, in the main thread; those that are ignored, as under nohup, stay so."""
        atexit.register(self._at_exit)
        if threading.current_thread() is not threading.main_thread():
            return
        threading.Thread(target=self._watch, name="stopping", daemon=True).start()
        for sign in SIGNS:
            if signal.getsignal(sign) != signal.SIG_IGN:
                signal.signal(sign, self._stop)

    def _stop(self, number: int, frame: FrameType | None) -> None:
        """The handler: nothing here waits or takes a lock. Raises SystemExit once; a second signal changes nothing."""
        del frame
        if not self._number:
            self._number = number
            os.write(self._wake, b"!")
            raise SystemExit(128 + number)

    def _watch(self) -> None:
        """In a thread of its own: end the tools, and see to it that the process ends in time."""
        os.read(self._woken, 1)
        began = time.monotonic()
        self._end_all()
        time.sleep(max(LAST_SECONDS, began + LEAVE_SECONDS - time.monotonic()))
        self._say()
        os._exit(128 + self._number)

    def _at_exit(self) -> None:
        self._end_all()
        self._say()

    def _say(self) -> None:
        """Say once what has stopped us; not by print, which a signal may have interrupted."""
        if self._number and not self._said:
            self._said = True
            name = signal.Signals(self._number).name
            os.write(2, f"maturity: stopped by {name}; what was collected until now is kept\n".encode())
