"""What a gate found, in each form that it can be asked for."""

from __future__ import annotations

from collections.abc import Callable

from maturity.gate.compare import Comparison
from maturity.gate.formats import github, json, junit, markdown, sarif

FORMATS: dict[str, Callable[[Comparison], str]] = {
    "json": json.text,
    "sarif": sarif.text,
    "junit": junit.text,
    "github": github.text,
    "markdown": markdown.text,
}
