"""Why a record is out of date, in words: which file, table or version is another one than when it was collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from maturity.inputs.environment import PACKAGES
from maturity.inputs.key import EXISTING, moved
from maturity.tree import Tree

MOST_NAMED = 5

Packages = Mapping[str, str]
"""Installed distributions: versions by name."""


@dataclass(frozen=True)
class Known:
    """What can be told of inputs besides their digests.

    `involved` gives the files that an input covers, by its label. `packages` are the installed distributions of some
    runs, by the digest that stands for them.
    """

    tree: Tree
    involved: Callable[[str], Iterable[str]]
    packages: Mapping[str, Packages]


def reasons(before: Mapping[str, str], now: Mapping[str, str], known: Known) -> list[str]:
    """One reason for each input that differs, in a fixed order."""
    return [reason(label, before.get(label), now.get(label), known) for label in moved(before, now)]


def reason(label: str, before: str | None, now: str | None, known: Known) -> str:
    """What became of one input. A digest says nothing to people; a file, a version, a platform does."""
    tree = known.tree
    named = sorted({*known.involved(label)} & {*tree.changed, *tree.appeared, *tree.vanished})
    said = [f"{path} is {became(path, tree)}" for path in named]
    if label == EXISTING:
        said = [f"{path} is {tree.kind(path) or 'something'}" for path in sorted(known.involved(label))]
    if label == PACKAGES:
        said = packages_moved(known.packages.get(before or "", {}), known.packages.get(now or "", {}))
    if said:
        more = [f"and {len(said) - MOST_NAMED} more"] if len(said) > MOST_NAMED else []
        return f"{label}: {', '.join([*said[:MOST_NAMED], *more])}"
    if before is None or now is None:
        return f"{label}: {'new' if before is None else 'gone'}"
    return f"{label}: {before} → {now}" if readable(before) and readable(now) else f"{label}: changed"


def readable(value: str) -> bool:
    """Whether an input's value is more than a digest of 32 hexadecimal digits."""
    return len(value) != 32 or not set(value) <= set("0123456789abcdef")


def became(path: str, tree: Tree) -> str:
    """What happened to a file since the last run looked at it."""
    if path in tree.vanished:
        return "gone"
    return "new" if path in tree.appeared else "changed"


def packages_moved(before: Packages, now: Packages) -> list[str]:
    """The distributions that came, went, or have another version; nothing where one side is not known."""
    if not before or not now:
        return []
    return [f"{name} {version(before.get(name))} → {version(now.get(name))}" for name in moved(before, now)]


def version(known: str | None) -> str:
    """A distribution's version for people; a file of import paths has a digest in its place."""
    if known is None:
        return "absent"
    return known if known and readable(known) else "there"
