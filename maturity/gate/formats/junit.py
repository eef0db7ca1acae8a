"""What a gate found, as JUnit XML: a suite with a case for each component, and one for new code."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring  # nosec B405 - nothing is parsed here

from maturity.gate.compare import Comparison


def text(comparison: Comparison) -> str:
    """One `testsuites` element."""
    names = [*(change.component for change in comparison.changes), ""]
    failing = {item.component for item in comparison.found if item.fails}
    counts = {"tests": str(len(names)), "failures": str(len(failing)), "errors": "0", "time": "0"}
    root = Element("testsuites", {"name": "maturity gate", **counts})
    suite = SubElement(root, "testsuite", {"name": "gate", **counts, "skipped": "0"})
    for name in names:
        case = SubElement(suite, "testcase", classname="maturity.gate", name=name or "new code", time="0")
        wrong = [item for item in comparison.found if item.component == name and item.fails]
        if wrong:
            said = "; ".join(f"{item.metric or item.rule}: {item.said} ({item.cause.value})" for item in wrong)
            SubElement(case, "failure", message=said)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'
