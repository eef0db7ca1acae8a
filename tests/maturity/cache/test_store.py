"""The cache on disk: what is kept, what is believed, what is discarded with a message."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from maturity.cache.record import FailureReport, Trace
from maturity.cache.store import Known, Store
from maturity.collectors.base import Collector
from maturity.errors import StorageError
from maturity.files import digest_bytes
from maturity.metrics import LintingMetrics
from maturity.model import Facts

FACTS = Facts(("a.py",), {"linting": LintingMetrics(3)})
TRACE = Trace({"files": "d1"}, "", "2026-03-04T05:06:07+00:00", 0.5)
REPORT = FailureReport("timeout", "$ ruff", "2026-04-05T06:07:08+00:00")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def trace_path(store: Store) -> Path:
    return store.record_path("ruff", "carbon").with_name("ruff.trace.json")


def failure_path(store: Store) -> Path:
    return store.record_path("ruff", "carbon").with_name("ruff.failure.json")


def test_an_empty_cache_knows_nothing(store: Store, linter: Collector) -> None:
    assert store.known(linter, "carbon") == Known()
    assert not store.directory.exists()


def test_facts_are_kept_and_tied_to_their_trace(store: Store, linter: Collector) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    digest = digest_bytes(store.record_path("ruff", "carbon").read_bytes())
    assert store.known(linter, "carbon") == Known(FACTS, replace(TRACE, record=digest), None, digest)
    assert store.known(linter, "currency") == Known()


def test_a_failure_is_kept_beside_the_last_known_good(store: Store, linter: Collector) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    good = store.known(linter, "carbon")
    store.write_failure("ruff", "carbon", REPORT)
    assert store.known(linter, "carbon") == replace(good, failure=REPORT)


def test_an_answer_ends_the_failure(store: Store, linter: Collector) -> None:
    store.write_failure("ruff", "carbon", REPORT)
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    known = store.known(linter, "carbon")
    assert (known.facts, known.failure) == (FACTS, None)


def test_a_first_failure_leaves_a_record_without_facts(
    store: Store, linter: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    store.write_failure("ruff", "carbon", REPORT)
    assert store.known(linter, "carbon") == Known(failure=REPORT)
    assert json.loads(store.record_path("ruff", "carbon").read_bytes())["metrics"] is None
    assert not caplog.records


def test_the_same_facts_again_leave_the_record_alone(store: Store, linter: Collector) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    before = store.record_path("ruff", "carbon").stat()
    store.write_facts("ruff", "carbon", FACTS, replace(TRACE, inputs={"files": "d2"}))
    after = store.record_path("ruff", "carbon").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    known = store.known(linter, "carbon")
    assert known.trace
    assert known.trace.inputs == {"files": "d2"}


def test_a_tampered_record_is_discarded_with_a_message(
    store: Store, linter: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    path = store.record_path("ruff", "carbon")
    path.write_bytes(path.read_bytes().replace(b": 3", b": 0"))
    assert store.known(linter, "carbon") == Known()
    (message,) = caplog.messages
    assert message.startswith("ruff:carbon: the cached record is discarded: ")


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"\xff", b'{"format": 99}', b'{"x": ' + b"[" * 100_000])
def test_a_tampered_trace_discards_the_record_but_not_the_failure(
    store: Store, linter: Collector, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    store.write_failure("ruff", "carbon", REPORT)
    trace_path(store).write_bytes(content)
    assert store.known(linter, "carbon") == Known(failure=REPORT)
    assert "discarded" in caplog.text


def test_a_record_of_another_component_is_discarded(
    store: Store, linter: Collector, caplog: pytest.LogCaptureFixture
) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    Path(store.record_path("ruff", "carbon").parent).rename(store.record_path("ruff", "currency").parent)
    assert store.known(linter, "currency") == Known()
    assert "ruff:currency: the cached record is discarded: " in caplog.text


@pytest.mark.parametrize("gone", ["record", "trace"])
def test_a_record_and_its_trace_need_one_another(store: Store, linter: Collector, gone: str) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    (store.record_path("ruff", "carbon") if gone == "record" else trace_path(store)).unlink()
    assert store.known(linter, "carbon") == Known()


def test_a_run_that_died_between_record_and_trace_is_not_believed(store: Store, linter: Collector) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    old = trace_path(store).read_bytes()
    store.write_facts("ruff", "carbon", Facts((), {}), TRACE)
    trace_path(store).write_bytes(old)
    assert store.known(linter, "carbon") == Known()


def test_a_failure_report_that_cannot_be_read_is_a_failure_still(store: Store, linter: Collector) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    failure_path(store).write_bytes(b"{")
    known = store.known(linter, "carbon")
    assert known.facts == FACTS
    assert known.failure
    assert known.failure.reason


def test_forget_makes_the_record_count_for_nothing(store: Store, linter: Collector) -> None:
    store.forget("ruff", "carbon")
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    store.forget("ruff", "carbon")
    assert store.known(linter, "carbon").trace is None


ODD_NAMES = ["a b", "a/b", "a..", "-x", "it's", 'a"b', "ä测", "%2F", "a:b", "CON", "x.trace", "a?b", "测" * 80]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_names_stay_in_the_cache_and_apart(store: Store, linter: Collector, name: str) -> None:
    store.write_facts("ruff", "plain", FACTS, TRACE)
    store.write_facts("ruff", name, Facts((name,), {}), TRACE)
    assert store.known(linter, name).facts == Facts((name,), {})
    assert store.known(linter, "plain").facts == FACTS
    records = store.directory / "records"
    assert store.record_path("ruff", name).resolve().parent.parent == records.resolve()


def test_paths_of_different_names_differ(store: Store) -> None:
    assert len({store.record_path("ruff", name) for name in ODD_NAMES}) == len(ODD_NAMES)


def test_an_index_round_trips(store: Store) -> None:
    store.write_index("files.json", {"a": 1})
    assert store.read_index("files.json", dict[str, int], {}) == {"a": 1}


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": "x"}', b"[1]", b"\xff", b'{"a": ' + b"[" * 100_000])
def test_an_index_that_cannot_be_believed_is_made_again(
    store: Store, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    store.write_index("files.json", {})
    (store.directory / "files.json").write_bytes(content)
    default = {"b": 2}
    assert store.read_index("files.json", dict[str, int], default) is default
    assert ".maturity/files.json cannot be read and is made again" in caplog.text


def test_an_absent_index_is_no_news(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    assert store.read_index("files.json", dict[str, int], {}) == {}
    assert not caplog.records


def test_the_cache_is_out_of_sight_of_git(store: Store) -> None:
    store.prepare()
    ignore = store.directory / ".gitignore"
    assert ignore.read_text() == "*\n"
    ignore.write_text("!keep\n")
    store.prepare()
    assert ignore.read_text() == "!keep\n"


def test_stamps_are_those_of_an_answer_alone(store: Store) -> None:
    assert store.stamps("ruff", "carbon") is None
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    stamps = store.stamps("ruff", "carbon")
    assert stamps is not None
    assert stamps == store.stamps("ruff", "carbon")
    store.write_failure("ruff", "carbon", REPORT)
    assert store.stamps("ruff", "carbon") is None


def test_what_was_overwritten_is_kept_line_by_line(store: Store) -> None:
    store.log_overwritten("a/b", ["- mine", "+ é \udce9"])
    store.log_overwritten("a/b", ["- again"])
    (log,) = (store.directory / "overwritten").iterdir()
    lines = log.read_text("utf-8").splitlines()
    assert lines[1] == "- mine"
    assert lines[2].startswith("+ é ")
    assert "- again" in lines


def test_an_answer_is_kept_with_its_trace_or_not_at_all(
    store: Store, linter: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    before = store.known(linter, "carbon")
    fsync, left = os.fsync, [1]

    def full(handle: int) -> None:
        if not left:
            raise OSError(28, "No space left on device")
        left.pop()
        fsync(handle)

    monkeypatch.setattr("maturity.writing.os.fsync", full)
    with pytest.raises(StorageError) as error:
        store.write_facts("ruff", "carbon", Facts(("a.py",), {"linting": LintingMetrics(4)}), TRACE)
    record = ".maturity/records/carbon/ruff"
    end = "cannot be written: No space left on device; make room and run again"
    assert str(error.value) == f"{record}.json and {record}.trace.json: {end}"
    assert store.known(linter, "carbon") == before


def test_an_index_that_cannot_be_written_is_only_a_warning(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("maturity.writing.os.fsync", full)
    store.write_index("index.json", {"a": 1})
    assert caplog.messages == [
        ".maturity/index.json: cannot be written: No space left on device; make room and run again"
    ]


def test_nothing_is_written_through_links(store: Store, tmp_path: Path, linter: Collector) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("theirs")
    (store.directory / "records").mkdir(parents=True)
    (store.directory / "records" / "carbon").symlink_to(outside)
    (store.directory / "index.json").symlink_to(outside / "file")
    (store.directory / "overwritten").symlink_to(outside)
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    store.write_index("index.json", {"a": 1})
    store.log_overwritten("carbon", ["- mine"])
    store.place("lock").touch()
    assert store.known(linter, "carbon").facts == FACTS
    assert [path.name for path in outside.iterdir()] == ["file"]
    assert (outside / "file").read_text() == "theirs"


@pytest.mark.parametrize("kind", ["link", "file", "circle"])
def test_a_cache_that_is_no_directory_is_an_error(store: Store, tmp_path: Path, kind: str) -> None:
    (tmp_path / "outside").mkdir()
    if kind == "file":
        store.directory.touch()
    else:
        store.directory.symlink_to("outside" if kind == "link" else ".maturity")
    for write in (store.prepare, lambda: store.append("x.log", b""), lambda: store.write({store.directory / "x": b""})):
        with pytest.raises(StorageError, match=r"\.maturity is a link, or no directory; remove it"):
            write()
    assert list((tmp_path / "outside").iterdir()) == []


def test_a_log_for_people_is_added_to_and_never_replaced(store: Store) -> None:
    assert store.append("adopted/carbon.log", b"one\n") == ".maturity/adopted/carbon.log"
    store.append("adopted/carbon.log", b"two\n")
    path = store.directory / "adopted" / "carbon.log"
    assert path.read_bytes() == b"one\ntwo\n"
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(StorageError, match=r"adopted/carbon\.log: cannot be written"):
        store.append("adopted/carbon.log", b"three\n")


def test_the_sweep_removes_what_killed_runs_have_left(store: Store, tmp_path: Path) -> None:
    store.write_facts("ruff", "carbon", FACTS, TRACE)
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / ".maturity-c.tmp").touch()
    (store.directory / "link").symlink_to(tmp_path / "outside")
    left = [store.directory / ".maturity-a.tmp", store.directory / "records" / "carbon" / ".maturity-b.tmp"]
    for path in left:
        path.touch()
    store.sweep()
    assert not any(path.exists() for path in left)
    assert store.record_path("ruff", "carbon").exists()
    assert (tmp_path / "outside" / ".maturity-c.tmp").exists()


def test_records_may_be_written_by_several_threads_into_one_directory(store: Store, linter: Collector) -> None:
    names = [f"tool{number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for name in names:
            pool.submit(store.write_facts, name, "carbon", FACTS, TRACE)
    assert all(store.known(replace(linter, name=name), "carbon").facts == FACTS for name in names)
