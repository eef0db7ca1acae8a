"""What `maturity` does without a command: the same graph as doit's, for repositories without a dodo.py too."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from doit.cmd_base import Command, TaskLoader2
from doit.cmd_run import Run
from doit.globals import Globals
from doit.task import Task

from maturity.arguments import TEXT, check_output
from maturity.commands.options import parser
from maturity.errors import MaturityError, UsageError
from maturity.files import find_root
from maturity.formats import github
from maturity.graph.database import guard, look_at
from maturity.graph.parts import DOIT_CONFIG, Asked
from maturity.graph.reporter import Manner, report_on
from maturity.graph.tasks import Graph
from maturity.lock import hold
from maturity.output import base_of, check_base, on_github, put, rendered, summarize, tell_github
from maturity.process import end_with_us
from maturity.repository import Repository
from maturity.survey import survey
from maturity.terminal.plain import printable


@dataclass
class GraphLoader(TaskLoader2):
    """Hands our tasks to doit; dodo.py is not looked at."""

    graph: Graph
    config_values: dict[str, object]

    cmd_options = ()

    def __post_init__(self) -> None:
        super().__init__()

    def load_doit_config(self) -> dict[str, object]:
        """The configuration that dodo.py has too."""
        return self.config_values

    def load_tasks(self, cmd: Command, pos_args: list[str]) -> list[Task]:
        """All tasks of the graph."""
        del cmd, pos_args
        guard(Globals.dep_manager, self.graph.is_ours)
        return list(self.graph.tasks())


def main(arguments: Sequence[str]) -> int:
    """Do what the flags say; the exit code."""
    options = parser().parse_args(arguments)
    level = logging.INFO if options.verbose else logging.ERROR if options.quiet else logging.WARNING
    logging.getLogger().setLevel(level)
    return run(options, find_root(Path.cwd()))


def run(options: argparse.Namespace, root: Path) -> int:
    """Do what the options ask for."""
    check(options)
    if options.output is not None:
        options.output = options.output.absolute()  # as typed: the graph runs in the root
    check_base(options, root)
    end_with_us()
    if options.auto:
        from maturity.commands import auto  # it builds on this module

        return auto.run(options, root)
    with hold(root) as moment:
        repository = Repository(root, moment)
        names = [component.name for component in repository.select(options.component)]
        if options.create:
            refuse_existing(repository, names)
        tasks = task_names(options, names)
        graph = Graph(repository, Asked("run", frozenset(tasks)))
        report_on(graph, manner(options))
        code = run_graph(graph, tasks, options)
        report(graph, names, options)
    return exit_code(graph, code)


def exit_code(graph: Graph, code: int) -> int:
    """The exit code of a run that doit ended with `code`: documents that cannot be obeyed are the worst."""
    refused = any(problem.exit_code == MaturityError.exit_code for problem in graph.outcome.broken.values())
    return MaturityError.exit_code if refused else code


def check(options: argparse.Namespace) -> None:
    """Refuse what contradicts itself or says nothing. Raises UsageError."""
    chosen = [flag for flag in ("component", "all", "auto") if getattr(options, flag)]
    if len(chosen) > 1:
        raise UsageError(f"--{chosen[0]} and --{chosen[1]} exclude each other")
    if options.create and not options.component:
        raise UsageError("--create goes with --component NAME")
    if not chosen and not options.validate:
        raise UsageError("say which: --component NAME, --all or --auto (see maturity --help)")
    if options.quiet and options.verbose:
        raise UsageError("--quiet and --verbose exclude each other")
    modes = [flag for flag in ("validate", "create", "dry_run") if getattr(options, flag)]
    if len(modes) > 1 and modes != ["create", "dry_run"]:
        raise UsageError(f"--{modes[0]} and --{modes[1].replace('_', '-')} exclude each other")
    check_output(options)
    if options.no_stage and not options.auto:
        raise UsageError("--no-stage goes with --auto")


def refuse_existing(repository: Repository, names: Sequence[str]) -> None:
    """A document that exists is never created again. Raises UsageError."""
    for name in names:
        path = repository.component(name).document
        if (repository.root / path).exists():
            raise UsageError(f"{path} exists already; `maturity --component {name}` updates it")


def task_names(options: argparse.Namespace, names: Sequence[str]) -> list[str]:
    """The tasks that the options stand for."""
    if options.validate:
        return [f"validate:{name}" for name in names] or ["validate"]
    verb = "preview" if options.dry_run else "maturity"
    return [f"{verb}:{name}" for name in names] or ["preview" if options.dry_run else "all"]


def run_graph(graph: Graph, names: list[str], options: argparse.Namespace) -> int:
    """Let doit run the tasks."""
    database = graph.repository.root / (".maturity/dry-run.db" if options.dry_run else ".doit.db")
    os.chdir(graph.repository.root)  # as doit does for a dodo.py
    look_at(database)
    config = {**DOIT_CONFIG, "dep_file": str(database)}
    # The command itself, not doit's main function: that one would print a bug of ours and say "3".
    run = Run(task_loader=GraphLoader(graph, config), config={}, bin_name="maturity", opt_vals={})
    words = ["-n", str(options.processes), *names]
    return int(run.parse_execute(words))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType] - no types


def manner(options: argparse.Namespace) -> Manner:
    """What is said of the run. Where other results are asked for, standard output is for them alone."""
    others = options.dry_run or options.validate or options.format != TEXT
    return Manner(
        progress=not (options.quiet or options.verbose), closing=not (options.quiet or others), naming=options.verbose
    )


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
        summarize(known)
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
    drafts = {name: graph.draft(components[name]) for name in names if name not in outcome.drafts}
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
