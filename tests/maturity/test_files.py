"""Reading files: what is none is neither read nor waited for, and nothing outside the root is."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from maturity.files import read_bytes, read_inside
from maturity.tree import Tree

Grow = Callable[..., Tree]
Plant = Callable[..., Path]


def test_read_bytes(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bytes(tmp_path / "a", 5) == b"12345"
    assert read_bytes(tmp_path / "a", 4) is None
    assert read_bytes(tmp_path / "b", 5) is None
    assert read_bytes(tmp_path, 5) is None
    assert read_bytes(tmp_path / "a" / "b", 5) is None


def test_what_is_no_regular_file_is_neither_read_nor_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "device").symlink_to("/dev/zero")
    (tmp_path / "sparse").touch()
    os.truncate(tmp_path / "sparse", 10 << 30)
    for name in ("pipe", "device", "sparse", ".", "absent", "sparse/x"):
        assert read_bytes(tmp_path / name, 1000) is None, name
    (tmp_path / "a").symlink_to("a")
    with pytest.raises(OSError):
        read_bytes(tmp_path / "a", 1000)


def test_a_file_outside_is_not_read(plant: Plant, tmp_path: Path) -> None:
    root = plant("src/a.py", texts={"real": "x"})
    (tmp_path / "secret").write_text("secret")
    links = {"out": tmp_path / "secret", "up": "../secret", "in": "real", "src/up": "..", "self": "self"}
    for name, target in links.items():
        (root / name).symlink_to(target)
    for name in ("out", "up", "self", "../secret", "src/up/up", "absent"):
        assert read_inside(root, name, 1000) is None, name
    assert read_inside(root, "in", 1000) == read_inside(root, "src/up/real", 1000) == b"x"
