"""What surrounds the code: the interpreter, the platform and the installed distributions."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from maturity.files import digest_bytes

PACKAGES = "installed packages"
"""The label of the input that stands for all installed distributions."""

ASK = """
import json, platform, sys
system = [sys.platform, platform.machine(), *platform.libc_ver()]
print(json.dumps({"python": sys.version, "platform": " ".join(system), "path": sys.path}))
"""
"""The program that tells what another interpreter is; its answer is the form of Interpreter."""


@dataclass(frozen=True)
class Interpreter:
    """An interpreter as it describes itself; `path` is where it imports from."""

    python: str
    platform: str
    path: tuple[str, ...]


def this_interpreter() -> Interpreter:
    """The one that runs us."""
    system = [
        sys.platform,
        platform.machine(),
        *platform.libc_ver(),
    ]  # not the kernel: it differs from runner to runner
    return Interpreter(sys.version, " ".join(system), tuple(sys.path))


def read_interpreter(answer: bytes) -> Interpreter:
    """What another interpreter printed for ASK. Raises ValueError where it is no such answer."""
    return msgspec.json.decode(answer, type=Interpreter)


def installed(interpreter: Interpreter, root: Path) -> dict[str, str]:
    """The installed distributions, by name; the version is "" where the directory's name has none.

    Read from the names of the `.dist-info` and `.egg-info` directories, as the import system finds them. What lies in
    the repository itself, outside a virtual environment, is code and not installed.
    """
    found: dict[str, str] = {}
    for entry in interpreter.path:
        place = Path(entry)
        if not entry or not place.is_dir() or (place.is_relative_to(root) and place.name != "site-packages"):
            continue
        for path in place.iterdir():
            if path.suffix in (".dist-info", ".egg-info"):
                name, _, version = path.stem.partition("-")
                found.setdefault(name.lower().replace("_", "-"), version)
            elif path.suffix == ".pth":
                content = path.read_bytes().replace(os.fsencode(root), b"")  # an editable installation of this tree
                found.setdefault(path.name, digest_bytes(content))
    return found


def importable(interpreter: Interpreter, root: Path) -> frozenset[str]:
    """The names of the modules and packages that are installed, those of the standard library included."""
    found = set(sys.stdlib_module_names)
    for entry in interpreter.path:
        place = Path(entry)
        if entry and place.is_dir() and (not place.is_relative_to(root) or place.name == "site-packages"):
            found.update(name.partition(".")[0] for name in os.listdir(place))  # noqa: PTH208 - names alone
    return frozenset(name for name in found if name.isidentifier())


def around() -> set[str]:
    """The paths outside the repository that say what this interpreter is: where it imports from.

    A distribution that comes, goes or changes its version changes the entries of the directory that it is in.
    """
    found: set[str] = set()
    for place in sys.path:
        if place and Path(place).is_absolute():
            found.add(place)
            found |= {str(path) for path in Path(place).glob("*.pth")}
    return found


def describe(interpreter: Interpreter, distributions: Mapping[str, str]) -> dict[str, str]:
    """All that surrounds the code, by label; where the interpreter imports from is a matter of the machine."""
    packages = digest_bytes(repr(sorted(distributions.items())).encode())
    return {"interpreter": interpreter.python, "platform": interpreter.platform, PACKAGES: packages}
