"""The tools of a repository: how each is started, and what of it can change an answer."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path

import msgspec

from maturity.collectors.base import Collector
from maturity.errors import CollectorFailure, MaturityError
from maturity.files import digest_bytes
from maturity.inputs.code import Code
from maturity.inputs.environment import (
    ASK,
    PACKAGES,
    Interpreter,
    describe,
    importable,
    installed,
    read_interpreter,
    this_interpreter,
)
from maturity.processes.process import run
from maturity.processes.scratch import scratch_directory
from maturity.settings.settings import Settings, ToolSettings

START = (sys.executable, "-P", "-m")
"""How a tool beside us is started; -P, because a ruff.py in the repository is not ruff."""

QUICK_SECONDS = 60
ANALYSIS_SECONDS = 600


class Tools:
    """The tools that the settings name, else those installed beside us.

    `code` is our own and the plugins'. `environments` are the installed distributions that this run has seen, by the
    digest that stands for them.
    """

    def __init__(self, root: Path, settings: Settings, code: Code | None = None) -> None:
        self._root = root
        self._settings = settings
        self._code = code or Code()
        self._interpreter = this_interpreter()
        self._inputs: dict[str, Mapping[str, str]] = {}
        self.environments: dict[str, dict[str, str]] = {}

    def settings(self, collector: Collector) -> ToolSettings:
        """What the user has set for a collector's tool."""
        return self._settings.tool(collector.settings or collector.name)

    def command(self, collector: Collector) -> tuple[str, ...]:
        """How a collector's tool is started: the user's command, else the one installed beside us.

        A collector without a module runs in the tool's interpreter itself: of a command that ends in "pytest", with or
        without "-m" before it, that is the "python" in its place.
        """
        command = self.settings(collector).command
        if command is None:
            return (*START, collector.module) if collector.module else (sys.executable,)
        if collector.module:
            return command
        return interpreter_behind(command, "pytest") or command

    @cached_property
    def importable(self) -> frozenset[str]:
        """The names of the modules beside us that a module of the repository may hide."""
        return importable(self._interpreter, self._root)

    @cached_property
    def installed(self) -> dict[str, str]:
        """The distributions beside us, by name."""
        return installed(self._interpreter, self._root)

    def inputs(self, collector: Collector) -> Mapping[str, str]:
        """What of a collector's tool can change an answer, by label: the code that reads it, versions, the command.

        Where the code that is checked is imported or resolved, the interpreter and what it has installed, too. A user's
        own tool is asked once in a run, however many components there are.
        """
        if collector.name not in self._inputs:
            around = self._environment(collector) if collector.environment else {}
            self._inputs[collector.name] = {**self._versions(collector), **around}
        return self._inputs[collector.name]

    def _versions(self, collector: Collector) -> dict[str, str]:
        command = self.settings(collector).command
        found = {**self._code.inputs(collector), "version of Python": self._interpreter.python}
        if command is None:
            found |= {f"version of {name}": self.installed.get(name, "absent") for name in collector.distributions}
        else:
            found["command"] = shlex.join(command)
            if collector.module:
                found[f"version of {collector.name}"] = self._ask(collector, (*command, "--version"))
        return found

    def _environment(self, collector: Collector) -> dict[str, str]:
        python: tuple[str, ...] | None = self.command(collector)
        if collector.module:  # it resolves imports in the environment that it is in
            python = interpreter_behind(python, collector.module) if collector.imports else None
        if self.settings(collector).command is None or python is None:
            return self._described(self._interpreter, self.installed)
        answer = self._ask(collector, (*python, "-c", ASK))
        try:
            interpreter = read_interpreter(answer.encode())
        except ValueError:
            return {"interpreter": digest_bytes(answer.encode())}
        return self._described(interpreter, installed(interpreter, self._root))

    def _described(self, interpreter: Interpreter, distributions: Mapping[str, str]) -> dict[str, str]:
        described = describe(interpreter, distributions)
        self.environments[described[PACKAGES]] = dict(distributions)
        return described

    def _ask(self, collector: Collector, command: Sequence[str]) -> str:
        """What a user's own tool says of itself; a tool that cannot be started says so when it is to collect."""
        timeout = min(QUICK_SECONDS, self.settings(collector).timeout)
        with scratch_directory() as scratch:
            try:
                return run(command, self._root, scratch, timeout).stdout.decode("utf-8", "replace")
            except CollectorFailure as failure:
                return f"failed: {failure}"

    def analyze_imports(self, roots: Sequence[str], files: Sequence[str]) -> bytes:
        """What ruff says about the imports of some files, all if none are named. Raises MaturityError if it fails.

        The user's own exclusions are not obeyed: an excluded file is an input all the same.
        """
        sources = msgspec.json.encode(roots).decode()  # a JSON list of texts is a TOML one too
        command = (*START, "ruff", "analyze", "graph", "--quiet", "--isolated")
        options = ("--config", f"src={sources}", "--config", "exclude=[]", "--config", "respect-gitignore=false")
        with scratch_directory() as scratch:
            try:
                words = (*command, *options, "--", *(files or ["."]))
                completed = run(words, self._root, scratch, ANALYSIS_SECONDS)
            except CollectorFailure as failure:
                raise MaturityError(f"ruff analyze graph: {failure}") from None
        if completed.returncode != 0:
            raise MaturityError(f"ruff analyze graph failed:\n{completed.log()}")
        return completed.stdout


def interpreter_behind(command: tuple[str, ...], tool: str) -> tuple[str, ...] | None:
    """The "python" in the place of a command's last word, with or without "-m"; None for another tool."""
    start, last = command[:-1], command[-1]
    if start[-1:] == ("-m",):
        return start[:-1]
    return (*start, f"{last.removesuffix(tool)}python") if last.endswith(tool) else None
