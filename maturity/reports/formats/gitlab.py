"""GitLab's code quality report: every finding, and every document that is not what a run would write.

The form is a JSON list with description, check_name, fingerprint, severity and location of each; paths are relative and
without "./", fingerprints unique (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from maturity.markdown.escape import one_line
from maturity.reports.formats.about import path_of, wrong
from maturity.reports.report import DocumentState, Report

SEVERITIES = {
    "fatal": "blocker",
    "high": "critical",
    "error": "major",
    "medium": "major",
    "warning": "minor",
    "low": "minor",
    "information": "info",
    "info": "info",
    "note": "info",
}
"""GitLab's words for those of the tools; of any other severity it is "minor"."""


def text(report: Report) -> str:
    """The report, indented, in ASCII."""
    seen: Counter[str] = Counter()
    return json.dumps([*documents(report, seen), *findings(report, seen)], indent=2) + "\n"


def documents(report: Report, seen: Counter[str]) -> Iterator[dict[str, object]]:
    """The documents that validation fails on."""
    for each in report.components:
        state = each.document.state
        if state is not DocumentState.VALID:
            severity = "blocker" if state is DocumentState.BROKEN else "major"
            line = max(each.document.line, 1)
            path = report.within + each.document.path
            yield entry(f"maturity:{state.value}", wrong(each), severity, path, line, seen)


def findings(report: Report, seen: Counter[str]) -> Iterator[dict[str, object]]:
    """Every finding."""
    for component, record, finding in report.findings():
        severity = SEVERITIES.get(finding.severity, "minor")
        check = f"{record.measurement.collector}:{finding.rule}"
        path = report.within + path_of(finding, component)
        yield entry(check, finding.message, severity, path, max(finding.line, 1), seen)


def entry(check: str, description: str, severity: str, path: str, line: int, seen: Counter[str]) -> dict[str, object]:
    """One entry; its fingerprint stays the same when lines move."""
    key = "\0".join((check, path, description))
    seen[key] += 1
    fingerprint = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "description": one_line(description, 1000) or check,
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": {"begin": line}},
    }
