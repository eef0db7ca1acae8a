"""A document on disk: read whole, written atomically, never outside the repository."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from maturity.document import Draft, read, write
from maturity.errors import MaturityError
from maturity.model import Standing

PATH = "src/carbon/MATURITY.md"

Plant = Callable[..., Path]


def change(before: bytes | None, after: bytes = b"new", path: str = PATH) -> Draft:
    return Draft(path, before, after, Standing("Development", None, ()))


def test_a_new_document_is_written(plant: Plant) -> None:
    root = plant("src/carbon/a.py")
    assert read(root, PATH) is None
    write(root, change(None))
    assert read(root, PATH) == b"new"
    assert sorted(path.name for path in (root / "src/carbon").iterdir()) == ["MATURITY.md", "a.py"]


def test_a_changed_document_is_written(plant: Plant) -> None:
    root = plant(texts={PATH: "old"})
    write(root, change(b"old"))
    assert read(root, PATH) == b"new"


def test_nothing_is_written_where_nothing_changed(plant: Plant) -> None:
    root = plant(texts={PATH: "old"})
    before = (root / PATH).stat()
    write(root, change(b"old", b"old"))
    after = (root / PATH).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


@pytest.mark.parametrize("meanwhile", [b"other", None])
def test_a_document_that_changed_meanwhile_is_left_alone(plant: Plant, meanwhile: bytes | None) -> None:
    root = plant("src/carbon/a.py")
    if meanwhile is not None:
        (root / PATH).write_bytes(meanwhile)
    with pytest.raises(MaturityError, match=r"^src/carbon/MATURITY\.md: changed while"):
        write(root, change(b"old"))
    assert read(root, PATH) == meanwhile


def test_a_new_document_does_not_replace_one_that_came_meanwhile(plant: Plant) -> None:
    root = plant(texts={PATH: "mine"})
    with pytest.raises(MaturityError, match="changed while"):
        write(root, change(None))
    assert read(root, PATH) == b"mine"


def test_a_document_that_cannot_be_written_is_an_error_with_its_name(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    root = plant(texts={PATH: "old"})
    monkeypatch.setattr("maturity.writing.os.fsync", fail)
    with pytest.raises(MaturityError, match=r"^src/carbon/MATURITY\.md: cannot be written: No space left"):
        write(root, change(b"old"))
    assert read(root, PATH) == b"old"


def test_a_directory_in_the_place_of_the_document_is_refused(plant: Plant) -> None:
    with pytest.raises(MaturityError, match=r"^src/carbon/MATURITY\.md: is not a regular file"):
        read(plant(f"{PATH}/x"), PATH)


@pytest.mark.parametrize("target", ["MATURITY.md", "nowhere.md"])
def test_a_link_to_itself_or_to_nowhere_is_refused(plant: Plant, target: str) -> None:
    root = plant("src/carbon/a.py")
    (root / PATH).symlink_to(target)
    with pytest.raises(MaturityError, match=r"^src/carbon/MATURITY\.md: "):
        read(root, PATH)


def test_a_pipe_in_the_place_of_the_document_is_refused_and_not_waited_for(plant: Plant) -> None:
    root = plant("src/carbon/a.py")
    os.mkfifo(root / PATH)
    refusals: list[str] = []

    def attempt() -> None:
        try:
            read(root, PATH)
        except MaturityError as error:
            refusals.append(str(error))

    reader = threading.Thread(target=attempt, daemon=True)
    reader.start()
    reader.join(0.5)
    waiting = reader.is_alive()
    if waiting:  # let the thread go: a writer that says nothing
        os.close(os.open(root / PATH, os.O_WRONLY | os.O_NONBLOCK))
    assert not waiting
    assert refusals


def test_a_link_inside_the_repository_is_followed_and_kept(plant: Plant) -> None:
    root = plant("src/carbon/a.py", texts={"docs/carbon.md": "old"})
    (root / PATH).symlink_to("../../docs/carbon.md")
    write(root, change(read(root, PATH)))
    assert (root / PATH).is_symlink()
    assert (root / "docs/carbon.md").read_bytes() == b"new"


@pytest.mark.parametrize(("link", "to"), [("src/MATURITY.md", "outside/MATURITY.md"), ("src/link", "outside")])
def test_a_link_out_of_the_repository_is_refused(plant: Plant, tmp_path: Path, link: str, to: str) -> None:
    root = plant("src/a.py")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "MATURITY.md").write_bytes(b"old")
    (root / link).symlink_to(tmp_path / to)
    path = link if link.endswith(".md") else f"{link}/MATURITY.md"
    with pytest.raises(MaturityError):
        write(root, change(read(root, path), path=path))
    assert (tmp_path / "outside" / "MATURITY.md").read_bytes() == b"old"
