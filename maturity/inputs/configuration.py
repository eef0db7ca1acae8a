"""The configuration that applies to a component: of each file only the tables that the tool reads."""

from __future__ import annotations

import configparser
import posixpath
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import cast

import msgspec

from maturity.collectors.base import ConfigTable
from maturity.files import digest_text, read_bytes
from maturity.tree import Tree

EXTENDS = ("extend", "extends", "configfile", "baseline")
"""The keys by which a tool's configuration names another file that it builds on; the last two are bandit's."""

PRESENT = digest_text("present")
"""Stands for a file of which nothing counts but that it is there."""

LIMIT = 16 * 1024 * 1024
"""Bytes of a configuration file that are read."""

UNREADABLE = (ValueError, configparser.Error, RecursionError)
"""What reading a broken configuration file raises."""

_EXTENDS_IN_JSON = re.compile(r'"extends"\s*:\s*"([^"\n]+)"')


class Configuration:
    """The configuration files of a tree; each is read and digested once. `files` are those that were looked for."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._digests: dict[tuple[str, tuple[str, ...], bool], str | None] = {}
        self._values: dict[str, Mapping[str, object] | None] = {}
        self._found: dict[tuple[ConfigTable, ...], dict[str, dict[str, str]]] = {}
        self.files: set[str] = set()

    def digests(self, tables: tuple[ConfigTable, ...], directories: Iterable[str]) -> dict[str, str]:
        """The digest of each table that exists in any of the directories, by a label such as "a.toml [tool.ruff]"."""
        known = self._found.setdefault(tables, {})
        found: dict[str, str] = {}
        for directory in directories:
            if directory not in known:
                known[directory] = self._in_directory(tables, directory)
            found.update(known[directory])
        return found

    def _in_directory(self, tables: tuple[ConfigTable, ...], directory: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for table in tables:
            path = f"{directory}/{table.file}" if directory else table.file
            digest = self.digest(path, table.tables, tables, table.presence)
            if digest is not None:
                sections = "".join(f" [{name}]" for name in table.tables)
                found[f"{path}{sections}"] = digest
        return found

    def digest(
        self, path: str, tables: tuple[str, ...], family: Sequence[ConfigTable] = (), presence: bool = False
    ) -> str | None:
        """The digest of what counts in one file, None if there is no such file or nothing in it counts.

        `family` are all of the tool's configuration files: of one that this file builds on, its own tables count. With
        `presence` an existing file counts in any case.
        """
        key = (path, tables, presence)
        if key not in self._digests:
            self._digests[key] = None  # for files that build on one another in a circle
            self._digests[key] = self._read(path, tables, family, presence)
        return self._digests[key]

    def _read(self, path: str, tables: tuple[str, ...], family: Sequence[ConfigTable], presence: bool) -> str | None:
        try:
            values = self.values(path)
        except UNREADABLE:
            return self._tree.digest(path)  # the tool itself will complain; any edit may mend it
        if values is None:
            return None
        counting = {name: value for name in tables for value in [select(values, name)] if value is not None}
        if not counting and (tables or presence):
            return PRESENT if presence else None
        parts = [canonical(counting).decode() if tables else self._tree.digest(path)]
        for other in extended(counting.values() if tables else [values]):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), other))
            if not target.startswith(".."):
                name = posixpath.basename(target)
                inner = next((table.tables for table in family if table.file == name), ())
                parts.append(self.digest(target, inner, family) or "absent")
        return digest_text("\n".join(parts))

    def values(self, path: str) -> Mapping[str, object] | None:
        """The tables of a file, None if there is none. Raises one of UNREADABLE for a file that is broken."""
        self.files.add(path)
        if path not in self._values:
            self._values[path] = parse(path, self._content(path)) if self._exists(path) else None
        return self._values[path]

    def _content(self, path: str) -> bytes:
        content = read_bytes(self._tree.root / path, LIMIT)
        if content is None:
            raise ValueError(f"{path} is larger than {LIMIT >> 20} MB")
        return content

    def _exists(self, path: str) -> bool:
        """Whether there is such a file, in the tree, behind a link, or in a directory that is not walked."""
        if path in self._tree:
            return True
        directory = posixpath.dirname(path)
        walked = not directory or directory in self._tree.directories
        return (not walked or path in self._tree.outward) and (self._tree.root / path).is_file()


def parse(path: str, content: bytes) -> Mapping[str, object]:
    """The tables of a TOML file, the sections of an INI file or the keys of a JSON file; nothing for other files."""
    text = content.decode("utf-8")
    if path.endswith(".toml"):
        return tomllib.loads(text)
    if path.endswith((".ini", ".cfg", ".bandit", ".coveragerc")):
        parser = configparser.RawConfigParser(strict=False)
        parser.read_string(text)
        return {name: dict(parser[name]) for name in parser.sections()}
    if path.endswith(".json"):
        try:
            return msgspec.json.decode(content, type=dict[str, object])
        except msgspec.MsgspecError:  # pyright allows comments and trailing commas in its configuration
            extends = _EXTENDS_IN_JSON.search(text)
            return {} if extends is None else {"extends": extends[1]}
    return {}


def select(values: Mapping[str, object], name: str) -> object:
    """A table by its dotted name, or all INI sections that match a name such as "coverage:*"; None if there is none."""
    if name in values:
        return values[name]
    matching = {section: values[section] for section in values if fnmatchcase(section, name)}
    if matching:
        return matching
    found: object = values
    for part in name.split("."):
        found = get(found, part)
    return found


def get(table: object, key: str) -> object:
    """A key of what may be a table; None where it is none, or has no such key."""
    return cast(Mapping[str, object], table).get(key) if isinstance(table, Mapping) else None


def canonical(values: object) -> bytes:
    """Equal tables give equal bytes, whatever their layout in the file."""
    return msgspec.json.encode(values, order="deterministic")


def extended(tables: Iterable[object]) -> list[str]:
    """The files that the tables build on."""
    values = [get(table, key) for table in tables for key in EXTENDS]
    return [value for value in values if isinstance(value, str)]
