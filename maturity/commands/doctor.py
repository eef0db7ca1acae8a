"""`maturity doctor`: whether this installation works, in a few seconds. One line a check; nothing is changed.

Each tool is started as the configuration says, through its real collector, in a small repository in which something is
planted for it to find: a lint violation, a type error, an insecure call, a failing test, lines that no test reaches.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from importlib.metadata import version
from pathlib import Path

from maturity import collectors as registry
from maturity.arguments import TEXT, Parser, add_format, check_output
from maturity.collect import Job, attempt
from maturity.collectors.base import Collector
from maturity.doctor import planted as doctor
from maturity.doctor.health import look
from maturity.doctor.planted import Check, State
from maturity.errors import CollectorFailure, MaturityError
from maturity.files import find_root
from maturity.graph.parts import DOIT_CONFIG
from maturity.printing import plain
from maturity.processes.process import end_with_us, run
from maturity.processes.scratch import scratch_directory
from maturity.reports.output import put
from maturity.repository import Repository
from maturity.settings.settings import Settings, read_settings
from maturity.tools import Tools

ABOUT = "Check the installation: configuration, git, each tool and what it must find, the cache."
EPILOG = "exit codes: 0 all is well  2 a tool is broken  4 the configuration is wrong"
SECONDS = 60.0
"""The time limit of each tool, unless its own is shorter."""

VERSIONS = """
import importlib.metadata, platform
found = [f"{name} {importlib.metadata.version(name)}" for name in ("pytest", "coverage", "pytest-json-report")]
print(", ".join([*found, f"Python {platform.python_version()}"]))
"""
"""What an interpreter is asked in place of --version."""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code. Raises MaturityError where the output cannot be written."""
    options = parser().parse_args(arguments)
    check_output(options)
    end_with_us()
    checks: list[Check] = []
    for check in examined(find_root(Path.cwd())):
        if options.format == TEXT:
            print(plain(str(check)), flush=True)
        checks.append(check)
    if options.format == TEXT:
        conclude(checks)
    else:
        put(doctor.as_json(checks), options.output)
    return doctor.exit_code(checks)


def conclude(checks: Sequence[Check]) -> None:
    """What broken tools did, apart from the results, and how many checks failed."""
    for check in checks:
        if check.log:
            print(plain(f"\n{check.subject}: {check.says}\n{check.log}"), file=sys.stderr)
    wrong = sum(doctor.EXIT_CODES[check.state] > 0 for check in checks)
    print(f"{wrong} of {len(checks)} checks failed" if wrong else f"all {len(checks)} checks passed")


def parser() -> Parser:
    """What can be typed; the shell's completion asks for it too."""
    made = Parser(prog="maturity doctor", description=ABOUT, epilog=EPILOG)
    add_format(made, ("json",))
    return made


def examined(root: Path) -> Iterator[Check]:
    """Every check, in the order in which they are shown."""
    yield Check("maturity", State.WELL, f"{version('maturity')}, Python {sys.version.split()[0]}, {sys.prefix}")
    repository: Repository | None = None
    try:
        repository = Repository(root)
        yield configuration(repository)
    except MaturityError as error:
        yield Check("configuration", State.MISCONFIGURED, str(error))
    yield git(root)
    yield from tools(root, repository.settings if repository is not None else read_settings("", (), ()))
    if repository is not None:
        yield cache(repository)
    yield database(root)


def configuration(repository: Repository) -> Check:
    """What the configuration makes of the repository."""
    count = len(repository.components)
    says = f"{repository.root} has {count} component{'s' * (count != 1)}"
    if not count:
        return Check("configuration", State.NOTE, f"{says}; say in [tool.maturity] components where they are")
    untested = [component.name for component in repository.components.values() if not component.tests]
    return Check("configuration", State.WELL, says + (f", {len(untested)} without tests" if untested else ""))


def git(root: Path) -> Check:
    """Whether there is git, and the root is in a work tree: the pre-commit mode and the merge driver need both."""
    said, failure = asked(("git", "--version"), root)
    if failure:
        return Check("git", State.BROKEN, failure)
    inside, failure = asked(("git", "rev-parse", "--is-inside-work-tree"), root)
    if failure or inside != "true":
        return Check("git", State.NOTE, f"{said}; {root} is in no work tree, so --auto cannot be used")
    return Check("git", State.WELL, said)


