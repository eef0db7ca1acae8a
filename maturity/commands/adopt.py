"""`maturity adopt`: existing hand-written documents get generated regions; a diff unless told to write."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from maturity import document
from maturity.adopt import AlreadyAdopted, Proposal, Refusal, propose
from maturity.arguments import Parser
from maturity.errors import MaturityError, UsageError
from maturity.lock import hold
from maturity.model import Component
from maturity.repository import Repository, find_root
from maturity.store import file_name

EPILOG = """Lines that say what a region will say are replaced; every other line stays as it is. With --write the
replaced lines are kept, as a diff, in .maturity/adopted/COMPONENT.log.

exit codes: 0 success  2 a file cannot be written  3 component not found  4 a document was refused"""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 4 if a document was refused. Raises MaturityError before the first."""
    options = parser().parse_args(arguments)
    if bool(options.names) == options.all:
        raise UsageError("say which: maturity adopt NAME..., or maturity adopt --all")
    root = find_root(Path.cwd())
    with hold(root):
        repository = Repository(root)
        components = repository.select(options.names or repository.components)
        return max([adopt(repository, component, options) for component in components], default=0)


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity adopt", description="Adopt hand-written documents.", epilog=EPILOG)
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.add_argument("names", metavar="NAME", nargs="*", help="adopt this component's document")
    made.add_argument("--all", action="store_true", help="adopt the document of every component that has one")
    made.add_argument("--write", action="store_true", help="write the documents; without it the diff is shown")
    return made


def adopt(repository: Repository, component: Component, options: argparse.Namespace) -> int:
    """Adopt one document, or show what that would do, and return the exit code for it.

    With --all a document that is not there, or adopted already, is no failure.
    """
    try:
        proposal = proposed(repository, component)
        if proposal is None:
            say(f"{component.name}: {component.document} does not exist; `maturity --create` makes one")
            return 0 if options.all else Refusal.exit_code
        report(component, proposal)
        if not options.write:
            print(proposal.draft.diff())
            return 0
        log = repository.store.append(f"adopted/{file_name(component.name)}.log", proposal.log().encode())
        document.write(repository.root, proposal.draft)
    except AlreadyAdopted as refusal:
        say(f"{component.name}: {refusal}")
        return 0 if options.all else refusal.exit_code
    except MaturityError as error:
        say(f"maturity: {error}")
        return error.exit_code
    print(f"{component.name}: {component.document} adopted; the lines that were replaced are in {log}")
    print(f"{component.name}: `maturity --component {component.name}` fills the regions in")
    return 0


def proposed(repository: Repository, component: Component) -> Proposal | None:
    """The proposal for a component's document, None if there is no document. Raises MaturityError with its path."""
    before = document.read(repository.root, component.document)
    if before is None:
        return None
    try:
        return propose(component, repository.settings.ladder, before)
    except AlreadyAdopted:
        raise
    except MaturityError as error:
        raise Refusal(f"{component.document}: not adopted: {error}") from None


def report(component: Component, proposal: Proposal) -> None:
    """What was recognised, and what a person should look at."""
    ticked = ", ".join(sorted(proposal.ticked)) or "none"
    say(
        f"{component.name}: {proposal.replaced} lines give way to regions; the document claims "
        f"{proposal.stage or 'no stage'}; ticks carried over: {ticked}"
    )
    for note in proposal.notes:
        say(f"{component.document}:{note.line}: {note.text}")


def say(message: str) -> None:
    """A line for people, apart from the diff."""
    print(message, file=sys.stderr)
