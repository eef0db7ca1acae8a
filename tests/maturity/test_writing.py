"""Writes that are whole or absent: mode and link kept, nothing left behind."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from maturity.writing import write_atomically, write_together


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_with_its_directories(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b" / "c", b"x")
    assert (tmp_path / "a" / "b" / "c").read_bytes() == b"x"
    assert names(tmp_path / "a" / "b") == ["c"]
    (tmp_path / "plain").touch()
    assert mode(tmp_path / "a" / "b" / "c") == mode(tmp_path / "plain")


@pytest.mark.parametrize("bits", [0o600, 0o644, 0o755, 0o660])
def test_a_file_keeps_its_mode(tmp_path: Path, bits: int) -> None:
    (tmp_path / "a").touch()
    (tmp_path / "a").chmod(bits)
    write_atomically(tmp_path / "a", b"x")
    assert mode(tmp_path / "a") == bits
    assert names(tmp_path) == ["a"]


def test_a_link_stays_one_and_its_target_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "file").write_bytes(b"old")
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("real/file")
    write_atomically(tmp_path / "one", b"new")
    assert (tmp_path / "one").readlink() == Path("two")
    assert (tmp_path / "two").readlink() == Path("real/file")
    assert (tmp_path / "real" / "file").read_bytes() == b"new"
    assert names(tmp_path / "real") == ["file"]


def test_a_link_to_nowhere_makes_its_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("deep/file")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "deep" / "file").read_bytes() == b"new"


def test_a_link_in_a_circle_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(OSError):
        write_atomically(tmp_path / "a", b"x")
    assert names(tmp_path) == ["a", "b"]


def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o444)
    with pytest.raises(PermissionError, match="read-only"):
        write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_a_file_that_may_not_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr("maturity.writing.os.access", lambda path, kind: False)
    with pytest.raises(PermissionError, match="read-only"):
        write_atomically(tmp_path / "a", b"new")
    assert (tmp_path / "a").read_bytes() == b"old"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["maturity.writing.os.fsync", "pathlib.Path.replace", "pathlib.Path.chmod"])
def test_after_an_error_the_old_content_is_intact_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    def fail(*arguments: object) -> None:
        raise error

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(step, fail)
    with pytest.raises(type(error)):
        write_atomically(tmp_path / "a", b"new")
    monkeypatch.undo()
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


def test_the_content_is_on_disk_before_it_takes_the_place_of_the_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    replace = Path.replace
    monkeypatch.setattr("maturity.writing.os.fsync", lambda handle: steps.append("fsync"))
    monkeypatch.setattr("pathlib.Path.replace", lambda self, to: (steps.append("replace"), replace(self, to))[1])
    write_atomically(tmp_path / "a", b"x")
    assert steps == ["fsync", "replace"]


@pytest.mark.parametrize("name", ["a" * 255, "测" * 80, "测" * 85, "é" * 127])
def test_the_longest_names_that_a_file_can_have(tmp_path: Path, name: str) -> None:
    write_atomically(tmp_path / name, b"x")
    assert names(tmp_path) == [name]


def test_a_directory_in_the_place_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError):
        write_atomically(tmp_path / "a", b"x")
    assert names(tmp_path) == ["a"]


def test_two_files_are_written_together_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = tmp_path / "one", tmp_path / "deep" / "two"
    write_together({one: b"1", two: b"2"})
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    synced: list[int] = []

    def fail_at_the_second(handle: int) -> None:
        synced.append(handle)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("maturity.writing.os.fsync", fail_at_the_second)
    with pytest.raises(OSError, match="No space left"):
        write_together({one: b"new", two: b"new"})
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    assert names(tmp_path) == ["deep", "one"]
    assert names(tmp_path / "deep") == ["two"]
