"""One module for each form in which a report can be written: pure functions from a Report to text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from maturity.reports.formats import github, gitlab, json, junit, markdown, sarif
from maturity.reports.report import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "json": json.text,
    "sarif": sarif.text,
    "junit": junit.text,
    "github": github.text,
    "gitlab": gitlab.text,
    "markdown": markdown.text,
}
"""Every format by the word that people type; each text ends in one line end, or is empty."""
