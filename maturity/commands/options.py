"""What can be typed after `maturity`, without a command. Light: the shell's completion asks for it at every key."""

from __future__ import annotations

import argparse
import os

from maturity.arguments import REPORTS, Parser, ShowVersion, add_base, add_format
from maturity.commands import COMMANDS

USAGE = """maturity --all | --component NAME | --auto [--dry-run] [-n N] [--verbose]
       maturity --validate [--component NAME]
       maturity COMMAND ..."""
ABOUT = """Keep every component's MATURITY.md true: its stage, coverage, lint, types, security and tests.

Only what a change can have affected is collected again; what people wrote by hand is never touched."""
EXAMPLES = """examples:
  maturity --all                      collect what changed in any component, and update its document
  maturity --component carbon -n 4    the same for one component, four tasks at once
  maturity --component new --create   make the MATURITY.md of a new component
  maturity --all --dry-run            show what would change in the documents
  maturity --validate                 for CI: fail if a document is not what a run would write
  maturity --auto                     for a pre-commit hook: update and stage what the commit changes
  maturity init                       set up a repository: settings, dodo.py, hook and workflow, as a diff

commands (maturity COMMAND --help):"""
CODES = """
exit codes, the highest that applies:
  0  success
  1  a document is stale, missing or edited by hand; or a hook cannot vouch for what is staged
  2  a tool failed: what is known is still written, and the next run tries again
  3  no component has this name
  4  wrong arguments, configuration or document markup

With a dodo.py of one line (`from maturity.dodo import *`) the same graph is doit's: `doit list`,
`doit maturity:carbon`, `doit -n 8 all`, `doit validate`."""
EPILOG = "\n".join([EXAMPLES, *(f"  {name:13} {purpose}" for name, purpose in COMMANDS.items()), CODES])


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity", description=ABOUT, epilog=EPILOG, usage=USAGE)
    made.add_argument("--version", action=ShowVersion, help="show the version and exit")
    which = made.add_argument_group("which components (one of)").add_argument
    which("--component", metavar="NAME", action="append", default=[], help="this one (repeatable)")
    which("--all", action="store_true", help="every component")
    which("--auto", action="store_true", help="those that the files staged in git change; their documents are staged")
    what = made.add_argument_group("what to do, instead of updating their documents").add_argument
    what("--validate", action="store_true", help="write no document; fail if one is not what a run would write")
    what("--create", action="store_true", help="make the MATURITY.md of a new component; refuse if there is one")
    what("--dry-run", action="store_true", help="show what would change and write no document")
    what("--no-stage", action="store_true", help="with --auto: stage nothing, and fail where that would be needed")
    how = made.add_argument_group("how").add_argument
    how(
        "-n",
        metavar="N",
        dest="processes",
        type=positive,
        default=os.cpu_count() or 1,
        help="tasks at once (default: one a processor)",
    )
    how("--annotate-findings", action="store_true", help="on GitHub: annotate findings that block a stage too")
    how("-q", "--quiet", action="store_true", help="errors and results only: no progress, warnings or table")
    how("--verbose", action="store_true", help="show the tests found, each command, its time and why it ran")
    results = made.add_argument_group("results")
    add_format(results, REPORTS)
    add_base(results)
    return made


def positive(text: str) -> int:
    """A number of at least 1."""
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)
