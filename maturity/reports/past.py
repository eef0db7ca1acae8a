"""The past of a repository's documents, with what earlier runs remember of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from maturity.cache.store import read
from maturity.files import digest_bytes
from maturity.history.memory import NAME
from maturity.history.past import Past, Spoken, keep, open_past
from maturity.history.series import Series
from maturity.render import plural
from maturity.repository import Repository


def past_of(repository: Repository, names: Sequence[str], all_parents: bool = False) -> Past:
    """The past of some components up to HEAD. Raises MaturityError where git has none."""
    labels = {collector.title: tuple(collector.metrics) for collector in repository.collectors}
    stages = repository.settings.ladder.stages
    code = {label: digest for each in repository.collectors for label, digest in repository.code.inputs(each).items()}
    digest = digest_bytes(f"{sorted(code.items())} {labels!r} {stages!r}".encode())
    documents = {name: component.document for name, component in repository.components.items()}
    remembered = read(repository.store.directory / NAME)
    return open_past(repository.root, documents, Spoken(labels, stages, digest), remembered, names, all_parents)


def limits(past: Past, found: Mapping[str, Series]) -> Iterator[str]:
    """What the history lacks, in words: that is no result, and must not be taken for a quiet time."""
    if past.shallow:
        yield "this clone is shallow: its history begins where it was cut off; `git fetch --unshallow` gets the rest"
    for name, series in found.items():
        if series.unreadable:
            yield f"{name}: {plural(series.unreadable, 'version')} of its document cannot be read, and passed over"


def remember(repository: Repository, past: Past) -> None:
    """Keep what was read for the next time, where the cache can be written."""
    repository.store.keep(NAME, keep(past))
