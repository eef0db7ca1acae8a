"""Pytest and coverage: the tests of a component, and what they cover of its source files.

One run of `maturity/probe.py` gives both. Components that share the same pytest arguments share one run; others do
not, because the lines that run at import time belong to whoever imports first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

import msgspec
from msgspec import Struct

from maturity.collectors.answers import decoded, one_line
from maturity.collectors.base import Collector, ConfigTable, Output, Request, Step
from maturity.errors import CollectorFailure
from maturity.metrics import CoverageMetrics, TestMetrics
from maturity.model import Component, Facts, Failure, Finding

PROBE = __file__.replace("\\", "/").removesuffix("collectors/tests.py") + "probe.py"
STEP = "pytest"
PYTEST_REPORT, COVERAGE_REPORT, OPENED_REPORT = "pytest.json", "coverage.json", "opened.json"
SHOWN = 200  # findings kept; the counts are complete
EXCERPT = 300  # characters of a message

# https://docs.pytest.org/en/stable/reference/exit-codes.html; 6 is "all tests pass, but too many warnings".
OK, FAILED, INTERRUPTED, NO_TESTS, TOO_MANY_WARNINGS = 0, 1, 2, 5, 6
NO_ANSWER = {INTERRUPTED: "it was interrupted", 3: "an internal error", 4: "a usage error"}

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}")
_ABSOLUTE = re.compile(r"(?<![\w.:/~…])/(?:[^\s/'\"()\[\]{},:;<>]+/)+")
_ERROR_LINE = re.compile(r"^E +(.+)$", re.MULTILINE)


class _Crash(Struct, frozen=True):
    path: str
    lineno: int
    message: str


class _Phase(Struct, frozen=True):
    outcome: str
    crash: _Crash | None = None
    longrepr: str = ""


class _Test(Struct, frozen=True):
    """The last outcome of each phase; `call` is missing where the test itself did not run. `lineno` counts from 0."""

    nodeid: str
    outcome: str
    lineno: int | None = None
    setup: _Phase | None = None
    call: _Phase | None = None
    teardown: _Phase | None = None

    def failing(self) -> _Phase | None:
        """The first phase that failed; "rerun" is a failure after which nothing followed."""
        phases = (self.setup, self.call, self.teardown)
        return next((phase for phase in phases if phase and phase.outcome in ("failed", "rerun")), None)


class _Collected(Struct, frozen=True):
    """A module, class or directory that pytest looked for tests in."""

    nodeid: str
    outcome: str
    longrepr: str = ""


class _Summary(Struct, frozen=True):
    total: int


class _Report(Struct, frozen=True):
    """pytest-json-report's report, with `selected`, `failed` and `folder` of the probe."""

    summary: _Summary
    selected: int
    failed: frozenset[str]
    folder: str
    tests: tuple[_Test, ...] = ()
    collectors: tuple[_Collected, ...] = ()


class _FileSummary(Struct, frozen=True):
    covered_lines: int
    num_statements: int
    covered_branches: int = 0
    num_branches: int = 0


class _File(Struct, frozen=True):
    summary: _FileSummary
    missing_lines: tuple[int, ...]


class _Measured(Struct, frozen=True):
    """What the probe leaves: coverage's own figures for each source file, and why a file has none."""

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
    for name in (PYTEST_REPORT, COVERAGE_REPORT, OPENED_REPORT):
        if output.returncode != 0 or name not in output.reports:
            raise CollectorFailure(_said(f"pytest's process {_end(output.returncode, name)}", output, request))
    report = decoded(output.reports[PYTEST_REPORT], _Report, request)
    measured = decoded(output.reports[COVERAGE_REPORT], _Measured, request)
    outcomes = Counter(_outcome(test, report) for test in report.tests)
    broken = [collected for collected in report.collectors if collected.outcome == "failed"]
    if reason := _doubt(report, measured.pytest_exit, outcomes, len(broken)):
        raise CollectorFailure(_said(reason, output, request))
    outcomes["error"] += len(broken)
    outcomes["skipped"] += sum(collected.outcome == "skipped" for collected in report.collectors)
    metrics, unknown = _counted(outcomes, report, len(broken), prefix)
    findings = tuple(sorted(_findings(report, broken, request))[:SHOWN])

    def of(component: Component) -> Facts | Failure:
        for path in component.source:
            if path in measured.unparsable:
                return Failure(_clean(measured.unparsable[path], request))
        files = tuple(path for path in component.source if path in measured.files)
        excluded = tuple(path for path in component.source if path in measured.omitted)
        reason = unknown.get(f"{prefix}coverage") or _uncovered(component, files, excluded)
        own = {} if reason else {f"{prefix}coverage": _covered({path: measured.files[path] for path in files})}
        reasons = {f"{prefix}coverage": reason} if reason else {}
        return Facts(files, {**own, **metrics}, excluded, findings, {**unknown, **reasons})

    return {component.name: of(component) for component in request.components}


