"""Where the costs are measured: real projects whose every record and document is current, and how they are checked."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from benchmarks.projects import HOMEASSISTANT, Project, prepare, run

DOIT = (sys.executable, "-m", "doit")
MATURITY = (sys.executable, "-m", "maturity")
ALL = (*DOIT, "-n", "8", "all")
VERSION = (*DOIT, "--version")
CACHE = (".maturity", ".doit.db", ".doit.db-wal", ".doit.db-shm", ".git")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
SAMPLE = ("sun", "zone", "person")
"""Components of homeassistant whose documents are held against a clean run's."""


def settled(project: Project, place: Path) -> Path:
    """The root of a project in which there is nothing to do; the first call for a place collects everything."""
    root = prepare(project, place)
    run(ALL, root)
    run(ALL, root)
    run((*DOIT, "validate"), root)
    return root


@cache
def homeassistant(place: Path) -> Path:
    """homeassistant, settled; documents of three components are those of a clean run. Looked at once for all rows."""
    root = settled(HOMEASSISTANT, place)
    check_clean(root, SAMPLE, place)
    return root


def documents(root: Path) -> dict[str, str]:
    """Every document by its path, with the dates taken out: two runs may be on two days."""
    return {
        str(path.relative_to(root)): DATE.sub("DATE", path.read_text("utf-8")) for path in root.rglob("*MATURITY.md")
    }


def clean_copy(root: Path, place: Path) -> Path:
    """A copy of the tree as a fresh clone is: no cache, no state, no documents."""
    copy = place / f"{root.name}-clean"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*CACHE, "__pycache__", "*MATURITY.md"), symlinks=True)
    return copy


def check_clean(root: Path, names: Sequence[str], place: Path) -> None:
    """Raises SystemExit unless a clean run writes the same documents for some components."""
    copy = clean_copy(root, place)
    run((*DOIT, *(f"maturity:{name}" for name in names)), copy)
    clean, known = documents(copy), documents(root)
    if len(clean) != len(names):
        raise SystemExit(f"a clean run wrote {len(clean)} documents for {len(names)} components")
    for path, text in clean.items():
        if known.get(path) != text:
            raise SystemExit(f"{path} is not what a clean run writes")
    shutil.rmtree(copy)


def check_unchanged(before: dict[str, str], root: Path) -> None:
    """Raises SystemExit if a run that had nothing to do changed a document."""
    if documents(root) != before:
        raise SystemExit("a run with nothing to do changed a document")
