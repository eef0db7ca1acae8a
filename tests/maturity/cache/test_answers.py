"""Two steps to a record: the inputs known before a run, and one of the read sets seen with them. All else is a miss."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from maturity.cache.answers import FOLDER, MOST_READ_SETS, Answer, Answers, LocalShelf, Question, ReadSet
from maturity.cache.record import Trace, encode, encode_facts
from maturity.cache.store import Store, with_record
from maturity.collectors.base import Collector
from maturity.inputs.key import CHANGED, EXISTING, LISTED, OPENED
from maturity.metrics import LintingMetrics
from maturity.model import Facts

BEFORE = {"files": "f", "our code": "o", "version of ruff": "v"}
DISK = {"data": "1", "flag": "absent"}


class Memory:
    """A shelf that counts how often it is looked at."""

    def __init__(self) -> None:
        self.contents: dict[str, bytes] = {}
        self.looks = 0

    def get(self, names: Sequence[str]) -> Mapping[str, bytes]:
        self.looks += 1
        return {name: self.contents[name] for name in names if name in self.contents}

    def put(self, contents: Mapping[str, bytes]) -> None:
        self.contents |= contents

    def drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.contents.pop(name, None)


def inputs(before: Mapping[str, str], read: ReadSet, disk: Mapping[str, str]) -> dict[str, str]:
    """All inputs of a record whose run read something, as they are on a disk."""
    digests = {OPENED: read.opened, LISTED: read.listed, EXISTING: read.asked}
    return {**before, **{k: " ".join(f"{p}={disk.get(p)}" for p in paths) for k, paths in digests.items() if paths}}


def made(violations: int, read: ReadSet = ReadSet(), disk: Mapping[str, str] = DISK) -> tuple[bytes, Trace]:  # noqa: B008 - it is frozen
    content = encode_facts("ruff", "carbon", Facts(("a.py",), {"linting": LintingMetrics(violations)}))
    asked = {path: disk.get(path, "absent") for path in read.asked}
    trace = Trace(inputs(BEFORE, read, disk), "", "2026-03-04T05:06:07+00:00", 0.5, read.opened, read.listed, (), asked)
    return content, with_record(trace, content)


def question(linter: Collector, before: Mapping[str, str] = BEFORE, disk: Mapping[str, str] = DISK) -> Question:
    return Question(linter, "carbon", before, lambda read: inputs(before, read, disk))


def violations(found: Answer | None) -> int | None:
    if found is None:
        return None
    metric = found.facts.metrics["linting"]
    assert isinstance(metric, LintingMetrics)
    return metric.total_violations


@pytest.fixture
def shelf() -> Memory:
    return Memory()


@pytest.fixture
def answers(shelf: Memory) -> Answers:
    return Answers(shelf)


def test_nothing_is_known_before_anything_was_kept(answers: Answers, linter: Collector) -> None:
    assert answers.find([question(linter)]) == [None]
    assert answers.find([]) == []


def test_what_was_kept_is_found_with_its_trace(answers: Answers, linter: Collector) -> None:
    content, trace = made(3)
    answers.keep("ruff", "carbon", content, trace)
    (found,) = answers.find([question(linter)])
    assert found is not None
    assert (violations(found), found.trace) == (3, trace)


@pytest.mark.parametrize("label", BEFORE)
def test_another_input_is_a_miss(answers: Answers, linter: Collector, label: str) -> None:
    answers.keep("ruff", "carbon", *made(3))
    assert answers.find([question(linter, {**BEFORE, label: "another"})]) == [None]
    assert answers.find([question(linter, {k: d for k, d in BEFORE.items() if k != label})]) == [None]


def test_another_component_or_collector_is_a_miss(answers: Answers, linter: Collector) -> None:
    answers.keep("ruff", "carbon", *made(3))
    asked = question(linter)
    assert answers.find([replace(asked, component="store")]) == [None]
    assert answers.find([replace(asked, collector=replace(linter, name="other"))]) == [None]


READ = ReadSet(("data",), (".",), ("flag",))


def test_what_the_run_read_decides(answers: Answers, linter: Collector) -> None:
    for number, data in enumerate(("1", "2")):
        answers.keep("ruff", "carbon", *made(number, READ, {"data": data}))
    asked = [question(linter, disk={"data": data}) for data in ("1", "2", "3")]
    assert [violations(found) for found in answers.find(asked)] == [0, 1, None]


@pytest.mark.parametrize("disk", [{"data": "2"}, {".": "another"}, {"flag": "file"}], ids=["opened", "listed", "asked"])
def test_any_part_of_what_it_read_is_a_miss(answers: Answers, linter: Collector, disk: dict[str, str]) -> None:
    answers.keep("ruff", "carbon", *made(1, READ))
    assert violations(answers.find([question(linter)])[0]) == 1
    assert answers.find([question(linter, disk={**DISK, **disk})]) == [None]


def test_read_sets_that_differ_are_tried_the_last_first(answers: Answers, linter: Collector) -> None:
    answers.keep("ruff", "carbon", *made(1, ReadSet(("data",))))
    answers.keep("ruff", "carbon", *made(2, ReadSet(("data", "more"))))
    assert violations(answers.find([question(linter)])[0]) == 2
    assert violations(answers.find([question(linter, disk={**DISK, "more": "x"})])[0]) == 1


def test_so_many_read_sets_and_no_more(answers: Answers, shelf: Memory, linter: Collector) -> None:
    for number in range(MOST_READ_SETS + 3):
        answers.keep("ruff", "carbon", *made(number, ReadSet((f"data{number}",))))
    oldest_left = answers.find([question(linter, disk={f"data{number}": "x" for number in range(4, 99)})])
    assert violations(oldest_left[0]) == 3
    (reads,) = (content for name, content in shelf.contents.items() if name.startswith("reads/"))
    assert reads.count(b"opened") == MOST_READ_SETS


def test_many_questions_take_two_looks(answers: Answers, shelf: Memory, linter: Collector) -> None:
    answers.keep("ruff", "carbon", *made(3))
    shelf.looks = 0
    assert answers.find([question(linter)] * 1000).count(None) == 0
    assert shelf.looks == 2


def test_what_changed_while_it_was_used_is_not_kept(answers: Answers, shelf: Memory) -> None:
    content, trace = made(3, READ)
    answers.keep("ruff", "carbon", content, replace(trace, inputs={**trace.inputs, OPENED: f"{CHANGED}1: data"}))
    assert not shelf.contents


def test_only_what_gives_way_to_other_inputs_is_kept(answers: Answers, shelf: Memory, linter: Collector) -> None:
    content, trace = made(3)
    answers.replaced("ruff", "carbon", None, None, trace)
    answers.replaced("ruff", "carbon", content, encode(trace), trace)
    answers.replaced("ruff", "carbon", b"tampered", encode(trace), replace(trace, inputs={}))
    answers.replaced("ruff", "carbon", content, b"no trace", replace(trace, inputs={}))
    assert not shelf.contents
    answers.replaced("ruff", "carbon", content, encode(trace), replace(trace, inputs={}))
    assert violations(answers.find([question(linter)])[0]) == 3
    answers.replaced("ruff", "carbon", None, None, trace)
    assert answers.find([question(linter)]) == [None], "it is in use again, and so not on the shelf"


def truncated(content: bytes) -> bytes:
    return content[: len(content) // 2]


def forged(content: bytes) -> bytes:
    return content.replace(b'"total_violations": 3', b'"total_violations": 0')


def other_inputs(content: bytes) -> bytes:
    return content.replace(b'"files":"f"', b'"files":"g"')


DAMAGES = [
    truncated, forged, other_inputs, lambda content: b"", lambda content: b"\n", lambda content: b"[" * 100_000,
    lambda content: b'{"inputs": 5}\n{}', lambda content: b"\xff\xfe", lambda content: b"[{}]", lambda content: b"null",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["reads", "records"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_damaged_is_a_miss(
    answers: Answers, shelf: Memory, linter: Collector, kind: str, damage: Callable[[bytes], bytes]
) -> None:
    answers.keep("ruff", "carbon", *made(3))
    before = dict(shelf.contents)
    shelf.contents |= {name: damage(content) for name, content in before.items() if name.startswith(kind)}
    assert shelf.contents != before or kind == "reads"
    for found in answers.find([question(linter)]):
        assert found is None or (kind == "reads" and violations(found) == 3)
    answers.keep("ruff", "carbon", *made(3))
    assert violations(answers.find([question(linter)])[0]) == 3, "it heals"


def test_nothing_on_the_shelf_names_a_machine(answers: Answers, shelf: Memory, tmp_path: Path) -> None:
    answers.keep("ruff", "carbon", *made(3, READ))
    everything = b"".join((*shelf.contents.values(), *map(str.encode, shelf.contents)))
    for word in (str(Path.home()), str(tmp_path), os.environ.get("USER", "root\0"), str(Path(os.__file__).parent)):
        assert word.encode() not in everything


def test_the_shelf_on_disk_has_room_for_so_much(tmp_path: Path) -> None:
    shelf = LocalShelf(Store(tmp_path), limit=1000)
    for number in range(9):
        shelf.put({f"records/{number}": b"x" * 200})
        os.utime(tmp_path / ".maturity" / FOLDER / f"records/{number}", (number, number))
    shelf.close()
    assert shelf.get([f"records/{number}" for number in range(9)]).keys() == {f"records/{n}" for n in range(4, 9)}
    shelf.drop(["records/8", "records/absent"])
    assert "records/8" not in shelf.get(["records/8"])


@pytest.mark.parametrize("kind", ["directory", "link", "pipe"])
def test_what_stands_in_the_way_on_disk_is_a_miss_and_goes(tmp_path: Path, kind: str) -> None:
    shelf, place = LocalShelf(Store(tmp_path)), tmp_path / ".maturity" / FOLDER / "records/1"
    place.parent.mkdir(parents=True)
    if kind == "directory":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(tmp_path / "nowhere")
    assert shelf.get(["records/1"]) == {}
    shelf.put({"records/1": b"x"})
    assert shelf.get(["records/1"]) == {"records/1": b"x"}
    assert not (tmp_path / "nowhere").exists()
