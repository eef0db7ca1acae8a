"""Which inputs a collector has for a component, each digested under a label that `--verbose` can show.

The table of who depends on what is the one thing that decides whether a record is current.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from maturity.collectors.base import Collector
from maturity.files import OWN_NAME, Tree, digest_bytes
from maturity.inputs.configuration import Configuration
from maturity.inputs.imports import ImportGraph
from maturity.model import Component


class Inputs:
    """The inputs of every record, for one state of the tree.

    `imports` gives the import graph when it is first needed. `versions` maps a collector's name to the digest of its
    tool: versions, command, our own code; `environment` to the digest of the interpreter and what it has installed.
    """

    def __init__(
        self,
        tree: Tree,
        imports: Callable[[], ImportGraph],
        versions: Callable[[Collector], str],
        environment: Callable[[Collector], str],
    ) -> None:
        self._tree = tree
        self._imports = imports
        self._versions = versions
        self._environment = environment
        self.configuration = Configuration(tree)
        self._listed: set[str] = set()

    def of(
        self, collector: Collector, component: Component, opened: Sequence[str] = (), listed: Sequence[str] = ()
    ) -> dict[str, str]:
        """The digests of the inputs of one record, by label. `opened` and `listed` are what the last test run read."""
        tests = collector.tests(component)
        roots = component.files if not tests else tuple(sorted({*component.files, *self.test_files(tests)}))
        inputs = {"files": self._contents(component.files)}
        if tests:
            inputs["test arguments"] = digest_bytes("\n".join(tests).encode())
            inputs["tests"] = self._contents(sorted(set(roots) - set(component.files)))
        if collector.imports:
            inputs["imported files"] = self._imports().digest(roots)
        else:
            inputs["first-party packages"] = self._first_party
        inputs |= self.configuration.digests(collector.configuration, directories(roots))
        inputs["tool"] = self._versions(collector)
        if collector.environment:
            inputs["environment"] = self._environment(collector)
        return inputs | self.read_by_tests(opened, listed)

    def read_by_tests(self, opened: Sequence[str], listed: Sequence[str], since: int | None = None) -> dict[str, str]:
        """The digests of what a test run opened and listed, by label.

        Which files these are is known only after the run. `since` is when it started (nanoseconds): a file that was
        changed after that may have been read before, and so counts as changed the next time.
        """
        inputs: dict[str, str] = {}
        opened = [path for path in opened if not path.endswith(OWN_NAME)]
        if opened:
            during = [path for path in opened if since is not None and self._tree.changed_since(path, since)]
            inputs["opened files"] = self._contents(opened) if not during else f"changed during the run: {during[0]}"
        if listed:
            self._listed.update(listed)
            names = [f"{path} {' '.join(self._tree.names_in(path))}" for path in listed]
            inputs["listed directories"] = digest_bytes("\n".join(names).encode("utf-8", "surrogateescape"))
        return inputs

    def watched(self) -> set[str]:
        """Every path that the inputs asked for so far rest on, besides the tree's own."""
        return self._listed | self.configuration.files

    def changed_imports(self, component: Component, collector: Collector) -> frozenset[str]:
        """Of the files that a component reaches, those whose content moved since the last run."""
        roots = {*component.files, *self.test_files(collector.tests(component))}
        return self._imports().reach(roots) & self._tree.changed

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

    def _contents(self, paths: Iterable[str]) -> str:
        lines = "\n".join(f"{path} {self._tree.digest(path)}" for path in paths)
        return digest_bytes(lines.encode("utf-8", "surrogateescape"))

    @cached_property
    def _first_party(self) -> str:
        """The packages and modules at the top, which import sorting tells from third-party ones."""
        tops = {path.removeprefix("src/").split("/")[0].removesuffix(".py") for path in self._tree.python}
        return digest_bytes("\n".join(sorted(tops)).encode())


def directories(paths: Iterable[str]) -> list[str]:
    """Every directory above the paths, the root ("") included, in a fixed order."""
    found = {""}
    for path in paths:
        while "/" in path:
            path = path.rpartition("/")[0]
            found.add(path)
    return sorted(found)
