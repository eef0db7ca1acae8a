"""Ruff: lint violations.

Ruff's JSON names only the files with a violation. Its `--show-files` names also those that `lint.exclude` leaves out,
and is plain text. So a first run has every file read as a notebook, which no Python file is: ruff then reports a syntax
error for each file that it would lint, whatever the rules, `noqa` comments and per-file ignores are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from maturity.collectors.answers import one_line, printed
from maturity.collectors.base import Collector, ConfigTable, Output, Request, Step
from maturity.collectors.chunks import chunks
from maturity.collectors.divide import Scan, counts, divide, every_file
from maturity.collectors.paths import relative
from maturity.metrics import LintingMetrics
from maturity.model import Component, Facts, Failure, Finding

UNREADABLE = "E902"
NOT_UTF_8 = "stream did not contain valid UTF-8"

# `fix-only = true` in the configuration rewrites the files and reports nothing, even with --no-fix: both are needed.
_CHECK = ("check", "--output-format", "json", "--no-cache", "--no-fix", "--no-fix-only", "--force-exclude")
_AS_NOTEBOOK = ("--extension", "py:ipynb", "--extension", "pyi:ipynb")
# Without E902, which `select` and `ignore` can switch off, an unreadable or missing file is no violation and no error.
_WITH_UNREADABLE = ("--extend-select", UNREADABLE)


# https://docs.astral.sh/ruff/linter/#fix-safety; "display" is a fix that ruff never applies by itself.
_FIXES = {"safe": "safe", "unsafe": "unsafe"}


class _Place(Struct, frozen=True):
    row: int


class _Fix(Struct, frozen=True):
    applicability: str = ""


class _Diagnostic(Struct, frozen=True):
    """The fields used; `code` is null for a syntax error in preview mode, and old versions have no `severity`."""

    filename: str
    message: str
    code: str | None = None
    name: str = "invalid-syntax"
    severity: str = "error"
    location: _Place | None = None
    fix: _Fix | None = None


def _applies(component: Component) -> bool:
    return bool(component.files)


def _steps(request: Request) -> tuple[Step, ...]:
    steps: list[Step] = []
    for number, files in enumerate(chunks(every_file(request)), start=1):
        for name, options in (("list", _AS_NOTEBOOK), ("check", _WITH_UNREADABLE)):
            steps.append(Step(f"{name}-{number}", (*request.tool, *_CHECK, *options, "--", *files)))
    return tuple(steps)


def _diagnostics(request: Request, outputs: Mapping[str, Output], step: str) -> list[_Diagnostic]:
    return printed(request, outputs, step, list[_Diagnostic])


def _parse(request: Request, outputs: Mapping[str, Output]) -> Mapping[str, Facts | Failure]:
    files = every_file(request)
    listed: set[str] = set()
    broken: dict[str, str] = {}
    unable: dict[str, str] = {}
    findings: list[Finding] = []
    for number in range(1, len(chunks(files)) + 1):
        seen = [_finding(diagnostic, request) for diagnostic in _diagnostics(request, outputs, f"list-{number}")]
        said = [_finding(diagnostic, request) for diagnostic in _diagnostics(request, outputs, f"check-{number}")]
        listed |= {finding.path for finding in seen}
        for finding in (*seen, *said):
            if reason := _inability(finding):
                unable[finding.path] = reason
            elif finding.rule == UNREADABLE:
                broken[finding.path] = finding.message
        findings += (finding for finding in said if not _inability(finding) and finding.rule != UNREADABLE)
    excluded = set(files) - listed - broken.keys() - unable.keys()
    return divide(request, Scan(listed, excluded, broken, findings, unable), "ruff", "linting", _measure)


def _finding(diagnostic: _Diagnostic, request: Request) -> Finding:
    line = diagnostic.location.row if diagnostic.location else 0
    rule = diagnostic.code or diagnostic.name
    path = relative(diagnostic.filename, request.root)
    fix = _FIXES.get(diagnostic.fix.applicability, "") if diagnostic.fix else ""
    return Finding(path, line, rule, diagnostic.severity, one_line(diagnostic.message), fix)


def _inability(finding: Finding) -> str:
    """Why ruff can never look at a file, "" if it can."""
    if finding.severity == "fatal":  # ruff itself crashed on it
        return finding.message
    if finding.rule == UNREADABLE and finding.message == NOT_UTF_8:
        return "ruff reads UTF-8 only; convert the file, or leave it out in ruff's configuration"
    return ""


def _measure(findings: Sequence[Finding]) -> LintingMetrics:
    severities, rules = (finding.severity for finding in findings), (finding.rule for finding in findings)
    return LintingMetrics(len(findings), counts(severities), counts(rules))


COLLECTOR = Collector(
    name="ruff",
    title="Lint",
    module="ruff",
    first_party=True,  # import sorting asks
    metrics={"linting": LintingMetrics},
    distributions=("ruff",),
    configuration=(
        ConfigTable("pyproject.toml", ("tool.ruff", "project.requires-python")),
        ConfigTable("ruff.toml"),
        ConfigTable(".ruff.toml"),
    ),
    applies=_applies,
    steps=_steps,
    parse=_parse,
)