def _end(returncode: int, report: str) -> str:
    if returncode < 0:
        return f"was ended by signal {-returncode}"
    if returncode:
        return f"ended with exit code {returncode} before it left its reports"
    return f"left no {report}, as if a test had ended it"


def _said(reason: str, output: Output, request: Request) -> str:
    """The reason with the last lines that were printed; pytest's own last line is a banner with a time in it."""
    text = (output.stderr.strip() or output.stdout)[-10_000:].decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("=")]
    said = _clean(one_line("\n".join(lines[-3:])), request)
    return f"{reason}: {said[-EXCERPT:]}" if said else reason


def _doubt(report: _Report, code: int, outcomes: Mapping[str, int], broken: int) -> str:
    """Why the run is no answer, "" if it is one."""
    if code == INTERRUPTED and broken:
        return ""
    if code not in (OK, FAILED, NO_TESTS, TOO_MANY_WARNINGS):
        return f"pytest ended with exit code {code} ({NO_ANSWER.get(code, 'which it does not explain')})"
    if report.summary.total != len(report.tests):
        return f"{PYTEST_REPORT} has a summary only"
    if code == FAILED and not (outcomes["failed"] or outcomes["error"] or broken):
        return f"pytest ended with exit code {FAILED}, yet no test failed"
    return ""


def _outcome(test: _Test, report: _Report) -> str:
    """What became of a test, from all of its phases: pytest-json-report's own outcome is that of the last remark."""
    phase = test.failing()
    if phase is not None:
        return "failed" if phase is test.call else "error"
    if test.nodeid in report.failed:  # a subtest, hidden by the next one
        return "failed"
    if test.outcome in ("skipped", "xfailed", "xpassed") and not (test.call and test.outcome == "skipped"):
        return test.outcome
    if test.call is None:
        return "not run"
    return "skipped" if test.call.outcome == "skipped" else "passed"


def _counted(
    outcomes: Mapping[str, int], report: _Report, broken: int, prefix: str
) -> tuple[dict[str, object], dict[str, str]]:
    """The metric of the tests, and the reasons for what is unknown in all components."""
    passed, failed, skipped = outcomes["passed"], outcomes["failed"], outcomes["skipped"]
    errors, xfailed, xpassed = outcomes["error"], outcomes["xfailed"], outcomes["xpassed"]
    ran = len(report.tests) - outcomes["not run"]
    modules_skipped = sum(collected.outcome == "skipped" for collected in report.collectors)
    total = report.selected + broken + modules_skipped
    tests = TestMetrics(passed, failed, skipped, total, errors, xfailed, xpassed)
    stopped = f"the run stopped after {ran} of {report.selected} tests" if ran < report.selected else ""
    if broken:
        modules = "module" if broken == 1 else "modules"
        return {f"{prefix}tests": tests}, {f"{prefix}coverage": f"{broken} test {modules} could not be collected"}
    if not passed + failed + errors + xfailed + xpassed:
        return {f"{prefix}tests": tests}, {f"{prefix}coverage": "no test ran"}
    if not stopped:
        return {f"{prefix}tests": tests}, {}
    if failed or errors:
        return {f"{prefix}tests": tests}, {f"{prefix}coverage": stopped}
    return {}, {f"{prefix}tests": stopped, f"{prefix}coverage": stopped}


