"""Which files are tests, and which tests belong to a component when the configuration does not say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from maturity.tree import Tree

TESTS = "tests"
INTEGRATION = "integration"


def is_test_file(path: str) -> bool:
    """Whether a file inside a component, seen from the component, is a test and not source."""
    *directories, name = path.split("/")
    return TESTS in directories or name == "conftest.py" or (name.startswith("test_") and name.endswith(".py"))


def is_collected(path: str) -> bool:
    """Whether pytest would look for tests in a file, by its default naming."""
    name = path.rpartition("/")[2]
    return name.endswith("_test.py") or (name.startswith("test_") and name.endswith(".py"))


def all_tests(python: Iterable[str]) -> str | None:
    """The directory at the top that holds the tests of the repository, given its Python files; None if none does."""
    held = {path.partition("/")[0] for path in python if "/" in path and is_collected(path)}
    return next((name for name in (TESTS, "test") if name in held), None)


class OuterTests:
    """The repository's own `tests/` directory, by what a component's tests may be called."""

    def __init__(self, tree: Tree, names: Iterable[str] = ()) -> None:
        """`names` are those of all components: a file belongs to the longest of them that it may be called after."""
        self._tree = tree
        known = frozenset(names)
        self._directories: defaultdict[str, set[str]] = defaultdict(set)
        self._files: defaultdict[str, set[str]] = defaultdict(set)
        for path in tree.python_below(TESTS):
            if is_collected(path):
                *directories, name = path.split("/")
                for depth, directory in enumerate(directories[1:], 2):
                    self._directories[directory].add("/".join(directories[:depth]))
                words = name.removeprefix("test_").removesuffix(".py").split("_")
                called = ["_".join(words[:length]) for length in range(1, len(words) + 1)]
                longest = [name for name in called if name in known][-1:]
                for name in longest or called:
                    self._files[name].add(path)

    def collected(self, place: str) -> set[str]:
        """The test files that a place, a directory or a file, stands for."""
        return {path for path in self._tree.python_below(place) if is_collected(path)} or {place}

    def places(self, name: str) -> set[str]:
        """Each directory NAME, and each test_NAME.py and test_NAME_*.py that is not inside one."""
        directories = self._directories.get(name, set())
        outermost = {place for place in directories if not any(place.startswith(f"{d}/") for d in directories)}
        files = self._files.get(name, set())
        return outermost | {path for path in files if not any(path.startswith(f"{d}/") for d in outermost)}


def find_tests(
    name: str, paths: Iterable[str], inner: Iterable[str], outer: OuterTests
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The pytest arguments of a component's tests and integration tests, both sorted.

    These are: `tests/` directories and `test_*.py` inside it, and in the repository's own `tests/` each directory NAME
    and each test_NAME.py or test_NAME_*.py that is not called after a component with a longer name. What lies under a
    directory `integration` is an integration test.
    """
    roots = tuple(paths)
    places = {inner_place(path, roots) for path in inner if is_collected(path)} | outer.places(name)
    unit: set[str] = set()
    integration: set[str] = set()
    for place in places:
        files = outer.collected(place)
        slow = {path for path in files if INTEGRATION in below(path, roots).split("/")}
        if not slow:
            unit.add(place)
        elif slow == files:
            integration.add(place)
        else:
            unit |= files - slow
            integration |= slow
    return tuple(sorted(unit)), tuple(sorted(integration))


def below(path: str, roots: Iterable[str]) -> str:
    """A path as seen from the nearest root that it lies in, else the path itself."""
    inside = [root for root in roots if path.startswith(f"{root}/")]
    return path[len(max(inside, key=len)) + 1 :] if inside else path


def inner_place(path: str, roots: tuple[str, ...]) -> str:
    """The outermost `tests` directory of the component that a test file lies in, else the file itself."""
    inner = below(path, roots)
    directories = inner.split("/")[:-1]
    if inner == path or TESTS not in directories:
        return path
    return path[: len(path) - len(inner)] + "/".join(directories[: directories.index(TESTS) + 1])
