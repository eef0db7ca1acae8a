"""What the stand-ins share. They start often, and so import little."""

import os
import time


def work(name):
    """Say that the tool was started, and take the time that it takes: where a test says so, for ever."""
    if "MATURITY_FAKE_LOG" in os.environ:
        with open(os.environ["MATURITY_FAKE_LOG"], "a") as log:  # noqa: PTH123 - see above
            log.write(f"{name}\n")
    if name in os.environ.get("MATURITY_FAKE_HANGS", "").split():
        os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "600")
        time.sleep(600)
    time.sleep(0.02)
