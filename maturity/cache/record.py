"""Facts, traces and failures ↔ canonical JSON. What is read back is checked like any input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

import msgspec

from maturity.metrics import Metric
from maturity.model import Facts, Finding

FORMAT = 1
"""The version of the form; a file of another version is not believed."""


@dataclass(frozen=True)
class Trace:
    """How a record came to be: what is not a fact about the component, and so is kept beside the record.

    `inputs` maps each input's label to its digest at the time before the tool started. `record` is the digest of the
    record's bytes, `measured` the time (ISO 8601, UTC). `opened`, `listed` and `asked` are the files that a test run
    opened, the directories that it listed, and the paths of which it asked whether they exist. `because` are the
    reasons why it was collected, in words. Of `asked` it is kept what there was. `until` is when it ends to be current
    though no input moves (seconds since the epoch); None where it never does.
    """

    inputs: Mapping[str, str]
    record: str
    measured: str
    seconds: float = 0.0
    opened: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict[str, str])
    until: float | None = None
    format: int = FORMAT


@dataclass(frozen=True)
class FailureReport:
    """That a collector has no answer now: why, and since when (ISO 8601, UTC)."""

    reason: str
    log: str
    when: str
    format: int = FORMAT


@dataclass(frozen=True)
class _Record:
    """The form of a record file; `metrics` is None where nothing was ever measured."""

    collector: str
    component: str
    files: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    metrics: Mapping[str, msgspec.Raw] | None = None
    unknown: Mapping[str, str] = field(default_factory=dict[str, str])
    findings: tuple[Finding, ...] = ()
    format: int = FORMAT


def encode(value: object) -> bytes:
    """Canonical JSON: sorted keys, one final newline; equal values give equal bytes."""
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1) + b"\n"


def encode_line(value: object) -> bytes:
    """The same in one line."""
    return msgspec.json.encode(value, order="deterministic") + b"\n"


Form = TypeVar("Form")


def decode(content: bytes | msgspec.Raw, form: type[Form]) -> Form:
    """JSON of one form. Raises ValueError for anything else."""
    try:
        return msgspec.json.decode(content, type=form)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def encode_facts(collector: str, component: str, facts: Facts | None) -> bytes:
    """A record's bytes; None is a record without facts."""
    if facts is None:
        return encode(_Record(collector, component))
    metrics = {name: msgspec.Raw(msgspec.json.encode(m, order="deterministic")) for name, m in facts.metrics.items()}
    return encode(_Record(collector, component, facts.files, facts.excluded, metrics, facts.unknown, facts.findings))


def decode_facts(content: bytes, collector: str, component: str, metrics: Mapping[str, type[Metric]]) -> Facts | None:
    """The facts in a record's bytes, None for a record without facts.

    Raises ValueError where the bytes are no record of this collector and component in this version of the form.
    """
    record = decode(content, _Record)
    if (record.format, record.collector, record.component) != (FORMAT, collector, component):
        raise ValueError("this is the record of something else")
    if record.metrics is None:
        return None
    if not record.metrics.keys() <= metrics.keys():
        raise ValueError("it has metrics that this collector does not know")
    values = {name: decode(raw, metrics[name]) for name, raw in record.metrics.items()}
    return Facts(record.files, values, record.excluded, record.findings, record.unknown)


def decode_trace(content: bytes) -> Trace:
    """A trace's bytes. Raises ValueError where they are none in this version of the form."""
    trace = decode(content, Trace)
    datetime.fromisoformat(trace.measured)
    if trace.format != FORMAT:
        raise ValueError("this is another version of the form")
    return trace


def decode_failure(content: bytes) -> FailureReport:
    """A failure's bytes. Raises ValueError where they are none in this version of the form."""
    report = decode(content, FailureReport)
    if report.format != FORMAT:
        raise ValueError("this is another version of the form")
    return report
