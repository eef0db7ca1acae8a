"""A graph of ours, run by doit without a dodo.py."""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass

from doit.cmd_base import Command, TaskLoader2
from doit.cmd_run import Run
from doit.globals import Globals
from doit.task import Task

from maturity.arguments import TEXT
from maturity.errors import MaturityError
from maturity.graph.database import guard, look_at
from maturity.graph.parts import DOIT_CONFIG
from maturity.graph.reporter import Manner
from maturity.graph.tasks import Graph


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


def exit_code(graph: Graph, code: int) -> int:
    """The exit code of a run that doit ended with `code`: documents that cannot be obeyed are the worst."""
    refused = any(problem.exit_code == MaturityError.exit_code for problem in graph.outcome.broken.values())
    return MaturityError.exit_code if refused else code


def manner(options: argparse.Namespace) -> Manner:
    """What is said of the run. Where other results are asked for, standard output is for them alone."""
    others = options.dry_run or options.validate or options.format != TEXT
    return Manner(
        progress=not (options.quiet or options.verbose), closing=not (options.quiet or others), naming=options.verbose
    )
