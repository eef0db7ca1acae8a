"""Every finding as SARIF 2.1.0 (OASIS standard), one run a tool, as GitHub's code scanning and editors read it.

A tool that ran and found nothing has a run without results; one that was never measured has no run, for an empty one
would say that all is well. Where a tool fails, its run says so and has the last known findings. Code scanning takes at
most 20 runs a file, and 25,000 results and rules a run; nothing is left out here, `excess` says what is too much.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import quote

from maturity.model import Finding
from maturity.reports.formats.about import path_of
from maturity.reports.report import ComponentReport, RecordReport, RecordState, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
LEVELS = {
    "fatal": "error",
    "error": "error",
    "high": "error",
    "warning": "warning",
    "medium": "warning",
    "information": "note",
    "info": "note",
    "note": "note",
    "low": "note",
}
"""SARIF's levels for the severities of the tools; of any other severity it is "warning"."""

PLACES = {
    "pytest": "https://docs.pytest.org",
    "integration": "https://docs.pytest.org",
    "ruff": "https://docs.astral.sh/ruff",
    "pyright": "https://microsoft.github.io/pyright",
    "bandit": "https://bandit.readthedocs.io",
}
"""Where people read about the tools that we bring; those of others are not known."""

# https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit
RUNS, RESULTS, RULES = 20, 25_000, 25_000


def text(report: Report) -> str:
    """The findings as a SARIF log, indented, in ASCII."""
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": list(runs(report))}
    return json.dumps(log, indent=2) + "\n"


def runs(report: Report) -> Iterator[dict[str, object]]:
    """One run for each tool that anything is known of, in the order of the collectors."""
    found: dict[str, list[tuple[ComponentReport, Finding]]] = {}
    for component, record, finding in report.findings():
        found.setdefault(record.measurement.collector, []).append((component, finding))
    records: dict[str, list[tuple[ComponentReport, RecordReport]]] = {}
    for component in report.components:
        for record in component.records:
            records.setdefault(record.measurement.collector, []).append((component, record))
    for name, each in records.items():
        if any(record.measurement.facts is not None for _, record in each):
            yield run(name, each, found.get(name, []), report.within)


def run(
    name: str,
    records: Sequence[tuple[ComponentReport, RecordReport]],
    found: Sequence[tuple[ComponentReport, Finding]],
    within: str,
) -> dict[str, object]:
    """One tool's findings; its rules are listed once."""
    rules = {rule: index for index, rule in enumerate(sorted({finding.rule for _, finding in found}))}
    failed = [(component, record) for component, record in records if record.state is RecordState.FAILED]
    notes = [note for component, record in records for note in notifications(component, record)]
    seen: Counter[str] = Counter()
    return {
        "tool": {"driver": {**driver(name, records), "rules": [rule_of(rule, name) for rule in rules]}},
        "automationDetails": {"id": f"maturity/{quote(name, safe='')}/"},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the git repository."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [{"executionSuccessful": not failed, "toolExecutionNotifications": notes}],
        "results": [result(component, finding, rules, seen, within) for component, finding in found],
    }


def driver(name: str, records: Sequence[tuple[ComponentReport, RecordReport]]) -> dict[str, str]:
    """What is known of the tool itself; its version only where every answer was made with the same one."""
    said = {"name": name, "fullName": f"{name} ({records[0][1].measurement.title})"}
    versions = {record.version for _, record in records if record.measurement.facts is not None}
    if len(versions) == 1 and "" not in versions:
        said["version"] = versions.pop()
    return {**said, "informationUri": PLACES[name]} if name in PLACES else said


def rule_of(rule: str, tool: str) -> dict[str, object]:
    """What is said of a rule: tools do not tell us more than its name."""
    said = {"text": f"{tool}: {rule}"}
    return {
        "id": rule,
        "shortDescription": said,
        "fullDescription": said,
        "help": {"text": f"See the documentation of {tool} on {rule}."},
    }


def result(
    component: ComponentReport, finding: Finding, rules: dict[str, int], seen: Counter[str], within: str
) -> dict[str, object]:
    """One finding."""
    place: dict[str, object] = {
        "artifactLocation": {"uri": uri(within + path_of(finding, component)), "uriBaseId": ROOT},
        "region": {"startLine": max(finding.line, 1)},  # code scanning asks for one, also where a whole file is meant
    }
    key = "\0".join((finding.path, finding.rule, finding.message))
    seen[key] += 1
    print_of = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules[finding.rule],
        "level": LEVELS.get(finding.severity, "warning"),
        "message": {"text": finding.message or finding.rule},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"maturityFinding/v1": print_of},
        "properties": {"component": component.component.name, "severity": finding.severity},
    }


def notifications(component: ComponentReport, record: RecordReport) -> Iterator[dict[str, object]]:
    """That a tool has no answer for a component now, or never had one."""
    name = component.component.name
    if record.state is RecordState.FAILED:
        reason = record.measurement.failure or "it failed"
        known = "the results are the last known ones" if record.measurement.facts is not None else "nothing is known"
        yield {"level": "error", "message": {"text": f"{name}: {reason}; {known}"}}
    elif record.state is RecordState.NOT_MEASURED:
        yield {"level": "warning", "message": {"text": f"{name}: {record.measurement.reason}"}}


def uri(path: str) -> str:
    """A relative path as a URI reference (RFC 3986): what could be a scheme, a query or an escape is escaped."""
    return quote(path, safe="/")


def excess(report: Report) -> list[str]:
    """What is more than code scanning takes, in words; such a file is refused there, whole."""
    results: Counter[str] = Counter()
    rules: dict[str, set[str]] = {}
    for _, record, finding in report.findings():
        name = record.measurement.collector
        results[name] += 1
        rules.setdefault(name, set()).add(finding.rule)
    said = [f"{name} has {count} results, of at most {RESULTS}" for name, count in results.items() if count > RESULTS]
    said += [f"{name} has {len(ids)} rules, of at most {RULES}" for name, ids in rules.items() if len(ids) > RULES]
    made = sum(1 for _ in runs(report))
    return said + ([f"there are {made} runs, of at most {RUNS}"] if made > RUNS else [])
