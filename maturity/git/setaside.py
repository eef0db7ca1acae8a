"""The unstaged changes that the pre-commit framework sets aside while hooks run, and whether they will go back.

It keeps them as a patch file in its cache and applies that after the last hook. Where the patch does not fit it rolls
back to the index, which with a document that we staged does not help: it then ends with an error, and all unstaged
changes are in that file only. So what would clash is found out before anything is staged.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from maturity.git.commands import Git

PATCH = re.compile(r"patch\d+-(\d+)")
"""The name of a patch file: a time, and the process that made it."""


def clashes(git: Git, path: str, environment: Mapping[str, str]) -> bool:
    """Whether unstaged changes of a document, if some were set aside, do not fit it as it is in the work tree now."""
    pattern = re.sub(r"([*?\[\\])", r"\\\1", git.prefix + path)
    return any(
        git.ask("apply", "--check", "--whitespace=nowarn", f"--include={pattern}", str(patch)).returncode != 0
        for patch in set_aside(environment)
    )


def set_aside(environment: Mapping[str, str]) -> Iterator[Path]:
    """The patch files of every pre-commit that runs now, if a pre-commit has started us."""
    if environment.get("PRE_COMMIT") != "1":
        return
    cache = environment.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    home = Path(environment.get("PRE_COMMIT_HOME") or Path(cache) / "pre-commit")
    for place in sorted(home.glob("patch*")):
        named = PATCH.fullmatch(place.name)
        if named is not None and is_alive(int(named[1])):
            yield place


def is_alive(process: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True
