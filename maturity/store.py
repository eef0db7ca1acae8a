"""The cache under `.maturity/`: records, traces and failures by component and collector, and the indexes of a run.

Nothing that is read here is believed before it is checked; what cannot be believed is as good as absent.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import msgspec

from maturity.collectors.base import Collector
from maturity.files import Stamp, digest_bytes, digest_text, read_bytes, tick, write_atomically
from maturity.model import Facts
from maturity.record import (
    FailureReport,
    Trace,
    decode_facts,
    decode_failure,
    decode_trace,
    encode,
    encode_facts,
)

DIRECTORY = ".maturity"
RECORDS = "records"
LIMIT = 256 * 1024 * 1024
"""Bytes of a cache file that are read; a larger one is not ours."""

log = logging.getLogger("maturity")
Index = TypeVar("Index")


@dataclass(frozen=True)
class Known:
    """What the cache holds on one component by one collector.

    `facts` None: nothing was ever measured. `failure` None: the last attempt gave an answer.
    """

    facts: Facts | None = None
    trace: Trace | None = None
    failure: FailureReport | None = None
    digest: str = ""


class Store:
    """The cache of one repository."""

    def __init__(self, root: Path) -> None:
        self.directory = root / DIRECTORY
        self._root = str(root)

    def record_path(self, collector: str, component: str) -> Path:
        """Where the facts are: the JSON target of the collector's task."""
        return self._path(collector, component, "json")

    def _path(self, collector: str, component: str, kind: str) -> Path:
        return self.directory / RECORDS / file_name(component) / f"{file_name(collector)}.{kind}"

    def known(self, collector: Collector, component: str) -> Known:
        """What the cache holds; a trace whose record is not the one it was made with counts for nothing."""
        content = read_bytes(self.record_path(collector.name, component), LIMIT)
        traced = read_bytes(self._path(collector.name, component, "trace.json"), LIMIT)
        failed = read_bytes(self._path(collector.name, component, "failure.json"), LIMIT)
        try:
            failure = None if failed is None else decode_failure(failed)
        except ValueError:
            failure = FailureReport("its failure report cannot be read", "", "")
        if content is None or traced is None:
            return Known(failure=failure)
        try:
            trace = decode_trace(traced)
            if trace.record != digest_bytes(content):
                raise ValueError("it is not the one that its trace was made with")
            facts = decode_facts(content, collector.name, component, collector.metrics)
        except ValueError as error:
            log.warning("%s:%s: the cached record is discarded: %s", collector.name, component, error)
            return Known(failure=failure)
        return Known(facts, trace, failure, trace.record)

    def paths(self, collector: str, component: str) -> tuple[str, str, str]:
        """The record, its trace and the failure report, whether or not they exist, as text relative to the root."""
        # Text, because a run asks this for every record, and a Path costs ten times as much.
        start = f"{DIRECTORY}/{RECORDS}/{file_name(component)}/{file_name(collector)}"
        return f"{start}.json", f"{start}.trace.json", f"{start}.failure.json"

    def stamps(self, collector: str, component: str) -> tuple[Stamp, Stamp] | None:
        """The stamps of the record and its trace; None if one is missing, or there is a failure report."""
        record, trace, failure = self.paths(collector, component)
        try:
            stamps = Stamp.of(os.stat(f"{self._root}/{record}")), Stamp.of(os.stat(f"{self._root}/{trace}"))  # noqa: PTH116 - as above
        except OSError:
            return None
        return None if os.path.exists(f"{self._root}/{failure}") else stamps  # noqa: PTH110 - as above

    def write_facts(self, collector: str, component: str, facts: Facts, trace: Trace) -> None:
        """Keep an answer. The trace goes last: a record without its trace is not believed."""
        content = encode_facts(collector, component, facts)
        path = self.record_path(collector, component)
        if read_bytes(path, LIMIT) != content:
            write_atomically(path, content)
        self._path(collector, component, "failure.json").unlink(missing_ok=True)
        write_atomically(self._path(collector, component, "trace.json"), encode(with_record(trace, content)))

    def write_failure(self, collector: str, component: str, report: FailureReport) -> None:
        """Keep why there is no answer; what was known before stays. A record without facts stands in for none."""
        path = self.record_path(collector, component)
        write_atomically(self._path(collector, component, "failure.json"), encode(report))
        if not path.exists():
            write_atomically(path, encode_facts(collector, component, None))

    def forget(self, collector: str, component: str) -> None:
        """Let the next run collect again."""
        self._path(collector, component, "trace.json").unlink(missing_ok=True)

    def log_overwritten(self, component: str, lines: Iterable[str]) -> None:
        """Keep what a rewrite of a document took from people, with the time."""
        path = self.directory / "overwritten" / f"{file_name(component)}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8", errors="replace") as stream:
            stream.write("\n".join([datetime.now(UTC).isoformat(timespec="seconds"), *lines, "", ""]))

    def read_index(self, name: str, form: type[Index], default: Index) -> Index:
        """An index of an earlier run, or the default where there is none that can be believed."""
        content = read_bytes(self.directory / name, LIMIT)
        if content is None:
            return default
        try:
            return msgspec.json.decode(content, type=form)
        except (msgspec.MsgspecError, RecursionError):
            log.warning("%s/%s cannot be read and is made again", DIRECTORY, name)
            return default

    def now(self) -> int:
        """The time by the clock of the cache's file system (nanoseconds); 0 where the cache cannot be written."""
        try:
            return tick(self.directory / "clock")
        except OSError:
            return 0

    def prepare(self) -> None:
        """Make the directory, out of sight of git."""
        ignore = self.directory / ".gitignore"
        if not ignore.exists():
            write_atomically(ignore, b"*\n")

    def write_index(self, name: str, value: object) -> None:
        """Keep an index for the next run."""
        write_atomically(self.directory / name, msgspec.json.encode(value))


@cache
def file_name(name: str) -> str:
    """A file name for a component or collector, whatever signs are in its name and however long it is."""
    quoted = quote(name, safe="")
    return quoted if len(quoted) <= 150 else f"{quoted[:100]}-{digest_text(name)}"


def with_record(trace: Trace, content: bytes) -> Trace:
    """The trace, tied to the bytes of its record."""
    return replace(trace, record=digest_bytes(content))
