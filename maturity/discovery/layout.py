"""Where the components of a repository may be, guessed from where its Python files are; text to text.

Guesses come in the order in which they should be tried: the finer ones first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set

from maturity.settings.settings import DEFAULT_COMPONENTS

NO_CODE = frozenset(
    (
        *("bench", "benchmarks", "bin", "build", "ci", "dist", "doc", "docs", "example", "examples", "notebooks"),
        *("scripts", "test", "testing", "tests", "tools", "vendor"),
    )
)
"""Directories at the top that hold no component, by their usual names."""

NO_MODULES = frozenset(["conftest", "dodo", "fabfile", "manage", "noxfile", "setup", "tasks", "toxfile", "versioneer"])
"""Modules at the top that are no component, by their usual names."""

MARKS = frozenset(["__init__", "__main__", "_version", "version", "__about__"])
"""Modules that alone do not make a directory a component besides those inside it."""

Globs = tuple[str, ...]


def guesses(python: Iterable[str]) -> Iterator[Globs]:
    """Globs for `components`, given the paths of all Python files; what is configured by default is one of them."""
    inside = contents(python)
    if "src/components" in inside:
        yield DEFAULT_COMPONENTS
    fine: list[str] = []
    coarse: list[str] = []
    for top in sorted(name for name in inside[""] if name in inside and holds_code(name)):
        split, whole = source(inside) if top == "src" else directory(top, inside)
        fine += split
        coarse += whole
    modules = [name for name in sorted(inside[""]) if is_module(name) and name.partition(".")[0] not in NO_MODULES]
    for globs in (fine, coarse):
        if globs or modules:
            yield (*globs, *modules)


def holds_code(top: str) -> bool:
    """Whether a directory at the top may hold components; "typing-examples" can be no package, and holds examples."""
    return NO_CODE.isdisjoint({top.lower(), *(top.lower().split("-"))})


def contents(python: Iterable[str]) -> Mapping[str, Set[str]]:
    """For each directory with Python files below it the names in it that are, or hold, such files."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in python:
        while path:
            path, _, name = path.rpartition("/")
            found[path].add(name)
    return found


def source(inside: Mapping[str, Set[str]]) -> tuple[list[str], list[str]]:
    """Fine and coarse globs for a `src` directory."""
    packages = below("src", inside)
    if len(packages) == 1 and not any(is_module(name) for name in inside["src"]):
        return package(packages[0], inside)
    return ["src/*"], ["src/*"]


def directory(top: str, inside: Mapping[str, Set[str]]) -> tuple[list[str], list[str]]:
    """Fine and coarse globs for another directory at the top: a package, or one that holds several projects."""
    if any(name.endswith(".py") for name in inside[top]):
        return package(top, inside)
    projects = [f"{top}/{name}" for name in inside[top]]
    if all("src" in inside[project] for project in projects):
        return [f"{top}/*/src/*"], [f"{top}/*"]
    return [f"{top}/*"], [f"{top}/*"]


def package(path: str, inside: Mapping[str, Set[str]]) -> tuple[list[str], list[str]]:
    """Fine and coarse globs for one package: its parts if it has several, or itself."""
    parts = below(path, inside)
    modules = {name.partition(".")[0] for name in inside[path] if name.endswith(".py")}
    if not modules and len(parts) == 1:  # a namespace
        return package(parts[0], inside)
    if len(parts) < 2:
        return [path], [path]
    return [*([path] if modules - MARKS else []), f"{path}/*/"], [path]


def below(path: str, inside: Mapping[str, Set[str]]) -> list[str]:
    """The directories in a directory that hold code."""
    found = (f"{path}/{name}" for name in sorted(inside[path]) if name.lower() not in ("test", "tests"))
    return [place for place in found if place in inside]


def is_module(name: str) -> bool:
    """Whether a file in a directory may be a component by itself."""
    stem = name.removesuffix(".py")
    return name.endswith(".py") and stem not in MARKS and not stem.startswith("test_") and not stem.endswith("_test")
