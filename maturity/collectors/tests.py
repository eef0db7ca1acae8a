"""Pytest and coverage: the tests of a component, and what they cover of its source files.

One run of `maturity/processes/probe.py` gives both. Components that share the same pytest arguments share one run;
others do not, because the lines that run at import time belong to whoever imports first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import msgspec
from msgspec import Struct

from maturity.collectors.answers import decoded, ended, one_line
from maturity.collectors.base import Collector, ConfigTable, Output, Request, Step
from maturity.collectors.pytestreport import Report, clean, findings
from maturity.errors import CollectorFailure
from maturity.metrics import Branches, CoverageMetrics, TestMetrics
from maturity.model import NO_TESTS, Component, Facts, Failure

PROBE = __file__.replace("\\", "/").removesuffix("collectors/tests.py") + "processes/probe.py"
STEP = "pytest"
PYTEST_REPORT, COVERAGE_REPORT, OPENED_REPORT = "pytest.json", "coverage.json", "opened.json"
EXCERPT = 300  # characters of what was printed, in a reason

# https://docs.pytest.org/en/stable/reference/exit-codes.html; 6 is "all tests pass, but too many warnings".
PASSED, FAILED, INTERRUPTED, NO_TEST, TOO_MANY_WARNINGS = 0, 1, 2, 5, 6
NO_ANSWER = {INTERRUPTED: "interrupted", 3: "internal error", 4: "usage error"}


class _Summary(Struct, frozen=True):
    covered_lines: int
    num_statements: int
    covered_branches: int = 0
    num_branches: int = 0


class _File(Struct, frozen=True):
    """What coverage.py says of one file; a branch is the lines that it leads from and to, a negative one is an exit."""

    summary: _Summary
    missing_lines: tuple[int, ...]
    executed_lines: tuple[int, ...] = ()
    missing_branches: tuple[tuple[int, int], ...] = ()
    executed_branches: tuple[tuple[int, int], ...] = ()

    def branches(self) -> tuple[Branches, ...]:
        """The branches by the line that they leave from."""
        taken = Counter(start for start, _ in self.executed_branches)
        every = taken + Counter(start for start, _ in self.missing_branches)
        return tuple(Branches(line, taken[line], total) for line, total in sorted(every.items()))


class _Coverage(Struct, frozen=True):
    """The probe's coverage.json: the figures of each source file by its path, or why a file has none."""

    pytest_exit: int
    files: dict[str, _File]
    omitted: frozenset[str]
    unparsable: dict[str, str]


def _steps(request: Request, arguments: Callable[[Component], tuple[str, ...]]) -> tuple[Step, ...]:
    sources = sorted({path for component in request.components for path in component.source})
    # pytest takes a leading "-" for an option and "@" for a file of arguments.
    paths = [f"./{path}" if path.startswith(("-", "@")) else path for path in arguments(request.components[0])]
    wanted = msgspec.json.encode({"sources": sources, "arguments": paths})
    command = (*request.tool, PROBE, f"{request.scratch}/request.json")
    return (Step(STEP, command, {"request.json": wanted}, (PYTEST_REPORT, COVERAGE_REPORT, OPENED_REPORT)),)


def _parse(request: Request, outputs: Mapping[str, Output], prefix: str) -> Mapping[str, Facts | Failure]:
    output = outputs[STEP]
    if reason := _unfinished(output):
        raise CollectorFailure(_with_last_lines(reason, output, request))
    coverage = decoded(output.reports[COVERAGE_REPORT], _Coverage, request)
    report = decoded(output.reports[PYTEST_REPORT], Report, request) if PYTEST_REPORT in output.reports else None
    doubt = _doubt(coverage.pytest_exit, report)
    if doubt or report is None:
        raise CollectorFailure(_with_last_lines(doubt, output, request))
    try:
        return _divided(request, coverage, report, prefix)
    except ValueError as error:  # of the metrics, which are never made from such counts
        doubt = f"the figures that the run reports contradict one another ({error})"
        raise CollectorFailure(_with_last_lines(doubt, output, request)) from None


def _divided(request: Request, coverage: _Coverage, report: Report, prefix: str) -> Mapping[str, Facts | Failure]:
    """What the reports say of each component. Raises ValueError for counts that cannot be."""
    tests, no_tests, no_coverage = _counted(report)
    metrics, unknown = _known_or_not(f"{prefix}tests", tests, no_tests)
    shown = tuple(findings(report, request))

    def of(component: Component) -> Facts | Failure:
        unparsable = [
            clean(coverage.unparsable[path], request) for path in component.source if path in coverage.unparsable
        ]
        files = tuple(path for path in component.source if path in coverage.files)
        excluded = tuple(path for path in component.source if path in coverage.omitted)
        reason = no_coverage or next(iter(unparsable), "") or _uncovered(component.source, files, excluded)
        covered = _covered({path: coverage.files[path] for path in files})
        own_metrics, own_unknown = _known_or_not(f"{prefix}coverage", covered, reason)
        return Facts(files, {**own_metrics, **metrics}, excluded, shown, {**own_unknown, **unknown})

    return {component.name: of(component) for component in request.components}


def _unfinished(output: Output) -> str:
    """How the process ended without its reports, "" if it has left them."""
    if output.returncode:
        return f"pytest's process {ended(output.returncode)} before it left its reports"
    missing = [name for name in (COVERAGE_REPORT, OPENED_REPORT) if name not in output.reports]
    return f"pytest's process left no {missing[0]}: a test may have ended it" if missing else ""


