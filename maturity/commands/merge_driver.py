"""`maturity merge-driver`: how git merges two versions of a document. Two lines set it up.

In .gitattributes, which is committed (git looks at the last part of a path, so this is for every directory):

    MATURITY.md merge=maturity
    *.MATURITY.md merge=maturity

In each clone, once; without it git merges the documents as it merges any text:

    git config merge.maturity.driver "maturity merge-driver %O %A %B %P"

What people wrote is merged by `git merge-file`: what both changed becomes a conflict, with the usual marks, and the
exit code is 1. Generated regions never conflict, and ticks of manual criteria are merged one by one;
`maturity.markdown.merging` says how. Nothing is collected here, for git calls this in the middle of a merge: where both
sides have other figures a region keeps ours, is stale, and the next run or the pre-commit hook writes it anew.

A version whose markup is broken cannot be taken apart; git's own merge is then all that is done. `%L` may follow `%P`:
it is how long git wants conflict marks to be.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from maturity.arguments import Parser
from maturity.errors import CollectorFailure, MaturityError
from maturity.files import read_bytes
from maturity.markdown.markers import MarkupError
from maturity.markdown.merging import Plan, plan
from maturity.markdown.regions import parse
from maturity.printing import plain
from maturity.processes.process import run
from maturity.writing import write_atomically

LIMIT = 64 * 1024 * 1024
SECONDS = 60.0
VERSIONS = ("base", "ours", "theirs")
MOST_CONFLICTS = 127
"""`git merge-file` says the number of conflicts, at most this one; what is above is a failure."""


@dataclass(frozen=True)
class Merged:
    """A merged text, and whether all of it could be merged."""

    text: bytes
    clean: bool


def parser() -> Parser:
    """What git types."""
    made = Parser(prog="maturity merge-driver", description=__doc__ or "")
    made.add_argument("base", metavar="BASE", type=Path, help="the file with the common ancestor")
    made.add_argument("ours", metavar="OURS", type=Path, help="the file with our version; the merged text goes there")
    made.add_argument("theirs", metavar="THEIRS", type=Path, help="the file with their version")
    made.add_argument("path", metavar="PATH", help="the document's path, for messages")
    made.add_argument("size", metavar="SIZE", type=int, nargs="?", default=7, help="the length of conflict marks")
    return made


def main(arguments: Sequence[str]) -> int:
    """Merge; 0 if all of it could be, 1 if there is a conflict or no merge at all: ours is then left as it was."""
    asks_for_help = list(arguments) in (["-h"], ["--help"])
    # A path may begin with a dash.
    options = parser().parse_args([*([] if asks_for_help else ["--"]), *arguments])
    try:
        merged = merge([read(place) for place in (options.base, options.ours, options.theirs)], options)
        write_atomically(options.ours, merged.text)
    except (MaturityError, OSError) as error:
        say(options, f"not merged, ours is kept: {error}")
        return 1
    return 0 if merged.clean else 1


def merge(texts: Sequence[bytes], options: argparse.Namespace) -> Merged:
    """Base, ours and theirs as one. Raises CollectorFailure where git cannot merge them."""
    try:
        planned = plan(*texts)
    except MarkupError:
        for version, text in zip(VERSIONS, texts, strict=True):
            for problem in problems(text):
                say(options, f"merged as plain text, for its markup is broken in {version}: {problem}")
        return by_lines(texts, options)
    return by_plan(planned, options) or by_lines(texts, options)


def by_plan(planned: Plan, options: argparse.Namespace) -> Merged | None:
    """The versions merged around their regions; None if a region was torn apart."""
    merged = by_lines((planned.base, planned.ours, planned.theirs), options)
    text = planned.restore(merged.text)
    if text is None:
        return None
    for name in planned.dropped:
        say(options, f"region {name} was edited by hand on both sides; theirs is not kept")
    # Both sides can be well formed, and not what git makes of them: for example a region that both moved.
    broken = problems(text) if merged.clean else ()
    for problem in broken:
        say(options, f"merged, but its markup is broken now: {problem}")
    return Merged(text, merged.clean and not broken)


def by_lines(texts: Sequence[bytes], options: argparse.Namespace) -> Merged:
    """Base, ours and theirs merged as git merges any text. Raises CollectorFailure where git cannot."""
    with TemporaryDirectory(prefix="maturity-") as name:
        scratch = Path(name)
        for version, text in zip(VERSIONS, texts, strict=True):
            (scratch / version).write_bytes(text)
        order = ("ours", "base", "theirs")
        labels = [word for version in order for word in ("-L", version)]
        command = ("git", "merge-file", "-p", "-q", f"--marker-size={options.size}", *labels)
        completed = run((*command, *(str(scratch / version) for version in order)), Path.cwd(), scratch, SECONDS)
    if not 0 <= completed.returncode <= MOST_CONFLICTS:
        raise CollectorFailure(completed.stderr.decode("utf-8", "replace").strip() or completed.log())
    return Merged(completed.stdout, completed.returncode == 0)


def problems(text: bytes) -> Sequence[object]:
    """What is wrong with the markup of a document."""
    try:
        parse(text)
    except MarkupError as error:
        return error.problems
    return ()


def read(place: Path) -> bytes:
    """A version that git wrote for us. Raises MaturityError."""
    content = read_bytes(place, LIMIT)
    if content is None:
        raise MaturityError(f"{place} is no file of at most {LIMIT >> 20} MB")
    return content


def say(options: argparse.Namespace, message: str) -> None:
    """A message for the person who merges, among those of git."""
    print(plain(f"maturity: {options.path}: {message}"), file=sys.stderr)
