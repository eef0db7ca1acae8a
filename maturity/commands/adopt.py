"""`maturity adopt`: existing hand-written documents get generated regions; a diff unless told to write."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maturity import document
from maturity.adoption.adopt import AlreadyAdopted, Proposal, Refusal, propose
from maturity.arguments import TEXT, Parser, add_format, check_output
from maturity.cache.lock import hold
from maturity.cache.store import file_name
from maturity.errors import MaturityError, UsageError
from maturity.files import find_root
from maturity.model import Component
from maturity.printing import plain
from maturity.reports.output import put
from maturity.repository import Repository

EPILOG = """Lines that say what a region will say are replaced; every other line stays as it is. With --write the
replaced lines are kept, as a diff, in .maturity/adopted/COMPONENT.log.

exit codes: 0 success  2 a file cannot be written  3 component not found  4 a document was refused"""

FORM = "maturity-adoption"
FORMAT = 1
"""The version of the JSON form; it changes when a key changes its meaning or goes, not when one is added."""


@dataclass(frozen=True)
class Adoption:
    """What became of one document: `outcome` is "proposed", "adopted", "already adopted", "missing" or "refused".

    `message` says why there is no proposal, `log` where the lines are that were replaced.
    """

    component: str
    path: str
    outcome: str
    exit_code: int = 0
    message: str = ""
    proposal: Proposal | None = None
    log: str = ""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code: 4 if a document was refused. Raises MaturityError before the first."""
    options = parser().parse_args(arguments)
    if bool(options.names) == options.all:
        raise UsageError("say which: maturity adopt NAME..., or maturity adopt --all")
    check_output(options)
    root = find_root(Path.cwd())
    done: list[Adoption] = []
    with hold(root):
        repository = Repository(root)
        for component in repository.select(options.names or repository.components):
            done.append(adopt(repository, component, options))
            if options.format == TEXT:
                show(done[-1])
    if options.format != TEXT:
        put(as_json(done), options.output)
    return max([adoption.exit_code for adoption in done], default=0)


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity adopt", description="Adopt hand-written documents.", epilog=EPILOG)
    made.formatter_class = argparse.RawDescriptionHelpFormatter
    made.add_argument("names", metavar="NAME", nargs="*", help="adopt this component's document")
    made.add_argument("--all", action="store_true", help="adopt the document of every component that has one")
    made.add_argument("--write", action="store_true", help="write the documents; without it the diff is shown")
    add_format(made, ("json",))
    return made


def adopt(repository: Repository, component: Component, options: argparse.Namespace) -> Adoption:
    """Adopt one document, or work out what that would do.

    With --all a document that is not there, or adopted already, is no failure.
    """
    name, path = component.name, component.document
    tolerated = 0 if options.all else Refusal.exit_code
    try:
        proposal = proposed(repository, component)
        if proposal is None:
            return Adoption(name, path, "missing", tolerated, f"{path} does not exist; `maturity --create` makes one")
        if not options.write:
            return Adoption(name, path, "proposed", proposal=proposal)
        log = repository.store.append(f"adopted/{file_name(name)}.log", proposal.log().encode())
        document.write(repository.root, proposal.draft)
    except AlreadyAdopted as refusal:
        return Adoption(name, path, "already adopted", tolerated, str(refusal))
    except MaturityError as error:
        return Adoption(name, path, "refused", error.exit_code, str(error))
    return Adoption(name, path, "adopted", proposal=proposal, log=log)


def show(adoption: Adoption) -> None:
    """One document for people: the diff is the result, all else is said apart from it."""
    name, proposal = adoption.component, adoption.proposal
    if proposal is None:
        say(f"{'maturity' if adoption.outcome == 'refused' else name}: {adoption.message}")
        return
    ticked = ", ".join(sorted(proposal.ticked)) or "none"
    say(
        f"{name}: {proposal.replaced} lines give way to regions; the document claims "
        f"{proposal.stage or 'no stage'}; ticks carried over: {ticked}"
    )
    for note in proposal.notes:
        say(f"{adoption.path}:{note.line}: {note.text}")
    if adoption.outcome == "proposed":
        diff = proposal.draft.diff()
        print(plain(diff) if sys.stdout.isatty() else diff)  # elsewhere it may be for `patch`
        return
    print(f"{name}: {adoption.path} adopted; the lines that were replaced are in {adoption.log}")
    print(f"{name}: `maturity --component {name}` fills the regions in")


def as_json(adoptions: Sequence[Adoption]) -> str:
    """The documents for programs, in the form of `maturity/schemas/adoption.schema.json`."""
    said = {"form": FORM, "format": FORMAT, "documents": [_adopted(each) for each in adoptions]}
    return json.dumps(said, indent=2) + "\n"


def _adopted(adoption: Adoption) -> dict[str, object]:
    proposal = adoption.proposal
    return {
        "component": adoption.component,
        "path": adoption.path,
        "outcome": adoption.outcome,
        "message": adoption.message,
        "claimed": None if proposal is None else proposal.stage,
        "replaced": 0 if proposal is None else proposal.replaced,
        "ticked": [] if proposal is None else sorted(proposal.ticked),
        "notes": [] if proposal is None else [{"line": note.line, "text": note.text} for note in proposal.notes],
        "diff": "" if proposal is None else proposal.draft.diff(),
        "log": adoption.log or None,
    }


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


def say(message: str) -> None:
    """A line for people, apart from the diff."""
    print(plain(message), file=sys.stderr)