def _doubt(code: int, report: Report | None) -> str:
    """Why the run is no answer, "" if it is one."""
    if code == INTERRUPTED and report and report.broken:
        return ""
    if code not in (PASSED, FAILED, NO_TEST, TOO_MANY_WARNINGS) or report is None:
        return f"pytest ended with exit code {code} ({NO_ANSWER.get(code, 'without a report')})"
    outcomes = report.outcomes()
    if code == FAILED and not (outcomes["failed"] or outcomes["error"] or report.broken):
        return f"pytest ended with exit code {code} (tests failed), but its report has no failure"
    return ""


def _with_last_lines(reason: str, output: Output, request: Request) -> str:
    """The reason with what was printed last; lines of "=" are banners with a time in them."""
    text = (output.stderr.strip() or output.stdout)[-10_000:].decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("=")]
    said = clean(one_line("\n".join(lines[-3:])), request)
    return f"{reason}: {said[-EXCERPT:]}" if said else reason


def _counted(report: Report) -> tuple[TestMetrics, str, str]:
    """The counts, why they are not to be believed, and why coverage is not; "" where there is nothing against it."""
    outcomes, broken = report.outcomes(), len(report.broken)
    tests = TestMetrics(
        passed=outcomes["passed"],
        failed=outcomes["failed"],
        skipped=outcomes["skipped"] + report.modules_skipped,
        total=report.selected + broken + report.modules_skipped,
        errors=outcomes["error"] + broken,
        xfailed=outcomes["xfailed"],
        xpassed=outcomes["xpassed"],
    )
    done = len(report.tests) - outcomes["not run"]
    if broken:
        return tests, "", f"{broken} test module{'s' * (broken > 1)} could not be collected"
    if done == outcomes["skipped"]:
        return tests, "", "no test ran"
    if done < report.selected:
        stopped = f"the run stopped after {done} of {report.selected} tests"
        return tests, "" if tests.failed + tests.errors else stopped, stopped
    return tests, "", ""


def _uncovered(source: Iterable[str], files: Iterable[str], excluded: Iterable[str]) -> str:
    """Why a component has no coverage, "" if it has."""
    lost = sorted({*source} - {*files, *excluded})
    if lost:
        return f"{lost[0]} is not accounted for by coverage"
    if not source:
        return "there is no source file"
    return "" if files else "every source file is omitted by coverage's configuration"


def _covered(files: Mapping[str, _File]) -> CoverageMetrics:
    summaries = [file.summary for file in files.values()]
    metrics = CoverageMetrics.of_counts(
        (sum(summary.covered_lines for summary in summaries), sum(summary.num_statements for summary in summaries)),
        (sum(summary.covered_branches for summary in summaries), sum(summary.num_branches for summary in summaries)),
        {path: tuple(sorted(file.missing_lines)) for path, file in sorted(files.items()) if file.missing_lines},
    )
    return replace(
        metrics,
        executed_lines={path: file.executed_lines for path, file in sorted(files.items()) if file.executed_lines},
        branches={path: file.branches() for path, file in sorted(files.items()) if file.branches()},
    )


def _known_or_not(name: str, metric: object, reason: str) -> tuple[dict[str, object], dict[str, str]]:
    return ({}, {name: reason}) if reason else ({name: metric}, {})


def _collector(
    name: str, title: str, prefix: str, settings: str, idle: str, arguments: Callable[[Component], tuple[str, ...]]
) -> Collector:
    return Collector(
        name=name,
        title=title,
        module="",  # the interpreter itself is the tool: it starts the probe by its path
        metrics={f"{prefix}coverage": CoverageMetrics, f"{prefix}tests": TestMetrics},
        distributions=("pytest", "coverage", "pytest-json-report"),
        configuration=CONFIGURATION,
        applies=lambda component: bool(arguments(component)),
        steps=lambda request: _steps(request, arguments),
        parse=lambda request, outputs: _parse(request, outputs, prefix),
        batch=lambda component: msgspec.json.encode(arguments(component)).decode(),
        tests=arguments,
        idle=idle,
        settings=settings,
        imports=True,
        environment=True,
    )


# pytest takes the first of its files above the tests, by name or by table; coverage looks in the root alone. Where it
# finds none, a pyproject.toml without its table or a setup.py says up to which directory pytest obeys conftest files.
CONFIGURATION = (
    ConfigTable("pytest.toml"),
    ConfigTable(".pytest.toml"),
    ConfigTable("pytest.ini"),
    ConfigTable(".pytest.ini"),
    ConfigTable("pyproject.toml", ("tool.pytest", "tool.coverage"), presence=True),
    ConfigTable("setup.py", presence=True),
    ConfigTable("tox.ini", ("pytest", "coverage:*")),
    ConfigTable("setup.cfg", ("tool:pytest", "pytest", "coverage:*")),
    ConfigTable(".coveragerc"),
    ConfigTable(".coveragerc.toml"),
)
PYTEST = _collector("pytest", "Tests and coverage", "", "", NO_TESTS, lambda component: component.tests)
INTEGRATION = _collector(
    "integration",
    "Integration tests",
    "integration_",
    "pytest",
    "no integration tests found",
    lambda component: component.integration_tests,
)