def asked(command: Sequence[str], root: Path, timeout: float = SECONDS) -> tuple[str, str]:
    """The first line that a command prints, and what went wrong; one of them is empty."""
    with scratch_directory() as scratch:
        try:
            completed = run(command, root, scratch, timeout)
        except CollectorFailure as failure:
            return "", str(failure).partition("\n")[0]
    printed = (completed.stdout.strip() or completed.stderr.strip()).decode("utf-8", "replace")
    first = printed.partition("\n")[0]
    if completed.returncode != 0:
        return "", f"{command[0]} ended with exit code {completed.returncode}: {first or 'it said nothing'}"
    return first, ""


def tools(root: Path, settings: Settings) -> Iterator[Check]:
    """Each collector's tool, several at once: they wait more than they work."""
    known = Tools(root, settings)
    with planted(root) as place, ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        waiting = [pool.submit(examine, collector, known, root, place) for collector in registry.all_collectors()]
        for each in waiting:
            yield each.result()


def examine(collector: Collector, tools: Tools, root: Path, place: Path) -> Check:
    """One collector's tool: its version, and what it makes of the planted component."""
    timeout = min(SECONDS, tools.settings(collector).timeout)
    tool = tuple(in_place(word, root) for word in tools.command(collector))
    if tools.settings(collector).command is None:
        said = ", ".join(f"{name} {tools.installed.get(name, 'is absent')}" for name in collector.distributions)
    else:
        question = ("--version",) if collector.module else ("-c", VERSIONS)
        said, failure = asked((*tool, *question), place, timeout)
        said = said or f"no version ({failure})"
    if not collector.applies(doctor.COMPONENT):
        return Check(collector.name, State.NOTE, f"{said}; there is nothing to plant for it")
    job = Job(collector.name, (doctor.COMPONENT,), {}, tool, timeout)
    answers, _ = attempt(job, collector, place)
    return doctor.judge(collector.name, said, answers[doctor.COMPONENT.name])


def in_place(word: str, root: Path) -> str:
    """A word of a command that is a path from the root, as one that is right everywhere."""
    return str(root / word) if "/" in word and (root / word).exists() else word


@contextmanager
def planted(root: Path) -> Generator[Path]:
    """The planted repository: inside the cache, where a launcher such as `uv run` finds the project above it."""
    cache = root / ".maturity"
    writable = cache.is_dir() and os.access(cache, os.W_OK)
    with tempfile.TemporaryDirectory(prefix="doctor-", dir=cache if writable else None) as name:
        place = Path(name).resolve()
        for path, text in doctor.FILES.items():
            (place / path).parent.mkdir(exist_ok=True)
            (place / path).write_text(text, "utf-8")
        yield place


def cache(repository: Repository) -> Check:
    """Whether every file of the cache can be believed; a run mends what cannot."""
    store = repository.store
    if not store.directory.exists():
        return Check("cache", State.NOTE, "there is none yet; the first run collects everything")
    if not os.access(store.directory, os.W_OK):
        return Check("cache", State.BROKEN, f"{store.directory} cannot be written")
    health = look(repository)
    parts = [f"{health.records} records"]
    if health.failing:
        parts.append(f"{len(health.failing)} failed last time ({shown(health.failing)})")
    if health.strays:
        parts.append(f"{health.strays} files of components that are gone")
    if health.damaged:
        parts.append(f"{len(health.damaged)} damaged, made again by the next run: {shown(health.damaged)}")
    state = State.NOTE if health.damaged or health.failing else State.WELL
    return Check("cache", state, "; ".join(parts), "\n".join(health.damaged))


def shown(names: Sequence[str], most: int = 3) -> str:
    """Some names, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def database(root: Path) -> Check:
    """Whether doit's database can be read; it is only a memory."""
    path = root / str(DOIT_CONFIG["dep_file"])
    if not path.exists():
        return Check("doit", State.WELL, f"{version('doit')}; it has no memory of this repository yet")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            answer = connection.execute("pragma quick_check(1)").fetchone()
    except sqlite3.Error as error:
        answer = (str(error),)
    if answer != ("ok",):
        return Check("doit", State.NOTE, f"{version('doit')}; {path.name} is damaged ({answer[0]}); a run replaces it")
    return Check("doit", State.WELL, f"{version('doit')}; {path.name} can be read")
