"""What the shell completes: commands, options and the names of components. Nothing is collected for it."""

from __future__ import annotations

import os
from argparse import Action
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path

from argcomplete.completers import SuppressCompleter
from argcomplete.finders import CompletionFinder
from argcomplete.lexers import split_line

from maturity.arguments import Parser
from maturity.cache import snapshot
from maturity.commands import COMMANDS
from maturity.commands.options import parser as parser_without_command
from maturity.errors import MaturityError
from maturity.files import find_root


def complete() -> None:
    """Answer the shell, which has put its question into the environment (see argcomplete), and end the process."""
    line, point = os.environ["COMP_LINE"], int(os.environ["COMP_POINT"])
    typed = split_line(line, point)[3][int(os.environ["_ARGCOMPLETE"]) :]
    if typed and typed[0] in COMMANDS:
        made: Parser = import_module(f"maturity.commands.{typed[0].replace('-', '_')}").parser()
        os.environ["_ARGCOMPLETE"] = str(int(os.environ["_ARGCOMPLETE"]) + 1)
    else:
        made = parser_without_command()
        if not typed:
            made.add_argument("command", choices=list(COMMANDS), nargs="?")
    for action in made._actions:
        if str(action.metavar).startswith("NAME"):
            action.completer = names  # pyright: ignore[reportAttributeAccessIssue] - where argcomplete looks for it
    CompletionFinder()(made, always_complete_options="long", default_completer=SuppressCompleter())


def names(prefix: str, action: Action, **_: object) -> Iterable[str]:
    """The components whose names begin so: as last seen, else as the settings say now."""
    del action
    root = find_root(Path.cwd())
    known = [name for name in snapshot.component_names(root) if name.startswith(prefix)]
    return known or [name for name in discovered(root) if name.startswith(prefix)]


def discovered(root: Path) -> Iterable[str]:
    """The components as the settings say now; none where these are wrong."""
    from maturity.repository import Repository  # slow to import

    try:
        return list(Repository(root).components)
    except MaturityError:
        return []
