"""Which inputs a collector has for a component, each digested under a label that `--verbose` can show.

The table of who depends on what is the one thing that decides whether a record is current.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from functools import cached_property
from typing import cast

from maturity.collectors.base import Collector, ConfigTable
from maturity.files import digest_text
from maturity.inputs.configuration import UNREADABLE, Configuration, get, select
from maturity.inputs.imports import ImportGraph, hiding, source_roots
from maturity.inputs.key import CHANGED, EXISTING, LISTED, OPENED
from maturity.inputs.places import named_places, unwalked
from maturity.model import Component
from maturity.tree import IGNORED_DIRECTORIES, OWN_NAME, Tree


class Inputs:
    """The inputs of every record, for one state of the tree.

    `imports` gives the import graph when it is first needed. `surroundings` gives what is no file of the tree, by
    label: a collector's tool, our own code, the interpreter and what it has installed. `importable` gives the names of
    the modules that are installed.
    """

    def __init__(
        self,
        tree: Tree,
        imports: Callable[[], ImportGraph],
        surroundings: Callable[[Collector], Mapping[str, str]],
        importable: Callable[[], Set[str]] = frozenset,
    ) -> None:
        self._tree = tree
        self._imports = imports
        self._surroundings = surroundings
        self._importable = importable
        self.configuration = Configuration(tree)
        self._listed: set[str] = set()
        self._asked: set[str] = set()
        self._unwalked: dict[str, dict[str, str]] = {}
        self._modules: dict[str, str] = {}
        self._own: dict[str, str] = {}
        self._places: dict[tuple[str, ...], list[str]] = {}
        self._packages: dict[tuple[str, str], str] = {}

    def of(
        self,
        collector: Collector,
        component: Component,
        opened: Sequence[str] = (),
        listed: Sequence[str] = (),
        asked: Sequence[str] = (),
    ) -> dict[str, str]:
        """The digests of the inputs of one record, by label.

        `opened` and `listed` are what the last test run read, `asked` the paths of which it asked whether they exist.
        """
        tests = collector.tests(component)
        roots = component.files if not tests else tuple(sorted({*component.files, *self.test_files(tests)}))
        if component.name not in self._own:
            self._own[component.name] = self._contents(component.files)
        inputs = {"files": self._own[component.name]}
        if tests:
            inputs["test arguments"] = digest_text("\n".join(tests))
            files = self._contents(sorted(set(roots) - set(component.files)))
            inputs["tests"] = digest_text(f"{files} {self._names(self._test_directories(tests))}")
        if roots not in self._places:
            self._places[roots] = directories(roots)
        configuration = self.configuration.digests(collector.configuration, self._places[roots])
        if collector.imports:
            inputs["imported files"] = self._imports().digest(roots)
        if collector.first_party:
            packages = [place for place in self._places[roots] if f"{place}/__init__.py".lstrip("/") in self._tree]
            inputs["first-party packages"] = digest_text(" ".join([self._first_party(collector, ""), *packages]))
            for label, digest in configuration.items():
                directory = posixpath.dirname(label.partition(" [")[0])
                if directory:
                    configuration[label] = digest_text(f"{digest} {self._first_party(collector, directory)}")
        if collector.places:
            inputs |= self._outside_the_walk(collector)
        if collector.environment and collector.imports:
            inputs |= self._hiding
        self._asked.update(asked)
        exists = what_exists({path: self._tree.kind(path) for path in asked})
        read = self.read_by_tests(opened, listed)
        return {**inputs, **configuration, **self._surroundings(collector), **read, **exists}

    def named_places(self, *collectors: Collector) -> list[str]:
        """The directories that the collectors' configurations name for imports."""
        return sorted({place for one in collectors for place in named_places(one, self.configuration)})

    def _outside_the_walk(self, collector: Collector) -> dict[str, str]:
        """What lies where a configuration has imports looked for, in directories that are not walked."""
        if collector.name not in self._unwalked:
            found = self._unwalked[collector.name] = {}
            for place in self.named_places(collector):
                answer = unwalked(place, self._tree)
                if answer is not None:
                    found[f"Python files in {place}"] = answer[0]
                    self._listed |= answer[1]
        return self._unwalked[collector.name]

    @cached_property
    def _hiding(self) -> dict[str, str]:
        """The modules of the tree that stand in for installed ones, whoever imports these."""
        found = hiding(self._tree.python, source_roots(self._tree), self._importable())
        return {"modules that hide installed ones": self._contents(found)} if found else {}

    def read_by_tests(self, opened: Sequence[str], listed: Sequence[str], since: int | None = None) -> dict[str, str]:
        """The digests of what a test run opened and listed, by label.

        Which files these are is known only after the run. `since` is when it started (nanoseconds): a file that was
        changed after that may have been read before, and so counts as changed the next time. So does a directory that
        was put in another's place.
        """
        inputs: dict[str, str] = {}
        opened = [path for path in opened if not path.endswith(OWN_NAME)]
        if opened:
            during = [path for path in opened if since is not None and self._tree.changed_since(path, since)]
            hidden = [path for path in opened if self._tree.hides(path)]
            digest = digest_text("\n".join([self._contents(opened), *hidden]))
            inputs[OPENED] = digest if not during else f"{CHANGED}{since}: {during[0]}"
        if listed:
            self._listed.update(listed)
            during = [path for path in listed if since is not None and self._tree.swapped_since(path, since)]
            digest = self._names(listed)
            inputs[LISTED] = digest if not during else f"{CHANGED}{since}: {during[0]}"
        return inputs

    def _names(self, directories: Iterable[str]) -> str:
        lines: list[str] = []
        for path in directories:
            names = self._tree.names_in(path)
            lines.append(f"{path} is absent" if names is None else "/".join([path, "", *names]))
        return digest_text("\n".join(lines))

    def watched(self) -> set[str]:
        """Every path that the inputs asked for so far rest on, besides the tree's own."""
        return self._listed | self._asked | self.configuration.files

    def involved(
        self,
        label: str,
        collector: Collector,
        component: Component,
        opened: Sequence[str],
        listed: Sequence[str],
        asked: Mapping[str, str],
    ) -> Iterable[str]:
        """The files that an input covers, those that are gone included; nothing for one that is no matter of files."""
        tests = self.test_files(collector.tests(component))
        match label:
            case "files":
                return {*component.files, *self._gone_from(component.files)}
            case "tests":
                return {*tests, *self._gone_from(tests)}
            case "imported files":
                return self._imports().reach({*component.files, *tests}) - {*component.files, *tests}
            case _ if label == OPENED:
                return opened
            case _ if label == EXISTING:
                return [path for path, kind in asked.items() if self._tree.kind(path) != kind]
            case _ if label == LISTED:
                moved = (*self._tree.appeared, *self._tree.vanished)
                return [path for path in moved if (posixpath.dirname(path) or ".") in listed]
            case _:
                return ()

    def _gone_from(self, files: Iterable[str]) -> list[str]:
        """The files that are gone from the directories of others."""
        places = {posixpath.dirname(path) for path in files}
        return [path for path in self._tree.vanished if posixpath.dirname(path) in places]

    def bytes_of_tests(self, arguments: Iterable[str]) -> int:
        """The size of the files that pytest arguments stand for: a guess at how long a first run of them takes."""
        return sum(map(self._tree.size, self.test_files(arguments)))

    def test_files(self, arguments: Iterable[str]) -> set[str]:
        """The files that pytest arguments stand for, with the conftest files and packages above them."""
        found: set[str] = set()
        for argument in arguments:
            path = argument.partition("::")[0].rstrip("/")
            if path in self._tree:
                found.add(path)
            else:
                found.update(self._tree.python_below(path))
            for directory in directories([f"{path}/x"]):
                for name in ("conftest.py", "__init__.py"):
                    above = f"{directory}/{name}" if directory else name
                    if above in self._tree:
                        found.add(above)
        return found

    def _test_directories(self, arguments: Iterable[str]) -> list[str]:
        """The directories in which pytest looks for tests, which need not be in Python files."""
        paths = [argument.partition("::")[0].rstrip("/") for argument in arguments]
        return sorted({place for path in paths for place in self._tree.directories_below(path)})

    def _contents(self, paths: Iterable[str]) -> str:
        lines = "\n".join(f"{path} {self._tree.digest(path)}" for path in paths)
        return digest_text(lines)

    def _first_party(self, collector: Collector, directory: str) -> str:
        """The packages and modules that import sorting tells from third-party ones.

        They are looked for in the directories that `src` names in the configuration files of one directory.
        """
        key = (collector.name, directory)
        if key not in self._packages:
            self._packages[key] = self._look_for_packages(collector, directory)
        return self._packages[key]

    def _look_for_packages(self, collector: Collector, directory: str) -> str:
        sources = set(SOURCES)
        for table in collector.configuration:
            sources.update(self._sources(posixpath.join(directory, table.file), table))
        places = {posixpath.normpath(posixpath.join(directory, source)) for source in sources}
        return digest_text("\n".join(self._modules_in(place) for place in sorted(places)))

    def _sources(self, path: str, table: ConfigTable) -> tuple[str, ...]:
        """The directories that a configuration file looks for first-party code in."""
        try:
            values = self.configuration.values(path) or {}
        except UNREADABLE:
            return ()
        named = get(select(values, table.tables[0]) if table.tables else values, "src")
        return tuple(str(name) for name in cast(list[object], named)) if isinstance(named, list) else ()

    def _modules_in(self, directory: str) -> str:
        """The digest of the names of packages and modules in a directory: to import sorting any directory is one."""
        if directory not in self._modules:
            below = self._tree.python if directory == "." else self._tree.python_below(directory)
            start = 0 if directory == "." else len(directory) + 1
            names = {path[start:].split("/")[0].rpartition(".py")[0] or path[start:].split("/")[0] for path in below}
            names |= {name for name in self._tree.folders_in(directory) if name.isidentifier()} - IGNORED_DIRECTORIES
            self._modules[directory] = digest_text(" ".join([directory, *sorted(names)]))
        return self._modules[directory]


def what_exists(kinds: Mapping[str, str]) -> dict[str, str]:
    """The input that paths are, of which a test run asked whether they exist; by what there is: see `Tree.kind`."""
    return {EXISTING: digest_text("\n".join(f"{path} {kinds[path]}" for path in sorted(kinds)))} if kinds else {}


SOURCES: tuple[str, ...] = (".", "src")
"""Where ruff looks for first-party code unless `src` says otherwise."""


def directories(paths: Iterable[str]) -> list[str]:
    """Every directory above the paths, the root ("") included, in a fixed order."""
    found = {""}
    for path in paths:
        while "/" in path:
            path = path.rpartition("/")[0]
            found.add(path)
    return sorted(found)
