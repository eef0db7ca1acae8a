"""Which components exist: globs and names from the settings, held against the tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from maturity.discovery.globs import Paths
from maturity.discovery.testfiles import TESTS, OuterTests, below, find_tests, is_test_file
from maturity.errors import ConfigurationError
from maturity.model import Component
from maturity.printing import plain
from maturity.settings.settings import ComponentSettings, Settings
from maturity.settings.toml import closest, nearest
from maturity.tree import Tree, is_text

DOCUMENT = "MATURITY.md"
WHERE = "pyproject.toml: [tool.maturity]"
RESERVED = frozenset({".git", ".maturity"})


@dataclass(frozen=True)
class Claim:
    """What a component says is its own: directories and single files."""

    name: str
    paths: tuple[str, ...]
    settings: ComponentSettings


MARKDOWN = (".md", ".markdown")
"""How the names of documents end: no program reads such a file for anything but its text."""


def discover(settings: Settings, tree: Tree) -> tuple[Component, ...]:
    """The components of a repository, by name. Raises ConfigurationError where the settings do not fit the tree."""
    claims = merge_named(settings, find_claims(settings, tree), tree)
    if not claims:
        raise ConfigurationError(
            f"{WHERE} components: no component found in {', '.join(settings.components)}; say where they are, "
            'for example components = ["packages/*"]'
        )
    owners = owners_of_files(claims, tree)
    check_names(claims, owners, tree)
    files: dict[str, list[str]] = {claim.name: [] for claim in claims}
    for path, name in owners.items():
        files[name].append(path)
    tests = OuterTests(tree, [claim.name for claim in claims])
    claims = sorted(claims, key=lambda claim: claim.name)
    components = tuple(build(claim, files[claim.name], tree, tests) for claim in claims)
    documents: dict[str, str] = {}
    for component in components:
        other = documents.setdefault(component.document, component.name)
        if other != component.name:
            raise ConfigurationError(
                f"{WHERE} component: {other!r} and {component.name!r} have one document, {component.document!r}; "
                "give one of them another with document = ..."
            )
    return components


def check_names(claims: Iterable[Claim], files: Iterable[str], tree: Tree) -> None:
    """Refuse what nobody could report on: files with names that no message can show, directories that are closed."""
    claimed = {place for claim in claims for place in claim.paths}
    for path in tree.unnamed:
        if path.endswith(".py") and any(place in claimed for place in parents(path)):
            raise ConfigurationError(f"{path!r}: its name is not UTF-8, so no tool can report on it; rename it")
    for path in files:
        if plain(path) != path or "\n" in path:
            raise ConfigurationError(f"{path!r}: its name has signs that steer a terminal; rename it")
    for path, reason in tree.unreadable.items():
        if any(place in claimed for place in (path, *parents(path))):
            raise ConfigurationError(f"{path!r}: cannot be listed: {reason}")


def find_claims(settings: Settings, tree: Tree) -> dict[str, Claim]:
    """The components that the globs find; a file and a directory of one name side by side are one component."""
    places = Paths((*tree.files, *tree.directories))
    excluded = {path for pattern in settings.exclude for path in matches(pattern, "exclude", places)}
    python = (*tree.python, *(path for path in tree.unnamed if path.endswith(".py")))
    direct = {path.rpartition("/")[0] for path in python}
    holders = direct | {parent for directory in direct for parent in parents(directory)}
    found: dict[str, list[str]] = {}
    for pattern in settings.components:
        paths = matches(pattern, "components", places, required=not settings.implied)
        candidates = [path for path in paths if path not in excluded and is_candidate(path, tree, holders)]
        if not candidates and not settings.implied and not set(paths) & excluded:
            raise ConfigurationError(f"{WHERE} components: {pattern!r} matches no directory or file of Python code")
        for path in candidates:
            if not is_text(path):
                raise ConfigurationError(f"{path!r}: its name is not UTF-8, so no tool can report on it; rename it")
            known = found.setdefault(component_name(path), [])
            if path not in known:
                known.append(path)
    for name, paths in found.items():
        if len({str(PurePosixPath(path).parent) for path in paths}) > 1 and name not in settings.named:
            raise ConfigurationError(
                f"{WHERE} components: two components are named {name!r}: {' and '.join(sorted(paths))}; "
                f"exclude one, or give it another name with [tool.maturity.component.NAME] source"
            )
    return {name: Claim(name, tuple(sorted(paths)), ComponentSettings(WHERE)) for name, paths in found.items()}


def matches(pattern: str, key: str, places: Paths, required: bool = True) -> list[str]:
    """The paths that a glob matches, inside the root; a glob that matches nothing is an error."""
    inside(pattern, f"{WHERE} {key}")
    found = places.expand(pattern)
    if required and not found:
        near = places.nearest(pattern)
        raise ConfigurationError(
            f"{WHERE} {key}: {pattern!r} matches nothing{f'; did you mean {near!r}?' if near else ''}"
        )
    return sorted(found)


def inside(path: str, where: str) -> str:
    """The path, if it stays inside the root."""
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts:
        raise ConfigurationError(f"{where}: {path!r} must be relative to the repository's root and stay inside it")
    return str(pure)


def is_candidate(path: str, tree: Tree, holders: set[str]) -> bool:
    """Whether a matched path is a component: a directory that holds Python files, or a single module."""
    if path in tree.directories:
        return path in holders and PurePosixPath(path).name != TESTS
    name = PurePosixPath(path).name
    return path in tree and name.endswith(".py") and name != "__init__.py" and not is_test_file(name)


def component_name(path: str) -> str:
    """The name of the component at a path: `carbon` for carbon/, carbon.py and carbon_component.py."""
    pure = PurePosixPath(path)
    return pure.stem.removesuffix("_component") or pure.stem if pure.suffix == ".py" else pure.name


def merge_named(settings: Settings, found: Mapping[str, Claim], tree: Tree) -> tuple[Claim, ...]:
    """The found claims with the user's own words about single components laid over them."""
    claims = dict(found)
    for name, named in settings.named.items():
        if named.source is None and name not in claims:
            raise ConfigurationError(
                f"{named.where}: no component has this name{nearest(name, claims)}; "
                "if it is a new one, say where it is with source = [...]"
            )
        paths = claims[name].paths if named.source is None else tuple(source_path(p, named, tree) for p in named.source)
        claims[name] = Claim(name, paths, named)
    for name in claims:
        odd = not name.isprintable() or any(sign in name for sign in ":=*/")
        if odd or not name or name.startswith(("-", ".")):
            raise ConfigurationError(
                f"{WHERE} components: {name!r} cannot be typed as a task's name; name the component with "
                "[tool.maturity.component.NAME] source, or exclude it"
            )
    return tuple(claims.values())


