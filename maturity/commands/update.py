"""What `maturity` does without a command: the same graph as doit's, for repositories without a dodo.py too."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from maturity.arguments import check_output
from maturity.cache.lock import hold
from maturity.commands.options import parser
from maturity.commands.results import report
from maturity.commands.running import exit_code, manner, run_graph
from maturity.errors import UsageError
from maturity.files import find_root
from maturity.graph.parts import Asked
from maturity.graph.reporter import report_on
from maturity.graph.tasks import Graph
from maturity.processes.process import end_with_us
from maturity.reports.output import check_base
from maturity.repository import Repository


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
        from maturity.commands import auto  # which knows git, and is not wanted otherwise

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
