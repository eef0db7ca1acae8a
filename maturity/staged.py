"""The pre-commit mode: which components the staged files change, and staging their documents."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from maturity.collect import scratch_directory
from maturity.errors import CollectorFailure, MaturityError
from maturity.process import run
from maturity.repository import Repository


def git(root: Path, *words: str) -> str:
    """What git prints. Raises MaturityError where it fails."""
    with scratch_directory() as scratch:
        try:
            completed = run(("git", *words), root, scratch, 60)
        except CollectorFailure as failure:
            raise MaturityError(str(failure)) from None
    if completed.returncode != 0:
        raise MaturityError(f"git {words[0]} failed: {completed.stderr.decode('utf-8', 'replace').strip()}")
    return completed.stdout.decode("utf-8", "surrogateescape")


def changed_components(repository: Repository) -> list[str]:
    """The components of which a staged file is an input, or that have a record out of date; only those with a document.

    Staged paths are relative to git's top level, which may lie above our root.
    """
    prefix = git(repository.root, "rev-parse", "--show-prefix").rstrip("\n")
    listed = git(repository.root, "diff", "--cached", "--name-only", "--no-renames", "-z").split("\0")
    staged = {path.removeprefix(prefix) for path in listed if path and path.startswith(prefix)}
    if not staged:
        return []
    return [
        component.name
        for component in repository.components.values()
        if (repository.root / component.document).exists()
        and (
            component.document in staged
            or any(repository.stale(collector, component) for collector in repository.applying(component))
        )
    ]


def stage(root: Path, documents: Sequence[str]) -> None:
    """Stage the documents that were written."""
    if documents:
        git(root, "add", "--", *documents)
