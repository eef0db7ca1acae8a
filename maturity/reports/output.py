"""Where a report goes: to standard output or a file, and inside a workflow of GitHub to annotations and job summary."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from pathlib import Path

from maturity.errors import MaturityError, UsageError
from maturity.git.base import Base
from maturity.model import Component
from maturity.reports.formats import FORMATS, github, markdown, sarif
from maturity.reports.report import Report
from maturity.reports.survey import survey
from maturity.repository import Repository


def base_of(options: argparse.Namespace | None = None) -> str | None:
    """The revision to compare with: the one that was typed, else the base of GitHub's pull request, else none."""
    typed: str | None = None if options is None else options.base
    return typed or os.environ.get("GITHUB_BASE_REF") or None


def check_base(options: argparse.Namespace, root: Path) -> None:
    """Refuse a base that was typed and does not exist, before any work. Raises UsageError."""
    if options.base is not None and Base.find(root, options.base) is None:
        raise UsageError(f"--base {options.base}: this clone has no such revision; `git fetch` gets it")


def rendered(report: Report, name: str) -> str:
    """The report in one of FORMATS; says on standard error what the reader of it will not take."""
    if name == "sarif":
        for said in sarif.excess(report):
            print(f"maturity: GitHub's code scanning will refuse this SARIF file: {said}", file=sys.stderr)
    return FORMATS[name](report)


def put(text: str, output: Path | None) -> None:
    """Print results, or write them to a file, always as UTF-8. Raises MaturityError where that is not possible."""
    content = text.encode("utf-8", "replace")
    if output is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise MaturityError(f"--output {output}: cannot be written: {error.strerror or error}") from None


def on_github() -> bool:
    """Whether this is a step of a workflow of GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def tell_github(report: Report, findings: bool = False) -> None:
    """Annotations on standard error, and the job summary where GitHub has a file for it."""
    # The runner reads both streams; standard output is for results.
    print(end=github.with_findings(report) if findings else github.text(report), file=sys.stderr, flush=True)
    summarize(markdown.text(report))


def summarize(text: str) -> None:
    """Add some Markdown to the job summary, where GitHub has a file for it."""
    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if place:
        try:
            with Path(place).open("a", encoding="utf-8", errors="replace") as stream:
                stream.write(text)
        except OSError as error:
            print(f"maturity: the job summary cannot be written: {error}", file=sys.stderr)


def validated(repository: Repository, components: Iterable[Component]) -> None:
    """What doit's validate does at its end, in a workflow of GitHub."""
    tell_github(survey(repository, components, base_of()))
