"""Which inputs a collector has for a component, each digested under a label that `--verbose` can show.

The table of who depends on what is the one thing that decides whether a record is current.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import cached_property

from maturity.collectors.base import Collector
from maturity.files import Tree, digest_bytes
from maturity.inputs.configuration import Configuration
from maturity.inputs.imports import ImportGraph
from maturity.model import Component
from maturity.record import Trace

OWN_NAMES = ("MATURITY.md",)
"""Our own documents are never inputs: these names do not count in a directory's listing."""


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

    def of(self, collector: Collector, component: Component, trace: Trace | None) -> dict[str, str]:
        """The digests of the inputs of one record, by label. `trace` tells what the last test run opened."""
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
        if trace is not None and trace.opened:
            inputs["opened files"] = self._contents(trace.opened)
        if trace is not None and trace.listed:
            inputs["listed directories"] = self._listings(trace.listed)
        return inputs

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
        return digest_bytes("\n".join(f"{path} {self._tree.digest(path)}" for path in paths).encode())

    @cached_property
    def _first_party(self) -> str:
        """The packages and modules at the top, which import sorting tells from third-party ones."""
        tops = {path.removeprefix("src/").split("/")[0].removesuffix(".py") for path in self._tree.python}
        return digest_bytes("\n".join(sorted(tops)).encode())

    def _listings(self, paths: Iterable[str]) -> str:
        parts: list[str] = []
        for path in paths:
            try:
                names = sorted(os.listdir(self._tree.root / path))  # noqa: PTH208 - names alone are wanted
            except OSError:
                names = ["absent"]
            parts += [path, *(name for name in names if not name.startswith(".") and name not in IGNORED_NAMES)]
        return digest_bytes("\n".join(parts).encode())


IGNORED_NAMES = frozenset({"__pycache__", *OWN_NAMES})


def directories(paths: Iterable[str]) -> list[str]:
    """Every directory above the paths, the root ("") included, in a fixed order."""
    found = {""}
    for path in paths:
        while "/" in path:
            path = path.rpartition("/")[0]
            found.add(path)
    return sorted(found)
