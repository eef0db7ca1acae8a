"""The tools as a person starts them, for files of one or many components."""

from __future__ import annotations

import sys
from collections.abc import Sequence

Command = tuple[str, ...]


def ruff(files: Sequence[str]) -> Command:
    """`ruff check`, without its own cache: nobody may win by an earlier run."""
    return (sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "json", "--", *files)


def bandit(files: Sequence[str]) -> Command:
    """`bandit`."""
    return (sys.executable, "-m", "bandit", "-q", "-f", "json", *files)


def pyright(files: Sequence[str]) -> Command:
    """`pyright`."""
    return (sys.executable, "-m", "pyright", "--outputjson", *files)


def coverage(source: str, figures: str, tests: Sequence[str]) -> Command:
    """Pytest under coverage, which measures `source` into the file `figures`."""
    start = (sys.executable, "-m", "coverage", "run", f"--data-file={figures}", f"--source={source}")
    return (*start, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests)


def report(figures: str, to: str) -> Command:
    """Coverage's figures as JSON."""
    return (sys.executable, "-m", "coverage", "json", "--quiet", f"--data-file={figures}", "-o", to)


def pytest(tests: Sequence[str], to: str) -> Command:
    """Pytest alone, with a JSON report."""
    start = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--json-report")
    return (*start, f"--json-report-file={to}", *tests)
