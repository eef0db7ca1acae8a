"""What a gate found, as SARIF 2.1.0: a result for each regression, and for each new line that no test reaches."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

from maturity.gate.compare import Comparison
from maturity.reports.formats.sarif import ROOT, SCHEMA, uri

RULES = {
    "stage": "A component is in a lower stage",
    "unknown": "A figure that was known is unknown",
    "coverage-drop": "Coverage fell further than is allowed",
    "lost-tests": "Tests are gone while the code stays",
    "no-worse": "A figure got worse that may not",
    "new-code": "New code is not covered",
}


def text(comparison: Comparison) -> str:
    """One run, in ASCII."""
    rules = [{"id": rule, "shortDescription": {"text": said}} for rule, said in RULES.items()]
    run = {
        "tool": {"driver": {"name": "maturity gate", "rules": rules}},
        "automationDetails": {"id": "maturity/gate/"},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The top of the git repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": list(results(comparison)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def results(comparison: Comparison) -> Iterator[dict[str, object]]:
    """What fails is an error, what is worse and passes a note, an uncovered new line a warning."""
    within = comparison.within
    for item in comparison.found:
        said = f"{' '.join(part for part in (item.component, item.metric) if part)}: {item.said} ({item.cause.value})"
        yield result(item.rule, "error" if item.fails else "note", said.lstrip(": "), within + item.document, 1)
    for path, uncovered in comparison.code.uncovered.items():
        for line in uncovered:
            yield result("new-code", "warning", "This line is new, and no test reaches it", within + path, line)


def result(rule: str, level: str, said: str, path: str, line: int) -> dict[str, object]:
    """One result."""
    place = {"artifactLocation": {"uri": uri(path), "uriBaseId": ROOT}, "region": {"startLine": line}}
    print_of = hashlib.sha256(f"{rule}\0{path}\0{said}\0{line}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return {
        "ruleId": rule,
        "ruleIndex": list(RULES).index(rule),
        "level": level,
        "message": {"text": said},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"maturityGate/v1": print_of},
    }
