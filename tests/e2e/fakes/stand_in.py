"""What the stand-ins share."""

import os
import subprocess
import sys
import time
from pathlib import Path


def work(name):
    """Say that the tool was started, and take the time that it takes: where a test says so, for ever."""
    if "MATURITY_FAKE_LOG" in os.environ:
        with Path(os.environ["MATURITY_FAKE_LOG"]).open("a") as log:
            log.write(f"{name}\n")
    if name in os.environ.get("MATURITY_FAKE_HANGS", "").split():
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        time.sleep(600)
    time.sleep(0.02)
