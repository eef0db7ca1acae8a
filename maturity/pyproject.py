"""What a repository says to us on the disk: its pyproject.toml, and its own template for new documents."""

from __future__ import annotations

import os
from pathlib import Path

from maturity import collectors as registry
from maturity.collectors.base import Collector
from maturity.discovery.discover import inside
from maturity.errors import ConfigurationError, said
from maturity.files import read_bytes, read_inside
from maturity.settings.settings import Settings, read_settings
from maturity.settings.toml import closest
from maturity.tree import Tree

PYPROJECT = "pyproject.toml"
TEXT_LIMIT = 16 * 1024 * 1024
"""Bytes of a text that people write for us which are read."""


def read_pyproject(root: Path, collectors: tuple[Collector, ...]) -> Settings:
    """The settings of a repository, those of the default layout where it says nothing. Raises ConfigurationError."""
    try:
        content = read_bytes(root / PYPROJECT, TEXT_LIMIT)
        if content is None and os.path.lexists(root / PYPROJECT):
            raise ConfigurationError(f"{PYPROJECT}: is no file of at most {TEXT_LIMIT >> 20} MB")
        text = (content or b"").decode("utf-8")
    except OSError as error:
        raise ConfigurationError(f"{PYPROJECT}: cannot be read: {said(error)}") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{PYPROJECT}: cannot be read: {error}") from None
    tools = [collector.settings or collector.name for collector in collectors]
    return read_settings(text, tools, registry.metric_names(collectors))


def read_template(root: Path, settings: Settings, tree: Tree) -> str | None:
    """The repository's own text for new documents, if there is one. Raises ConfigurationError."""
    if settings.template is None:
        return None
    where = f"{PYPROJECT}: [tool.maturity] template"
    path = inside(settings.template, where)
    try:
        content = read_inside(root, path, TEXT_LIMIT)
        if content is None:
            raise ConfigurationError(
                f"{where}: {path!r} is no file of at most {TEXT_LIMIT >> 20} MB inside the repository"
                f"{closest(path, tree.files) if path not in tree else ''}"
            )
        return content.decode("utf-8")
    except OSError as error:
        raise ConfigurationError(f"{where}: {path!r} cannot be read: {said(error)}") from None
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{where}: {path!r}: {error}") from None