def _uncovered(component: Component, files: tuple[str, ...], excluded: tuple[str, ...]) -> str:
    """Why there is no coverage for this component alone, "" if there is."""
    lost = sorted(set(component.source) - set(files) - set(excluded))
    if lost:
        return f"{lost[0]} is not accounted for by coverage"
    if not component.source:
        return "the component has no source file"
    return "" if files else "every source file is omitted by the configuration of coverage"


def _covered(files: Mapping[str, _File]) -> CoverageMetrics:
    summaries = [file.summary for file in files.values()]
    return CoverageMetrics.of_counts(
        (sum(summary.covered_lines for summary in summaries), sum(summary.num_statements for summary in summaries)),
        (sum(summary.covered_branches for summary in summaries), sum(summary.num_branches for summary in summaries)),
        {path: tuple(sorted(file.missing_lines)) for path, file in sorted(files.items()) if file.missing_lines},
    )


def _findings(report: _Report, broken: list[_Collected], request: Request) -> list[Finding]:
    findings: list[Finding] = []
    for collected in broken:
        said = _ERROR_LINE.findall(collected.longrepr) or collected.longrepr.strip().splitlines() or [""]
        path = _path(collected.nodeid, report.folder)
        findings.append(Finding(path, 0, "error", "error", _message(collected.nodeid, said[-1], request)))
    for test in report.tests:
        rule = _outcome(test, report)
        if rule not in ("failed", "error"):
            continue
        path, phase = _path(test.nodeid, report.folder), test.failing()
        line = 0 if test.lineno is None else test.lineno + 1
        crash = phase.crash if phase else None
        if crash and f"/{crash.path}".endswith(f"/{path}"):
            line = crash.lineno
        said = (crash.message if crash else phase.longrepr if phase else "").strip().splitlines() or [""]
        findings.append(Finding(path, line, rule, "error", _message(test.nodeid, said[0], request)))
    return findings


def _message(nodeid: str, said: str, request: Request) -> str:
    return _clean(f"{nodeid}: {said}" if said else nodeid, request)[:EXCERPT]


def _clean(text: str, request: Request) -> str:
    """The text without what differs between machines and runs: addresses, and the directories of absolute paths."""
    inside = text.replace(request.root.rstrip("/") + "/", "")
    return _ABSOLUTE.sub("…/", _ADDRESS.sub("0x…", one_line(inside)))


def _path(nodeid: str, folder: str) -> str:
    """The file of a node as the repository names it; ids start in `folder`, as seen from its root."""
    parts = nodeid.partition("::")[0].split("/")
    above = folder.split("/").count("..")
    return "/".join(parts[above:] if folder == "." or above else [folder, *parts]) or "."


def _collector(
    name: str, title: str, prefix: str, distinct: str, arguments: Callable[[Component], tuple[str, ...]]
) -> Collector:
    return Collector(
        name=name,
        title=title,
        module="",  # the interpreter itself is the tool: the probe is started by its path
        metrics={f"{prefix}coverage": CoverageMetrics, f"{prefix}tests": TestMetrics},
        distributions=("pytest", "coverage", "pytest-json-report"),
        configuration=CONFIGURATION,
        applies=lambda component: bool(arguments(component)),
        steps=lambda request: _steps(request, arguments),
        parse=lambda request, outputs: _parse(request, outputs, prefix),
        batch=lambda component: msgspec.json.encode(arguments(component)).decode(),
        tests=arguments,
        settings=distinct,
        imports=True,
        environment=True,
    )


# pytest looks above its arguments, and takes the first file that exists or has its table; coverage looks in the root.
CONFIGURATION = (
    ConfigTable("pytest.toml"),
    ConfigTable(".pytest.toml"),
    ConfigTable("pytest.ini"),
    ConfigTable(".pytest.ini"),
    ConfigTable("pyproject.toml", ("tool.pytest", "tool.coverage")),
    ConfigTable("tox.ini", ("pytest", "coverage:*")),
    ConfigTable("setup.cfg", ("tool:pytest", "pytest", "coverage:*")),
    ConfigTable(".coveragerc"),
    ConfigTable(".coveragerc.toml"),
)
PYTEST = _collector("pytest", "Tests (pytest, coverage)", "", "", lambda component: component.tests)
INTEGRATION = _collector(
    "integration",
    "Integration tests (pytest, coverage)",
    "integration_",
    "pytest",
    lambda component: component.integration_tests,
)
