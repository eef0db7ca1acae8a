"""Records, traces and failures as canonical JSON; what is read back is checked like any input."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.cache.record import (
    FORMAT,
    FailureReport,
    Trace,
    decode_facts,
    decode_failure,
    decode_trace,
    encode,
    encode_facts,
)
from maturity.metrics import CoverageMetrics, LintingMetrics, TestMetrics
from maturity.model import Facts, Finding

METRICS = {"coverage": CoverageMetrics, "tests": TestMetrics, "linting": LintingMetrics}
TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
COUNT = st.integers(0, 2**40)
LINES = st.lists(COUNT, max_size=3).map(tuple)
TALLY = st.dictionaries(TEXT, COUNT, max_size=3)
PAIR = st.tuples(COUNT, COUNT).map(sorted).map(tuple)
FACTS = st.builds(
    Facts,
    st.lists(TEXT, max_size=3).map(tuple),
    st.fixed_dictionaries(
        {},
        optional={
            "coverage": st.builds(CoverageMetrics.of_counts, PAIR, PAIR, st.dictionaries(TEXT, LINES, max_size=2)),
            "tests": st.builds(TestMetrics, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT, COUNT),
            "linting": st.builds(LintingMetrics, COUNT, TALLY, TALLY),
        },
    ),
    st.lists(TEXT, max_size=3).map(tuple),
    st.lists(st.builds(Finding, TEXT, COUNT, TEXT, TEXT, TEXT, TEXT), max_size=3).map(tuple),
    st.dictionaries(TEXT, TEXT, max_size=2),
)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
TRACES = st.builds(
    Trace,
    inputs=st.dictionaries(TEXT, TEXT, max_size=3),
    record=TEXT,
    measured=st.datetimes().map(datetime.isoformat),
    seconds=st.floats(0, 1e9),
    opened=TEXTS,
    listed=TEXTS,
    because=TEXTS,
    asked=st.dictionaries(TEXT, TEXT, max_size=3),
)
FAILURES = st.builds(FailureReport, TEXT, TEXT, TEXT)

SOME = Facts(
    ("b.py", "a.py"),
    {"tests": TestMetrics(1, 2, 3, 6), "linting": LintingMetrics(2, {"z": 1, "a": 1}, {"F401": 2})},
    findings=(Finding("a.py", 3, "F401", "error", "unused é"),),
    unknown={"coverage": "no statement"},
)


@given(FACTS, TEXT, TEXT)
def test_facts_round_trip(facts: Facts, collector: str, component: str) -> None:
    content = encode_facts(collector, component, facts)
    assert decode_facts(content, collector, component, METRICS) == facts


@given(TRACES)
def test_a_trace_round_trips(trace: Trace) -> None:
    assert decode_trace(encode(trace)) == trace


@given(FAILURES)
def test_a_failure_round_trips(report: FailureReport) -> None:
    assert decode_failure(encode(report)) == report


def test_no_facts_round_trip() -> None:
    assert decode_facts(encode_facts("ruff", "carbon", None), "ruff", "carbon", METRICS) is None
    assert decode_facts(encode_facts("ruff", "carbon", Facts((), {})), "ruff", "carbon", METRICS) == Facts((), {})


@given(FACTS)
def test_equal_facts_are_equal_bytes_whatever_their_order(facts: Facts) -> None:
    turned = Facts(
        facts.files,
        dict(reversed([*facts.metrics.items()])),
        facts.excluded,
        facts.findings,
        dict(reversed([*facts.unknown.items()])),
    )
    assert encode_facts("pytest", "c", turned) == encode_facts("pytest", "c", facts)


def test_the_form_is_canonical_json() -> None:
    content = encode_facts("ruff", "carbon", SOME)
    values = json.loads(content)
    assert values["format"] == FORMAT
    assert list(values["metrics"]) == ["linting", "tests"]
    assert list(values["metrics"]["linting"]["by_severity"]) == ["a", "z"]
    assert content.decode() == json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def tampered(**changes: object) -> bytes:
    return json.dumps({**json.loads(encode_facts("ruff", "carbon", SOME)), **changes}).encode()


def test_the_fixture_of_the_refusals_is_sound() -> None:
    assert decode_facts(tampered(), "ruff", "carbon", METRICS) == SOME


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        b"not json",
        tampered(format=FORMAT + 1),
        tampered(format="1"),
        tampered(format=None),
        tampered(collector="bandit"),
        tampered(component="currency"),
        tampered(metrics={"security": {"total_issues": 0}}),
        tampered(metrics={"linting": {}}),
        tampered(metrics={"linting": {"total_violations": "0"}}),
        tampered(metrics={"linting": {"total_violations": 0.5}}),
        tampered(metrics={"linting": {"total_violations": True}}),
        tampered(metrics={"linting": None}),
        tampered(metrics=[]),
        tampered(files="a.py"),
        tampered(files=[1]),
        tampered(findings=[{"path": "a.py"}]),
        tampered(unknown={"x": 1}),
        b'{"x": ' + b"[" * 100_000,
        tampered(metrics={"linting": {"total_violations": 0, "x": 1}}).replace(b'"x": 1', b'"x": ' + b"[" * 100_000),
    ],
    ids=lambda content: content[:40].decode("utf-8", "replace"),
)
def test_what_is_no_record_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        decode_facts(content, "ruff", "carbon", METRICS)


@pytest.mark.parametrize("changes", [{"total_violations": -1}, {"by_rule": {"F401": -2}}])
def test_a_count_below_zero_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        decode_facts(tampered(metrics={"linting": {"total_violations": 0, **changes}}), "ruff", "carbon", METRICS)


def test_more_covered_than_there_is_is_refused() -> None:
    coverage = {"percentage": 100.0, "lines_covered": 200, "lines_total": 100}
    with pytest.raises(ValueError):
        decode_facts(tampered(metrics={"coverage": coverage}), "ruff", "carbon", METRICS)


TRACE = encode(Trace({"files": "d"}, "r", "2026-03-04T05:06:07+00:00", 1.5, ("a",), ("b",)))
FAILURE = encode(FailureReport("timeout", "log", "2026-03-04T05:06:07+00:00"))


@pytest.mark.parametrize(
    ("content", "decode"),
    [(encode_facts("ruff", "carbon", SOME), lambda b: decode_facts(b, "ruff", "carbon", METRICS)),
     (TRACE, decode_trace), (FAILURE, decode_failure)],
)  # fmt: skip
def test_a_file_cut_short_is_refused_wherever_it_ends(content: bytes, decode: Callable[[bytes], object]) -> None:
    assert decode(content)
    for length in range(len(content) - 2):
        with pytest.raises(ValueError):
            decode(content[:length])


@pytest.mark.parametrize("decode", [decode_trace, decode_failure])
@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", TRACE.replace(b": 1\n", b": 99\n"), FAILURE[:-3]])
def test_what_is_no_trace_or_failure_is_refused(content: bytes, decode: Callable[[bytes], object]) -> None:
    with pytest.raises(ValueError):
        decode(content)


def test_a_trace_and_a_finding_from_before_they_had_their_newest_field_are_read() -> None:
    trace = json.loads(TRACE)
    del trace["because"]
    assert decode_trace(json.dumps(trace).encode()).because == ()
    record = json.loads(encode_facts("ruff", "carbon", SOME))
    del record["findings"][0]["fix"]
    assert decode_facts(json.dumps(record).encode(), "ruff", "carbon", METRICS) == SOME


@pytest.mark.parametrize("measured", ["", "yesterday", "\n```\n", "2026-13-01", "2026-03-04\n# x"])
def test_a_trace_without_a_date_is_refused(measured: str) -> None:
    with pytest.raises(ValueError):
        decode_trace(json.dumps({**json.loads(TRACE), "measured": measured}).encode())


@pytest.mark.parametrize(("content", "decode"), [(TRACE, decode_trace), (FAILURE, decode_failure)])
def test_another_version_of_the_form_is_refused(content: bytes, decode: Callable[[bytes], object]) -> None:
    values = json.loads(content)
    for version in (FORMAT + 1, 0, "1"):
        with pytest.raises(ValueError):
            decode(json.dumps({**values, "format": version}).encode())
