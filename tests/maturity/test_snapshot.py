"""The quick answer to whether there is anything to do: only from a snapshot of this very checkout."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maturity import snapshot
from maturity.snapshot import Snapshot

if TYPE_CHECKING:
    from conftest import Plant

STATE = Snapshot({"carbon": ("ruff",)}, {"carbon": "Staging"}, {"ruff": "Lint"})
WATCHED = ("src/a.py", "src", "absent.toml")


@pytest.fixture
def root(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree at rest, with a snapshot."""
    monkeypatch.setattr(snapshot, "RACY_NS", 0)
    made = plant("src/a.py", "src/b.py")
    keep(made)
    return made


def keep(root: Path) -> None:
    content = snapshot.content(root, STATE, WATCHED)
    assert content is not None
    (root / ".maturity").mkdir(exist_ok=True)
    (root / snapshot.FILE).write_bytes(content)


def test_what_was_kept_is_read(root: Path) -> None:
    assert snapshot.read(root) == STATE


@pytest.mark.parametrize("change", ["src/a.py", "src/new.py", "absent.toml", "README.md"])
def test_a_change_needs_a_closer_look(root: Path, change: str) -> None:
    (root / change).write_text("x")
    assert snapshot.read(root) is None


def test_what_nobody_looked_at_may_change(root: Path) -> None:
    (root / "src/b.py").write_text("x")
    assert snapshot.read(root) == STATE


def test_a_snapshot_of_another_checkout_says_nothing(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / ".maturity").mkdir()
    head = json.loads((root / snapshot.FILE).read_bytes().partition(b"\n")[0])
    digest, _ = snapshot.look(other, [b""])
    forged = {**head, "top": [], "digest": digest}
    (other / snapshot.FILE).write_bytes(json.dumps(forged).encode() + b"\n")
    assert snapshot.read(other) is None
    forged["surroundings"] = snapshot.surroundings(other)  # which takes the number that its root has here
    (other / snapshot.FILE).write_bytes(json.dumps(forged).encode() + b"\n")
    assert snapshot.read(other) is not None


def test_what_changed_just_now_is_not_kept(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plant("src/a.py")
    now = time.time_ns()
    monkeypatch.setattr("maturity.snapshot.time.time_ns", lambda: now)
    assert snapshot.content(root, STATE, WATCHED) is None
    monkeypatch.setattr("maturity.snapshot.time.time_ns", lambda: now + 3_000_000_000)
    assert snapshot.content(root, STATE, WATCHED) is not None
    assert snapshot.content(root, STATE, ["odd\0name"]) is None


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"[]\n", b"null\n", b"\xff\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_snapshot_says_nothing(root: Path, content: bytes) -> None:
    (root / snapshot.FILE).write_bytes(content)
    assert snapshot.read(root) is None


def test_a_huge_one_and_a_pipe_say_nothing_at_once(root: Path) -> None:
    os.truncate(root / snapshot.FILE, 10 << 30)
    assert snapshot.read(root) is None
    (root / snapshot.FILE).unlink()
    os.mkfifo(root / snapshot.FILE)
    assert snapshot.read(root) is None
