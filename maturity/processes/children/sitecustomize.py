"""Follows a test run into the Python processes that it starts: they note what they read, as the run itself does.

The probe puts this directory on PYTHONPATH, so that Python imports it when it starts (see the `site` module).
It takes itself off the path again and then imports the sitecustomize that it stands before.
"""

import importlib
import importlib.util
import os
import sys
from pathlib import Path

HERE = Path(__file__).parent


def follow() -> None:
    """Start to note, if a run of ours is above this process."""
    root, scratch = os.environ.get("MATURITY_PROBE_ROOT"), os.environ.get("MATURITY_PROBE_SCRATCH")
    if root and scratch and Path(scratch).is_dir():
        spec = importlib.util.spec_from_file_location("_maturity_witness", HERE.parent / "witness.py")
        if spec is None or spec.loader is None:
            return
        witness = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(witness)
        witness.Witness(Path(root), Path(scratch)).follow()


sys.path[:] = [entry for entry in sys.path if Path(entry) != HERE]
follow()
ours = sys.modules.pop("sitecustomize", None)
try:
    importlib.import_module("sitecustomize")  # the user's own
except ImportError:
    if ours is not None:
        sys.modules["sitecustomize"] = ours  # there is none; `site` looks for the one that it has started
