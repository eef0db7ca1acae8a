# ruff: noqa: PTH112, PTH113, PTH117, PTH118, PTH120, PTH123, PTH206
# These ask for pathlib: but the witness runs inside calls of the tests, where it must be quick and do little.
"""Notes which files of the repository a test run read: the depfile of a record.

Loaded by its path, by the probe and by the Python processes that tests start (children/sitecustomize.py), in the user's
interpreter: it imports nothing but the standard library.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import os
import stat
import sys
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

STDLIB = (f"{Path(os.__file__).parent}{os.sep}", "<frozen ")
OWN = (__file__, os.path.join(os.path.dirname(__file__), "probe.py"))
INSTALLED = {"site-packages", "dist-packages"}
# Not inputs of a test: version control, caches of tools, our own cache.
SKIPPED = INSTALLED | {
    ".git", ".hg", ".svn", ".maturity", ".pytest_cache", ".hypothesis", ".mypy_cache", ".ruff_cache", ".tox", ".nox",
}  # fmt: skip
METADATA = (".dist-info", ".egg-info")
# Who reads the configuration, of which only some tables are inputs, and who looks for modules and tests by listing.
CONFIGURED_BY = ("_pytest.config.", "iniconfig.", "pluggy.", "coverage.", "pytest_jsonreport.", "pytest_metadata.")
IMPORTERS = ("_frozen_importlib.", "_frozen_importlib_external.", "importlib._bootstrap", "importlib.metadata.")
LISTED_BY = (*IMPORTERS, "importlib_metadata.", "pkg_resources.", "_pytest.", "pluggy.", "coverage.")
CONFIGURATION = {
    "pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg",
    ".coveragerc", ".coveragerc.toml",
}  # fmt: skip
WRITING = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
ADDING = os.O_RDWR | os.O_APPEND  # "a+": what there is can be read
MADE = {"os.mkdir": 0, "os.rename": 1, "os.link": 1, "os.symlink": 1}
READ = {"open", "sqlite3.connect", "subprocess.Popen", "os.listdir", "os.scandir"}
WATCHED = READ | MADE.keys()
QUESTIONS = ("stat", "lstat", "access")  # no audit hook hears of them
SUPPORTS = (os.supports_dir_fd, os.supports_effective_ids, os.supports_fd, os.supports_follow_symlinks)
ABSENT, FILE, DIRECTORY = "absent", "file", "directory"


class Witness:
    """An audit hook that notes which files below `root` this process, and the Python processes that it starts, read.

    `opened` are files opened for reading before anything of the run wrote them, files named in the command line of a
    started process, and files that were to be opened but are absent: they would be read if they appeared. Imported
    modules count by their source file, also where only the bytecode was read. Configuration that pytest and coverage
    read does not count. `listed` are directories whose entries were asked for, but not by an import or by pytest's own
    collection; also absent ones. `asked` are paths whose existence was asked for, with what was there: "absent", "file"
    or "directory". Paths are relative to the root, with `/`.
    """

    def __init__(self, root: Path, scratch: Path) -> None:
        """`root` without symbolic links; `scratch` is skipped, and forked processes leave their notes there."""
        self._root = f"{root}{os.sep}"
        self._log = scratch / "forked.jsonl"
        apart = (os.path.realpath(scratch), sys.prefix, sys.exec_prefix)
        self._apart = tuple(path + os.sep for path in apart if path.startswith(self._root))
        self._met: set[str] = set()
        self._notes: dict[str, set[str]] = {kind: set() for kind in ("opened", "absent", "listed", "wanted")}
        self._asked: dict[str, str] = {}
        self._busy = threading.local()
        self._active = self._forked = self._linked = False
        # Bound here, so that a test which replaces them neither counts nor breaks these calls.
        self._cwd, self._decoded, self._real, self._follow = os.getcwd, os.fsdecode, os.path.realpath, os.readlink
        self._stat, self._remove, self._questions = os.stat, os.unlink, {name: getattr(os, name) for name in QUESTIONS}
        self._frame, self._normal = sys._getframe, os.path.normpath  # pyright: ignore[reportPrivateUsage] - no other way

    def start(self) -> None:
        """Watch from here on; an audit hook cannot be removed, only be told to rest."""
        self._active = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)
        sys.addaudithook(self._audit)
        sys.meta_path.append(self)
        for name, question in self._questions.items():
            heard = self._heard(question)
            for functions in SUPPORTS:
                if question in functions:
                    functions.add(heard)
            setattr(os, name, heard)

    def follow(self) -> None:
        """Watch in a process that the run has started, and leave the notes with those of the forked ones."""
        self._forked = True
        self.start()

    def stop(self) -> dict[str, Any]:
        """Rest, and give the notes: sorted paths under `opened` and `listed`, and `asked`."""
        self._active = False
        for name, question in self._questions.items():
            setattr(os, name, question)
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        if self._log.exists():
            for kind, place in map(json.loads, self._log.read_text("ascii").splitlines()):
                if kind in self._notes:
                    self._notes[kind].add(place)
                else:
                    self._asked.setdefault(place, kind.removeprefix("asked "))
        for module in list(sys.modules.values()):
            file = getattr(module, "__dict__", {}).get("__file__")
            place = self._place(file) if isinstance(file, str) else None
            if place is not None and place not in self._met:  # an importer that does not count has read it
                self._notes["opened"].add(place)
        opened = {place for place in self._notes["opened"] if self._is_inside(place)}
        opened |= {place for place in self._notes["absent"] if self._kind(place) == ABSENT}  # else the run has made it
        opened |= {place for place in self._hidden_by() if self._kind(place) == ABSENT}
        listed = {place for place in self._notes["listed"] if os.path.isdir(self._root + place)}
        listed |= {place for place in self._notes["wanted"] if self._kind(place) == ABSENT}
        above = {place.rpartition("/")[0] for place in (*opened, *listed) if "/" in place}
        asked = {
            place: kind
            for place, kind in self._asked.items()
            if place not in opened | listed | above and self._kind(place) == kind and _is_text(place)
        }  # what the others tell need not be said again; and what is not as it was, the run has changed
        return {
            "opened": sorted(filter(_is_text, opened)),
            "listed": sorted(filter(_is_text, listed)),
            "asked": dict(sorted(asked.items())),
        }

    def find_spec(self, name: str, path: Iterable[str] | None = None, target: object = None) -> None:
        """The last of all finders, which hears of the modules that no other has found: they may come to be there."""
        with contextlib.suppress(Exception):
            if self._active and self._asked_from_inside():
                module = name.rpartition(".")[2]
                for entry in self._roots() if path is None else map(self._place, path):
                    # Even a directory without Python files can be imported.
                    for place in (f"{entry}/{module}", f"{entry}/{module}.py") if entry else ():
                        place = place.removeprefix("./")
                        if place not in self._asked:
                            self._asked[place] = ABSENT
                            self._log_forked(f"asked {ABSENT}", place)

    def _roots(self) -> list[str]:
        """The places in the repository that imports are looked for in."""
        return [place for entry in sys.path for place in [self._place(entry or ".")] if place is not None]

    def _hidden_by(self) -> Iterable[str]:
        """The modules that would have been imported instead of those that were, had they been there."""
        roots = self._roots()
        for name, module in list(sys.modules.items()):
            file = getattr(module, "__file__", None)
            place = self._place(file) if "." not in name and isinstance(file, str) else None
            for root in roots if place is not None else ():
                start = "" if root == "." else f"{root}/"
                if place in (f"{start}{name}.py", f"{start}{name}/__init__.py"):
                    break
                yield f"{start}{name}.py"
                yield f"{start}{name}/__init__.py"

    def _is_inside(self, place: str) -> bool:
        full = self._root + place
        return os.path.isfile(full) and os.path.realpath(full).startswith(self._root)

    def _kind(self, place: str) -> str:
        """What is at a place: "" for what is neither a file nor a directory."""
        try:
            mode = self._stat(self._root + place).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return ABSENT
        except (OSError, ValueError) as error:  # a link to itself, or not a name that a file could have
            return ABSENT if getattr(error, "errno", 0) == errno.ELOOP else ""
        return FILE if stat.S_ISREG(mode) else DIRECTORY if stat.S_ISDIR(mode) else ""

    def _heard(self, question: Callable[..., Any]) -> Callable[..., Any]:
        """A function of `os` that tells us what it is asked for."""

        @functools.wraps(question)
        def asking(path: Any, *args: Any, **named: Any) -> Any:
            if self._active and named.get("dir_fd") is None and not hasattr(self._busy, "asking"):
                self._busy.asking = True  # for what we look up ourselves
                with contextlib.suppress(Exception):  # as below
                    self._ask(path)
                del self._busy.asking
            return question(path, *args, **named)

        asking.__module__ = "os"
        return asking

    def _ask(self, path: Any) -> None:
        place = self._place(path)
        if place in (None, ".") or place in self._met or place in self._asked or self._asked_by(LISTED_BY, IMPORTERS):
            return
        kind = self._kind(place)
        if kind:
            self._asked[place] = kind
            self._log_forked(f"asked {kind}", place)

    def _after_fork(self) -> None:
        self._forked = True

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if self._active and event in WATCHED:
            with contextlib.suppress(Exception):  # an odd argument must not break the test's own call
                self._notice(event, args)

    def _notice(self, event: str, args: tuple[Any, ...]) -> None:
        if event in MADE:
            if event == "os.link":
                self._open(args[0], must_exist=True)
            elif event == "os.symlink":  # what it leads to is then read through it, also from outside of the root
                above = os.path.dirname(os.path.join(self._cwd(), self._decoded(args[1])))
                self._linked = self._linked or self._place(args[0], above) is not None
            self._make(args[MADE[event]])
        elif event == "open":
            if args[2] & ADDING == ADDING and self._exists(args[0]):
                self._open(args[0])
            elif args[2] & WRITING:
                self._make(args[0])
            elif str(args[0]).endswith(".pyc"):
                self._open(args[0])
                self._distrust(args[0])
            else:  # os.open has no mode, and its path may be relative to an open directory
                self._open(args[0], must_exist=args[1] is None)
        elif event == "sqlite3.connect":
            name = self._decoded(args[0])
            self._open(unquote(name[5:].partition("?")[0]) if name.startswith("file:") else name)
        elif event == "subprocess.Popen":
            for argument in args[1]:
                self._open(argument, args[2], must_exist=True)
        else:
            path = "." if args[0] is None else args[0]
            if isinstance(path, int):  # as os.fwalk does; where there is no /proc, an error: see `_audit`
                path = self._follow(f"/proc/self/fd/{path}")
            place = self._place(path)
            if place is None or place in self._notes["listed"] or place in self._met:
                return
            if not self._asked_by(LISTED_BY, IMPORTERS):
                self._note("listed" if self._kind(place) == DIRECTORY else "wanted", place)

    def _open(self, path: Any, folder: Any = None, must_exist: bool = False) -> None:
        place = self._place(path, folder)
        if place is None or place in self._met:
            return
        exists = self._kind(place) == FILE
        if not exists and must_exist:
            return
        if place.rpartition("/")[2] not in CONFIGURATION or not self._asked_by(CONFIGURED_BY):
            self._met.add(place)
            self._note("opened" if exists else "absent", place)

    def _distrust(self, path: Any) -> None:
        """Remove bytecode that is older than its source: whoever opens it then compiles anew.

        Python compares sizes and seconds only; a file that got other content and its old time back would count as the
        old one.
        """
        place = self._place(path)
        if place is not None and self._stat(self._root + place).st_ctime_ns >= self._stat(path).st_mtime_ns:
            self._remove(path)

    def _exists(self, path: Any) -> bool:
        place = self._place(path)
        return place is not None and place not in self._met and self._kind(place) == FILE

    def _make(self, path: Any) -> None:
        place = self._place(path)
        if place is not None and "__pycache__" not in self._decoded(path):  # bytecode stands for its source
            self._met.add(place)

    def _note(self, kind: str, place: str) -> None:
        self._notes[kind].add(place)
        self._log_forked(kind, place)

    def _log_forked(self, kind: str, place: str) -> None:
        if self._forked:
            with open(self._log, "a", encoding="ascii") as log:
                log.write(json.dumps([kind, place]) + "\n")

    def _place(self, path: Any, folder: Any = None) -> str | None:
        """The path relative to the root, None if it is outside or skipped; a module's bytecode is its source file."""
        if isinstance(path, int):
            return None
        full = os.path.join(self._decoded(folder) if folder else "", self._decoded(path))
        if not os.path.isabs(full):
            full = os.path.join(self._cwd(), full)
        full = self._normal(full)
        if full + os.sep == self._root:
            return "."
        if self._linked:
            full = self._led_to(full)
        if not full.startswith(self._root) or (full + os.sep).startswith(self._apart):
            return None
        parts = full[len(self._root) :].split(os.sep)
        if parts[-1].endswith(".pyc") and "__pycache__" in parts[-2:-1]:
            parts[-2:] = [parts[-1].partition(f".{sys.implementation.cache_tag}")[0] + ".py"]
        if not SKIPPED.isdisjoint(parts) or any(part.endswith(METADATA) for part in parts):
            return None
        return None if "__pycache__" in parts else "/".join(parts)

    def _led_to(self, full: str) -> str:
        """The path without links; looking for these is no question of the tests."""
        known, self._busy.asking = hasattr(self._busy, "asking"), True
        try:
            return self._real(full)
        finally:
            if not known:
                del self._busy.asking

    def _asked_from_inside(self) -> bool:
        """Whether the nearest caller outside the import system is code of the repository."""
        frame = self._frame(1)
        while frame is not None:
            file = frame.f_code.co_filename
            if file not in OWN and not file.startswith(STDLIB):
                return self._place(file) is not None
            frame = frame.f_back
        return False

    def _asked_by(self, names: tuple[str, ...], importers: tuple[str, ...] = ()) -> bool:
        """Whether the nearest caller outside the standard library, or any of `importers` before it, is in `names`."""
        frame = self._frame(1)
        while frame is not None:
            file, name = frame.f_code.co_filename, str(frame.f_globals.get("__name__")) + "."
            standard = file.startswith(STDLIB) and INSTALLED.isdisjoint(file.split(os.sep))
            if file not in OWN and (not standard or name.startswith(importers)):
                return name.startswith(names)
            frame = frame.f_back
        return False


def _is_text(place: str) -> bool:
    """Whether the path can be written as UTF-8: the names of files are bytes."""
    return place.encode("utf-8", "ignore").decode("utf-8") == place
