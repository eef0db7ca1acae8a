"""Records by what they were made from: an answer that was found once is found again, whatever came in between.

In two steps, as ccache does it, for what a test run reads is known only after it. The digest of the inputs that are
known before a run leads to the **read sets** that runs with these inputs had; the inputs with one of these read sets,
as they are now, lead to the record. So a branch that is switched to and back, or a `git stash`, runs no tool.

What is kept is plain content by name behind the Protocol `Shelf`, so that it may lie anywhere. Nothing that comes from
there is believed before it is checked: the inputs in a trace have to be those that were asked for, and the record the
one that the trace was made with. All else is a miss. Nothing in it names a machine: paths are relative to the root.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from maturity.cache.record import Trace, decode, decode_facts, decode_trace, encode_line
from maturity.cache.store import Store, read
from maturity.collectors.base import Collector
from maturity.files import digest_bytes, digest_text
from maturity.inputs.key import CHANGED, FOUND_OUT, combined
from maturity.model import Facts

MOST_READ_SETS = 8
"""So many read sets are kept of one set of inputs; the oldest goes first."""

LIMIT = 64 * 1024 * 1024
"""Bytes that the shelf in `.maturity/` may take; beyond them goes what was put there first."""

FOLDER = "answers"


class Shelf(Protocol):
    """Contents by name. A name is of letters, digits and one slash. What cannot be read is not there."""

    def get(self, names: Sequence[str]) -> Mapping[str, bytes]:
        """The contents of those of the names that are there."""
        ...

    def put(self, contents: Mapping[str, bytes]) -> None:
        """Keep contents, as far as that can be."""
        ...

    def drop(self, names: Iterable[str]) -> None:
        """Remove contents, as far as that can be."""
        ...


@dataclass(frozen=True)
class ReadSet:
    """The paths that a test run opened, listed and asked for."""

    opened: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A record that is wanted: the inputs that are known before a run, and how all are taken with a read set."""

    collector: Collector
    component: str
    inputs: Mapping[str, str]
    with_read: Callable[[ReadSet], Mapping[str, str]]


@dataclass(frozen=True)
class Answer:
    """A record that was found."""

    facts: Facts
    trace: Trace


class Answers:
    """The answers on a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def find(self, questions: Sequence[Question]) -> list[Answer | None]:
        """What is known of some records: two looks at the shelf, however many there are."""
        first = [read_sets_name(asked.collector.name, asked.component, asked.inputs) for asked in questions]
        known = self._shelf.get(list(dict.fromkeys(first)))
        candidates: list[list[tuple[str, Mapping[str, str]]]] = []
        for asked, name in zip(questions, first, strict=True):
            all_inputs = [asked.with_read(read_set) for read_set in read_sets(known.get(name))]
            candidates.append(
                [(answer_name(asked.collector.name, asked.component, inputs), inputs) for inputs in all_inputs]
            )
        there = self._shelf.get(list(dict.fromkeys(name for names in candidates for name, _ in names)))
        return [
            next(filter(None, (answer(asked, there.get(name), inputs) for name, inputs in names)), None)
            for asked, names in zip(questions, candidates, strict=True)
        ]

    def replaced(
        self, collector: str, component: str, record: bytes | None, traced: bytes | None, after: Trace
    ) -> None:
        """Keep a record that gives way to one from other inputs: only what is no longer in use lies on the shelf."""
        self._shelf.drop([answer_name(collector, component, after.inputs)])
        if record is None or traced is None:
            return
        try:
            trace = decode_trace(traced)
        except ValueError:
            return
        if trace.record == digest_bytes(record) and trace.inputs != after.inputs:
            self.keep(collector, component, record, trace)

    def keep(self, collector: str, component: str, record: bytes, trace: Trace) -> None:
        """Keep a record, but for one whose inputs changed while it was made: no inputs are ever those again."""
        if any(digest.startswith(CHANGED) for digest in trace.inputs.values()):
            return
        found = ReadSet(trace.opened, trace.listed, tuple(trace.asked))
        name = read_sets_name(collector, component, trace.inputs)
        others = [other for other in read_sets(self._shelf.get([name]).get(name)) if other != found]
        content = encode_line(trace) + record
        self._shelf.put(
            {
                answer_name(collector, component, trace.inputs): content,
                name: encode_line([found, *others[: MOST_READ_SETS - 1]]),
            }
        )


def read_sets_name(collector: str, component: str, inputs: Mapping[str, str]) -> str:
    """The name of the read sets that were seen with the inputs that are known before a run."""
    return f"reads/{key(collector, component, {k: d for k, d in inputs.items() if k not in FOUND_OUT})}"


def answer_name(collector: str, component: str, inputs: Mapping[str, str]) -> str:
    """The name of the record that was made from all of these inputs."""
    return f"records/{key(collector, component, inputs)}"


def key(collector: str, component: str, inputs: Mapping[str, str]) -> str:
    """The digest of some inputs of a record."""
    return digest_text(f"{collector}\n{component}\n{combined(inputs)}")


def read_sets(content: bytes | None) -> tuple[ReadSet, ...]:
    """The read sets in a content, the last first; none where it is not what it should be."""
    if content is None:
        return ()
    try:
        return decode(content, tuple[ReadSet, ...])[:MOST_READ_SETS]
    except ValueError:
        return ()


def answer(asked: Question, content: bytes | None, inputs: Mapping[str, str]) -> Answer | None:
    """The record in a content; None where it is not one that was made from just these inputs."""
    if content is None:
        return None
    line, _, record = content.partition(b"\n")
    try:
        trace = decode_trace(line)
        facts = decode_facts(record, asked.collector.name, asked.component, asked.collector.metrics)
    except ValueError:
        return None
    if facts is None or trace.record != digest_bytes(record) or trace.inputs != inputs:
        return None
    return Answer(facts, trace)


class LocalShelf:
    """The shelf in `.maturity/`. Room is made on `close`, if anything was put there."""

    def __init__(self, store: Store, limit: int = LIMIT) -> None:
        self._store = store
        self._limit = limit
        self._filled = False

    def get(self, names: Sequence[str]) -> Mapping[str, bytes]:
        """As the Protocol says."""
        contents = ((name, read(self._place(name))) for name in names)
        return {name: content for name, content in contents if content is not None}

    def put(self, contents: Mapping[str, bytes]) -> None:
        """As the Protocol says."""
        self._filled = True
        for name, content in contents.items():
            self._store.keep(f"{FOLDER}/{name}", content)

    def drop(self, names: Iterable[str]) -> None:
        """As the Protocol says."""
        for name in names:
            self._store.discard(f"{FOLDER}/{name}")

    def close(self) -> None:
        """Keep within the limit: what was put there first goes first."""
        if not self._filled:
            return
        self._filled = False
        found: list[tuple[int, str, int]] = []
        for directory, _, names in os.walk(self._place("")):
            for name in names:
                status = Path(directory, name).lstat()
                below = os.path.relpath(f"{directory}/{name}", self._store.directory)
                found.append((status.st_mtime_ns, below, status.st_size))
        room = self._limit - sum(size for _, _, size in found)
        for _, name, size in sorted(found):
            if room >= 0:
                break
            self._store.discard(name)
            room += size

    def _place(self, name: str) -> Path:
        return self._store.directory / FOLDER / name
