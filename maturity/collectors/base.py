"""What a collector is: the declaration that each tool's module makes, and the values it is given.

A collector is pure. It says which command checks a set of components and reads the tool's answer; running the
command, caching the answer and deciding when it is out of date happen elsewhere, from what is declared here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from maturity.metrics import Metric
from maturity.model import Component, Facts, Failure


@dataclass(frozen=True)
class Request:
    """Some components to check in one process.

    `root` is the absolute path of the repository and the working directory of the tool; `scratch` is the absolute path
    of an empty directory that belongs to this run. `tool` is how the tool is started, for example
    ("/venv/bin/python", "-m", "ruff"). `config_files` are the tool's configuration files that exist, relative to root.
    """

    components: tuple[Component, ...]
    root: str
    scratch: str
    tool: tuple[str, ...]
    config_files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One process of a tool: its command line, and the scratch files to write before it starts.

    `reports` names the scratch files that it is to leave behind.
    """

    name: str
    command: tuple[str, ...]
    writes: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    reports: tuple[str, ...] = ()


@dataclass(frozen=True)
class Output:
    """What a finished process left: `reports` has the bytes of each report that exists."""

    returncode: int
    stdout: bytes
    stderr: bytes
    reports: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


@dataclass(frozen=True)
class ConfigTable:
    """A place where a tool reads its configuration: a file, and the TOML tables or INI sections of it that count.

    No table means the whole file counts. With `presence` it counts that there is such a file, besides its tables or
    instead of the whole. A name is looked for in every directory from the component up to the root.
    """

    file: str
    tables: tuple[str, ...] = ()
    presence: bool = False


def no_further(request: Request, outputs: Mapping[str, Output]) -> tuple[Step, ...]:
    """The further steps of a collector whose steps are known beforehand."""
    del request, outputs
    return ()


def no_tests(component: Component) -> tuple[str, ...]:
    """The pytest arguments of a collector that runs no tests."""
    del component
    return ()


@dataclass(frozen=True)
class Collector:
    """One tool's adapter.

    `name` is the task's name, `title` the words for people; `metrics` maps each metric of the record to its dataclass.
    `module` is what `python -m` starts unless the user has set a command; empty if the interpreter itself is the tool.
    `settings` names the `[tool.maturity.tool.NAME]` table that it obeys, the collector's own name if empty.
    `distributions` are the installed packages whose versions change the answer, `environment` says that all of them do
    (the code is imported or resolved). `imports` says that every first-party file which the component imports,
    directly or not, is an input; `first_party` that the top-level names are (import sorting asks for them). `tests` are
    the pytest arguments that it runs, which then are inputs too. `places` are the keys of its configuration that name
    directories in which imports are looked for.
    `applies` says whether there is anything to check; `idle` is the reason that is shown where there is not. `batch`
    gives one key to the components that may share one process. `steps` gives the command lines; `parse` reads their
    outputs, by step name, into facts or a failure for each component of the request. It raises CollectorFailure where
    the outputs are no answer for any of them. `further` gives the steps that the outputs so far call for, so that a
    question which hardly ever comes up costs nothing where it does not.
    """

    name: str
    title: str
    module: str
    metrics: Mapping[str, type[Metric]]
    distributions: tuple[str, ...]
    configuration: tuple[ConfigTable, ...]
    applies: Callable[[Component], bool]
    steps: Callable[[Request], tuple[Step, ...]]
    parse: Callable[[Request, Mapping[str, Output]], Mapping[str, Facts | Failure]]
    further: Callable[[Request, Mapping[str, Output]], tuple[Step, ...]] = no_further
    batch: Callable[[Component], str] = lambda component: "all"
    tests: Callable[[Component], tuple[str, ...]] = no_tests
    settings: str = ""
    imports: bool = False
    idle: str = "there is nothing to check"
    first_party: bool = False
    environment: bool = False
    places: tuple[str, ...] = ()
