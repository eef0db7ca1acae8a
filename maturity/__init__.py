"""Component maturity, always true: MATURITY.md files that follow the code."""

from time import time_ns

STARTED = time_ns()
"""When this process began to load our code and the plugins' (nanoseconds): what changed later may not be what runs."""
