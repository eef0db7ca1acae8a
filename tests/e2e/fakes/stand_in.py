"""What the stand-ins share."""

import os
import subprocess
import sys
import time


def work(name):
    """Take the time that a tool takes: none, or far too much, with a process of its own, where a test says so."""
    if name in os.environ.get("MATURITY_FAKE_HANGS", "").split():
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        time.sleep(600)
    time.sleep(0.02)
