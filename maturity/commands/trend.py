"""`maturity trend`: how stages and figures went, commit by commit, as the committed documents say it."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

from maturity.arguments import Parser, add_format
from maturity.collectors import metric_names
from maturity.errors import UsageError
from maturity.files import find_root
from maturity.git import history as git
from maturity.history import trend
from maturity.history.formats import Asked, rendered
from maturity.printing import plain
from maturity.reports.output import put
from maturity.reports.past import limits, past_of, remember
from maturity.repository import Repository
from maturity.settings.toml import nearest

ABOUT = """Show how the stage and the figures of components went over time, from the documents in git's history.

Nothing is collected or written. Without a name there is a line for each component."""
EPILOG = """formats:
  text   a sparkline for each figure, with first, last, lowest, highest and the change
  json   every point, in the form of maturity/schemas/trend.schema.json
  csv    a row for each commit, component and metric
  svg    a plot of one metric of one component

exit codes: 0 success  3 component not found  4 wrong arguments or configuration, or no history"""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code. Raises MaturityError."""
    options = parser().parse_args(arguments)
    repository = Repository(find_root(Path.cwd()))
    names = [component.name for component in repository.select(options.names or repository.components)]
    metrics = checked_metrics(options.metric, repository)
    if options.format == "svg" and len(names) != 1:
        raise UsageError("--format svg draws one component; name it")
    past = past_of(repository, names, options.all_parents)
    found = past.series(names)
    if options.since is not None:
        begin = moment(options.since, repository.root)
        found = {name: trend.since(series, begin) for name, series in found.items()}
    remember(repository, past)
    for said in limits(past, found):
        print(plain(f"maturity: {said}"), file=sys.stderr)
    asked = Asked(options.format, metrics or trend.DEFAULT, bool(options.names), repository.settings.ladder.stages)
    put(rendered(found, asked, past.shallow), options.output)
    return 0


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity trend", description=ABOUT, epilog=EPILOG)
    made.add_argument("names", metavar="NAME", nargs="*", help="only these components")
    made.add_argument("--metric", metavar="M", action="append", default=[], help="this figure (repeatable)")
    made.add_argument("--since", metavar="REF|DATE", help="from this commit, or this day (YYYY-MM-DD, UTC), on")
    made.add_argument("--all-parents", action="store_true", help="all commits, not only the first parents of merges")
    add_format(made, ("json", "csv", "svg"))
    return made


def checked_metrics(typed: Sequence[str], repository: Repository) -> tuple[str, ...]:
    """The metrics that were typed. Raises UsageError for one that no collector measures."""
    known = metric_names(repository.collectors)
    for metric in typed:
        if metric not in known:
            raise UsageError(f"--metric: nothing measures {metric!r}{nearest(metric, known)}")
    return tuple(typed)


def moment(typed: str, root: Path) -> int:
    """The time that is meant (seconds since 1970): the beginning of a day, or that of a commit."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", typed):
        try:
            day = date.fromisoformat(typed)
        except ValueError as error:
            raise UsageError(f"--since {typed}: {error}") from None
        return int(datetime.combine(day, time(), UTC).timestamp())
    return git.time_of(root, git.resolve(root, typed))
