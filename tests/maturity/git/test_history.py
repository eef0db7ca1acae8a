"""What git has kept of documents, asked in a few processes; nothing is fetched."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from maturity.errors import MaturityError
from maturity.git import history

DOCUMENT = "a/MATURITY.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose root lies below git's top: five commits, one of them a merge."""
    place = tmp_path / "top" / "services" / "shop"
    (place / "a").mkdir(parents=True)
    run(place, "init", "--quiet", "--initial-branch=main", str(tmp_path / "top"))
    run(place, "config", "uploadpack.allowFilter", "true")
    commit(place, DOCUMENT, "one")
    commit(place, "odd name\twith tab.md", "odd")
    run(place, "switch", "--quiet", "--create", "side")
    commit(place, DOCUMENT, "side")
    run(place, "switch", "--quiet", "main")
    commit(place, "other.txt", "other")
    run(place, "merge", "--quiet", "--no-edit", "side")
    (place / DOCUMENT).unlink()
    run(place, "commit", "--quiet", "--all", "--message=gone")
    return place


def run(place: Path, *words: str) -> str:
    names = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
    return subprocess.run(
        ("git", *names, *words), cwd=place, check=True, capture_output=True, encoding="utf-8"
    ).stdout.strip()


def commit(place: Path, path: str, text: str) -> None:
    (place / path).write_text(text)
    run(place, "add", "--all")
    run(place, "commit", "--quiet", f"--message={path} {text}")


def test_the_commits_that_changed_a_document(root: Path) -> None:
    gone, merge, first = history.commits(root, [DOCUMENT])
    assert [change.path for each in (gone, merge, first) for change in each.changes] == [DOCUMENT] * 3
    assert (gone.changes[0].blob, first.changes[0].before) == (None, None)
    assert gone.changes[0].before == merge.changes[0].blob, "a merge is what it changed for its first parent"
    assert len(merge.parents) == 2
    assert first.time > 1_700_000_000


def test_all_parents_see_the_branch_too(root: Path) -> None:
    changes = [c for c in history.commits(root, [DOCUMENT], all_parents=True) if c.changes]
    assert len(changes) == 4


def test_names_are_below_the_root_however_odd_they_are(root: Path) -> None:
    names = {change.path for each in history.commits(root, ()) for change in each.changes}
    assert names == {DOCUMENT, "odd name\twith tab.md", "other.txt"}


def test_two_processes_say_what_one_does(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = history.commits(root, ())
    monkeypatch.setattr(history, "LONG", 2)
    assert len(history.halves(root, history.head(root))) == 2
    assert history.commits(root, ()) == whole


def test_blobs_come_in_one_process_and_what_is_not_here_is_none(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[str, ...]] = []
    real = history.streamed

    def counted(command: tuple[str, ...], *more: object, **options: object) -> object:
        started.append(command)
        return real(command, *more, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(history, "streamed", counted)
    ids = [c.blob for each in history.commits(root, [DOCUMENT]) for c in each.changes if c.blob]
    started.clear()
    missing = "1" * 40
    assert dict(history.blobs(root, [*ids, missing, ids[0]])) == {ids[0]: b"side", ids[1]: b"one", missing: None}
    assert [words[1] for words in started] == ["config", "cat-file"]
    assert list(history.blobs(root, [])) == []


def test_a_tree_is_no_document(root: Path) -> None:
    tree = run(root, "rev-parse", "HEAD^{tree}")
    assert list(history.blobs(root, [tree])) == [(tree, None)]


def test_a_shallow_clone_says_so(root: Path, tmp_path: Path) -> None:
    assert not history.is_shallow(root)
    run(root, "clone", "--quiet", "--depth=1", f"file://{tmp_path}/top", str(tmp_path / "shallow"))
    clone = tmp_path / "shallow" / "services" / "shop"
    assert history.is_shallow(clone)
    assert len(history.commits(clone, ())) == 1


def test_a_partial_clone_is_not_filled_for_us(root: Path, tmp_path: Path) -> None:
    top = tmp_path / "partial"
    run(root, "clone", "--quiet", "--filter=blob:none", "--no-checkout", f"file://{tmp_path}/top", str(top))
    (top / "services" / "shop").mkdir(parents=True)
    clone = top / "services" / "shop"
    ids = [c.blob for each in history.commits(clone, [DOCUMENT]) for c in each.changes if c.blob]
    assert ids
    assert all(content is None for _, content in history.blobs(clone, ids))


def test_a_linked_work_tree(root: Path, tmp_path: Path) -> None:
    run(root, "worktree", "add", "--quiet", str(tmp_path / "linked"), "HEAD~1")
    assert len(history.commits(tmp_path / "linked" / "services" / "shop", [DOCUMENT])) == 2


def test_where_there_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(MaturityError, match="git"):
        history.head(tmp_path)


def test_a_revision_that_is_none(root: Path) -> None:
    with pytest.raises(MaturityError, match="'nowhere'"):
        history.resolve(root, "nowhere")
    assert not history.exists(root, "1" * 40)
    assert history.exists(root, history.head(root))


def test_what_git_never_prints_is_refused() -> None:
    with pytest.raises(ValueError, match="git printed"):
        list(history.parse_log(b"\x01abc 1 \0:100644 nonsense\0path\0"))


def test_the_paths_that_differ_from_a_commit(root: Path) -> None:
    (root / "new.txt").write_text("new")
    assert history.changed_paths(root, "HEAD~1") == {DOCUMENT, "new.txt"}
    assert history.untracked(root) == {"new.txt"}


def test_the_files_of_a_commit(root: Path) -> None:
    assert {*history.tree(root, "HEAD~1")} == {DOCUMENT, "odd name\twith tab.md", "other.txt"}
    assert history.files(root, "HEAD~1", [DOCUMENT, "nowhere"]) == {DOCUMENT: b"side"}


def test_whether_code_changed_after_its_document(root: Path) -> None:
    assert history.changed_since_last(root, "HEAD~1", "odd name\twith tab.md", ["other.txt"])
    assert not history.changed_since_last(root, "HEAD~1", "other.txt", ["odd name\twith tab.md"])
