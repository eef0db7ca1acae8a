"""Pyright: type errors.

Its JSON names only files with a diagnostic, and counts the files that it looked at; nothing lists them. Where it looked
at some of a process's files, and not at all, a further process finds out which its `exclude` covers: of a path to
include that does not exist it says so, unless it is excluded, and what excludes a file excludes all below its name.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from maturity.collectors.answers import answer, one_line, printed
from maturity.collectors.base import Collector, ConfigTable, Output, Request, Step
from maturity.collectors.chunks import chunks
from maturity.collectors.divide import Scan, divide, every_file
from maturity.collectors.paths import relative
from maturity.metrics import TypeCheckingMetrics
from maturity.model import Component, Facts, Failure, Finding

SYNTAX = "syntax"  # pyright gives a syntax error no rule
BELOW = "no-such-path-below-a-file"


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


def _command(request: Request, project: str) -> tuple[str, ...]:
    options = ["--outputjson", "--project", project]
    if request.tool[1:] == ("-P", "-m", "pyright"):
        # Imports are resolved in the environment that pyright is installed in; `venv` in its configuration still wins.
        options += ["--pythonpath", request.tool[0]]
    return (*request.tool, *options)


def _steps(request: Request) -> tuple[Step, ...]:
    # Without `--project` a configuration above the repository wins over a table in the repository's pyproject.toml.
    command = _command(request, ".")
    return tuple(
        # Pyright takes `--` for a file name: the `./` keeps a leading dash from being an option.
        Step(f"check-{number}", (*command, *(f"./{file}" for file in files)))
        for number, files in enumerate(_portions(request), start=1)
    )


def _further(request: Request, outputs: Mapping[str, Output]) -> tuple[Step, ...]:
    configuration = next((name for name in CONFIG_FILES if name in request.config_files), None)
    if configuration is None:
        return ()
    root = posixpath.relpath(request.root, request.scratch)
    steps: list[Step] = []
    for number, files in enumerate(_portions(request), start=1):
        if 0 < _counted(_report(request, outputs, number), files, request) < len(files):
            project = f"list-{number}.json"
            include = [f"{root}/{file}/{BELOW}" for file in files]
            content = msgspec.json.encode({"extends": f"{root}/{configuration}", "include": include})
            command = _command(request, f"{request.scratch}/{project}")
            steps.append(Step(f"list-{number}", command, {project: content}))
    return tuple(steps)


def _report(request: Request, outputs: Mapping[str, Output], number: int) -> _Report:
    return printed(request, outputs, f"check-{number}", _Report)


def _counted(report: _Report, files: Iterable[str], request: Request) -> int:
    """How many of the files it looked at; what it says of others counts them as well."""
    said = {relative(diagnostic.file, request.root) for diagnostic in report.general_diagnostics}
    return report.summary.files_analyzed - len(said - {*files})


def _not_excluded(request: Request, outputs: Mapping[str, Output], number: int, files: Iterable[str]) -> set[str]:
    """The files of a process that the configuration does not exclude, as the further process says."""
    if f"list-{number}" not in outputs:
        return set()
    said = answer(request, outputs, f"list-{number}").stderr.decode("utf-8", "replace")
    return {file for file in files if f'File or directory "{request.root}/{file}/{BELOW}" does not exist' in said}


def _parse(request: Request, outputs: Mapping[str, Output]) -> Mapping[str, Facts | Failure]:
    checked: set[str] = set()
    excluded: set[str] = set()
    broken: dict[str, str] = {}
    unable: dict[str, str] = {}
    findings: list[Finding] = []
    for number, files in enumerate(_portions(request), start=1):
        report = _report(request, outputs, number)
        count = _counted(report, files, request)
        listed = _not_excluded(request, outputs, number, files)
        if count == len(files):
            checked.update(files)
        elif count == len(listed):
            checked |= listed
            excluded |= {*files} - listed
        else:
            reason = f"pyright looked at {count} of {len(files)} files and does not say which (see its `exclude`)"
            # Names alone decide what is excluded: where it cannot be found out now it never can.
            (unable if f"list-{number}" in outputs else broken).update(dict.fromkeys(files, reason))
        said = (_finding(diagnostic, request) for diagnostic in report.general_diagnostics)
        findings += (finding for finding in said if finding.path in files)
    scan = Scan(checked, excluded, broken, findings, unable)
    return divide(request, scan, "pyright", "type_checking", _measure)


def _finding(diagnostic: _Diagnostic, request: Request) -> Finding:
    line = diagnostic.range.start.line + 1 if diagnostic.range else 0
    path = relative(diagnostic.file, request.root)
    return Finding(path, line, diagnostic.rule, diagnostic.severity, one_line(diagnostic.message))


def _measure(findings: Sequence[Finding]) -> TypeCheckingMetrics:
    severities = [finding.severity for finding in findings]
    return TypeCheckingMetrics(*(severities.count(severity) for severity in ("error", "warning", "information")))


CONFIG_FILES = ("pyrightconfig.json", "pyproject.toml")
"""The first of them at the root that says something to pyright counts."""

COLLECTOR = Collector(
    name="pyright",
    title="Types",
    module="pyright",
    metrics={"type_checking": TypeCheckingMetrics},
    distributions=("pyright",),
    configuration=(ConfigTable("pyrightconfig.json"), ConfigTable("pyproject.toml", ("tool.pyright",))),
    applies=_applies,
    steps=_steps,
    further=_further,
    parse=_parse,
    imports=True,
    environment=True,
    places=("stubPath", "extraPaths", "typeshedPath", "root"),  # "root" is that of an execution environment
)
