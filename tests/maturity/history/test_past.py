"""The past of documents: under all their names, each version as it was, and nothing asked twice."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from maturity.git import history as git
from maturity.history import past
from maturity.history.memory import Memory, decode, encode
from maturity.history.past import Spoken, open_past
from maturity.markdown.rewrite import checksum

SPOKEN = Spoken({}, ("Development", "Staging", "Production"), "now")
A, B = "src/a/MATURITY.md", "src/b/MATURITY.md"


def text(title: str, covered: int, stage: str = "Development") -> str:
    """A document as we write it, as far as it matters here."""
    coverage = f"- **Coverage**: {covered}.0 % ({covered} of 100 statements)\n"
    return f"# {title}\n\n" + region("status", f"- **Current Stage**: {stage}\n") + region("test-coverage", coverage)


def region(name: str, body: str) -> str:
    begin = f"<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region={name}] -->"
    return f"{begin}\n{body}<!-- END AUTO-GENERATED [region={name} sum={checksum(name, body)}] -->\n"


Commit = Callable[..., str]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    run(tmp_path, "init", "--quiet", "--initial-branch=main")
    return tmp_path


@pytest.fixture
def commit(root: Path) -> Commit:
    """Writes documents, None for one that goes, and commits them."""

    def make(**texts: str | None) -> str:
        for name, content in texts.items():
            path = root / name.replace("__", "/") / "MATURITY.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            if content is None:
                path.unlink()
            else:
                path.write_text(content)
        run(root, "add", "--all")
        run(root, "commit", "--quiet", "--allow-empty", "--message=Work")
        return git.head(root)

    return make


def run(place: Path, *words: str) -> None:
    subprocess.run(
        ("git", "-c", "user.name=A", "-c", "user.email=a@example.org", *words),
        cwd=place,
        check=True,
        capture_output=True,
    )


def covered(root: Path, path: str = A, remembered: bytes | None = None, **options: bool) -> list[int | None]:
    """The coverage at each point of one document; None where there is no document."""
    found = open_past(root, {"it": path, "b": B}, SPOKEN, remembered, **options).series(["it"])["it"]
    return [
        None if point.said is None else value_of(point.said.figure("coverage.percentage")) for point in found.points
    ]


def value_of(value: Fraction | None) -> int:
    assert value is not None
    return int(value)


def test_each_commit_that_changed_the_document_is_a_point(root: Path, commit: Commit) -> None:
    commit(src__a=text("a", 40))
    commit(src__b=text("b", 10))
    last = commit(src__a=text("a", 50, "Staging"))
    series = open_past(root, {"it": A}, SPOKEN, None).series(["it"])["it"]
    assert [point.said.stage for point in series.points if point.said] == ["Development", "Staging"]
    assert series.points[-1].commit == last
    assert covered(root) == [40, 50]


@pytest.mark.parametrize("only", [(), ("it",)])
def test_a_document_is_followed_over_its_renames(root: Path, commit: Commit, only: tuple[str, ...]) -> None:
    commit(src__old=text("old", 40), src__b=text("b", 1))
    commit(src__old=text("old", 41))
    commit(src__old=None, src__mid=text("old", 41))  # the same bytes
    commit(src__mid=text("old", 42))
    commit(src__mid=None, src__deep__mid=text("renamed", 43))  # the same name
    commit(src__deep__mid=None, src__a=text("renamed", 44))  # mostly the same lines
    found = open_past(root, {"it": A, "b": B}, SPOKEN, None, only).series(["it"])["it"]
    assert [value_of(p.said.figure("coverage.percentage")) for p in found.points if p.said] == [40, 41, 41, 42, 43, 44]


@pytest.mark.parametrize("only", [(), ("it",)])
def test_deleted_and_made_again(root: Path, commit: Commit, only: tuple[str, ...]) -> None:
    commit(src__a=text("a", 40), src__b=text("b", 1))
    commit(src__a=None)
    commit(src__b=text("b", 2))
    commit(src__a=text("a", 60))
    found = open_past(root, {"it": A, "b": B}, SPOKEN, None, only).series(["it"])["it"]
    assert [p.said and value_of(p.said.figure("coverage.percentage")) for p in found.points] == [40, None, 60]


def test_a_document_that_is_new_beside_one_that_goes_is_new(root: Path, commit: Commit) -> None:
    commit(src__c=text("c", 1) + "\n".join(f"line {n}" for n in range(30)))
    commit(src__c=None, src__a=text("another thing", 40, "Production").replace("# ", "## "))
    assert covered(root) == [40]


def test_a_version_that_cannot_be_read_is_passed_over_with_a_count(root: Path, commit: Commit) -> None:
    commit(src__a=text("a", 40))
    commit(src__a=text("a", 41).replace("41 of", "99 of"))
    commit(src__a=text("a", 42))
    series = open_past(root, {"it": A}, SPOKEN, None).series(["it"])["it"]
    assert (len(series.points), series.unreadable) == (2, 1)


def test_what_people_wrote_by_hand_is_a_claim(root: Path, commit: Commit) -> None:
    commit(src__a="# Carbon\n\n**Current Stage**: Staging\n\n## Test Coverage\n\n**Coverage**: 73.2%\n")
    commit(src__a=text("Carbon", 45))
    claimed, measured = open_past(root, {"it": A}, SPOKEN, None).series(["it"])["it"].points
    assert claimed.said is not None and measured.said is not None
    assert (claimed.said.claimed, claimed.said.stage) == (True, "Staging")
    assert claimed.said.figure("coverage.percentage") == Fraction(366, 5)
    assert not measured.said.claimed


def test_what_is_remembered_is_not_asked_again(root: Path, commit: Commit, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(src__a=text("a", 40))
    commit(src__b=text("b", 1))
    first = open_past(root, {"it": A, "b": B}, SPOKEN, None)
    first.series(["it", "b"])
    kept = past.keep(first)
    commit(src__a=text("a", 50))
    asked: list[str] = []
    logged: list[str] = []
    blobs, commits = git.blobs, git.commits
    monkeypatch.setattr(git, "blobs", lambda place, ids: (asked.extend(ids), blobs(place, ids))[1])
    monkeypatch.setattr(git, "commits", lambda *words, **o: (logged.append(words[2]), commits(*words, **o))[1])
    assert covered(root, remembered=kept) == [40, 50]
    assert len(asked) == 1
    assert len(logged) == 1 and ".." in logged[0]


def test_a_history_that_was_rewritten_is_read_anew(root: Path, commit: Commit) -> None:
    commit(src__a=text("a", 40))
    commit(src__a=text("a", 41))
    first = open_past(root, {"it": A}, SPOKEN, None)
    first.series(["it"])
    kept = past.keep(first)
    run(root, "reset", "--quiet", "--hard", "HEAD~1")
    commit(src__a=text("a", 60))
    assert covered(root, remembered=kept) == [40, 60]


def test_a_branch_that_was_merged_over_the_head_is_read_anew(root: Path, commit: Commit) -> None:
    commit(src__a=text("a", 40))
    run(root, "switch", "--quiet", "--create", "side")
    commit(src__a=text("a", 41))
    first = open_past(root, {"it": A}, SPOKEN, None)
    first.series(["it"])
    kept = past.keep(first)
    run(root, "switch", "--quiet", "main")
    commit(src__b=text("b", 1))
    run(root, "merge", "--quiet", "--no-edit", "side")
    assert covered(root, remembered=kept) == covered(root) == [40, 41]


def test_other_readers_read_again(root: Path, commit: Commit) -> None:
    commit(src__a=text("a", 40))
    first = open_past(root, {"it": A}, SPOKEN, None)
    first.series(["it"])
    memory = decode(past.keep(first))
    assert memory is not None
    memory.pages = dict.fromkeys(memory.pages)  # as another reader left it
    assert covered(root, remembered=encode(memory)) == []
    memory.read_by = "another"
    assert covered(root, remembered=encode(memory)) == [40]


@pytest.mark.parametrize("damage", [b"", b"x", b"0" * 32 + b"\xc1", encode(Memory("a", ((), False)))[:-1]])
def test_damaged_memory_counts_for_nothing(root: Path, commit: Commit, damage: bytes) -> None:
    commit(src__a=text("a", 40))
    assert decode(damage) is None
    assert covered(root, remembered=damage) == [40]


def test_all_parents(root: Path, commit: Commit) -> None:
    commit(src__a=text("a", 40))
    run(root, "switch", "--quiet", "--create", "side")
    commit(src__a=text("a", 41))
    commit(src__a=text("a", 42))
    run(root, "switch", "--quiet", "main")
    commit(src__b=text("b", 1))
    run(root, "merge", "--quiet", "--no-edit", "side")
    assert covered(root) == [40, 42]
    assert covered(root, all_parents=True) == [40, 41, 42, 42]
