"""`maturity badge`: a component's stage, or one of its figures, as shields.io's endpoint JSON or as an SVG.

Nothing is collected. With --all there is a file for each component in a directory, named after it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from maturity.arguments import Parser
from maturity.cache.store import file_name
from maturity.collectors import metric_names
from maturity.errors import MaturityError, UsageError
from maturity.files import find_root
from maturity.reports.formats.badge import endpoint, of_metric, stage, svg
from maturity.reports.output import put
from maturity.reports.report import ComponentReport
from maturity.reports.survey import survey
from maturity.repository import Repository
from maturity.settings.toml import nearest

ABOUT = "Make a badge of a component's stage or of one of its figures."
FORMATS = {"json": endpoint, "svg": svg}
EPILOG = "exit codes: 0 success  3 component not found  4 wrong arguments or configuration"


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code. Raises MaturityError."""
    options = parser().parse_args(arguments)
    if (options.name is None) != options.all:
        raise UsageError("say which: maturity badge NAME, or maturity badge --all --output DIRECTORY")
    if options.all and options.output is None:
        raise UsageError("--all goes with --output DIRECTORY: there is a file for each component")
    repository = Repository(find_root(Path.cwd()))
    known = metric_names(repository.collectors)
    if options.metric is not None and options.metric not in known:
        raise UsageError(f"--metric {options.metric}: nothing measures it{nearest(options.metric, known)}")
    chosen = list(repository.components) if options.all else [options.name]
    report = survey(repository, repository.select(chosen))
    for each in report.components:
        made = stage(each, report.ladder) if options.metric is None else of_metric(each, options.metric)
        put(FORMATS[options.format](made), place(options, each))
    return 0


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity badge", description=ABOUT, epilog=EPILOG)
    made.add_argument("name", metavar="NAME", nargs="?", help="the component")
    made.add_argument("--all", action="store_true", help="a badge of every component, into the directory --output")
    said = "json for shields.io's endpoint badge, or svg for an image (default: %(default)s)"
    made.add_argument("--format", metavar="FORMAT", choices=FORMATS, default="json", help=said)
    made.add_argument("--svg", dest="format", action="store_const", const="svg", help="the same as --format svg")
    made.add_argument("--metric", metavar="METRIC", help="a figure such as coverage.percentage instead of the stage")
    made.add_argument("--output", metavar="FILE", type=Path, help="write to this file; with --all to this directory")
    return made


def place(options: argparse.Namespace, report: ComponentReport) -> Path | None:
    """Where a component's badge is written; None is standard output. Raises MaturityError."""
    output: Path | None = options.output
    if output is None or not options.all:
        return output
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MaturityError(f"--output {output}: cannot be made: {error.strerror or error}") from None
    return output / f"{file_name(report.component.name)}.{options.format}"
