"""The imports that `ruff analyze graph` does not follow, or follows to another file than Python or pyright do."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterable

_RELATIVE = re.compile(rb"^[ \t]*from[ \t]*(\.+)[ \t]*([\w.]*)[ \t]+import[ \t]*(\([^)]*\)|[^\n;]*)", re.MULTILINE)
_NAME = re.compile(rb"\w+")

DEEPEST = 2
"""So many packages deep a file is looked into: out of more of them at once no relative import leads."""


def out_of_package(path: str, files: Collection[str], read: Callable[[str], bytes]) -> set[str]:
    """What relative imports lead to beyond the outermost package, where a directory without `__init__` is none to ruff.

    Read from the text, not the syntax tree: pyright follows them in a file that it cannot wholly parse, too.
    """
    depth = len([place for place in above(path) if f"{place}/__init__.py" in files or f"{place}/__init__.pyi" in files])
    if depth > DEEPEST:
        return set()
    found: set[str] = set()
    for dots, module, names in _RELATIVE.findall(read(path)):
        places = above(path)
        if depth < len(dots) <= len(places) + 1:
            place = [*places, ""][len(dots) - 1]
            target = posixpath.join(place, *module.decode("utf-8", "replace").split("."))
            inner = [posixpath.join(target, name.decode("utf-8", "replace")) for name in _NAME.findall(names)]
            found |= {file for one in (target, *inner) for file in modules(one) if file in files}
    return found - {path}


def elsewhere(
    path: str, imported: Iterable[str], files: Collection[str], roots: Collection[str], named: Iterable[str]
) -> set[str]:
    """The files of the same module names as the imported ones, where pyright or Python may look for them first.

    ruff tells only the first of all source roots. That is not the order of those who import: a test has its own
    directory before all others, and pyright looks beside a file, and in the places that its configuration names.
    """
    places = {posixpath.dirname(path), *named}
    found: set[str] = set()
    for file in imported:
        for root in (*above(file), ""):
            if (root or ".") in roots:
                name = file[len(root) + 1 :] if root else file
                found |= {posixpath.join(place, name) for place in places if place != root}
    return {file for file in found if file in files} - {path}


def above(path: str) -> list[str]:
    """The directories above a path, the nearest first; not the root."""
    found: list[str] = []
    while "/" in path:
        path = path.rpartition("/")[0]
        found.append(path)
    return found


def modules(name: str) -> tuple[str, ...]:
    """The files that a module of this path may be."""
    return (f"{name}.py", f"{name}.pyi", f"{name}/__init__.py", f"{name}/__init__.pyi")
