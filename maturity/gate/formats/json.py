"""What a gate found, as JSON, in the form of `maturity/schemas/gate.schema.json`."""

from __future__ import annotations

import json

from maturity.gate.compare import Comparison
from maturity.gate.judge import moved


def text(comparison: Comparison) -> str:
    """One object, indented."""
    code = comparison.code
    share = code.percentage
    found = {
        "passes": comparison.passes,
        "base": comparison.base,
        "regressions": [
            {
                "component": item.component or None,
                "document": item.document or None,
                "rule": item.rule,
                "metric": item.metric or None,
                "said": item.said,
                "cause": item.cause.name.lower().replace("_", "-"),
                "fails": item.fails,
            }
            for item in comparison.found
        ],
        "new_code": {
            "percentage": None if share is None else float(share),
            "covered": code.covered,
            "total": code.total,
            "uncovered": {path: list(lines) for path, lines in code.uncovered.items()},
            "unknown": list(code.unknown),
        },
        "moved": [
            {"component": change.component, "metric": metric, "before": then, "now": now}
            for change, metric, then, now in moved(comparison.changes)
        ],
        "notes": list(comparison.notes),
    }
    return json.dumps(found, ensure_ascii=False, indent=1) + "\n"
