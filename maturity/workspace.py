"""One repository, opened for one run: its settings, its components, its files, and what all these depend on."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from maturity import collectors as registry
from maturity.cache.store import Store
from maturity.collectors.base import Collector
from maturity.discovery.codeowners import PLACES, with_owners
from maturity.discovery.discover import discover
from maturity.errors import MaturityError, UnknownComponent
from maturity.files import Stamp
from maturity.inputs.code import Code
from maturity.inputs.digest import Inputs
from maturity.inputs.imports import CachedGraph, ImportGraph, everything, refresh
from maturity.model import Component
from maturity.printing import log
from maturity.pyproject import PYPROJECT, read_pyproject, read_template
from maturity.settings.toml import nearest
from maturity.tools import Tools
from maturity.tree import Tree

CODE_INDEX = "code.json"
FILES_INDEX = "files.json"
IMPORTS_INDEX = "imports.json"
FileIndex = dict[str, tuple[Stamp, str]]


class Workspace:
    """A repository as it is at one moment; open a new one to see a change.

    `opened` is that moment, by the clock of the file system: what has changed since has a time that is not before it;
    0 if it was not taken, as only a run that holds the lock does.
    """

    def __init__(self, root: Path, opened: int = 0) -> None:
        self.root = root.resolve()
        self.store = Store(self.root)
        self.opened = opened
        self.collectors = registry.all_collectors()
        self.settings = read_pyproject(self.root, self.collectors)
        self._file_index: FileIndex = self.store.read_index(FILES_INDEX, FileIndex, {})
        self.tree = Tree(self.root, self._file_index)
        self.template = read_template(self.root, self.settings, self.tree)
        found = with_owners(discover(self.settings, self.tree), self.tree)
        self.components = {component.name: component for component in found}
        self._code_index: FileIndex = self.store.read_index(CODE_INDEX, FileIndex, {})
        self.code = Code(self._code_index)
        self.tools = Tools(self.root, self.settings, self.code)
        self.inputs = Inputs(self.tree, lambda: self.imports, self.tools.inputs, lambda: self.tools.importable)

    def component(self, name: str) -> Component:
        """The component of a name. Raises UnknownComponent with the nearest name."""
        try:
            return self.components[name]
        except KeyError:
            raise UnknownComponent(f"no component is named {name!r}{nearest(name, self.components)}") from None

    def applying(self, component: Component) -> tuple[Collector, ...]:
        """The collectors that have something to check in a component."""
        return tuple(collector for collector in self.collectors if collector.applies(component))

    def select(self, names: Iterable[str]) -> tuple[Component, ...]:
        """Components by name, in the order of their names."""
        return tuple(self.component(name) for name in sorted(set(names)))

    @cached_property
    def imports(self) -> ImportGraph:
        """The first-party import graph, refreshed where files changed.

        Where that fails no run does: every Python file then counts as imported by all, until it works again.
        """
        cached = self.store.read_index(IMPORTS_INDEX, CachedGraph, CachedGraph())
        try:
            version = self.tools.installed.get("ruff", "")
            graph = refresh(
                cached, self.tree, version, self.tools.analyze_imports, self.inputs.named_places(*self.collectors)
            )
        except MaturityError as error:
            log.warning("which files import which is not known, so all count as imported: %s", error)
            return ImportGraph(everything(self.tree).edges, self.tree)
        if graph is not cached:
            self.store.write_index(IMPORTS_INDEX, graph)
        return ImportGraph(graph.edges, self.tree)

    def outputs(self, component: Component) -> set[str]:
        """The paths that are written for a component: its document, and what the cache holds on it, and where."""
        stored = {path for k in self.applying(component) for path in self.store.paths(k.name, component.name)}
        return {component.document, *stored, *map(posixpath.dirname, stored)}

    def sweep(self) -> None:
        """Remove the temporary files that killed runs have left; only for a run that holds the lock."""
        self.store.sweep()
        places = {posixpath.dirname(component.document) for component in self.components.values()}
        for path in self.tree.temporary:
            if posixpath.dirname(path) in places:
                (self.root / path).unlink(missing_ok=True)

    def watched(self) -> set[str]:
        """Every path that the answers of this run rest on, besides records and documents; relative inside the root."""
        code = {path.removeprefix(f"{self.root}/") for path in self.code.watched()}
        return {*self.tree.watched(), *self.inputs.watched(), *code, *PLACES, PYPROJECT}

    def save(self) -> None:
        """Keep what this run found out about files, for the next one."""
        index = self.tree.index()
        if index != self._file_index:
            self.store.write_index(FILES_INDEX, index)
            self._file_index = index
        code = self.code.index()
        if code and code != self._code_index:
            self.store.write_index(CODE_INDEX, code)
            self._code_index = code
