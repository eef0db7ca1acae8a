"""The long run of tests/soundness: random edits, and after each one an incremental run against a clean one.

    python -m benchmarks.soundness [--examples N] [--steps N]

Each example is a small repository and a series of edits; after every one the documents and the exit code of an
incremental run, and of the quick answer where there is one, are held against those of a clean run with the real tools.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent / "tests" / "soundness"


def main() -> int:
    """Run it; pytest's exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=50, help="series of edits (default %(default)s)")
    parser.add_argument("--steps", type=int, default=12, help="edits in each of them (default %(default)s)")
    options = parser.parse_args()
    os.environ["MATURITY_SOUNDNESS_EXAMPLES"] = str(options.examples)
    os.environ["MATURITY_SOUNDNESS_STEPS"] = str(options.steps)
    started = time.monotonic()
    code = int(pytest.main(["-q", "-p", "no:cacheprovider", str(TESTS)]))
    steps = options.examples * options.steps
    seconds = time.monotonic() - started
    print(f"{options.examples} series of up to {options.steps} edits, {steps} at the most: {seconds:.0f} s")
    return code


if __name__ == "__main__":
    sys.exit(main())
