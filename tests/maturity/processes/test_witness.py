from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.processes import witness


class Watched:
    """A witness over a directory that is the working directory, too."""

    def __init__(self, root: Path) -> None:
        self.witness = witness.Witness(root, root / "scratch")

    def notes(self) -> tuple[list[str], list[str]]:
        """What was read and listed, without the modules that happen to be imported."""
        notes = self.witness.stop()
        return notes["opened"], notes["listed"]


APART = (".git/HEAD", "scratch/x", "lib/site-packages/m.py", "x.egg-info/PKG-INFO")


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    monkeypatch.chdir(tmp_path)
    files = ("a.txt", "b.txt", "folder/c.txt", "folder/some_module.py", *APART)
    for name in files:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text("'x'")
    watched = Watched(tmp_path)
    watched.witness.start()
    yield watched
    watched.witness.stop()


def test_a_file_is_read_if_it_was_not_written_before(watched: Watched) -> None:
    Path("a.txt").read_text()
    Path("a.txt").write_text("y")
    Path("b.txt").write_text("y")
    Path("b.txt").read_text()
    assert watched.notes() == (["a.txt"], [])


@pytest.mark.parametrize("mode", ["w", "a", "x", "w+"])
def test_every_way_to_write(watched: Watched, mode: str) -> None:
    with open("new.txt", mode):  # noqa: PTH123 - the mode is the point
        pass
    Path("new.txt").read_text()
    assert watched.notes() == ([], [])


def test_what_the_run_made_is_not_an_input(watched: Watched) -> None:
    os.mkdir("made")  # noqa: PTH102 - a bare call
    shutil.copy("a.txt", "made/a.txt")
    os.rename("b.txt", "made/b.txt")  # noqa: PTH104 - a bare call
    os.symlink("a.txt", "made/link")  # noqa: PTH211 - a bare call
    for name in ("a.txt", "b.txt"):
        Path("made", name).read_text()
    shutil.rmtree("made")
    assert watched.notes() == (["a.txt"], [])


def test_what_was_looked_for_in_vain_is_an_input_unless_the_run_made_it(watched: Watched) -> None:
    for name in ("absent.txt", "later.txt", "no\0name", "n" * 300):
        with pytest.raises((OSError, ValueError)):
            Path(name).read_text()
    Path("later.txt").write_text("x")
    assert watched.notes() == (["absent.txt"], [])


def test_what_a_broken_link_leads_to_was_looked_for_in_vain(watched: Watched) -> None:
    Path("broken.txt").symlink_to("nowhere.txt")
    Path("loop.txt").symlink_to("loop.txt")
    watched.witness.stop()
    watched.witness = witness.Witness(Path.cwd(), Path("scratch"))  # the run has not made these
    watched.witness.start()
    for name in ("broken.txt", "loop.txt"):
        with pytest.raises(OSError):
            Path(name).read_text()
    assert watched.notes() == (["broken.txt", "loop.txt"], [])


def test_what_is_apart(watched: Watched, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.txt"
    outside.write_text("x")
    Path("link.txt").symlink_to(outside)
    for name in (*APART, "link.txt", str(outside)):
        Path(name).read_text()
    os.listdir(".git")  # noqa: PTH208 - a bare call
    assert watched.notes() == ([], [])


def test_other_ways_to_read(watched: Watched) -> None:
    os.close(os.open(b"a.txt", os.O_RDONLY))
    sqlite3.connect("b.txt").close()
    subprocess.run([sys.executable, "-c", "", "c.txt", "absent"], cwd="folder", check=True)
    assert watched.notes() == (["a.txt", "b.txt", "folder/c.txt"], [])


def test_what_there_is_to_read_counts_where_more_is_added(watched: Watched) -> None:
    for name, mode in (("a.txt", "a+"), ("b.txt", "a"), ("new.txt", "a+")):
        with open(name, mode):  # noqa: PTH123 - the mode is the point
            pass
    assert watched.notes() == (["a.txt"], [])


def test_a_database_by_its_address(watched: Watched) -> None:
    sqlite3.connect("file:a%2Etxt?mode=ro", uri=True).close()
    assert watched.notes() == (["a.txt"], [])


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_what_is_read_through_a_link_from_outside(
    watched: Watched, tmp_path: Path, link: Callable[[Path, Path], object]
) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-link"
    link(outside, tmp_path / "a.txt")
    outside.read_text()
    assert watched.notes() == (["a.txt"], [])


def test_which_paths_were_asked_for(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("made").mkdir()
    names = ("a.txt", "folder", "absent", "folder/absent", "made", ".git/HEAD")
    assert [Path(name).exists() for name in names] == [True, True, False, False, True, True]
    assert not os.path.exists("n" * 300)  # noqa: PTH110 - Path.exists raises
    assert not os.access("other", os.R_OK)
    assert os.path.lexists("b.txt")
    Path("later").exists()
    Path("later").write_text("x")
    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", None)  # nor do we break where a test replaces it
        Path("folder").joinpath("c.txt").read_text()
    assert watched.witness.stop()["asked"] == {
        "a.txt": "file",
        "absent": "absent",
        "b.txt": "file",
        "folder/absent": "absent",
        "other": "absent",
    }
    assert os.stat in os.supports_dir_fd


def test_listings_of_what_is_absent(watched: Watched) -> None:
    for name in ("wanted", "later"):
        with pytest.raises(FileNotFoundError):
            os.listdir(name)  # noqa: PTH208 - a bare call
    Path("later").mkdir()
    Path("later/deep").mkdir()
    assert list(os.walk("later"))
    assert watched.notes() == ([], ["wanted"])


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_listings_of_open_directories(watched: Watched) -> None:
    assert list(os.fwalk("lib"))
    assert watched.notes()[1] == ["lib"]


def test_listings(watched: Watched) -> None:
    os.listdir()  # noqa: PTH208 - a bare call
    list(os.walk("folder"))
    os.scandir(Path("lib")).close()
    os.listdir(os.open(".git", os.O_RDONLY))  # noqa: PTH208 - a bare call
    assert watched.notes() == ([], [".", "folder", "lib"])


def test_imports_list_nothing(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", ["folder", *sys.path])
    importlib.invalidate_caches()
    specification = importlib.util.find_spec("some_module")
    assert specification is not None
    assert specification.loader is not None
    specification.loader.exec_module(importlib.util.module_from_spec(specification))
    list(importlib.metadata.distributions())
    assert watched.notes() == (["folder/some_module.py"], [])


@given(st.lists(st.sampled_from(["..", ".", "a", "repo", "scratch", "", "__pycache__", "m.py"]), max_size=6))
def test_places_are_inside_and_plain(parts: list[str]) -> None:
    watching = witness.Witness(Path("/x/repo"), Path("/x/repo/scratch"))
    place = watching._place("/x/repo/" + "/".join(parts))  # pyright: ignore[reportPrivateUsage]
    if place is not None:
        assert Path("/x/repo", place) == Path(os.path.normpath("/x/repo/" + "/".join(parts)))
        assert place == "." or not {"..", ".", "", "__pycache__"} & set(place.split("/"))
        assert not place.startswith("scratch")
