"""The directories that a configuration names for imports to be looked for in."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Collection, Iterator, Mapping
from typing import cast

from maturity.collectors.base import Collector
from maturity.files import digest_text
from maturity.inputs.configuration import UNREADABLE, Configuration, get, select
from maturity.tree import ENVIRONMENT, Tree

PYTHON = (".py", ".pyi", "py.typed")


def named_places(collector: Collector, configuration: Configuration) -> list[str]:
    """The directories inside the root that a collector's configuration names, relative to it."""
    found: set[str] = set()
    for table in collector.configuration if collector.places else ():
        try:
            values = configuration.values(table.file) or {}
        except UNREADABLE:
            continue
        for settings in [select(values, name) for name in table.tables] or [values]:
            found |= {*texts(settings, collector.places)}
            venv = get(settings, "venv")
            if isinstance(venv, str):
                found.add(posixpath.join(str(get(settings, "venvPath") or "."), venv))
    normal = {posixpath.normpath(place) for place in found}
    return sorted(place for place in normal if not place.startswith(("..", "/")))


def texts(value: object, keys: Collection[str]) -> Iterator[str]:
    """The texts under some keys, however deep."""
    if isinstance(value, Mapping):
        for key, inner in cast(Mapping[str, object], value).items():
            if key not in keys:
                yield from texts(inner, keys)
            elif isinstance(inner, str):
                yield inner
            elif isinstance(inner, list):
                yield from (text for text in cast(list[object], inner) if isinstance(text, str))
    elif isinstance(value, list):
        for inner in cast(list[object], value):
            yield from texts(inner, keys)


def unwalked(place: str, tree: Tree) -> tuple[str, set[str]] | None:
    """The digest of the Python files below a place that the tree does not walk, and the directories that it rests on.

    Of a virtual environment these are the names of what is installed in it. None for a place that is walked.
    """
    if place == "." or place in tree.directories:
        return None
    top = tree.root / place
    if not top.resolve().is_relative_to(tree.root):
        return None
    if (top / ENVIRONMENT).exists():
        sites = sorted(top.glob("lib/*/site-packages"))
        installed = sorted(path.name for site in sites for path in site.glob("*.dist-info"))
        return digest_text("\n".join(installed)), {place, *(str(site.relative_to(tree.root)) for site in sites)}
    lines: list[str] = []
    directories = {place}
    for directory, _, names in os.walk(top):
        below = os.path.relpath(directory, tree.root).replace(os.sep, "/")
        directories.add(below)
        for name in names:
            if name.endswith(PYTHON):
                lines.append(f"{below}/{name} {tree.digest(f'{below}/{name}')}")
    return digest_text("\n".join(sorted(lines))), directories
