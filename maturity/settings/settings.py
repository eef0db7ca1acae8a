"""pyproject text → Settings: everything that `[tool.maturity]` can say."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from maturity.errors import ConfigurationError
from maturity.model import Ladder
from maturity.settings.criteria import read_ladder
from maturity.settings.gate import GateSettings, read_gate
from maturity.settings.toml import Table, nearest

DEFAULT_COMPONENTS = ("src/components/*",)
DEFAULT_TIMEOUT = 600.0


@dataclass(frozen=True)
class ComponentSettings:
    """One `[tool.maturity.component.NAME]`; None where the key is absent and the default applies."""

    where: str
    source: tuple[str, ...] | None = None
    tests: tuple[str, ...] | None = None
    integration_tests: tuple[str, ...] | None = None
    document: str | None = None
    owner: str | None = None
    group: str | None = None


@dataclass(frozen=True)
class ToolSettings:
    """One `[tool.maturity.tool.NAME]`: how the tool is started, and its time limit in seconds."""

    command: tuple[str, ...] | None = None
    timeout: float = DEFAULT_TIMEOUT


@dataclass(frozen=True)
class Settings:
    """The configuration of one repository; `components` and `exclude` are globs, relative to the root.

    `implied` says that the component globs are the default layout. `template` is the file that new
    documents are made from, None for ours.
    """

    components: tuple[str, ...]
    exclude: tuple[str, ...]
    named: Mapping[str, ComponentSettings]
    tools: Mapping[str, ToolSettings]
    ladder: Ladder
    implied: bool = False
    template: str | None = None
    gate: GateSettings = field(default_factory=GateSettings)

    def tool(self, name: str) -> ToolSettings:
        """The settings of one tool."""
        return self.tools.get(name, ToolSettings())


def read_settings(text: str, tools: Sequence[str], metrics: Sequence[str], file: str = "pyproject.toml") -> Settings:
    """The settings in a pyproject text; `tools` and `metrics` are the names that it may use.

    Raises ConfigurationError that names the file, the key and the nearest right spelling.
    """
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except ValueError as error:  # of TOML's own kind, or a number with more digits than Python reads
        raise ConfigurationError(f"{file}: not valid TOML: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{file}: its tables are nested too deep") from None
    outer = Table(f"{file}: [tool]", document.get("tool", {}))
    outer.refuse_near("maturity")
    table = Table(f"{file}: [tool.maturity]", outer.take("maturity") if "maturity" in outer else {})
    components = table.texts("components")
    stages = table.texts("stages")
    if stages is not None and (len(stages) < 2 or len(set(stages)) < len(stages)):
        raise ConfigurationError(f"{table.at('stages')}: expected two or more different names, lowest first")
    named = table.tables("component")
    settings = Settings(
        components=DEFAULT_COMPONENTS if components is None else components,
        exclude=table.texts("exclude") or (),
        named={name: read_component(inner) for name, inner in named.items()},
        tools={name: read_tool(name, inner, tools) for name, inner in table.tables("tool").items()},
        ladder=read_ladder(stages, table.array("criterion"), metrics),
        implied=components is None,
        template=table.optional_text("template"),
        gate=read_gate(Table(f"{file}: [tool.maturity.gate]", table.take("gate") if "gate" in table else {}), metrics),
    )
    table.close()
    return settings


def read_component(table: Table) -> ComponentSettings:
    """One component's table."""
    settings = ComponentSettings(
        where=table.where,
        source=table.texts("source"),
        tests=table.texts("tests"),
        integration_tests=table.texts("integration-tests"),
        document=table.optional_text("document"),
        owner=table.optional_text("owner"),
        group=table.optional_text("group"),
    )
    table.close()
    if settings.source == ():
        raise ConfigurationError(f"{table.at('source')}: a component needs at least one file or directory")
    return settings


def read_tool(name: str, table: Table, tools: Sequence[str]) -> ToolSettings:
    """One tool's table."""
    if name not in tools:
        raise ConfigurationError(f"{table.where}: unknown tool{nearest(name, tools)}")
    command = table.texts("command")
    timeout = table.seconds("timeout")
    table.close()
    if command == ():
        raise ConfigurationError(f"{table.at('command')}: expected the words of a command")
    return ToolSettings(command, DEFAULT_TIMEOUT if timeout is None else timeout)
