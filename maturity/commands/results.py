"""What the console script says of a run: lines for people, or the format that was asked for."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from maturity.arguments import TEXT
from maturity.graph.tasks import Graph
from maturity.reports.formats import github, markdown
from maturity.reports.output import base_of, on_github, put, rendered, summarize, tell_github
from maturity.reports.survey import survey
from maturity.terminal.plain import printable


def report(graph: Graph, names: Sequence[str], options: argparse.Namespace) -> None:
    """The results in the format that was asked for; in a workflow of GitHub, validation tells that too."""
    if options.format == TEXT:
        report_lines(graph, names, options)
    annotated = options.validate and on_github()
    if options.format == TEXT and not annotated:
        return
    repository, outcome = graph.repository, graph.outcome
    writes = not options.validate and not options.dry_run
    changed = [name for name in outcome.written if outcome.drafts[name].changed]
    components = repository.select(names or repository.components)
    known = survey(repository, components, base_of(options), frozenset(changed) if writes else frozenset())
    if annotated and options.format != "github":
        tell_github(known, options.annotate_findings)
    elif annotated:
        summarize(markdown.text(known))
    if options.format == "github" and options.annotate_findings:
        put(github.with_findings(known), options.output)
    elif options.format != TEXT:
        put(rendered(known, options.format), options.output)


def report_lines(graph: Graph, names: Sequence[str], options: argparse.Namespace) -> None:
    """What the closing table does not say: the diff or the state of each component that was looked at."""
    outcome, components = graph.outcome, graph.repository.components
    for name in sorted(outcome.lost):
        print(printable(f"{name}: {components[name].document} is left as it is: not all that was found could be kept"))
    if not (options.dry_run or options.validate):
        for name, draft in sorted(outcome.written.items()) if options.quiet else ():
            print(printable(f"{name}: {draft.standing.stage}; {draft.path} updated"))
        return
    drafts = {name: graph.actions.draft(components[name]) for name in names if name not in outcome.drafts}
    for name, draft in sorted({**drafts, **outcome.drafts}.items()):
        if draft is None:
            continue
        if options.dry_run:
            diff = printable(draft.diff()) if sys.stdout.isatty() else draft.diff()
            print(diff or f"{printable(draft.path)} would not change")
        elif draft.changed or not options.quiet:
            print(printable(f"{name}: {draft.standing.stage}; {draft.path} is {draft.state}"))
    current = len(components) - len(outcome.undone)
    if not names and current and not options.quiet:
        print(f"{current} of {len(components)} components were current already")
