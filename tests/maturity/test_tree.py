"""The walk below a root, and the digests of what it finds."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from maturity.errors import StorageError
from maturity.files import NEVER, RACY_NS, Stamp, digest_bytes, digest_text, tick
from maturity.tree import Tree

Grow = Callable[..., Tree]
Plant = Callable[..., Path]


def age(path: Path) -> Callable[[], int]:
    """A clock that stands long after the last change of a file."""
    status = path.stat()
    return lambda: max(status.st_mtime_ns, status.st_ctime_ns) + RACY_NS + 1


def known(root: Path, path: str, digest: str) -> dict[str, tuple[Stamp, str]]:
    return {path: (Stamp.of((root / path).stat()), digest)}


def overwrite(path: Path, content: bytes) -> None:
    """New content and stamp: another inode moves the stamp even where the clock is coarse."""
    path.rename(path.with_name("old"))
    path.write_bytes(content)


def test_the_walk_finds_files_and_directories(grow: Grow) -> None:
    tree = grow("a.py", "pack/b.pyi", "pack/deep/c.py", "docs/x.md", ".coveragerc")
    assert tree.files == {"a.py", "pack/b.pyi", "pack/deep/c.py", "docs/x.md", ".coveragerc"}
    assert tree.directories == {"pack", "pack/deep", "docs"}
    assert tree.python == ("a.py", "pack/b.pyi", "pack/deep/c.py")
    assert "pack/b.pyi" in tree
    assert "pack" not in tree
    assert "pack/absent.py" not in tree


@pytest.mark.parametrize(
    "path", [".git/x.py", "a/.venv/x.py", "__pycache__/x.py", "node_modules/x/y.py", "lib/site-packages/x.py"]
)
def test_hidden_and_installed_directories_are_not_walked(grow: Grow, path: str) -> None:
    tree = grow("a/a.py", path)
    assert path not in tree
    assert tree.python == ("a/a.py",)


def test_a_virtual_environment_is_not_walked_whatever_its_name(grow: Grow) -> None:
    tree = grow("a.py", "my env/pyvenv.cfg", "my env/bin/x.py", "my env/deep/y.py")
    assert tree.files == {"a.py"}
    assert tree.directories == set()


def test_a_root_that_is_a_virtual_environment_itself_is_walked(grow: Grow) -> None:
    assert "a.py" in grow("a.py", "pyvenv.cfg")


def test_links_to_files_inside_count_and_all_other_links_do_not(plant: Plant, tmp_path: Path) -> None:
    root = plant("a.py", "pack/b.py")
    (tmp_path / "secret.py").write_text("x = 1")
    links = {
        "inside.py": "pack/b.py",
        "twice.py": "inside.py",
        "outside.py": "../secret.py",
        "absolute.py": str(tmp_path / "secret.py"),
        "round.py": "trip.py",
        "trip.py": "round.py",
        "itself.py": "itself.py",
        "broken.py": "nowhere.py",
        "directory": "pack",
        "up": "..",
        "circle": ".",
        "pack/up": "..",
    }
    for link, target in links.items():
        (root / link).symlink_to(target)
    tree = Tree(root)
    assert tree.files == {"a.py", "pack/b.py", "inside.py", "twice.py"}
    assert tree.directories == {"pack"}


def test_what_is_no_regular_file_does_not_count(plant: Plant) -> None:
    root = plant("a.py")
    os.mkfifo(root / "pipe.py")
    (root / "link.py").symlink_to("pipe.py")
    assert Tree(root).files == {"a.py"}


@pytest.mark.parametrize("name", ["a b.py", "-x.py", "é.py", "测.py", "new\nline.py", "it's.py", 'q".py', "a`b.py"])
def test_odd_file_names(grow: Grow, name: str) -> None:
    tree = grow(texts={name: "x", f"d {name}/y.py": "y"})
    assert tree.digest(name) == digest_bytes(b"x")
    assert tree.digest(f"d {name}/y.py") == digest_bytes(b"y")


def test_a_name_that_is_no_utf8_is_no_python_file_and_told_apart(plant: Plant) -> None:
    root = plant("a.py", "é.py")
    for name in ("caf\udce9.py", "caf\udce9.txt"):
        (root / name).write_text("x")
    tree = Tree(root)
    assert tree.python == ("a.py", "é.py")
    assert sorted(tree.unnamed) == ["caf\udce9.py", "caf\udce9.txt"]
    assert tree.digest("caf\udce9.txt") == digest_bytes(b"x")
    assert digest_text("caf\udce9") != digest_text("caf")


def test_python_below_a_directory(grow: Grow) -> None:
    tree = grow("a.py", "a/b.py", "a/c/d.py", "a-b/e.py", "a0/f.py", "ab/g.py", "a/x.txt")
    assert tree.python_below("a") == ("a/b.py", "a/c/d.py")
    assert tree.python_below("a/c") == ("a/c/d.py",)
    assert tree.python_below("a/b.py") == ()
    assert tree.python_below("nowhere") == ()


def test_a_digest_is_of_the_content(grow: Grow) -> None:
    tree = grow(texts={"a.py": "x", "b.py": "x", "c.py": "y"})
    assert tree.digest("a.py") == tree.digest("b.py") == hashlib.blake2b(b"x", digest_size=16).hexdigest()
    assert tree.digest("a.py") != tree.digest("c.py")


@pytest.mark.parametrize("path", ["nowhere.py", "pack", "a.py/b.py", "nowhere/b.py"])
def test_the_digest_of_what_is_no_file(grow: Grow, path: str) -> None:
    assert grow("a.py", "pack/b.py").digest(path) == "absent"


def test_a_run_reads_a_file_once(grow: Grow) -> None:
    tree = grow(texts={"a.py": "x"})
    before = tree.digest("a.py")
    (tree.root / "a.py").write_text("other")
    assert tree.digest("a.py") == before


def test_an_unmoved_stamp_stands_for_the_content(plant: Plant) -> None:
    root = plant("a.py")
    tree = Tree(root, known(root, "a.py", "as it was"))
    assert tree.digest("a.py") == "as it was"
    assert tree.changed == set()


@pytest.mark.parametrize("field", Stamp._fields)
def test_a_moved_stamp_does_not(plant: Plant, field: str) -> None:
    root = plant(texts={"a.py": "x"})
    stamp = Stamp.of((root / "a.py").stat())
    tree = Tree(root, {"a.py": (stamp._replace(**{field: getattr(stamp, field) + 1}), "as it was")})
    assert tree.digest("a.py") == digest_bytes(b"x")
    assert tree.changed == {"a.py"}


def test_a_moved_stamp_over_the_same_content_is_no_change(plant: Plant) -> None:
    root = plant(texts={"a.py": "x"})
    before = known(root, "a.py", digest_bytes(b"x"))
    overwrite(root / "a.py", b"x")
    tree = Tree(root, before)
    assert tree.digest("a.py") == digest_bytes(b"x")
    assert tree.changed == set()


def test_content_that_came_with_its_old_size_and_time_is_seen(plant: Plant) -> None:
    root = plant(texts={"a.py": "one"})
    before, status = known(root, "a.py", digest_bytes(b"one")), (root / "a.py").stat()
    overwrite(root / "a.py", b"two")
    os.utime(root / "a.py", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert Tree(root, before).digest("a.py") == digest_bytes(b"two")


def test_a_deleted_file_has_changed(plant: Plant) -> None:
    root = plant("a.py")
    before = known(root, "a.py", "as it was")
    (root / "a.py").unlink()
    tree = Tree(root, before)
    assert tree.digest("a.py") == "absent"
    assert tree.changed == {"a.py"}
    assert tree.index() == {}


def test_of_a_file_that_changed_just_now_no_stamp_is_remembered(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plant("a.py")
    clock = age(root / "a.py")
    monkeypatch.setattr("maturity.files.time.time_ns", lambda: clock() - 2)
    tree = Tree(root)
    tree.digest("a.py")
    assert tree.index() == {"a.py": (NEVER, digest_bytes(b""))}
    overwrite(root / "a.py", b"now")
    assert Tree(root, tree.index()).digest("a.py") == digest_bytes(b"now")


def test_a_file_that_rests_is_remembered_for_the_next_run(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plant(texts={"a.py": "x"})
    monkeypatch.setattr("maturity.files.time.time_ns", age(root / "a.py"))
    tree = Tree(root)
    tree.digest("a.py")
    assert tree.index() == known(root, "a.py", digest_bytes(b"x"))
    assert Tree(root, tree.index()).digest("a.py") == digest_bytes(b"x")


def test_the_index_keeps_what_was_not_asked_for_and_drops_what_is_gone(plant: Plant) -> None:
    root = plant("a.py", "b.py")
    before = {**known(root, "a.py", "a"), **known(root, "b.py", "b")}
    assert Tree(root, before).index() == before
    (root / "b.py").unlink()
    assert Tree(root, before).index() == known(root, "a.py", "a")


def test_the_index_drops_a_stamp_that_no_longer_holds(plant: Plant) -> None:
    root = plant("a.py")
    before = known(root, "a.py", "as it was")
    overwrite(root / "a.py", b"now")
    tree = Tree(root, before)
    tree.digest("a.py")
    assert tree.index() == {"a.py": (NEVER, digest_bytes(b"now"))}


def test_what_is_watched(grow: Grow) -> None:
    tree = grow("a.py", "pack/b.py")
    tree.digest("a.py")
    tree.digest("nowhere.py")
    assert tree.watched() == {"pack", "a.py", "nowhere.py"}


def test_the_names_in_a_directory(grow: Grow) -> None:
    tree = grow(
        "a.py", "pack/b.py", "pack/deep/c.py", "pack/MATURITY.md", "carbon.MATURITY.md", "pack/__pycache__/x.pyc"
    )
    assert tree.names_in("pack") == ("b.py", "deep")
    assert tree.names_in(".") == tree.names_in("") == ("a.py", "pack")
    assert tree.names_in("nowhere") is None


def test_names_that_are_not_walked_count_where_a_directory_is_listed(plant: Plant, tmp_path: Path) -> None:
    root = plant(
        ".config/a", "my env/pyvenv.cfg", ".venv/pyvenv.cfg", ".git/HEAD", ".doit.db", "pack/.doit.db", "pack/b.py"
    )
    (root / "link").symlink_to("pack")
    (root / "broken").symlink_to("nowhere")
    (root / "out").symlink_to(tmp_path)
    tree = Tree(root)
    assert tree.names_in(".") == (".config", "broken", "link", "out", "pack")
    assert tree.names_in("pack") == (".doit.db", "b.py")
    assert tree.names_in(".config") == ("a",)
    assert tree.names_in("link") == (".doit.db", "b.py")
    assert tree.names_in("out") is None
    assert tree.names_in("../") is None
    assert tree.same_names("")
    (root / ".config").rename(root / ".other")
    assert not tree.same_names("")


def test_every_directory_is_known_by_name(plant: Plant) -> None:
    root = plant("a.py", "data/x.json", "env/pyvenv.cfg", ".hidden/x")
    (root / "link").symlink_to("data")
    assert Tree(root).folders_in(".") == {"data", "env", ".hidden", "link"}
    assert Tree(root).folders_in("nowhere") == frozenset()


def test_what_there_is_at_a_path(plant: Plant) -> None:
    root = plant("a.py", "pack/b.py", ".hidden/x")
    (root / "link").symlink_to("pack")
    (root / "loop").symlink_to("loop")
    kinds = {"a.py": "file", "pack": "directory", ".": "directory", ".hidden/x": "file", "link": "directory"}
    kinds |= {"nowhere": "absent", "a.py/b": "absent", "loop": "absent", "../x": "absent", "n" * 300: "", "x\0": ""}
    assert {path: Tree(root).kind(path) for path in kinds} == kinds


def test_a_link_that_leads_to_itself_is_no_file(plant: Plant) -> None:
    root = plant("a.py")
    (root / "loop").symlink_to("loop")
    assert Tree(root).digest("loop") == "absent"


def test_that_a_file_is_executable_is_in_its_digest(plant: Plant) -> None:
    root = plant("a.py")
    before = Tree(root).digest("a.py")
    (root / "a.py").chmod(0o755)
    assert Tree(root).digest("a.py") != before
    (root / "a.py").chmod(0o644)
    assert Tree(root).digest("a.py") == before


def test_directories_below_one(grow: Grow) -> None:
    tree = grow("a/b/c.py", "a/d.txt/e.py", "ab/f.py")
    assert tree.directories_below("a") == ["a", "a/b", "a/d.txt"]
    assert tree.directories_below("nowhere") == []


def test_what_an_import_takes_instead_of_a_module(grow: Grow) -> None:
    tree = grow(
        "a.py", "a/__init__.py", "b.py", "pack/c.py", "pack/c.cpython-311-x86_64-linux-gnu.so", "pack/__init__.py"
    )
    assert {path for path in tree.python if tree.hides(path)} == {"a.py", "pack/c.py"}


def test_whether_a_file_changed_since_a_moment(grow: Grow) -> None:
    tree = grow("a.py", "b.py")
    status = (tree.root / "a.py").stat()
    moment = max(status.st_mtime_ns, status.st_ctime_ns)
    assert tree.changed_since("a.py", moment)
    assert not tree.changed_since("a.py", moment + 1)
    (tree.root / "b.py").unlink()
    assert tree.changed_since("b.py", moment + 10**9)
    assert not tree.changed_since("never.py", moment)


def test_a_directory_that_is_moved_in_anothers_place_changes_all_in_it(grow: Grow) -> None:
    tree = grow("data/deep/x.txt", "data2/deep/x.txt", "other/x.txt")
    moment = later(tree.root)
    assert not tree.changed_since("data/deep/x.txt", moment)
    tree = Tree(tree.root)
    (tree.root / "data").rename(tree.root / "gone")
    (tree.root / "data2").rename(tree.root / "data")
    assert tree.changed_since("data/deep/x.txt", moment)
    assert tree.swapped_since("data", moment)
    assert not tree.changed_since("other/x.txt", moment)
    (tree.root / "data/new.txt").write_text("")  # now its own times say no more than that
    tree = Tree(tree.root)
    (tree.root / "data").rename(tree.root / "away")
    (tree.root / "gone").rename(tree.root / "data")
    (tree.root / "data/new.txt").write_text("")
    assert tree.swapped_since("data", moment), "it is another one than was walked"


def test_a_directory_in_which_files_come_and_go_is_the_same(grow: Grow) -> None:
    tree = grow("data/x.txt")
    moment = later(tree.root)
    (tree.root / "data/__pycache__").mkdir()
    (tree.root / "data/y.txt").write_text("")
    (tree.root / "data/y.txt").unlink()
    assert not tree.changed_since("data/x.txt", moment)


@pytest.mark.parametrize("kind", ["file", "directory"])
def test_a_link_that_leads_elsewhere_now_is_changed(grow: Grow, kind: str) -> None:
    tree = grow("one/x.txt", "two/x.txt")
    link = tree.root / ("x.txt" if kind == "file" else "link")
    link.symlink_to("one/x.txt" if kind == "file" else "one")
    moment = later(tree.root)
    tree, path = Tree(tree.root), "x.txt" if kind == "file" else "link/x.txt"
    assert not tree.changed_since(path, moment)
    link.unlink()
    link.symlink_to("two/x.txt" if kind == "file" else "two")
    tree = Tree(tree.root)
    assert tree.changed_since(path, moment)


def later(root: Path) -> int:
    """A moment after all that was done so far, and before what comes, by the clock of the file system."""
    before = tick(root / "clock")
    while (now := tick(root / "clock")) <= before:
        time.sleep(0.002)
    time.sleep(0.02)
    return now


def test_a_path_that_leads_out_has_no_content(grow: Grow, tmp_path: Path) -> None:
    tree = grow("src/a.py")
    (tmp_path / "secret").write_text("secret")
    for path in ("../secret", "src/../../secret", "a\0b"):
        assert tree.digest(path) == "absent", path
    assert not tree.changed_since("a\0b", 0)


def test_a_path_may_be_two_thousand_directories_deep(plant: Plant) -> None:
    root = plant("src/a.py")
    # In a process that is not measured: who asks down there for the working directory waits for minutes.
    dig = "import os\nfor _ in range(2500):\n    os.mkdir('d')\n    os.chdir('d')"
    subprocess.run([sys.executable, "-I", "-c", dig], cwd=root, check=True)
    try:
        tree = Tree(root)
    finally:
        subprocess.run(["rm", "-r", "d"], cwd=root, check=True)  # which pytest could not
    assert tree.python == ("src/a.py",)
    ((place, reason),) = tree.unreadable.items()
    assert place.startswith("d/d/d/")
    assert reason == "File name too long"


def test_what_cannot_be_listed_is_noted(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    root = plant("src/a.py", "closed/b.py")
    scandir = os.scandir

    def closed(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr("maturity.tree.os.scandir", closed)
    tree = Tree(root)
    assert (tree.python, list(tree.unreadable)) == (("src/a.py",), ["closed"])
    assert tree.unreadable["closed"].startswith("Permission denied")


def test_a_file_that_cannot_be_read_is_an_error_with_its_name(grow: Grow, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: str, size: int) -> str:
        raise PermissionError(13, "Permission denied", path)

    tree = grow("src/a.py")
    monkeypatch.setattr("maturity.tree.digest_file", closed)
    with pytest.raises(StorageError, match=r"src/a\.py: cannot be read: Permission denied"):
        tree.digest("src/a.py")


def test_the_digest_of_a_large_file_is_that_of_its_content(grow: Grow) -> None:
    text = "x" * (3 << 20)
    assert grow(texts={"large": text}).digest("large") == digest_bytes(text.encode())


def test_temporary_files_are_no_files_of_the_tree(grow: Grow) -> None:
    tree = grow("src/a.py", "src/.maturity-x1.tmp", "src/maturity-x.tmp", ".maturity-y.tmp")
    assert sorted(tree.temporary) == [".maturity-y.tmp", "src/.maturity-x1.tmp"]
    assert tree.files == {"src/a.py", "src/maturity-x.tmp"}


@pytest.mark.parametrize(("content", "expected"), [(b"", True), ("é".encode(), True), (b"\xe9", False), (None, False)])
def test_whether_a_file_is_utf8(tmp_path: Path, content: bytes | None, expected: bool) -> None:
    if content is not None:
        (tmp_path / "a.py").write_bytes(content)
    assert Tree(tmp_path).is_utf8("a.py") is expected