def source_path(path: str, named: ComponentSettings, tree: Tree) -> str:
    """One entry of `source`, which must exist."""
    path = inside(path, f"{named.where} source")
    if path not in tree and path not in tree.directories:
        near = nearest(path, (*tree.directories, *tree.python))
        raise ConfigurationError(f"{named.where} source: {path!r} does not exist{near}")
    return path


def owners_of_files(claims: Iterable[Claim], tree: Tree) -> dict[str, str]:
    """Which component each Python file belongs to: the one with the nearest claim.

    A component's directory may lie inside another's; a single file that two components claim is an error.
    """
    owners: dict[str, Claim] = {}
    for claim in claims:
        for path in claim.paths:
            other = owners.setdefault(path, claim)
            if other is not claim:
                raise claimed_twice(path, claim, other)
    for path, claim in owners.items():
        if path in tree:
            for parent in PurePosixPath(path).parents:
                other = owners.get(str(parent), claim)
                if other is not claim:
                    raise claimed_twice(path, claim, other)
    nearest_claim: dict[str, Claim | None] = {}

    def around(directory: str) -> Claim | None:
        unknown: list[str] = []
        while directory and directory not in nearest_claim:  # no recursion: they can be two thousand deep
            unknown.append(directory)
            directory = directory.rpartition("/")[0]
        found = nearest_claim.get(directory)
        for place in reversed(unknown):
            found = nearest_claim[place] = owners.get(place) or found
        return found

    claimed = ((path, owners.get(path) or around(path.rpartition("/")[0])) for path in tree.python)
    return {path: claim.name for path, claim in claimed if claim is not None}


def parents(path: str) -> Iterable[str]:
    """The directories above a path, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def seen_from(claim: Claim, path: str) -> str:
    """A file's path as seen from its component; a single file is its own name."""
    return PurePosixPath(path).name if path in claim.paths else below(path, claim.paths)


def claimed_twice(path: str, one: Claim, other: Claim) -> ConfigurationError:
    """The error for a file in two components."""
    return ConfigurationError(
        f"{one.settings.where}: {path!r} is claimed by two components, {one.name!r} and {other.name!r}; "
        "take it out of one of them, or exclude it"
    )


def build(claim: Claim, files: list[str], tree: Tree, tests: OuterTests) -> Component:
    """The component of a claim, with its tests and document."""
    if not files:
        raise ConfigurationError(f"{claim.settings.where} source: component {claim.name!r} has no Python file")
    inner = tuple(sorted(path for path in files if is_test_file(seen_from(claim, path))))
    source = tuple(sorted(set(files) - set(inner)))
    unit, integration = find_tests(claim.name, claim.paths, inner, tests)
    named = claim.settings
    return Component(
        name=claim.name,
        source=source,
        document=document_path(claim, tree),
        inner_tests=inner,
        tests=unit if named.tests is None else test_paths(named.tests, named, "tests", tree),
        integration_tests=integration
        if named.integration_tests is None
        else test_paths(named.integration_tests, named, "integration-tests", tree),
        owner=named.owner,
        group=named.group,
    )


def test_paths(arguments: Iterable[str], named: ComponentSettings, key: str, tree: Tree) -> tuple[str, ...]:
    """Configured pytest arguments, whose paths must exist."""
    for argument in arguments:
        path = inside(argument.partition("::")[0], f"{named.where} {key}")
        if argument.startswith("-") or (path not in tree and path not in tree.directories):
            near = closest(path, (*tree.directories, *tree.python))
            raise ConfigurationError(f"{named.where} {key}: {argument!r} is not a test file or directory{near}")
    return tuple(arguments)


def document_path(claim: Claim, tree: Tree) -> str:
    """Where the component's document is."""
    if claim.settings.document is not None:
        where = f"{claim.settings.where} document"
        path = inside(claim.settings.document, where)
        if not RESERVED.isdisjoint(PurePosixPath(path).parts):
            raise ConfigurationError(f"{where}: {path!r} lies where git or our cache keeps its own files")
        if not path.lower().endswith(MARKDOWN):
            raise ConfigurationError(f"{where}: {path!r} is no Markdown file; its name has to end in {MARKDOWN[0]}")
        return path
    for path in claim.paths:
        if path in tree.directories:
            return f"{path}/{DOCUMENT}"
    file = PurePosixPath(claim.paths[0])
    beside = str(file.with_name(claim.name))
    return f"{beside}/{DOCUMENT}" if beside in tree.directories else str(file.with_suffix(f".{DOCUMENT}"))
