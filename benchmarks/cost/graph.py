"""The task graph of a repository as other tools can be given it: who runs what, from which files, to which target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from maturity.repository import Repository


@dataclass(frozen=True)
class Step:
    """A task: a collector for one component, or `maturity` for its document; `needs` are targets of other steps."""

    kind: str
    component: str
    files: Sequence[str]
    target: str
    needs: Sequence[str] = ()


def steps(root: Path) -> list[Step]:
    """The tasks that `doit all` has for a repository, with the same files and targets.

    Only a component's own files and pyproject.toml are given to the others: what it imports, the environment and the
    listed directories, which we look at too, are left out. So the comparison is in favour of the others.
    """
    repository = Repository(root)
    found: list[Step] = []
    for component in repository.components.values():
        files = ["pyproject.toml", *component.files]
        records: list[str] = []
        for collector in repository.applying(component):
            target = f"build/{component.name}.{collector.name}.json"
            records.append(target)
            found.append(Step(collector.name, component.name, files, target))
        found.append(Step("maturity", component.name, (), f"build/{component.name}.document", records))
    return found
