"""The pre-commit mode: which components the staged files change, and staging their documents and nothing else.

Figures are always those of the work tree, for tools and tests read files and not git's index. So a component is vouched
for only if all of its inputs in the work tree are as in the index; where they are not, a commit could get figures that
are not its own, and we refuse. A document itself may differ: what people changed in it and did not stage stays so.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from maturity import document
from maturity.errors import MaturityError
from maturity.git.affected import Changes, affected
from maturity.git.commands import LINK, Entry, Git
from maturity.git.dependents import SUFFIXES
from maturity.model import Component
from maturity.repository import Repository


@dataclass(frozen=True)
class Plan:
    """What a hook has to do.

    `names` are the components to update. `refused` are those that cannot be vouched for, each with an input that
    differs from the index; `apart` are documents that are not in the index, `unstaged` the places of those with changes
    that are not staged. `entries` is the index.
    """

    names: tuple[str, ...]
    refused: Mapping[str, str]
    apart: tuple[str, ...]
    unstaged: frozenset[str]
    entries: Mapping[str, Entry]


def anything(git: Git) -> bool:
    """Whether anything is staged at all. Raises MaturityError while a merge has conflicts."""
    conflicts = git.unmerged()
    if conflicts:
        raise MaturityError(f"{min(conflicts)}: has a merge conflict; resolve it and `git add` it, then try again")
    return all(git.staged(base) for base in git.bases()[:1])


def plan(repository: Repository, git: Git) -> Plan:
    """What is to be done for what is staged now."""
    entries = git.entries()
    documents = {place_of(repository, component) for component in repository.components.values()}
    unstaged = git.unstaged(entries)
    known = [path for path in unstaged - documents if path.endswith(SUFFIXES) and path in entries]
    versions = {path: text for path in known for text in [git.content(path)] if text is not None}
    # In a merge, what is as on one of its sides was right there already.
    changed: dict[str, str] | None = None
    for base in git.bases():
        paths = through_links(git.staged(base), entries, repository.root)
        found = affected(repository, Changes(paths, partial(git.content, tree=base), versions))
        changed = found if changed is None else {name: why for name, why in found.items() if name in changed}
    wanted = [c for name, c in repository.components.items() if name in (changed or {})]
    apart = [c for c in wanted if place_of(repository, c) not in entries and (repository.root / c.document).exists()]
    mine = [c for c in wanted if place_of(repository, c) in entries]
    refused = unfit(repository, git, entries, mine, unstaged)
    names = tuple(c.name for c in mine if c.name not in refused)
    return Plan(names, refused, tuple(c.document for c in apart), unstaged & documents, entries)


def unfit(
    repository: Repository,
    git: Git,
    entries: Mapping[str, Entry],
    components: Iterable[Component],
    unstaged: frozenset[str] | None = None,
) -> dict[str, str]:
    """Of some components those with an input that differs from the index, and that input."""
    documents = {place_of(repository, component) for component in repository.components.values()}
    paths = (git.unstaged(entries) if unstaged is None else unstaged) - documents
    found = affected(repository, Changes(through_links(paths, entries, repository.root), git.content))
    return {component.name: found[component.name] for component in components if component.name in found}


def place_of(repository: Repository, component: Component) -> str:
    """Where a component's document is in git: a symbolic link in its place leads there."""
    place = repository.root / component.document
    return os.path.relpath(os.path.realpath(place), repository.root) if place.is_symlink() else component.document


def through_links(paths: frozenset[str], entries: Mapping[str, Entry], root: Path) -> frozenset[str]:
    """The paths, and by which other names symbolic links lead to them."""
    found = set(paths)
    for link in (path for path, entry in entries.items() if entry.mode == LINK):
        target = os.path.relpath(os.path.realpath(root / link), root)
        found |= {link + path[len(target) :] for path in paths if path == target or path.startswith(f"{target}/")}
    return frozenset(found)


def to_rewrite(repository: Repository, git: Git, components: Iterable[Component]) -> dict[Component, bytes]:
    """Of some documents those whose staged version is not what a run would write, with what that would write.

    Their manual text is the staged one. Raises MaturityError for one whose markup is broken.
    """
    found: dict[Component, bytes] = {}
    today = datetime.now(UTC).date().isoformat()
    for component in components:
        before = git.content(place_of(repository, component))
        if before is not None:
            known = repository.drafts.measurements(component)
            draft = document.draft(component, repository.settings.ladder, known, before, today)
            if draft.changed:
                found[component] = draft.after
    return found


def stage(repository: Repository, git: Git, plan: Plan, written: Iterable[Component]) -> list[str]:
    """Stage what we changed in documents, and nothing else; the paths of those that this staged.

    The documents of `written` were as staged until we rewrote them, or have unstaged changes: of these the staged
    version is rewritten by itself.
    """
    kept = git.behind()
    places = {component: place_of(repository, component) for component in written}
    apart = [component for component, place in places.items() if place in plan.unstaged]
    staged = {place for component, place in places.items() if component not in apart}
    git.add(sorted(staged))
    indexes = [(git, apart)] if kept is None else [(git, apart), (kept, list(places))]
    for index, components in indexes:
        for component, after in to_rewrite(repository, index, components).items():
            index.put(places[component], after, plan.entries[places[component]].mode)
            staged.add(places[component])
    return sorted(staged)
