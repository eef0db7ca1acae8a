"""Which Python files need one of a set of changed ones, now or before the change.

For a file that is there, the import graph knows. What is gone is in no graph any more: the files that still speak of it
by name stand in for those that imported it. So this may name a file too many, never one too few.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from pathlib import PurePosixPath

from maturity.inputs.imports import ImportGraph
from maturity.tree import Tree

SUFFIXES = (".py", ".pyi")
COVERING = ("conftest.py", "__init__.py", "__init__.pyi")
"""Files that count for all that lie in their directory or below it."""


def dependents(
    changed: Set[str], tree: Tree, imports: Callable[[], ImportGraph], versions: Mapping[str, bytes] | None = None
) -> dict[str, str]:
    """The Python files that need a changed one, directly or not, each with one that it needs; these themselves too.

    `imports` gives the import graph of the tree, if it is needed. `versions` are other texts of Python files, by path,
    that count as importers beside those in the tree.
    """
    python = sorted(path for path in changed if path.endswith(SUFFIXES))
    if not python:
        return {}
    needed_by: defaultdict[str, set[str]] = defaultdict(set)
    graph = imports()
    for path in tree.python:
        for other in graph.neighbours(path):
            needed_by[other].add(path)
    versions = versions or {}
    for path in {*python, *versions} - set(tree.python):
        needed_by[path] |= set(alongside(path, tree))
    called: defaultdict[str, set[str]] = defaultdict(set)
    for path in {*python, *versions}:
        for name in names_that_moved(path, changed, tree):
            called[name].add(path)
    add_mentions(needed_by, called, ((path, (tree.root / path).read_bytes()) for path in tree.python))
    if versions:
        called = defaultdict(set)
        for path in python:
            called[module_name(path)].add(path)
        add_mentions(needed_by, called, versions.items())
    return closure(python, needed_by)


def closure(starts: Iterable[str], needed_by: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """All that leads to the starts, each with the start that it was found from."""
    found = {path: path for path in starts}
    waiting = list(found)
    while waiting:
        path = waiting.pop()
        for other in needed_by.get(path, ()):
            if other not in found:
                found[other] = found[path]
                waiting.append(other)
    return found


def alongside(path: str, tree: Tree) -> Iterator[str]:
    """The files that Python, or a type checker, read together with one that is gone."""
    directory, _, name = path.rpartition("/")
    stem = path.rpartition(".")[0]
    for other in tree.python_below(directory) if directory else tree.python:
        if name in COVERING or other.rpartition(".")[0] == stem:
            yield other


def module_name(path: str) -> str:
    """The last part of the name that a file is imported by."""
    pure = PurePosixPath(path)
    return pure.parent.name if pure.stem == "__init__" else pure.stem


def names_that_moved(path: str, changed: Set[str], tree: Tree) -> Iterator[str]:
    """The names that lead somewhere else since a file came or went: its own, and its directories' if they did too."""
    if path not in tree:
        yield module_name(path)
    for directory in map(str, PurePosixPath(path).parents):
        below = tree.python_below(directory)
        if directory == "." or any(other not in changed for other in below):
            return
        yield PurePosixPath(directory).name


def add_mentions(
    needed_by: defaultdict[str, set[str]], called: Mapping[str, Iterable[str]], texts: Iterable[tuple[str, bytes]]
) -> None:
    """Let each text that has one of the names in it need the files that are called so."""
    words = {
        name.encode("utf-8", "surrogateescape"): (re.compile(rb"(?<!\w)%s(?!\w)" % re.escape(name.encode())), paths)
        for name, paths in called.items()
        if name.isidentifier()
    }
    for path, text in texts if words else ():
        for word, (pattern, paths) in words.items():
            if word in text and pattern.search(text):
                for other in paths:
                    needed_by[other].add(path)
