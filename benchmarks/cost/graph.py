"""The graph that `doit all` has, in a form that other tools can be given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from maturity.repository import Repository


@dataclass(frozen=True)
class Step:
    """A task: a collector for one component, or `maturity` for its document.

    `needs` are targets of other steps; `imports` the numbers of the folds in which what it imports begins.
    """

    kind: str
    component: str
    files: Sequence[str]
    target: str
    needs: Sequence[str] = ()
    imports: Sequence[int] = ()


@dataclass(frozen=True)
class Fold:
    """Files that import one another, in a circle or one alone, and the folds that they import."""

    files: Sequence[str]
    needs: Sequence[int]


@dataclass(frozen=True)
class Graph:
    """All steps, and the import graph below them, in which nothing goes in circles any more."""

    steps: Sequence[Step]
    folds: Sequence[Fold]


def graph(root: Path) -> Graph:
    """The tasks that `doit all` has for a repository, with the same files and targets.

    The environment, the configuration files and the listed directories, which we look at too, are left out. So the
    comparison is in favour of the others.
    """
    repository = Repository(root)
    fold_of, folds = fold(repository.tree.python, repository.imports.neighbours)
    found: list[Step] = []
    for component in repository.components.values():
        files = ["pyproject.toml", *component.files]
        imports = sorted({fold_of[path] for path in component.files})
        records: list[str] = []
        for collector in repository.applying(component):
            target = f"build/{component.name}.{collector.name}.json"
            records.append(target)
            found.append(Step(collector.name, component.name, files, target, (), imports if collector.imports else ()))
        found.append(Step("maturity", component.name, (), f"build/{component.name}.document", records))
    return Graph(found, folds)


def fold(paths: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> tuple[dict[str, int], list[Fold]]:
    """Kosaraju's strongly connected components: the number of each path's fold, and the folds."""
    forwards = {path: list(neighbours(path)) for path in paths}
    forwards |= {path: [] for found in list(forwards.values()) for path in found if path not in forwards}
    backwards: dict[str, list[str]] = {path: [] for path in forwards}
    for path, found in forwards.items():
        for other in found:
            backwards[other].append(path)
    order: list[str] = []
    seen: set[str] = set()
    for path in forwards:
        visit(path, forwards, seen, order)
    circles: list[list[str]] = []
    seen.clear()
    for path in reversed(order):
        members: list[str] = []
        visit(path, backwards, seen, members)
        circles += [members] if members else []
    fold_of = {path: number for number, members in enumerate(circles) for path in members}
    below = [{fold_of[other] for path in members for other in forwards[path]} for members in circles]
    folds = [Fold(sorted(members), sorted(below[number] - {number})) for number, members in enumerate(circles)]
    return fold_of, folds


def visit(start: str, edges: dict[str, list[str]], seen: set[str], done: list[str]) -> None:
    """All that can be reached from a path and was not seen before, each after what it leads to."""
    if start in seen:
        return
    seen.add(start)
    waiting = [(start, iter(edges[start]))]
    while waiting:
        path, others = waiting[-1]
        other = next((one for one in others if one not in seen), None)
        if other is None:
            done.append(path)
            waiting.pop()
        else:
            seen.add(other)
            waiting.append((other, iter(edges[other])))
