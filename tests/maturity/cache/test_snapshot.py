"""A snapshot holds while nothing that it names has moved, and says nothing once anything has."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from maturity.cache import snapshot
from maturity.cache.snapshot import FILE, Snapshot

KNOWN = Snapshot({"carbon": ("ruff",)}, {"carbon": "Staging"}, {"ruff": "Lint"})
NAMES = [b"absent.py", b"carbon", b"carbon/core.py"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "carbon").mkdir()
    (tmp_path / "carbon/core.py").write_text("x = 1\n")
    keep(tmp_path, snapshot.content(tmp_path, KNOWN, NAMES, snapshot.look(tmp_path, NAMES), {}))
    return tmp_path


def keep(root: Path, content: bytes) -> None:
    (root / FILE).parent.mkdir(exist_ok=True)
    (root / FILE).write_bytes(content)


def test_it_holds_while_nothing_moves(root: Path) -> None:
    assert snapshot.read(root) == KNOWN
    (root / ".hidden").write_text("")  # doit's database comes and goes there
    assert snapshot.read(root) == KNOWN


def test_it_ends_with_the_first_answer_that_does(root: Path) -> None:
    ending = replace(KNOWN, until=1000.0)
    keep(root, snapshot.content(root, ending, NAMES, snapshot.look(root, NAMES), {}))
    assert snapshot.read(root, now=999.9) == ending
    assert snapshot.read(root, now=1000.0) is None
    assert snapshot.read(root) is None, "by the clock it is over"


def test_what_is_written_for_others_may_move(tmp_path: Path) -> None:
    both = Snapshot({"carbon": ("ruff",), "store": ("ruff",)}, {"carbon": "", "store": ""}, {"ruff": "Lint"})
    for name in ("carbon.json", "store.json", "shared.py"):
        (tmp_path / name).write_text("")
    names = [b"carbon.json", b"shared.py", b"store.json"]
    owners = {b"carbon.json": "carbon", b"store.json": "store"}
    keep(tmp_path, snapshot.content(tmp_path, both, names, snapshot.look(tmp_path, names), owners))
    (tmp_path / "store.json").write_text("moved")
    assert snapshot.read(tmp_path, {"carbon"}) == both
    assert snapshot.read(tmp_path, {"carbon", "store"}) is None
    assert snapshot.read(tmp_path) is None
    (tmp_path / "shared.py").write_text("moved")
    assert snapshot.read(tmp_path, {"carbon"}) is None


def test_an_absent_file_is_looked_at_only_where_no_directory_tells_that_it_came(root: Path) -> None:
    names = [b"carbon", b"carbon/core.py", b"carbon/absent.py", b"carbon/gone/x.py", b"absent.py", b"absent/x.py"]
    kept, stamps = snapshot.telling(names, snapshot.look(root, names))
    assert kept == [b"carbon", b"carbon/core.py", b"carbon/gone/x.py", b"absent.py", b"absent/x.py"]
    assert stamps == snapshot.look(root, kept)
    keep(root, snapshot.content(root, KNOWN, kept, stamps, {}))
    assert snapshot.read(root) == KNOWN
    (root / "carbon/absent.py").write_text("")
    assert snapshot.read(root) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "carbon/core.py").write_text("x = 22\n"),
        lambda root: os.utime(root / "carbon/core.py", ns=(1, 1)),
        lambda root: (root / "carbon/core.py").unlink(),
        lambda root: (root / "carbon/more.py").write_text(""),
        lambda root: (root / "absent.py").write_text(""),
        lambda root: (root / "unnamed").mkdir(),
        lambda root: (root / "carbon/core.py").rename(root / "carbon/kern.py"),
    ],
)
def test_it_is_gone_once_something_moved(root: Path, change: Callable[[Path], object]) -> None:
    change(root)
    assert snapshot.read(root) is None


def test_a_file_of_the_same_size_and_time_with_another_content_is_seen(root: Path) -> None:
    path = root / "carbon/core.py"
    status = path.stat()
    path.write_text("y = 1\n")
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert snapshot.read(root) is None


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[]\n", b'{"surroundings": 1}\n', b"\xff\xfe\n", b"\0" * 100, b"[" * 10**5 + b"\n"]
)
def test_one_that_is_damaged_says_nothing(root: Path, content: bytes) -> None:
    (root / FILE).write_bytes(content)
    assert snapshot.read(root) is None


def test_every_way_of_cutting_it_short_says_nothing(root: Path) -> None:
    content = (root / FILE).read_bytes()
    for length in range(len(content)):
        (root / FILE).write_bytes(content[:length])
        assert snapshot.read(root) is None, length


def test_one_of_another_interpreter_says_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "surroundings", lambda root: "another")
    assert snapshot.read(root) is None


def test_the_stamps_are_four_numbers_for_each_path(root: Path) -> None:
    stamps = snapshot.look(root, [*NAMES, os.fsencode(root / "carbon")])
    assert len(stamps) == 16
    assert tuple(stamps[:4]) == snapshot.ABSENT
    assert stamps[4:8] == stamps[12:16]  # a relative path and an absolute one are the same directory


def test_one_that_was_made_for_another_checkout_says_nothing(root: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    nothing = snapshot.look(tmp_path / "other", [])
    forged = snapshot.content(root, KNOWN, [], nothing, {}).replace(b'["carbon"]', b"[]")
    keep(tmp_path / "other", forged)
    assert snapshot.read(tmp_path / "other") is None


def test_a_huge_one_and_a_pipe_are_not_read(root: Path) -> None:
    os.truncate(root / FILE, 10 << 30)
    assert snapshot.read(root) is None
    (root / FILE).unlink()
    os.mkfifo(root / FILE)
    assert snapshot.read(root) is None
