"""Whether a run leaves the repository at rest: nothing to do, and nothing changed behind its back.

Only then a snapshot may be taken. The digests of a run were computed at some time after it was opened, so a file whose
times are not before that moment may have changed since it was digested. Our own outputs are newer, of course; and they
move the times of the directories that they are in. So outputs are read again, and these directories listed again, after
the stamps were taken: whoever changes them later than that moves a stamp.
"""

from __future__ import annotations

import os
import time
from array import array
from collections.abc import Iterable, Sequence

from maturity.cache import snapshot
from maturity.errors import MaturityError
from maturity.inputs.environment import around
from maturity.model import Component
from maturity.repository import Repository

PATIENCE = 25
"""How often a later tick of the file system's clock is waited for, 2 ms each time."""


def take_snapshot(repository: Repository, redone: Sequence[Component] = ()) -> bool:
    """Remember that everything is current, for a quick answer the next time; whether that is so.

    `redone` are the components that were out of date when the repository was opened; of all others it was seen that
    they are current. Not where a tool has a command of its own: what surrounds it we cannot watch.
    """
    own = {path for component in redone for path in repository.outputs(component)}
    owners = {path: each.name for each in repository.components.values() for path in repository.outputs(each)}
    names = [os.fsencode(path) for path in sorted({*repository.watched(), *owners, *surrounding(repository)})]
    if any(tool.command is not None for tool in repository.settings.tools.values()) or b"\0" in b"".join(names):
        return False
    moment = later_tick(repository, own)
    stamps = snapshot.look(repository.root, names)
    if not unchanged(repository, moved(names, stamps, repository.opened), own, moment):
        return False
    if not all(is_current(repository, component) for component in redone):
        return False
    repository.save()
    owned = {os.fsencode(path): name for path, name in owners.items()}
    content = snapshot.content(repository.root, described(repository), *snapshot.telling(names, stamps), owned)
    return repository.store.keep(snapshot.NAME, content)


def surrounding(repository: Repository) -> set[str]:
    """The paths around the tree. A directory of the tree that Python imports from is watched as one of the tree."""
    root = str(repository.root)
    return {
        path for path in around() if path != root and path.removeprefix(f"{root}/") not in repository.tree.directories
    }


def later_tick(repository: Repository, own: Iterable[str]) -> int:
    """A time of the file system's clock after the outputs were written, so that a later change gets another time.

    0 if the clock is too coarse to wait for.
    """
    names = [os.fsencode(path) for path in own]
    stamps = snapshot.look(repository.root, names)
    newest = max((time for _, time in moved(names, stamps, 0)), default=0)
    for _ in range(PATIENCE):
        moment = repository.store.now()
        if moment > newest:
            return moment
        time.sleep(0.002)
    return 0


def moved(names: Sequence[bytes], stamps: array[int], since: int) -> list[tuple[str, int]]:
    """The paths that changed at or after a moment, with the times when they did."""
    times = zip(names, stamps[1::4], stamps[2::4], strict=True)
    return [(os.fsdecode(name), max(mtime, ctime)) for name, mtime, ctime in times if max(mtime, ctime) >= since]


def unchanged(repository: Repository, suspects: Iterable[tuple[str, int]], own: set[str], moment: int) -> bool:
    """Whether each path that moved since the repository was opened is an output of ours, or lists the same names."""
    tree = repository.tree
    return tree.same_names("") and all(
        changed < moment and (path in own or (path in tree.directories and tree.same_names(path)))
        for path, changed in suspects
    )


def is_current(repository: Repository, component: Component) -> bool:
    """Whether a component's records and document are current now, as they are on disk."""
    stale = any(repository.currency.stale(collector, component) for collector in repository.applying(component))
    try:
        return not stale and repository.drafts.is_current(component)
    except MaturityError:  # it is no file that can be read, which its draft has said
        return False


def described(repository: Repository) -> snapshot.Snapshot:
    """What the quick answer has to say about the components."""
    applying = {c.name: tuple(k.name for k in repository.applying(c)) for c in repository.components.values()}
    headlines = {c.name: repository.drafts.headline(c) or "" for c in repository.components.values()}
    titles = {k.name: k.title for k in repository.collectors}
    return snapshot.Snapshot(applying, headlines, titles, repository.currency.until())
