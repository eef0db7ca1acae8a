"""The cache under `.maturity/`: records, traces and failures by component and collector, and the indexes of a run.

Nothing that is read here is believed before it is checked; what cannot be believed is as good as absent. Nothing is
written through a link, and what stands in the way of a file of ours, a directory for example, is damage and goes.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import msgspec

from maturity.cache.record import (
    FailureReport,
    Trace,
    decode_facts,
    decode_failure,
    decode_trace,
    encode,
    encode_facts,
)
from maturity.collectors.base import Collector
from maturity.errors import StorageError, said
from maturity.files import Stamp, digest_bytes, digest_text, read_bytes, tick
from maturity.model import Facts
from maturity.printing import log
from maturity.writing import is_temporary, write_together

DIRECTORY = ".maturity"
RECORDS = "records"
LIMIT = 64 * 1024 * 1024
"""Bytes of a cache file that are read; a larger one is not ours."""

Index = TypeVar("Index")


Replaced = Callable[[str, str, bytes | None, bytes | None, Trace], None]
"""Collector, component, the bytes of the record and the trace that give way, if there are any, and the new trace."""


def nothing(collector: str, component: str, record: bytes | None, traced: bytes | None, after: Trace) -> None:
    """Let a record give way, and keep nothing of it."""
    del collector, component, record, traced, after


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
    """The cache of one repository; `replaced` is called before a record gives way to another, see `Replaced`."""

    def __init__(self, root: Path) -> None:
        self.directory = root / DIRECTORY
        self._root = str(root)
        self.replaced: Replaced = nothing
        self._decoded: dict[tuple[str, str], tuple[str, Known]] = {}

    def record_path(self, collector: str, component: str) -> Path:
        """Where the facts are: the JSON target of the collector's task."""
        return self._path(collector, component, "json")

    def _path(self, collector: str, component: str, kind: str) -> Path:
        return self.directory / RECORDS / file_name(component) / f"{file_name(collector)}.{kind}"

    def known(self, collector: Collector, component: str) -> Known:
        """What the cache holds; a trace whose record is not the one it was made with counts for nothing.

        It is read each time, for a test may have changed it, and decoded once in a run.
        """
        content = read(self.record_path(collector.name, component))
        traced = read(self._path(collector.name, component, "trace.json"))
        failure = self._failure(self._path(collector.name, component, "failure.json"))
        if content is None or traced is None:
            return Known(failure=failure)
        name, digest = (collector.name, component), digest_bytes(content + traced)
        if name not in self._decoded or self._decoded[name][0] != digest:
            self._decoded[name] = (digest, decoded(collector, component, content, traced))
        known = self._decoded[name][1]
        return known if failure is None else replace(known, failure=failure)

    def _failure(self, path: Path) -> FailureReport | None:
        content = read(path)
        if content is None and not os.path.lexists(path):
            return None
        try:
            return decode_failure(content or b"")
        except ValueError:
            return FailureReport("its failure report cannot be read", "", "")

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
        return None if os.path.lexists(f"{self._root}/{failure}") else stamps

    def _files(self, collector: str, component: str) -> list[Path]:
        return [Path(self._root, path) for path in self.paths(collector, component)]

    def write_facts(self, collector: str, component: str, facts: Facts, trace: Trace) -> None:
        """Keep an answer, with its trace or not at all: a record without its trace is not believed."""
        content = encode_facts(collector, component, facts)
        record, traced, failure = self._files(collector, component)
        before = read(record)
        self.replaced(collector, component, before, read(traced), trace)
        files = {} if before == content else {record: content}
        self.write({**files, traced: encode(with_record(trace, content))})
        self._remove(failure)

    def write_failure(self, collector: str, component: str, report: FailureReport) -> None:
        """Keep why there is no answer; what was known before stays. A record without facts stands in for none."""
        record, _, failure = self._files(collector, component)
        self.write({failure: encode(report)})
        if not record.is_file():
            self.write({record: encode_facts(collector, component, None)})

    def forget(self, collector: str, component: str) -> None:
        """Let the next run collect again."""
        self._remove(self._path(collector, component, "trace.json"))

    def discard(self, name: str) -> None:
        """Remove what the next run can do without, if that can be."""
        try:
            self._remove(self.directory / name)
        except StorageError as error:
            log.warning("%s", error)

    def log_overwritten(self, component: str, lines: Iterable[str]) -> None:
        """Keep what a rewrite of a document took from people, with the time."""
        text = "\n".join([datetime.now(UTC).isoformat(timespec="seconds"), *lines, "", ""])
        self.append(f"overwritten/{file_name(component)}.log", text.encode("utf-8", "replace"))

    def append(self, name: str, content: bytes) -> str:
        """Add to a file of the cache that only people read, and give its path from the root. Raises StorageError."""
        path = self.directory / name
        try:
            self._make_way(path)
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
            handle = os.open(path, flags, 0o666)
            with os.fdopen(handle, "ab") as stream:
                stream.write(content)
        except OSError as error:
            raise StorageError(f"{DIRECTORY}/{name}: cannot be written: {said(error)}") from None
        return f"{DIRECTORY}/{name}"

    def read_index(self, name: str, form: type[Index], default: Index) -> Index:
        """An index of an earlier run, or the default where there is none that can be believed."""
        content = read(self.directory / name)
        if content is None:
            if os.path.lexists(self.directory / name):
                log.warning("%s/%s is no file of ours and is made again", DIRECTORY, name)
            return default
        try:
            return msgspec.json.decode(content, type=form)
        except (msgspec.MsgspecError, RecursionError):
            log.warning("%s/%s cannot be read and is made again", DIRECTORY, name)
            return default

    def now(self) -> int:
        """The time by the clock of the cache's file system (nanoseconds); 0 where the cache cannot be written."""
        try:
            return tick(self.place("clock"))
        except (OSError, StorageError):
            return 0

    def prepare(self) -> None:
        """Make the directory, out of sight of git. Raises StorageError where that cannot be."""
        ignore = self.directory / ".gitignore"
        if self.directory.is_symlink() or not stat.S_ISREG(mode(ignore)):
            self.write({ignore: b"*\n"})

    def write_index(self, name: str, value: object) -> None:
        """Keep an index for the next run."""
        self.keep(name, msgspec.json.encode(value))

    def keep(self, name: str, content: bytes) -> bool:
        """Keep what makes the next run quicker, which can do without; whether that could be."""
        try:
            self.write({self.directory / name: content})
        except StorageError as error:
            log.warning("%s", error)
            return False
        return True

    def write(self, contents: Mapping[Path, bytes]) -> None:
        """Put files into the cache, each whole or not at all. Raises StorageError, and then none is new."""
        try:
            for path in contents:
                self._make_way(path)
                clear(path)
            write_together(contents)
        except OSError as error:
            names = " and ".join(path.relative_to(self.directory.parent).as_posix() for path in contents)
            raise StorageError(f"{names}: cannot be written: {said(error)}") from None

    def place(self, name: str) -> Path:
        """The path of a file of the cache that others write, with nothing but such a file in the way."""
        path = self.directory / name
        self._make_way(path)
        clear(path)
        return path

    def _make_way(self, path: Path) -> None:
        """See to it that the directories above a path of the cache are there, and lie nowhere else."""
        if not stat.S_ISDIR(mode(self.directory) or stat.S_IFDIR):
            raise StorageError(f"{DIRECTORY} is a link, or no directory; remove it, and the next run makes it anew")
        above = self.directory
        for part in path.relative_to(above).parts[:-1]:
            above /= part
            found = mode(above)
            if not stat.S_ISDIR(found):
                if found:
                    above.unlink(missing_ok=True)
                above.mkdir(parents=True, exist_ok=True)  # another thread may be as far

    def sweep(self) -> None:
        """Remove the temporary files that killed runs have left; only for a run that holds the lock."""
        for directory, _, names in os.walk(self.directory):
            for name in filter(is_temporary, names):
                self._remove(Path(directory, name))

    def _remove(self, path: Path) -> None:
        """As `remove`. Raises StorageError."""
        try:
            remove(path)
        except OSError as error:
            name = path.relative_to(self.directory.parent).as_posix()
            raise StorageError(f"{name}: cannot be removed: {said(error)}") from None


