"""The merge driver as git starts it, in real repositories."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from maturity.commands.merge_driver import main
from maturity.markdown.markers import begin_line, checksum, end_line
from maturity.markdown.rewrite import State, parse, state

DRIVER = f"{shlex.quote(sys.executable)} -m maturity merge-driver %O %A %B %P"
PATH = "src/a component/MATURITY.md"


@dataclass(frozen=True)
class Clone:
    """A git repository with the driver set up as its documentation says."""

    root: Path

    def git(self, *words: str, codes: tuple[int, ...] = (0,)) -> str:
        """What git prints, messages included."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("GIT_")}
        names = {f"GIT_{who}_{what}": "a@b.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        environment = {**kept, **names, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
        ended = subprocess.run(["git", *words], cwd=self.root, env=environment, capture_output=True, encoding="utf-8")
        assert ended.returncode in codes, ended
        return ended.stdout + ended.stderr

    def commit(self, text: bytes, path: str = PATH) -> None:
        """A document, committed."""
        self.file(path).parent.mkdir(parents=True, exist_ok=True)
        self.file(path).write_bytes(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message=x")

    def file(self, path: str = PATH) -> Path:
        """A path in the work tree."""
        return self.root / path

    def merge(self, base: bytes, ours: bytes, theirs: bytes, path: str = PATH, codes: tuple[int, ...] = (0,)) -> str:
        """Two branches from one commit, the second merged into the first: what git says of it."""
        self.commit(base, path)
        self.git("checkout", "--quiet", "-b", "theirs")
        self.commit(theirs, path)
        self.git("checkout", "--quiet", "main")
        self.commit(ours, path)
        return self.git("merge", "--no-edit", "theirs", codes=codes)


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    made = Clone(tmp_path)
    made.git("init", "--quiet", "--initial-branch=main")
    made.git("config", "merge.maturity.driver", DRIVER)
    made.file(".gitattributes").write_text("MATURITY.md merge=maturity\n*.MATURITY.md merge=maturity\n")
    return made


def region(name: str, body: str) -> str:
    return f"{begin_line(name)}\n\n{body}\n\n{end_line(name, checksum(name, body))}"


def document(coverage: str = "70 %", tick: str = " ", overview: str = "What it is for.", next: str = "Tests.") -> bytes:
    criteria = f"- coverage {coverage}\n- [{tick}] API documented (manual) <!-- criterion=api-documented -->"
    pieces = "# Carbon", overview, region("coverage", coverage), next, region("maturity-criteria", criteria), "End.\n"
    return "\n\n".join(pieces).encode()


def crlf(text: bytes) -> bytes:
    return text.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("path", [PATH, "carbon.MATURITY.md", "-x/MATURITY.md", "übung 'a' $b/MATURITY.md"])
def test_figures_that_both_branches_changed_are_merged_without_conflict(clone: Clone, path: str) -> None:
    clone.merge(document("70 %"), document("80 %"), document("90 %"), path)
    text = clone.file(path).read_bytes()
    assert text == document("80 %")
    assert [state(each, "85 %") for each in parse(text).regions] == [State.STALE, State.STALE]
    assert clone.git("status", "--porcelain") == ""


def test_without_the_driver_the_same_merge_is_a_conflict(clone: Clone) -> None:
    clone.git("config", "--unset", "merge.maturity.driver")
    clone.merge(document("70 %"), document("80 %"), document("90 %"), codes=(1,))


def test_what_both_branches_wrote_by_hand_is_kept(clone: Clone) -> None:
    clone.merge(document(), document("80 %", overview="Ours."), document("90 %", next="Theirs."))
    assert clone.file().read_bytes() == document("80 %", overview="Ours.", next="Theirs.")


@pytest.mark.parametrize("ticking", ["main", "theirs"])
def test_a_tick_on_one_branch_stays_with_the_figures_of_the_other(clone: Clone, ticking: str) -> None:
    changed = document(tick="x"), document("80 %")
    ours, theirs = changed if ticking == "main" else reversed(changed)
    clone.merge(document(), ours, theirs)
    assert clone.file().read_bytes() == document("80 %", "x")


@pytest.mark.parametrize("ends", [bytes, crlf])
def test_a_line_that_both_wrote_is_a_conflict_there_alone(clone: Clone, ends) -> None:
    versions = document(), document("80 %", next="Ours."), document("90 %", "x", next="Theirs.")
    said = clone.merge(*map(ends, versions), codes=(1,))
    assert "CONFLICT" in said
    conflict = "<<<<<<< ours\nOurs.\n=======\nTheirs.\n>>>>>>> theirs"
    assert clone.file().read_bytes() == ends(document("80 %", "x", next=conflict))
    assert clone.git("status", "--porcelain").startswith("UU")
    for side, expected in (("--ours", versions[1]), ("--theirs", versions[2])):
        clone.git("checkout", side, "--", PATH)
        assert clone.file().read_bytes() == ends(expected)


def test_conflicts_above_and_below_a_short_region_leave_it_out(clone: Clone) -> None:
    def version(above: str, coverage: str, below: str) -> bytes:
        return f"{above}\n{region('status', coverage)}\n{below}\n".encode()

    clone.merge(version("a", "", "z"), version("b", "1", "y"), version("c", "2", "x"), codes=(1,))
    text = clone.file().read_bytes()
    assert text.count(b"<<<<<<<") == 2
    assert [each.body for each in parse(text).regions] == [b"\n1\n\n"]


def test_files_with_crlf(clone: Clone) -> None:
    versions = document(), document("80 %", overview="Ours."), document("90 %", "x", next="Theirs.")
    clone.merge(*map(crlf, versions))
    assert clone.file().read_bytes() == crlf(document("80 %", "x", overview="Ours.", next="Theirs."))


def test_a_document_that_both_branches_made(clone: Clone) -> None:
    clone.commit(b"x", "other")
    clone.git("checkout", "--quiet", "-b", "theirs")
    clone.commit(document("90 %", "x", overview="Theirs."))
    clone.git("checkout", "--quiet", "main")
    clone.commit(document("80 %", overview="Ours."))
    clone.git("merge", "--no-edit", "theirs", codes=(1,))
    conflict = "<<<<<<< ours\nOurs.\n=======\nTheirs.\n>>>>>>> theirs"
    assert clone.file().read_bytes() == document("80 %", "x", overview=conflict)


def test_broken_markup_on_one_side_is_merged_as_any_text(clone: Clone) -> None:
    broken = document().replace(end_line("coverage", checksum("coverage", "70 %")).encode(), b"")
    said = clone.merge(document(), document(overview="Ours."), broken)
    assert f"{PATH}: merged as plain text, for its markup is broken in theirs: line 5: unclosed-region" in said
    assert clone.file().read_bytes() == broken.replace(b"What it is for.", b"Ours.")


def test_a_conflict_in_plain_text_is_one_too(clone: Clone) -> None:
    broken = document("80 %").replace(begin_line("coverage").encode(), b"")
    clone.merge(document(), broken, document("90 %"), codes=(1,))
    assert b"<<<<<<< ours\n" in clone.file().read_bytes()


def test_a_region_that_both_branches_moved_is_no_clean_merge(clone: Clone) -> None:
    def version(place: int) -> bytes:
        pieces = [f"Paragraph {number}." for number in range(9)]
        return "\n\n".join([*pieces[:place], region("status", "a"), *pieces[place:], ""]).encode()

    said = clone.merge(version(4), version(1), version(7), codes=(1,))
    assert "merged, but its markup is broken now: line 21: duplicate-region" in said
    assert clone.file().read_bytes().count(begin_line("status").encode()) == 2


def test_a_rebase_merges_too(clone: Clone) -> None:
    clone.commit(document())
    clone.git("checkout", "--quiet", "-b", "feature")
    clone.commit(document("90 %", "x"))
    clone.commit(document("95 %", "x", next="More."))
    clone.git("checkout", "--quiet", "main")
    clone.commit(document("80 %", overview="Ours."))
    clone.git("rebase", "--quiet", "main", "feature")
    text = clone.file().read_bytes()
    assert b"- [x] API" in text
    assert b"\nOurs.\n" in text
    assert b"\nMore.\n" in text
    assert State.EDITED not in [state(each, "figures") for each in parse(text).regions]


def test_a_merge_makes_no_cache_and_leaves_no_file(clone: Clone) -> None:
    clone.merge(document(), document("80 %"), document("90 %"))
    assert sorted(path.name for path in clone.root.iterdir()) == [".git", ".gitattributes", "src"]


def versions_in(place: Path, *texts: bytes) -> list[str]:
    paths = [place / name for name in ("base", "ours", "theirs")]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text)
    return [*map(str, paths), "MATURITY.md"]


def test_the_length_of_conflict_marks(tmp_path: Path) -> None:
    words = versions_in(tmp_path, document(), document(next="Ours."), document(next="Theirs."))
    assert main([*words, "9"]) == 1
    assert b"\n<<<<<<<<< ours\n" in (tmp_path / "ours").read_bytes()


def test_what_git_cannot_merge_stays_ours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = document(), document(next="Ours.\0"), document(next="Theirs.")
    assert main(versions_in(tmp_path, *texts)) == 1
    assert (tmp_path / "ours").read_bytes() == texts[1]
    assert "MATURITY.md: not merged, ours is kept: " in capsys.readouterr().err


def test_a_version_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = versions_in(tmp_path, document(), document("80 %"), document("90 %"))
    (tmp_path / "theirs").unlink()
    assert main(words) == 1
    assert (tmp_path / "ours").read_bytes() == document("80 %")
    assert "theirs is no file" in capsys.readouterr().err


def test_edits_by_hand_on_both_sides_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = (document().replace(b"\n70 %\n", b"\n%d %%\n" % number) for number in (71, 72))
    assert main(versions_in(tmp_path, document(), ours, theirs)) == 0
    assert (tmp_path / "ours").read_bytes() == ours
    assert "region coverage was edited by hand on both sides; theirs is not kept" in capsys.readouterr().err
