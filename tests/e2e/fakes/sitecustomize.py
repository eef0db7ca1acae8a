"""Brings the faults that MATURITY_FAULT asks for to doit and the console script, and to no other process."""

import os
import sys

if "MATURITY_FAULT" in os.environ and sys.orig_argv[1:3] in (["-m", "doit"], ["-m", "maturity"]):
    import faults

    faults.arrange(os.environ["MATURITY_FAULT"])
