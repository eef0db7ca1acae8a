"""The quick answer to "is there anything to do?": whether anything that a run looked at has moved since.

A snapshot is taken by a run that leaves every record and document current (maturity/graph/rest.py). It names all the
files and directories that this run looked at, in the tree and around it, and digests over what the file system says of
them: one for what all components share, and one for what is written for each. While these are the same, so is every
other answer; if they are not, nothing follows but that a run has to look more closely. Kept light: this module is most
of a run with nothing to do.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import posixpath
import sys
import time
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from maturity.files import read_bytes
from maturity.inputs.key import is_over

NAME = "snapshot"
FILE = f".maturity/{NAME}"
FORMAT = 5
LIMIT = 16 * 1024 * 1024
"""Bytes of a snapshot that are read; a larger one is not ours."""

ABSENT = (-1, -1, -1, -1)

SHARED = ""
"""The owner of what is not written for one component alone."""

BETWEEN = b"\0\0"
"""Stands between the names of one owner and those of the next; between names there is one zero byte."""


@dataclass(frozen=True)
class Snapshot:
    """A state in which everything was current.

    By component: the collectors that apply to it, and its line in lists. By collector: its title. `until` is when it
    ends though nothing moves (seconds since the epoch); None where it never does.
    """

    components: Mapping[str, tuple[str, ...]]
    headlines: Mapping[str, str]
    collectors: Mapping[str, str]
    until: float | None = None


def surroundings(root: Path) -> str:
    """What a run depends on and no file says: the interpreter and the system.

    The root's own number is in it, because nobody can know that in advance: a snapshot that somebody else has made, to
    say that all is current, fits no other checkout.
    """
    status = root.stat()
    return f"{FORMAT} {sys.version} {sys.prefix} {' '.join(os.uname())} {status.st_dev} {status.st_ino}"


def read(root: Path, about: Collection[str] | None = None, now: float | None = None) -> Snapshot | None:
    """The snapshot, if the repository and all around it are still as they were then.

    `about` are the components that the question is about, all by default: what is written for others may have moved.
    `now` is the time (seconds since the epoch), by default that of the clock.
    """
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        head, _, body = (read_bytes(root / FILE, LIMIT) or b"").partition(b"\n")
        values = json.loads(head)
        if values["surroundings"] != surroundings(root) or values["top"] != top_names(root):
            return None
        if is_over(values["until"], time.time() if now is None else now):
            return None
        owners = [SHARED, *values["components"]]
        for owner, names, known in zip(owners, body.split(BETWEEN), values["digests"], strict=True):
            wanted = about is None or owner in about or owner == SHARED
            if wanted and digest(look(root, names.split(b"\0") if names else ())) != known:
                return None
        applying = {name: tuple(collectors) for name, collectors in values["components"].items()}
        return Snapshot(applying, values["headlines"], values["collectors"], values["until"])
    return None


def component_names(root: Path) -> list[str]:
    """The components that the last snapshot had, whatever has moved since; none if there is no snapshot."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        head = (read_bytes(root / FILE, LIMIT) or b"").partition(b"\n")[0]
        return [name for name in json.loads(head)["components"] if name.isprintable()]
    return []


def content(
    root: Path, snapshot: Snapshot, names: Sequence[bytes], stamps: array[int], owners: Mapping[bytes, str]
) -> bytes:
    """What to keep: a snapshot of the paths `names`, as their stamps say they are.

    `owners` are the components for which some of them are written; the others are shared.
    """
    parts: dict[str, tuple[list[bytes], array[int]]] = {
        owner: ([], array("q")) for owner in (SHARED, *snapshot.components)
    }
    for at, name in enumerate(names):
        own_names, own_stamps = parts[owners.get(name, SHARED)]
        own_names.append(name)
        own_stamps.extend(stamps[4 * at : 4 * at + 4])
    head = {
        "surroundings": surroundings(root),
        "top": top_names(root),
        "digests": [digest(own) for _, own in parts.values()],
        "components": snapshot.components,
        "headlines": snapshot.headlines,
        "collectors": snapshot.collectors,
        "until": snapshot.until,
    }
    return json.dumps(head).encode() + b"\n" + BETWEEN.join(b"\0".join(own) for own, _ in parts.values())


def look(root: Path, names: Iterable[bytes]) -> array[int]:
    """The stamps of some paths, relative to the root or absolute: four numbers each, -1 for one that does not exist."""
    stamps = array("q")
    base = os.fsencode(root) + b"/"
    stat = os.stat
    for name in names:
        try:
            found = stat(base + name if name[:1] != b"/" else name)
        except OSError:
            stamps.extend(ABSENT)
        else:  # what Stamp.of says, which costs as much as all the rest here
            stamps.extend((found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino))
    return stamps


def telling(names: Sequence[bytes], stamps: array[int]) -> tuple[list[bytes], array[int]]:
    """The paths among some that have to be looked at, and their stamps.

    One that is absent, in a directory that is looked at, need not be: when it comes, it moves that directory's times.
    """
    there = {name for name, inode in zip(names, stamps[3::4], strict=True) if inode >= 0}
    kept = [at for at, name in enumerate(names) if name in there or posixpath.dirname(name) not in there]
    return [names[at] for at in kept], array("q", (number for at in kept for number in stamps[4 * at : 4 * at + 4]))


def digest(stamps: array[int]) -> str:
    """One digest over all stamps."""
    return hashlib.blake2b(stamps.tobytes(), digest_size=16).hexdigest()


def top_names(root: Path) -> list[str]:
    """The names at the top, hidden ones left out: doit's database comes and goes there, so its times say nothing."""
    return sorted(name for name in os.listdir(root) if not name.startswith("."))  # noqa: PTH208 - names alone
