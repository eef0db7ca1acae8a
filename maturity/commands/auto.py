"""`maturity --auto`: what git's pre-commit hook does. `maturity.git.staged` says what it promises."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from maturity.arguments import TEXT
from maturity.cache.lock import hold
from maturity.commands.results import report
from maturity.commands.running import exit_code, manner, run_graph
from maturity.errors import MaturityError
from maturity.git import staged
from maturity.git.commands import Git
from maturity.git.setaside import clashes
from maturity.graph.parts import Asked
from maturity.graph.reporter import report_on
from maturity.graph.tasks import Graph
from maturity.model import Component
from maturity.printing import plain
from maturity.reports.output import base_of, put, rendered
from maturity.reports.survey import survey
from maturity.repository import Repository
from maturity.writing import write_atomically

ADVICE = "stage it, or set it aside with `git stash --keep-index --include-untracked`"


def run(options: argparse.Namespace, root: Path) -> int:
    """Update and stage the documents of the components that the staged files change; the exit code."""
    git = Git.here(root, Path.cwd())
    if not staged.anything(git) and options.format == TEXT:  # other formats are for programs: silence is no answer
        return 0
    with hold(root) as moment:
        repository = Repository(root, moment)
        plan = staged.plan(repository, git)
        for path in plan.apart:
            say(f"{path}: left alone, for it is not in git's index; `git add` it")
        code, refused = 0, dict(plan.refused)
        if plan.names:
            graph = Graph(repository, Asked("run", frozenset(tasks(repository, plan.names, options))))
            report_on(graph, manner(options))
            code = run_graph(graph, sorted(graph.asked.names), options)
            report(graph, plan.names, options)
            components = [repository.component(name) for name in plan.names]
            refused |= staged.unfit(repository, git, plan.entries, components)
            code = exit_code(graph, code)
            if not options.dry_run:
                code = max(code, finish(graph, git, plan, [c for c in components if c.name not in refused], options))
        elif options.format != TEXT:
            put(rendered(survey(repository, (), base_of(options)), options.format), options.output)
        repository.save()
        for name, why in sorted(refused.items()):
            say(f"{name}: not vouched for, for {why} in the work tree is not what is staged; {ADVICE}")
    return max(code, 1 if refused else 0)


def tasks(repository: Repository, names: tuple[str, ...], options: argparse.Namespace) -> list[str]:
    """The tasks for some components. A document that is only in the index is not made again in the work tree."""
    if options.validate:
        return [f"validate:{name}" for name in names]
    there = {name for name in names if (repository.root / repository.component(name).document).exists()}
    return [f"{'maturity' if name in there and not options.dry_run else 'preview'}:{name}" for name in names]


def finish(graph: Graph, git: Git, plan: staged.Plan, components: list[Component], options: argparse.Namespace) -> int:
    """Stage the documents of components that can be vouched for, or say that they are not staged; the exit code."""
    repository, outcome = graph.repository, graph.outcome
    known = [
        c for c in components if c.name not in {*outcome.broken, *outcome.lost} and not repository.drafts.failing(c)
    ]
    apart = [c for c in known if staged.place_of(repository, c) in plan.unstaged]
    changed = outcome.drafts if options.validate else outcome.written
    written = [c for c in known if c not in apart and c.name in changed and changed[c.name].changed]
    if options.no_stage or options.validate:
        behind = sorted(c.document for c in (*written, *staged.to_rewrite(repository, git, apart)))
        if behind:
            advice = "" if options.validate else "; look at the change, `git add` it and commit again"
            say(f"not staged: {', '.join(behind)}{advice}")
        return 1 if behind else 0
    clashing = [c for c in written if clashes(git, staged.place_of(repository, c), os.environ)]
    for component in clashing:
        before = outcome.drafts[component.name].before
        write_atomically(repository.root / component.document, before or b"")
        say(
            f"{component.document}: not staged, for its unstaged changes, which pre-commit has set aside, touch the "
            f"same lines; stage them or undo them, and commit again"
        )
    try:
        paths = staged.stage(repository, git, plan, [c for c in (*written, *apart) if c not in clashing])
    except MaturityError as error:
        say(str(error))
        return 4
    for path in paths:
        print(f"staged {path}", file=sys.stdout if options.format == TEXT else sys.stderr)
    return 1 if clashing else 0


def say(message: str) -> None:
    """A line for people."""
    print(plain(f"maturity: {message}"), file=sys.stderr)
