"""The documents that a run over a commit would write: worked out in a work tree of its own, from the cache."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from maturity.cache.store import DIRECTORY
from maturity.errors import CollectorFailure, MaturityError
from maturity.git.base import below_top, git
from maturity.processes.process import run
from maturity.processes.scratch import scratch_directory

SECONDS = 3600.0


def measured_documents(root: Path, commit: str) -> dict[str, bytes]:
    """Every document of the commit as a run over it would write it, by path below the root.

    Records that are current there come from this repository's cache; only what differs is collected. Raises
    MaturityError where git makes no work tree, or the run fails.
    """
    with scratch_directory() as scratch:
        place = scratch / "base"
        made = git(root, "worktree", "add", "--quiet", "--detach", str(place), commit)
        if made.returncode != 0:
            raise MaturityError(f"git worktree: {made.stderr.decode('utf-8', 'replace').strip()}")
        try:
            there = place / below_top(root)
            if (root / DIRECTORY).is_dir():
                shutil.copytree(root / DIRECTORY, there / DIRECTORY, ignore=shutil.ignore_patterns("*.lock"))
            (scratch / "output").mkdir()
            words = (sys.executable, "-m", "maturity", "--all", "--quiet")
            try:
                ended = run(words, there, scratch / "output", SECONDS)
            except CollectorFailure as failure:
                raise MaturityError(f"--measure-base: {failure}") from None
            if ended.returncode not in (0, 2):
                raise MaturityError(f"--measure-base: the run over {commit[:12]} failed:\n{ended.log()}")
            found = [path for path in there.rglob("*.md") if path.name.endswith("MATURITY.md")]
            return {path.relative_to(there).as_posix(): path.read_bytes() for path in found}
        finally:
            git(root, "worktree", "remove", "--force", str(place))
