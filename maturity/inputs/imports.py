"""The first-party import graph, as `ruff analyze graph` sees it, and the digest of all that a file can reach in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set

import msgspec

from maturity.errors import MaturityError
from maturity.files import digest_bytes, digest_text
from maturity.inputs.unfollowed import elsewhere, out_of_package
from maturity.tree import Tree

Analyze = Callable[[Sequence[str], Sequence[str]], bytes]
"""Runs the analysis: (source roots, files; none means all) → the JSON text that the tool prints."""

TYPED = "py.typed"
"""The file that says that a package has types: https://peps.python.org/pep-0561/."""

MOST_NAMED = 500
"""More changed files than this are not named one by one: a command line has its limits, and the whole is quick."""

ANYTHING = "*"
"""Stands in the graph for every Python file at once."""

Edges = dict[str, tuple[str, tuple[str, ...]]]
"""For each Python file the content digest at which it was analyzed, and the files that it imports."""


class CachedGraph(msgspec.Struct):
    """The graph of an earlier run; `layout` is the digest of all that decides where an import leads."""

    layout: str = ""
    edges: Edges = {}


def source_roots(tree: Tree) -> tuple[str, ...]:
    """The directories that absolute imports start from: those with Python code that are no packages themselves.

    The root and `src` come first; the others matter for tests, whose directory is put on the path when they run.
    """
    directories = {path.rpartition("/")[0] for path in tree.python}
    packages = {path.rpartition("/")[0] for path in tree.python if path.endswith(("/__init__.py", "/__init__.pyi"))}
    holders = directories - packages | {package.rpartition("/")[0] for package in packages} - packages
    return (".", "src", *sorted(holders - {"", "src"}))


def hiding(files: Iterable[str], roots: Iterable[str], names: Set[str]) -> list[str]:
    """The files that are found before modules of these names: an import path begins in the repository."""
    starts = {"" if root == "." else root for root in roots}
    found: list[str] = []
    for path in files:
        name = path.rpartition(".")[0].removesuffix("/__init__")
        directory, _, last = name.rpartition("/")
        if last in names and directory in starts:
            found.append(path)
    return found


def refresh(cached: CachedGraph, tree: Tree, version: str, analyze: Analyze, named: Sequence[str] = ()) -> CachedGraph:
    """The graph of the tree as it is now, analyzing again only what the change can have affected.

    `named` are places that a configuration names for imports. A changed file is analyzed alone. A file that came or
    went can change where any import leads, so then all are. Raises MaturityError if the tool's answer cannot be
    believed.
    """
    roots = source_roots(tree)
    layout = digest_bytes(msgspec.json.encode([version, roots, tree.python, named]))
    digests = {path: tree.digest(path) for path in tree.python}
    if cached.layout == layout:
        changed = [path for path, digest in digests.items() if cached.edges.get(path, ("", ()))[0] != digest]
        if not changed:
            return cached
        answer = analyze(roots, changed if len(changed) <= MOST_NAMED else ())
    else:
        changed = list(tree.python)
        answer = analyze(roots, ())
    try:
        found = msgspec.json.decode(answer, type=dict[str, tuple[str, ...]])
    except msgspec.MsgspecError as error:
        raise MaturityError(f"ruff analyze graph gave no import graph: {error}; is this a supported ruff?") from None
    unread = [path for path in changed if path not in found]
    if strange := [path for path in unread if tree.is_utf8(path)]:
        raise MaturityError(f"ruff analyze graph said nothing of {strange[0]} and {len(strange) - 1} other files")
    files = frozenset(tree.python)
    fresh: Edges = {path: (digests[path], (ANYTHING,)) for path in unread}
    for path in changed:
        if path in found:
            imported = {*found[path], *out_of_package(path, files, tree.read)}
            fresh[path] = (digests[path], (*sorted(imported | elsewhere(path, imported, files, roots, named)),))
    if unread:  # Python may read what ruff cannot, and it may import anything
        fresh[ANYTHING] = ("", tree.python)
    return CachedGraph(layout, {**cached.edges, **fresh} if cached.layout == layout else fresh)


def everything(tree: Tree) -> CachedGraph:
    """The graph where the analysis fails: every Python file needs every other, so that nothing is missed."""
    return CachedGraph(edges={**dict.fromkeys(tree.python, ("", (ANYTHING,))), ANYTHING: ("", tree.python)})


class ImportGraph:
    """What each Python file imports, with the files that Python reads along the way: packages' `__init__` and stubs."""

    def __init__(self, edges: Mapping[str, tuple[str, tuple[str, ...]]], tree: Tree) -> None:
        self._edges = edges
        self._tree = tree
        self._next: dict[str, tuple[str, ...]] = {}
        self._component: dict[str, int] = {}
        self._digests: list[str] = []

    def neighbours(self, path: str) -> tuple[str, ...]:
        """The files that one file needs directly."""
        known = self._next.get(path)
        if known is None:
            imported = self._edges.get(path, ("", ()))[1]
            known = self._next[path] = (*imported, *self._alongside(path))
        return known

    def _alongside(self, path: str) -> Iterable[str]:
        directory, _, name = path.rpartition("/")
        stem, _, _ = name.rpartition(".")
        beside = f"{directory}/{stem}" if directory else stem
        for other in (f"{beside}.pyi", f"{beside}.py"):
            if other != path and other in self._edges:
                yield other
        while directory:
            for init in (f"{directory}/__init__.py", f"{directory}/__init__.pyi"):
                if init != path and init in self._edges:
                    yield init
            if f"{directory}/{TYPED}" in self._tree:
                yield f"{directory}/{TYPED}"
            directory = directory.rpartition("/")[0]

    def reach(self, roots: Iterable[str]) -> frozenset[str]:
        """Every file that the roots need, directly or not, themselves included."""
        seen = set(roots)
        waiting = list(seen)
        while waiting:
            for path in self.neighbours(waiting.pop()):
                if path not in seen:
                    seen.add(path)
                    waiting.append(path)
        return frozenset(seen)

    def digest(self, roots: Iterable[str]) -> str:
        """The digest of the reach of some files: it changes if and only if that set or a content in it does.

        Files that import one another form one node; a node's digest covers its own files and the nodes that it needs,
        so that each file is looked at once, however many components reach it.
        """
        for root in roots:
            if root not in self._component:
                self._condense(root)
        nodes = sorted({self._digests[self._component[root]] for root in roots})
        return digest_text("\n".join(nodes))

    def _condense(self, start: str) -> None:
        """Tarjan's strongly connected components, without recursion, from one file on."""
        index: dict[str, int] = {start: 0}
        low: dict[str, int] = {start: 0}
        stack = [start]
        work = [(start, iter(self.neighbours(start)))]
        while work:
            path, neighbours = work[-1]
            for neighbour in neighbours:
                if neighbour in self._component:
                    continue
                if neighbour not in index:
                    index[neighbour] = low[neighbour] = len(index)
                    stack.append(neighbour)
                    work.append((neighbour, iter(self.neighbours(neighbour))))
                    break
                low[path] = min(low[path], index[neighbour])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[path])
                if low[path] == index[path]:
                    position = stack.index(path)
                    self._close(stack[position:])
                    del stack[position:]

    def _close(self, members: list[str]) -> None:
        number = len(self._digests)
        for path in members:
            self._component[path] = number
        below = {self._component[n] for path in members for n in self.neighbours(path)} - {number}
        parts = [f"{path} {self._tree.digest(path)}" for path in sorted(members)]
        parts += sorted(self._digests[node] for node in below)
        self._digests.append(digest_text("\n".join(parts)))
