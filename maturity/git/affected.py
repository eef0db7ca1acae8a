"""Which components a set of changed paths is an input of, whether or not anything was collected since.

It may name a component too many, never one too few, with one limit: which data files a component's tests read is known
only after they ran once. Until then those beside its code and its tests count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from maturity.collectors.base import Collector, ConfigTable
from maturity.discovery.codeowners import PLACES
from maturity.discovery.discover import discover, parents
from maturity.errors import ConfigurationError
from maturity.git.dependents import SUFFIXES, dependents
from maturity.inputs.configuration import UNREADABLE, canonical, parse, select
from maturity.inputs.digest import Inputs, directories
from maturity.model import Component
from maturity.pyproject import PYPROJECT
from maturity.repository import Repository
from maturity.tree import OWN_NAME

BUILT_ON = (".toml", ".json", ".ini", ".cfg")
OURS = ConfigTable(PYPROJECT, ("tool.maturity",))


@dataclass(frozen=True)
class Changes:
    """Paths that differ between an earlier state and the work tree.

    `before` gives the earlier content of a path, None if there was none. `versions` are other texts of Python files, by
    path, whose imports count too.
    """

    paths: Set[str]
    before: Callable[[str], bytes | None]
    versions: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


def affected(repository: Repository, changes: Changes) -> dict[str, str]:
    """The components that a change can matter to, each with one changed path that does."""
    if not changes.paths:
        return {}
    return Affected(repository, changes).components()


class Affected:
    """One set of changes, held against one repository."""

    def __init__(self, repository: Repository, changes: Changes) -> None:
        self.repository = repository
        self.tree = repository.tree
        self.changes = changes
        self.paths = set(changes.paths)
        for path in changes.paths & self.tree.directories:  # a submodule
            self.paths |= {file for file in self.tree.files if file.startswith(f"{path}/")}
        self.gone = frozenset(path for path in self.paths if path not in self.tree)
        self.data = {path for path in self.paths if not path.endswith(OWN_NAME)}
        self.places = {place: path for path in sorted(self.data) for place in self._places(path)}

    def components(self) -> dict[str, str]:
        """The components, each with one changed path that matters to it."""
        all_of_them = dict.fromkeys(self.repository.components)
        common = next(filter(self._is_for_all, sorted(self.paths)), None)
        if common is not None:
            return dict.fromkeys(all_of_them, common)
        try:
            earlier = self._earlier()
        except ConfigurationError:  # what is gone does not fit what there is now
            return dict.fromkeys(all_of_them, min(self.gone))
        reached = dependents(self.paths, self.tree, lambda: self.repository.imports, self.changes.versions)
        tables = list(self._tables())
        found: dict[str, str] = {}
        for component in self.repository.components.values():
            own = {*component.files, *self._test_files(component), *earlier.get(component.name, ())}
            matters = {reached[path] for path in own if path in reached} | self.paths & {component.document}
            above = set(directories(own))
            for path, collector in tables:
                if path.rpartition("/")[0] in above and collector.applies(component):
                    matters.add(path)
            matters |= self._read(component, own)
            if matters:
                found[component.name] = min(matters)
        return found

    def _is_for_all(self, path: str) -> bool:
        """Whether a path counts for every component: our own settings, owners, what configurations build on."""
        if path == PYPROJECT and self._differs(path, OURS):
            return True
        return path in PLACES or (PurePosixPath(path).suffix in BUILT_ON and path in self._built_on)

    @cached_property
    def _built_on(self) -> set[str]:
        """The files that configuration files say they build on."""
        configuration, tables = self.repository.inputs.configuration, set[str]()
        for collector in self.repository.collectors:
            tables |= {table.file for table in collector.configuration}
            for component in self.repository.components.values():
                configuration.digests(collector.configuration, directories(component.files))
        return {path for path in configuration.files if PurePosixPath(path).name not in tables}

    def _tables(self) -> Iterator[tuple[str, Collector]]:
        """The changed configuration files, each with a collector for which something has changed that counts."""
        for path in self.paths:
            for collector in self.repository.collectors:
                for table in collector.configuration:
                    if table.file == PurePosixPath(path).name and self._differs(path, table):
                        yield path, collector

    def _differs(self, path: str, table: ConfigTable) -> bool:
        """Whether what counts in a file is not what it was before."""
        place = self.repository.root / path
        before, now = self.changes.before(path), place.read_bytes() if place.is_file() else None
        if before is None or now is None or not table.tables:
            return before != now
        try:
            old, new = parse(path, before), parse(path, now)
            return any(canonical(select(old, name)) != canonical(select(new, name)) for name in table.tables)
        except UNREADABLE:
            return before != now

    def _earlier(self) -> dict[str, frozenset[str]]:
        """The files that are gone, by the component whose code or tests they were. Raises ConfigurationError."""
        if not any(path.endswith(SUFFIXES) for path in self.gone):
            return {}
        before = self.tree.having(self.gone)
        inputs = Inputs(before, lambda: self.repository.imports, self.repository.tools.inputs)
        return {
            component.name: self.gone & {*component.files, *inputs.test_files(arguments(component))}
            for component in discover(self.repository.settings, before)
        }

    def _test_files(self, component: Component) -> set[str]:
        return self.repository.inputs.test_files(arguments(component))

    def _read(self, component: Component, own: Set[str]) -> set[str]:
        """The changed paths that a component's tests opened or listed, as far as that is known."""
        found: set[str] = set()
        for collector in self.repository.applying(component):
            if not collector.tests(component):
                continue
            read = self.repository.currency.read_by_last_run(collector, component)
            if read is None:
                beside = {path.rpartition("/")[0] for path in own}
                found |= {path for path in self.data if not path.endswith(SUFFIXES) and beside & {*parents(path)}}
            else:
                opened, listed, asked = read
                found |= self.data.intersection(opened) | self.data.intersection(asked)
                found |= {self.places[place] for place in (*listed, *asked) if place in self.places}
        return found

    @cached_property
    def _kept(self) -> set[str]:
        """The directories with a file, at any depth, that did not change."""
        return {directory for path in self.tree.files - self.paths for directory in parents(path)}

    def _places(self, path: str) -> Iterator[str]:
        """The directories in which a name came or went with a file: its own, and those above that did so too."""
        for directory in parents(path):
            yield directory
            if directory in self._kept:
                return
        yield "."


def arguments(component: Component) -> tuple[str, ...]:
    """The pytest arguments of all that is run for a component."""
    return (*component.tests, *component.integration_tests)