def decoded(collector: Collector, component: str, content: bytes, traced: bytes) -> Known:
    """A record with its trace; nothing, with a message, where they cannot be believed."""
    try:
        trace = decode_trace(traced)
        if trace.record != digest_bytes(content):
            raise ValueError("it is not the one that its trace was made with")
        facts = decode_facts(content, collector.name, component, collector.metrics)
    except ValueError as error:
        log.warning("%s:%s: the cached record is discarded: %s", collector.name, component, error)
        return Known()
    return Known(facts, trace, None, trace.record)


def read(path: Path) -> bytes | None:
    """The content of a file of the cache, None where there is none that can be read."""
    try:
        return read_bytes(path, LIMIT)
    except OSError as error:
        log.warning("%s cannot be read: %s", path.name, said(error))
        return None


def mode(path: Path) -> int:
    """What stands at a path, 0 if nothing does."""
    try:
        return path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def clear(path: Path) -> None:
    """Remove what stands in the way of a file: anything that is none."""
    if not stat.S_ISREG(mode(path) or stat.S_IFREG):
        remove(path)


def remove(path: Path) -> None:
    """Remove whatever stands at a path; a link is removed and not followed. Raises OSError."""
    if stat.S_ISDIR(mode(path)):
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@cache
def file_name(name: str) -> str:
    """A file name for a component or collector, whatever signs are in its name and however long it is."""
    quoted = quote(name, safe="")
    return quoted if len(quoted) <= 150 else f"{quoted[:100]}-{digest_text(name)}"


def with_record(trace: Trace, content: bytes) -> Trace:
    """The trace, tied to the bytes of its record."""
    return replace(trace, record=digest_bytes(content))
