"""The code that derives, as an input: ours as a whole, and a plugin's with all the files of its distribution.

There is no list of the modules that matter: one that is kept by hand is wrong after the next change. Files are digested
once, and again only where their stamps have moved. A name in a digest is relative to where the code is installed, so
that the same code has the same digest on every machine.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from msgspec import Struct

from maturity import STARTED
from maturity.collectors import entry_point
from maturity.collectors.base import Collector
from maturity.files import NEVER, Stamp, digest_file, digest_text
from maturity.inputs.key import CHANGED
from maturity.tree import ENVIRONMENT, IGNORED_DIRECTORIES, OWN_NAME

PACKAGE = Path(__file__).parent.parent
OURS = "our code"
"""The label of our own code."""

OF_AN_INSTALLATION = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
"""The files of a distribution that say how it was installed; RECORD lists scripts, which name the machine's Python."""

SLACK_NS = 20_000_000
"""So much the clock of a file system may lag behind (nanoseconds)."""

Remembered = Mapping[str, tuple[Stamp, str]]


class _Directory(Struct, frozen=True):
    editable: bool = False


class _Origin(Struct, frozen=True):
    """The fields used of a distribution's direct_url.json."""

    url: str = ""
    dir_info: _Directory = _Directory()


class Code:
    """Our own code and the plugins', for one run; `known` has the digests of an earlier run, with their stamps."""

    def __init__(self, known: Remembered | None = None) -> None:
        self._known = known or {}
        self._plugins: dict[str, dict[str, str]] = {}
        self._files: dict[str, tuple[Stamp, str]] = {}
        self._directories: set[str] = set()

    def inputs(self, collector: Collector) -> dict[str, str]:
        """The digests of the code behind a collector, by label."""
        return {OURS: self._ours, **self._plugin(collector)}

    def watched(self) -> set[str]:
        """The absolute paths of all code that was asked for: its files, and the directories that more may come into."""
        return {*self._files, *self._directories}

    def index(self) -> dict[str, tuple[Stamp, str]]:
        """What the next run should know."""
        return dict(self._files)

    @cached_property
    def _ours(self) -> str:
        return self._digest(dict(self._below(PACKAGE, PACKAGE)))

    def _plugin(self, collector: Collector) -> dict[str, str]:
        point = entry_point(collector.name)
        if point is None:
            return {}
        name = f"code of {point.dist.name if point.dist is not None else point.value}"
        if name not in self._plugins:
            self._plugins[name] = {name: self._digest(self._of_plugin(point))}
        return self._plugins[name]

    def _of_plugin(self, point: EntryPoint) -> dict[str, str]:
        """The files of a plugin by name: those that its distribution records, and all in its package beside them."""
        files = dict(self._package(point.module))
        if point.dist is not None:
            files |= installed_files(point.dist)
            project = editable_project(point.dist)
            if project is not None:
                files |= {name: path for name, path in self._below(project, project) if name.endswith(".py")}
        return files

    def _package(self, module: str) -> Iterator[tuple[str, str]]:
        """The files of the outermost package of a module that is one, or of the module alone."""
        parts = module.split(".")
        for depth in range(1, len(parts) + 1):
            file = getattr(sys.modules.get(".".join(parts[:depth])), "__file__", None)
            if file is not None:
                place = Path(file)
                if place.name.startswith("__init__."):
                    yield from self._below(place.parent, place.parent.parent)
                else:
                    yield place.name, str(place)
                return

    def _below(self, top: Path, base: Path) -> Iterator[tuple[str, str]]:
        """The files below a directory, by their names relative to another; caches and environments left out."""
        for directory, folders, names in os.walk(top):
            if ENVIRONMENT in names and Path(directory) != top:
                folders.clear()
                continue
            folders[:] = [name for name in folders if name not in IGNORED_DIRECTORIES and not name.startswith(".")]
            self._directories.add(directory)
            for name in names:
                if not name.endswith((".pyc", OWN_NAME)):
                    path = f"{directory}/{name}"
                    yield os.path.relpath(path, base), path

    def _digest(self, files: Mapping[str, str]) -> str:
        """One digest of some code. What changed since this process started may not be what it has loaded."""
        lines: list[str] = []
        for name, path in sorted(files.items()):
            stamp, digest = self._content(path)
            if max(stamp.mtime_ns, stamp.ctime_ns) >= STARTED - SLACK_NS:
                return f"{CHANGED}{STARTED}: {name}"
            lines.append(f"{name} {digest}")
        return digest_text("\n".join(lines))

    def _content(self, path: str) -> tuple[Stamp, str]:
        """The stamp of a file, and the digest of its content; read again only if its stamp has moved."""
        try:
            stamp = Stamp.of(os.stat(path))  # noqa: PTH116 - Path.stat costs three times as much
            known = self._known.get(path)
            if known is None or known[0] != stamp:
                known = (stamp if stamp.settled() else NEVER, digest_file(path, stamp.size))
        except OSError:
            stamp, known = NEVER, (NEVER, "absent")
        self._files[path] = known
        return stamp, known[1]


def installed_files(distribution: Distribution) -> dict[str, str]:
    """The files that a distribution's RECORD names, by name; but for scripts, bytecode and how it was installed."""
    found: dict[str, str] = {}
    for file in distribution.files or ():
        installer = file.name in OF_AN_INSTALLATION or file.name.startswith("__editable__")
        if ".." not in file.parts and file.suffix not in (".pyc", ".pth") and not installer:
            found[file.as_posix()] = str(distribution.locate_file(file))
    return found


def editable_project(distribution: Distribution) -> Path | None:
    """The directory of a distribution that is installed from it as it is; None for any other.

    https://packaging.python.org/en/latest/specifications/direct-url-data-structure/
    """
    try:
        origin = msgspec.json.decode(distribution.read_text("direct_url.json") or "{}", type=_Origin)
        url = urlsplit(origin.url)
    except ValueError:
        return None
    return Path(unquote(url.path)) if origin.dir_info.editable and url.scheme == "file" else None
