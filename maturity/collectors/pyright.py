"""Pyright: type errors.

Its JSON names only files with a diagnostic, and counts the files that it looked at. It has no machine form that lists
them, so a process accounts for its files only if it looked at all of them, or at none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from maturity.collectors.answers import one_line, printed
from maturity.collectors.base import Collector, ConfigTable, Output, Request, Step
from maturity.collectors.chunks import chunks
from maturity.collectors.divide import Scan, divide, every_file
from maturity.collectors.paths import relative
from maturity.metrics import TypeCheckingMetrics
from maturity.model import Component, Facts, Failure, Finding

SYNTAX = "syntax"  # pyright gives a syntax error no rule


class _Place(Struct, frozen=True):
    line: int


class _Range(Struct, frozen=True):
    start: _Place


class _Diagnostic(Struct, frozen=True):
    """The fields used; lines count from 0."""

    file: str
    severity: Literal["error", "warning", "information"]
    message: str
    rule: str = SYNTAX
    range: _Range | None = None


class _Summary(Struct, frozen=True, rename="camel"):
    files_analyzed: int


class _Report(Struct, frozen=True, rename="camel"):
    general_diagnostics: list[_Diagnostic]
    summary: _Summary


def _applies(component: Component) -> bool:
    return bool(component.files)


def _portions(request: Request) -> tuple[tuple[str, ...], ...]:
    """The files of each process.

    Where there is a configuration it often excludes the tests, so they get a process of their own.
    """
    files = every_file(request)
    if not request.config_files:
        return chunks(files)
    tests = {file for component in request.components for file in component.inner_tests}
    return (*chunks(file for file in files if file not in tests), *chunks(file for file in files if file in tests))


def _steps(request: Request) -> tuple[Step, ...]:
    # Without `--project` a configuration above the repository wins over a table in the repository's pyproject.toml.
    options = ["--outputjson", "--project", "."]
    if request.tool[1:] == ("-P", "-m", "pyright"):
        # Imports are resolved in the environment that pyright is installed in; `venv` in its configuration still wins.
        options += ["--pythonpath", request.tool[0]]
    return tuple(
        # Pyright takes `--` for a file name: the `./` keeps a leading dash from being an option.
        Step(f"check-{number}", (*request.tool, *options, *(f"./{file}" for file in files)))
        for number, files in enumerate(_portions(request), start=1)
    )


def _parse(request: Request, outputs: Mapping[str, Output]) -> Mapping[str, Facts | Failure]:
    checked: set[str] = set()
    excluded: set[str] = set()
    broken: dict[str, str] = {}
    findings: list[Finding] = []
    for number, files in enumerate(_portions(request), start=1):
        report = printed(request, outputs, f"check-{number}", _Report)
        said = [_finding(diagnostic, request) for diagnostic in report.general_diagnostics]
        strays = {finding.path for finding in said} - set(files)
        count = report.summary.files_analyzed - len(strays)
        if count == len(files):
            checked.update(files)
        elif count == 0:
            excluded.update(files)
        else:
            reason = f"pyright looked at {count} of {len(files)} files and does not say which (see its `exclude`)"
            broken.update(dict.fromkeys(files, reason))
        findings += (finding for finding in said if finding.path not in strays)
    scan = Scan(checked, excluded, broken, findings)
    return divide(request, scan, "pyright", "type_checking", _measure)


def _finding(diagnostic: _Diagnostic, request: Request) -> Finding:
    line = diagnostic.range.start.line + 1 if diagnostic.range else 0
    path = relative(diagnostic.file, request.root)
    return Finding(path, line, diagnostic.rule, diagnostic.severity, one_line(diagnostic.message))


def _measure(findings: Sequence[Finding]) -> TypeCheckingMetrics:
    severities = [finding.severity for finding in findings]
    return TypeCheckingMetrics(*(severities.count(severity) for severity in ("error", "warning", "information")))


COLLECTOR = Collector(
    name="pyright",
    title="Types",
    module="pyright",
    metrics={"type_checking": TypeCheckingMetrics},
    distributions=("pyright",),
    configuration=(ConfigTable("pyrightconfig.json"), ConfigTable("pyproject.toml", ("tool.pyright",))),
    applies=_applies,
    steps=_steps,
    parse=_parse,
    imports=True,
    environment=True,
    places=("stubPath", "extraPaths", "typeshedPath", "root"),  # "root" is that of an execution environment
)
