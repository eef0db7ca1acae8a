"""`maturity gate`: what a change made worse, held against the documents of its merge base, with the cause."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from maturity.arguments import TEXT, Parser, add_format
from maturity.cache.lock import hold
from maturity.commands.options import positive
from maturity.commands.running import exit_code, manner, run_graph
from maturity.files import find_root
from maturity.gate.compare import base_commit, compare
from maturity.gate.formats import FORMATS, text
from maturity.gate.measured import measured_documents
from maturity.graph.parts import Asked
from maturity.graph.reporter import report_on
from maturity.graph.tasks import Graph
from maturity.processes.process import end_with_us
from maturity.reports.output import on_github, put, summarize
from maturity.repository import Repository

ABOUT = """Fail where a change makes a component worse than it is at the merge base: a lower stage, coverage that fell
too far, a figure that is no longer known, and what [tool.maturity.gate] asks for.

What changed is collected first; no document is written."""
EPILOG = """A figure that moved though nothing changed that it depends on is flaky, and passes; so does a percentage
that fell because well-covered code was deleted.

exit codes: 0 passed  1 something got worse  2 a tool failed  4 no base, or wrong arguments or configuration"""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code. Raises MaturityError."""
    options = parser().parse_args(arguments)
    if options.output is not None:
        options.output = options.output.absolute()  # as typed: the graph runs in the root
    root = find_root(Path.cwd())
    base = base_commit(root, options.base)
    end_with_us()
    measured = measured_documents(root, base) if options.measure_base else None
    with hold(root) as moment:
        repository = Repository(root, moment)
        graph = Graph(repository, Asked("run", frozenset(["preview"])))
        report_on(graph, manner(options))
        code = exit_code(graph, run_graph(graph, ["preview"], options))
        comparison = compare(repository, base, graph.outcome.drafts, measured)
        repository.save()
    put(text.text(comparison) if options.format == TEXT else FORMATS[options.format](comparison), options.output)
    if on_github():
        if options.format != "github":
            print(end=FORMATS["github"](comparison), file=sys.stderr, flush=True)
        summarize(FORMATS["markdown"](comparison))
    return max(code, 0 if comparison.passes else 1)


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity gate", description=ABOUT, epilog=EPILOG)
    made.add_argument("--base", metavar="REF", help="compare with its merge base (default: the pull request's)")
    made.add_argument(
        "--measure-base", action="store_true", help="measure the base in a work tree of its own, from the cache"
    )
    made.add_argument(
        "-n", metavar="N", dest="processes", type=positive, default=os.cpu_count() or 1, help="tasks at once"
    )
    made.add_argument("-q", "--quiet", action="store_true", help="results only: no progress")
    made.set_defaults(dry_run=True, validate=False, verbose=False)
    add_format(made, tuple(FORMATS))
    return made
