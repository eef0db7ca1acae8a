"""Whether every file of the cache can be believed. Nothing is changed: a run mends or replaces what is damaged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from maturity.cache import snapshot
from maturity.cache.index import FILE as INDEX
from maturity.cache.index import Index
from maturity.cache.record import decode_facts, decode_failure, decode_trace
from maturity.cache.store import LIMIT
from maturity.collectors.base import Collector
from maturity.currency import ENVIRONMENTS_INDEX
from maturity.files import digest_bytes, read_bytes
from maturity.inputs.imports import CachedGraph
from maturity.repository import Repository
from maturity.workspace import CODE_INDEX, FILES_INDEX, IMPORTS_INDEX, FileIndex

INDEXES: Mapping[str, Any] = {
    CODE_INDEX: FileIndex,
    FILES_INDEX: FileIndex,
    IMPORTS_INDEX: CachedGraph,
    INDEX: Index,
    ENVIRONMENTS_INDEX: dict[str, dict[str, str]],
}
"""The forms of the indexes, by file name."""


@dataclass(frozen=True)
class Health:
    """What there is: how many records, the tasks whose last attempt failed, damaged files with what is wrong, strays.

    `strays` is the number of files that belong to no component and collector of now. Paths are relative to the cache.
    """

    records: int
    failing: tuple[str, ...]
    damaged: tuple[str, ...]
    strays: int


def look(repository: Repository) -> Health:
    """Read every file of a repository's cache."""
    store = repository.store
    records = 0
    failing: list[str] = []
    damaged: list[str] = []
    ours: set[Path] = set()
    for component in repository.components.values():
        for collector in repository.applying(component):
            record, trace, failure = (repository.root / path for path in store.paths(collector.name, component.name))
            paths = (record, trace, failure)
            ours.update(paths)
            found = list(problems(collector, component.name, paths))
            damaged += [f"{path.relative_to(store.directory)}: {problem}" for path, problem in found]
            records += record.exists() and trace.exists() and not found
            if failure.exists():
                failing.append(f"{collector.name}:{component.name}")
    damaged += [f"{name}: {problem}" for name, problem in broken_indexes(store.directory)]
    kept = [path for path in (store.directory / "records").rglob("*") if not path.is_dir()]
    return Health(records, tuple(failing), tuple(damaged), len([path for path in kept if path not in ours]))


def problems(collector: Collector, component: str, paths: tuple[Path, Path, Path]) -> Iterator[tuple[Path, str]]:
    """What is wrong with the record, the trace and the failure report of one task."""
    record, trace, failure = paths
    contents: dict[Path, bytes | None] = {}
    for path in paths:
        try:
            contents[path] = read_bytes(path, LIMIT)
        except OSError as error:
            yield path, f"cannot be read: {error.strerror}"
            return
        if contents[path] is None and (path.exists() or path.is_symlink()):
            yield path, f"is no file of at most {LIMIT >> 20} MB"
            return
    facts, traced, failed = contents[record], contents[trace], contents[failure]
    try:
        if failed is not None:
            decode_failure(failed)
    except ValueError as error:
        yield failure, str(error)
    try:
        made_with = None if traced is None else decode_trace(traced).record
    except ValueError as error:
        yield trace, str(error)
        return
    if facts is None:
        if made_with is not None:
            yield trace, "its record is gone"
        return
    if made_with not in (None, digest_bytes(facts)):
        yield record, "it is not the one that its trace was made with"
        return
    try:
        decode_facts(facts, collector.name, component, collector.metrics)
    except ValueError as error:
        yield record, str(error)


def broken_indexes(directory: Path) -> Iterator[tuple[str, str]]:
    """The indexes that cannot be read; they are only a memory."""
    for name, form in INDEXES.items():
        try:
            content = read_bytes(directory / name, LIMIT)
            if content is not None:
                msgspec.json.decode(content, type=form)
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            yield name, str(error)
    name = Path(snapshot.FILE).name
    try:
        content = read_bytes(directory / name, LIMIT)
        if content is not None:
            json.loads(content.partition(b"\n")[0])
    except (OSError, ValueError, RecursionError) as error:
        yield name, str(error)
