"""What several formats say alike: where a finding is, and what is wrong with a document."""

from __future__ import annotations

from maturity.model import Finding
from maturity.reports.report import ComponentReport, DocumentState


def path_of(finding: Finding, report: ComponentReport) -> str:
    """The file of a finding; what has none in the repository, such as a whole test run, is found at the document."""
    path = finding.path
    inside = path not in ("", ".") and not path.startswith("/") and ".." not in path.split("/")
    return path if inside else report.document.path


def wrong(report: ComponentReport) -> str:
    """What is wrong with a document that is not valid, and what to do about it."""
    name = report.component.name
    match report.document.state:
        case DocumentState.BROKEN:
            return "; ".join(map(str, report.document.problems))
        case DocumentState.MISSING:
            return f"the document of {name} is missing: run `maturity --create --component {name}`"
        case DocumentState.EDITED:
            regions = ", ".join(report.document.edited)
            return f"edited by hand in generated regions ({regions}): run `maturity --component {name}`"
        case _:
            return f"not what a run would write: run `maturity --component {name}`"
