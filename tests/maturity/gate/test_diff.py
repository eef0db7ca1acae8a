"""The lines that a change added, as git says them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maturity.gate.diff import QUIET, WORDS, added_lines


def git(place: Path, *words: str) -> bytes:
    names = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    return subprocess.run(("git", *names, *words), cwd=place, check=True, capture_output=True).stdout


def test_hunks_files_and_odd_names(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    names = ["plain.py", 'with "quotes" and\ttab.py', "ümlaut.py", "gone.py"]
    for name in names:
        (tmp_path / name).write_text("a\nb\nc\n")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message=one")
    for name in names[:3]:
        (tmp_path / name).write_text("a\nnew\nb\nc\n+++ b/odd.py\n")
    (tmp_path / "gone.py").unlink()
    printed = git(tmp_path, *WORDS, *QUIET, "HEAD", "--", ".")
    assert added_lines(printed) == dict.fromkeys(names[:3], frozenset({2, 5}))


texts = st.lists(st.sampled_from(["a", "b", "  b", "", "-- x", "++ y", "@@ -1 +1 @@", "\\ No"]), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, texts)
def test_only_lines_that_are_not_as_before_are_added(tmp_path: Path, before: list[str], after: list[str]) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("".join(f"{line}\n" for line in before))
    two.write_text("".join(f"{line}\n" for line in after))
    words = ("git", "diff", "--no-index", *WORDS[1:-1], *QUIET, "--", "one", "two")
    printed = subprocess.run(words, cwd=tmp_path, check=False, capture_output=True).stdout
    found = added_lines(printed).get("two", frozenset())
    assert all(1 <= line <= len(after) for line in found)
    assert {line.strip() for line in after} <= {line.strip() for line in before} | {
        after[n - 1].strip() for n in found
    } | {""}
