"""What pytest said of each test: the report of pytest-json-report, with what `maturity/processes/probe.py` adds to it.

Form: https://github.com/numirias/pytest-json-report#format. Only the fields used are read.
"""

from __future__ import annotations

import re
from collections import Counter

from msgspec import Struct

from maturity.collectors.answers import one_line
from maturity.collectors.base import Request
from maturity.model import Finding

EXCERPT = 300  # characters of a message

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}")
_ABSOLUTE = re.compile(r"(?<![\w.:/~…])/(?:[^\s/'\"()\[\]{},:;<>]+/)+")
_ERROR_LINE = re.compile(r"^E +(.+)$", re.MULTILINE)


class Crash(Struct, frozen=True):
    """Where an exception was raised, and its message."""

    path: str
    lineno: int
    message: str


class Phase(Struct, frozen=True):
    """How the set-up, the call or the tear-down of a test ended, at the last attempt."""

    outcome: str
    crash: Crash | None = None
    longrepr: str = ""


class Test(Struct, frozen=True):
    """A test that was started; `call` is missing where the test itself did not run. `lineno` counts from 0."""

    __test__ = False  # pytest would take the name for a test class

    nodeid: str
    outcome: str
    lineno: int | None = None
    setup: Phase | None = None
    call: Phase | None = None
    teardown: Phase | None = None

    @property
    def failing(self) -> Phase | None:
        """The first phase that failed; a "rerun" that nothing followed is a failure."""
        phases = (self.setup, self.call, self.teardown)
        return next((phase for phase in phases if phase and phase.outcome in ("failed", "rerun")), None)


class Collected(Struct, frozen=True):
    """A directory, module or class in which pytest looked for tests."""

    nodeid: str
    outcome: str
    longrepr: str = ""


class Report(Struct, frozen=True):
    """One run of pytest: `selected`, `failed` and `folder` come from the probe's plugin, and are told of there."""

    selected: int
    failed: frozenset[str]
    folder: str
    tests: tuple[Test, ...]
    collectors: tuple[Collected, ...]

    @property
    def broken(self) -> tuple[Collected, ...]:
        """Where collection failed: no test below was run."""
        return tuple(collected for collected in self.collectors if collected.outcome == "failed")

    @property
    def modules_skipped(self) -> int:
        """How many modules skipped themselves whole; pytest counts them as skipped, too."""
        return sum(collected.outcome == "skipped" for collected in self.collectors)

    def outcome(self, test: Test) -> str:
        """What became of a test: passed, failed, error, skipped, xfailed, xpassed or "not run".

        All phases count: pytest-json-report's own outcome is that of the last one with anything to say, so that a skip
        in the tear-down hides a failure, and a subtest that passes hides one that failed.
        """
        phase = test.failing
        if phase is not None:
            return "failed" if phase is test.call else "error"
        if test.nodeid in self.failed:
            return "failed"
        if test.outcome in ("xfailed", "xpassed"):
            return test.outcome
        if test.call is None:  # `--setup-only`, or the run was broken off
            return "skipped" if test.outcome == "skipped" else "not run"
        return "skipped" if test.call.outcome == "skipped" else "passed"

    def outcomes(self) -> Counter[str]:
        """How many tests had each outcome."""
        return Counter(self.outcome(test) for test in self.tests)


def findings(report: Report, request: Request) -> list[Finding]:
    """The failed tests and the errors, sorted, with nothing that differs between machines or runs."""
    found = [_uncollected(collected, report, request) for collected in report.broken]
    found += [_failure(test, report, request) for test in report.tests if report.outcome(test) in ("failed", "error")]
    return sorted(found)


def _uncollected(collected: Collected, report: Report, request: Request) -> Finding:
    said = _ERROR_LINE.findall(collected.longrepr) or collected.longrepr.strip().splitlines() or [""]
    message = _message(collected.nodeid, said[-1], request)
    return Finding(_path(collected.nodeid, report.folder), 0, "error", "error", message)


def _failure(test: Test, report: Report, request: Request) -> Finding:
    path, phase = _path(test.nodeid, report.folder), test.failing
    crash = phase.crash if phase else None
    line = 0 if test.lineno is None else test.lineno + 1
    if crash and f"/{crash.path}".endswith(f"/{path}"):
        line = crash.lineno
    said = (crash.message if crash else phase.longrepr if phase else "").strip().splitlines() or [""]
    return Finding(path, line, report.outcome(test), "error", _message(test.nodeid, said[0], request))


def _message(nodeid: str, said: str, request: Request) -> str:
    text = f"{nodeid}: {said}" if said else nodeid
    return clean(text[: 10 * EXCERPT], request)[:EXCERPT]


def clean(text: str, request: Request) -> str:
    """The text on one line, without what differs by machine or run: addresses, the directories of absolute paths."""
    inside = text.replace(request.root.rstrip("/") + "/", "")
    return _ABSOLUTE.sub("…/", _ADDRESS.sub("0x…", one_line(inside)))


def _path(nodeid: str, folder: str) -> str:
    """The file of a node as the repository names it; ids start in `folder`, as seen from the repository's root."""
    parts = nodeid.partition("::")[0].split("/")
    above = folder.split("/").count("..")
    return "/".join(parts[above:] if folder == "." or above else [folder, *parts]) or "."
