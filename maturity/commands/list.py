"""`maturity list`: every component as last collected, in any form. Nothing is collected or written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from maturity.arguments import REPORTS, TEXT, Parser, add_base, add_format
from maturity.errors import MaturityError
from maturity.files import find_root
from maturity.model import Component
from maturity.reports.formats.markdown import change
from maturity.reports.output import base_of, check_base, put, rendered
from maturity.reports.report import Report
from maturity.reports.summary import headline
from maturity.reports.survey import survey, today
from maturity.repository import Repository

ABOUT = "Show the components as last collected; collect and write nothing."
EPILOG = """formats:
  text      one line a component: stage and headline figures
  json      everything that is known, in the form of maturity/schemas/report.schema.json
  sarif     every finding, for code scanning and editors (SARIF 2.1.0)
  junit     every verdict as a test case
  github    annotations of documents that validation would fail on
  gitlab    findings and such documents as a code quality report
  markdown  a table of components, as in GitHub's job summary

exit codes: 0 success  3 component not found  4 wrong arguments or configuration"""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code. Raises MaturityError."""
    options = parser().parse_args(arguments)
    root = find_root(Path.cwd())
    check_base(options, root)
    repository = Repository(root)
    components = repository.select(options.names or repository.components)
    if options.format == TEXT and options.base is None:
        put("".join(f"{line}\n" for line in lines(repository, components)), options.output)
    elif options.format == TEXT:
        report = survey(repository, components, options.base)
        put("".join(f"{line}\n" for line in compared(report, lines(repository, components))), options.output)
    else:
        put(rendered(survey(repository, components, base_of(options)), options.format), options.output)
    return 0


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity list", description=ABOUT, epilog=EPILOG)
    made.add_argument("names", metavar="NAME", nargs="*", help="only these components")
    add_format(made, REPORTS)
    add_base(made)
    return made


def lines(repository: Repository, components: Iterable[Component]) -> Iterator[str]:
    """One line a component, with what keeps its document from being read where something does."""
    components = list(components)
    width = max((len(component.name) for component in components), default=0)
    for component in components:
        yield f"{component.name:<{width}}  {line(repository, component)}"


def compared(report: Report, shown: Iterable[str]) -> Iterator[str]:
    """The same lines, and below each what is another stage or figure than at the base."""
    for each, said in zip(report.components, shown, strict=True):
        yield said
        moved = change(report, each)
        yield from [f"  {moved}"] if moved not in ("", "none") else []
        yield from (f"  {item.metric} {item.before} → {item.now}" for item in (each.base.moved if each.base else ()))


def line(repository: Repository, component: Component) -> str:
    """A component's stage and headline figures, remembered or worked out."""
    remembered = repository.drafts.headline(component)
    if remembered is not None:
        return remembered
    measurements = repository.drafts.measurements(component)
    try:
        drafted = repository.drafts.draft(component, measurements, today())
    except MaturityError as error:
        return f"! {component.document}: {error}".splitlines()[0]
    return headline(drafted.standing.stage, measurements)
