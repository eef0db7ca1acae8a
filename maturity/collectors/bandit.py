"""Bandit: security issues. It reads its configuration only when told to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Raw, Struct

from maturity.collectors.answers import answer, decoded, excerpt, one_line
from maturity.collectors.base import Collector, ConfigTable, Output, Request, Step
from maturity.collectors.chunks import chunks
from maturity.collectors.divide import Scan, counts, divide, every_file
from maturity.collectors.paths import relative
from maturity.errors import CollectorFailure
from maturity.metrics import SecurityMetrics
from maturity.model import Component, Facts, Failure, Finding

ASSERT_USED = "B101"

# A test of bandit that raises is in no report and changes no exit code; only the log says that findings are missing.
_CRASH = re.compile(
    rb"Bandit internal error running: (\w+) on file (.+?) at line \d+: (.*?)(?=Traceback|\n|$)", re.DOTALL
)

# What it says of a file that it can never scan; else it is what the system said of opening it.
_UNABLE = ("syntax error while parsing AST from file", "exception while scanning file")


class _Error(Struct, frozen=True):
    filename: str
    reason: str


class _Issue(Struct, frozen=True):
    filename: str
    line_number: int
    test_id: str
    issue_severity: str
    issue_text: str


class _Report(Struct, frozen=True):
    """The fields used; `metrics` has an entry for each file that was opened, and `_totals`."""

    errors: list[_Error]
    metrics: dict[str, Raw]
    results: list[_Issue]


def _applies(component: Component) -> bool:
    return bool(component.files)


def _configuration(request: Request) -> tuple[str, ...]:
    """The options that make bandit read the configuration at the root.

    Without an ini file bandit leaves out any path with `CVS`, `.git`, `.tox` and the like anywhere in it, in silence:
    `-x ""` stops that. An ini file may set its own list, which a `-x` of ours would replace.
    """
    options: tuple[str, ...] = ("-c", "pyproject.toml") if "pyproject.toml" in request.config_files else ()
    return (*options, "--ini", ".bandit") if ".bandit" in request.config_files else (*options, "-x", "")


def _steps(request: Request) -> tuple[Step, ...]:
    steps: list[Step] = []
    for number, files in enumerate(chunks(every_file(request)), start=1):
        report = f"bandit-{number}.json"
        # A file of our own: an ini file may send the report elsewhere, and log text may go to stdout.
        options = ("-f", "json", "-q", "-o", f"{request.scratch}/{report}", *_configuration(request))
        steps.append(Step(f"check-{number}", (*request.tool, *options, "--", *files), reports=(report,)))
    return tuple(steps)


def _parse(request: Request, outputs: Mapping[str, Output]) -> Mapping[str, Facts | Failure]:
    files = every_file(request)
    opened: set[str] = set()
    broken: dict[str, str] = {}
    unable: dict[str, str] = {}
    findings: list[Finding] = []
    for number in range(1, len(chunks(files)) + 1):
        output = answer(request, outputs, f"check-{number}")
        raw = output.reports.get(f"bandit-{number}.json")
        if not raw:  # it creates the report first, and an exception of its own is exit code 1 as well
            last = excerpt(output.stderr.rstrip().rpartition(b"\n")[2], request)
            raise CollectorFailure(f"bandit left no report; it said: {last or 'nothing'}")
        report = decoded(raw, _Report, request)
        opened |= {relative(name, request.root) for name in report.metrics if name != "_totals"}
        for error in report.errors:
            kept = unable if error.reason in _UNABLE else broken
            kept[relative(error.filename, request.root)] = one_line(error.reason)
        for test, name, reason in _CRASH.findall(output.stderr):
            path = relative(name.decode("utf-8", "replace"), request.root)
            unable[path] = f"bandit's test {excerpt(test, request)} fails: {excerpt(reason, request)}"
        findings += (_finding(issue, request) for issue in report.results)
    tests = {file for component in request.components for file in component.inner_tests}
    findings = [finding for finding in findings if finding.rule != ASSERT_USED or finding.path not in tests]
    may_exclude = {"pyproject.toml", ".bandit"} & set(request.config_files)
    excluded = set(files) - opened - broken.keys() - unable.keys() if may_exclude else frozenset[str]()
    return divide(request, Scan(opened, excluded, broken, findings, unable), "bandit", "security", _measure)


def _finding(issue: _Issue, request: Request) -> Finding:
    path, message = relative(issue.filename, request.root), one_line(issue.issue_text)
    return Finding(path, issue.line_number, issue.test_id, issue.issue_severity.lower(), message)


def _measure(findings: Sequence[Finding]) -> SecurityMetrics:
    return SecurityMetrics(len(findings), counts(finding.severity for finding in findings))


COLLECTOR = Collector(
    name="bandit",
    title="Security",
    module="bandit",
    metrics={"security": SecurityMetrics},
    distributions=("bandit",),
    configuration=(ConfigTable("pyproject.toml", ("tool.bandit",)), ConfigTable(".bandit", ("bandit",))),
    applies=_applies,
    steps=_steps,
    parse=_parse,
    environment=True,  # other distributions may bring tests of their own
)
