"""`maturity inspect`: the regions of documents, their state and their problems. Nothing is collected or written.

A region's state is against what a run would write from the cache alone, with the same day of the last change. It is
"current"; "stale", where we wrote something else; "edited by hand", where the text does not fit the region's sum any
more; or "no sum", where it has none, for we have not written it yet.

With `--format json` one object is printed, in the form of `maturity/schemas/inspection.schema.json`. "format" changes
when a key changes its meaning or goes; keys may be added. A "broken" document is one with a problem. Its regions are
missing there where the markers cannot be paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from maturity import document
from maturity.arguments import Parser, add_format
from maturity.errors import MaturityError, UnknownComponent, UsageError
from maturity.files import find_root
from maturity.markdown.inspection import Inspection, as_json, as_text, compared
from maturity.markdown.markers import MarkupError, Problem
from maturity.markdown.rewrite import parse
from maturity.model import Component
from maturity.reports.output import put
from maturity.repository import Repository

ABOUT = "Show the regions of documents, their state against the cache, and their problems; collect and write nothing."
EPILOG = """exit codes: 0 all is current  1 a document is stale, edited or missing  3 component not found
  4 the markup of a document is broken"""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code, the highest of all documents. Raises MaturityError before the first."""
    options = parser().parse_args(arguments)
    if bool(options.names) == options.all:
        raise UsageError("say which: maturity inspect NAME... or PATH..., or maturity inspect --all")
    repository = Repository(find_root(Path.cwd()))
    components = [component_of(repository, word) for word in options.names] or list(repository.components.values())
    inspections = [look(repository, component) for component in dict.fromkeys(components)]
    put(f"{(as_json if options.format == 'json' else as_text)(inspections)}\n", options.output)
    return max((inspection.exit_code for inspection in inspections), default=0)


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity inspect", description=ABOUT, epilog=EPILOG)
    made.add_argument("names", metavar="NAME|PATH", nargs="*", help="a component, or the path of its document")
    made.add_argument("--all", action="store_true", help="look at the document of every component")
    add_format(made, ("json",))
    return made


def component_of(repository: Repository, word: str) -> Component:
    """The component that a word names, or whose document it is the path of. Raises UnknownComponent."""
    if word not in repository.components:
        place = Path.cwd() / word
        if place.exists() or "/" in word:
            return owner_of(repository, place)
    return repository.component(word)


def owner_of(repository: Repository, place: Path) -> Component:
    """The component whose document is at a path. Raises UnknownComponent."""
    wanted = place.resolve()
    for component in repository.components.values():
        if (repository.root / component.document).resolve() == wanted:
            return component
    raise UnknownComponent(f"{place} is the document of no component")


def look(repository: Repository, component: Component) -> Inspection:
    """What can be said of a component's document."""
    applying = {collector.name for collector in repository.applying(component)}
    known = repository.drafts.measurements(component)
    unmeasured = tuple(
        each.collector for each in known if each.collector in applying and each.facts is None and each.failure is None
    )
    name, path = component.name, component.document
    try:
        before = document.read(repository.root, path)
    except MaturityError as error:
        said = str(error).removeprefix(f"{path}: ")
        problem = Problem(0, "unreadable", said, "put a file in its place that can be read")
        return Inspection(name, path, exists=True, problems=(problem,))
    if before is None:
        return Inspection(name, path, exists=False, unmeasured=unmeasured)
    try:
        layout = parse(before)
    except MarkupError as error:
        return Inspection(name, path, exists=True, problems=error.problems)
    # With the day that the document has, only what else would change makes a region stale.
    day = document.previous_date(layout) or datetime.now(UTC).date().isoformat()
    try:
        draft = document.draft(component, repository.settings.ladder, known, before, day)
    except MarkupError as error:
        regions = tuple((region, None) for region in layout.regions)
        return Inspection(name, path, True, regions, layout.manual, error.problems)
    return Inspection(name, path, True, compared(layout, draft.after), layout.manual, unmeasured=unmeasured)
