"""`maturity explain`: why components are where they are, and what would be enough for the next stage.

It shows what is known and says if a record is out of date; nothing is collected or written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from maturity.arguments import TEXT, Parser, add_base, add_format
from maturity.errors import UsageError
from maturity.files import find_root
from maturity.reports.formats import explain, json
from maturity.reports.output import base_of, check_base, put
from maturity.reports.survey import survey
from maturity.repository import Repository

ABOUT = """Explain each verdict of a component: the figure and its threshold, the findings and uncovered lines
behind it, what would be enough for the next stage, and when and why each record was collected last."""
EPILOG = "exit codes: 0 success  3 component not found  4 wrong arguments or configuration"


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code. Raises MaturityError."""
    options = parser().parse_args(arguments)
    if bool(options.names) == options.all:
        raise UsageError("say which: maturity explain NAME..., or maturity explain --all")
    root = find_root(Path.cwd())
    check_base(options, root)
    repository = Repository(root)
    components = repository.select(options.names or repository.components)
    report = survey(repository, components, base_of(options))
    if options.format == TEXT:
        put(explain.text(report, options.full, seen_from(Path.cwd(), repository.root)), options.output)
    else:
        put(json.text(report), options.output)
    return 0


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity explain", description=ABOUT, epilog=EPILOG)
    made.add_argument("names", metavar="NAME", nargs="*", help="explain this component")
    made.add_argument("--all", action="store_true", help="explain every component")
    made.add_argument("--full", action="store_true", help="show every finding and place, however many there are")
    add_format(made, ("json",))
    add_base(made)
    return made


def seen_from(place: Path, root: Path) -> Callable[[str], str]:
    """How a path of the repository is written where somebody stands, so that a terminal can open it."""
    there = place.resolve()
    return str if there == root else lambda path: os.path.relpath(root / path, there)
