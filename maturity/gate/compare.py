"""A repository against the merge base of a change: what git and the records say, ready to be judged."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from maturity import document
from maturity.document import Draft
from maturity.errors import MaturityError
from maturity.gate import diff
from maturity.gate.judge import Change, Judged, State, judged, judged_code
from maturity.gate.newcode import NewCode, new_code
from maturity.git import history as git
from maturity.git.affected import Changes, affected
from maturity.git.base import Base, below_top
from maturity.history.reading import Page, Reader, Unreadable
from maturity.history.series import origin
from maturity.judge import readings
from maturity.metrics import CoverageMetrics
from maturity.model import Component
from maturity.repository import Repository

BASES = ("GITHUB_BASE_REF", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "BITBUCKET_PR_DESTINATION_BRANCH")
"""The variables by which CI systems name the branch that a pull request goes into."""


@dataclass(frozen=True)
class Comparison:
    """All that a gate has found: `base` is the commit that the change was made from.

    `within` leads from the top of the git repository to our root, from which all paths are.
    """

    base: str
    changes: tuple[Change, ...]
    found: tuple[Judged, ...]
    code: NewCode
    notes: tuple[str, ...] = ()
    within: str = ""

    @property
    def passes(self) -> bool:
        """Whether nothing that was found fails the gate."""
        return not any(item.fails for item in self.found)


def base_commit(root: Path, typed: str | None) -> str:
    """The merge base of HEAD and the revision to compare with. Raises MaturityError, with a next step, without one."""
    named = typed or next(filter(None, map(os.environ.get, BASES)), None)
    if named is None:
        raise MaturityError("--base: say what the change is compared with, for example `--base origin/main`")
    revision = Base.find(root, named)
    if revision is None:
        fetch = f"`git fetch origin {named}`" + (
            " (in actions/checkout: `fetch-depth: 0`)" if git.is_shallow(root) else ""
        )
        raise MaturityError(f"--base {named}: this clone has no such revision; {fetch} gets it")
    found = git.merge_base(root, revision.commit)
    if found is None:
        why = f"HEAD and {revision.commit[:12]} have no common commit here"
        if git.is_shallow(root):
            why += (
                "; this clone is shallow: `git fetch --unshallow` (in actions/checkout: `fetch-depth: 0`) gets the rest"
            )
        raise MaturityError(f"--base {named}: {why}")
    return found


def compare(
    repository: Repository, base: str, drafts: Mapping[str, Draft], measured: Mapping[str, bytes] | None = None
) -> Comparison:
    """The repository as it is known now against a commit.

    `drafts` are those of components whose document is not what it should be. `measured` are documents that a run over
    the base would write, by path, where these were worked out.
    """
    root, settings, components = repository.root, repository.settings, repository.components
    own = {component.document for component in components.values()}
    touched = affected(repository, Changes(git.changed_paths(root, base) - own, Contents(root, base)))
    before = then(root, base, {name: component.document for name, component in components.items()})
    reader = Reader({collector.title: tuple(collector.metrics) for collector in repository.collectors})
    notes: list[str] = []
    changes: list[Change] = []
    for name, component in components.items():
        content = (measured or {}).get(component.document, before.get(name))
        try:
            old = None if content is None else state_of(reader.read(content))
        except Unreadable as error:
            old = None
            notes.append(f"{name}: its document at the base says nothing that can be compared: {error}")
        now = state_now(repository, component, reader, drafts.get(name))
        changes.append(Change(name, component.document, old, now, touched.get(name, "")))
    code = new_code(changed_files(repository, base))
    found = [item for change in changes for item in judged(change, settings.ladder, settings.gate)]
    found += judged_code(code, settings.gate)
    if measured is None:
        notes += older_than_code(root, base, {item.component for item in found}, components)
    return Comparison(base, tuple(changes), tuple(found), code, tuple(notes), below_top(root))


def state_of(page: Page) -> State:
    """What a document says, as far as the gate asks."""
    return State(page.stage, page.readings)


def state_now(repository: Repository, component: Component, reader: Reader, draft: Draft | None) -> State:
    """What is known of a component now: its document says it where that is current, which is quick to read."""
    if draft is None:
        content = document.read(repository.root, component.document)
        with contextlib.suppress(Unreadable):
            return state_of(reader.read(content or b""))
    stage = None if draft is None else draft.standing.stage
    return State(stage, readings(repository.drafts.measurements(component)))


@dataclass(frozen=True)
class Contents:
    """The bytes of files at a commit, read when they are first asked for."""

    root: Path
    commit: str

    def __call__(self, path: str) -> bytes | None:
        """The bytes of one file, None if it was not there."""
        return next(iter(git.files(self.root, self.commit, [path]).values()), None)


def then(root: Path, base: str, documents: Mapping[str, str]) -> dict[str, bytes]:
    """The documents of components at the base, by name; one that was moved since is found under its former path."""
    entries = git.tree(root, base)
    gone = [path for path in entries if path.endswith("MATURITY.md") and not (root / path).exists()]
    removed = [git.Change(path, entries[path], None) for path in gone]
    texts: dict[str, bytes | None] = {}

    def text(blob: str) -> bytes | None:
        if blob not in texts:
            texts.update(
                git.blobs(root, [blob]) if blob not in documents.values() else {blob: document.read(root, blob)}
            )
        return texts[blob]

    former = dict(documents)
    for name, path in documents.items():
        if path not in entries and removed:
            added = git.Change(path, None, path)  # the work tree has no object id yet
            former[name] = origin(added, removed, text) or path
    kept = dict(git.blobs(root, [entries[path] for path in set(former.values()) if path in entries]))
    contents = {name: kept.get(entries.get(path, "")) for name, path in former.items()}
    return {name: content for name, content in contents.items() if content is not None}


def changed_files(
    repository: Repository, base: str
) -> Iterator[tuple[str, bytes, frozenset[int], CoverageMetrics | None]]:
    """Each changed source file of a component: its text, its changed lines, and the coverage that it has a part in."""
    owners = {path: component for component in repository.components.values() for path in component.source}
    lines = dict(diff.added_lines(git.diff(repository.root, base, (*diff.WORDS, *diff.QUIET))))
    for path in git.untracked(repository.root):
        if path in owners:
            text = repository.tree.read(path)
            lines[path] = frozenset(range(1, text.count(b"\n") + 2))
    for path in sorted(lines.keys() & owners.keys()):
        yield path, repository.tree.read(path), lines[path], coverage_of(repository, owners[path])


def coverage_of(repository: Repository, component: Component) -> CoverageMetrics | None:
    """The coverage of a component, None if it is not known now."""
    for measurement in repository.drafts.measurements(component):
        found = None if measurement.facts is None else measurement.facts.metrics.get("coverage")
        if isinstance(found, CoverageMetrics) and measurement.failure is None:
            return found
    return None


def older_than_code(root: Path, base: str, names: Iterable[str], components: Mapping[str, Component]) -> Iterator[str]:
    """What is to be said of documents that commits up to the base did not update when they changed the code."""
    for component in (components[name] for name in sorted(names) if name in components):
        if git.changed_since_last(root, base, component.document, component.files):
            said = f"{component.name}: at the base its document is older than its code"
            yield f"{said}; --measure-base measures what its figures were there"
