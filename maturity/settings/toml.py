"""Strict reading of TOML tables: every error names the file, the key and the nearest right spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import cast

from maturity.errors import ConfigurationError

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")

SLIP = 0.85
"""How alike two words are of which one is a slip of the pen: `maturty` is, the packaging tool `maturin` is not."""


class Table:
    """One table that is read key by key; `close` then refuses what was not asked for.

    `where` is the place that messages name, for example "pyproject.toml: [tool.maturity]".
    """

    def __init__(self, where: str, values: object) -> None:
        if not isinstance(values, Mapping):
            raise ConfigurationError(f"{where}: expected a table, found {values!r}")
        self.where = where
        self._values = cast(Mapping[str, object], values)
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        self._asked.add(key)
        return key in self._values

    def at(self, key: str) -> str:
        """The place of a key, for messages."""
        return f"{self.where} {key}"

    def take(self, key: str) -> object:
        """The value as it stands, None where there is none."""
        self._asked.add(key)
        return self._values.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A string; required if there is no default."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        if value is None:
            raise ConfigurationError(f"{self.at(key)}: missing; expected one line of text")
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise ConfigurationError(f"{self.at(key)}: expected one line of text, found {value!r}")
        return value

    def word(self, key: str) -> str:
        """A string of letters, digits, dots, dashes and underscores."""
        value = self.text(key)
        if not _WORD.fullmatch(value):
            raise ConfigurationError(f"{self.at(key)}: use letters, digits, '.', '-' and '_' only, found {value!r}")
        return value

    def optional_text(self, key: str) -> str | None:
        """A string, or None where the key is absent."""
        return self.text(key) if key in self else None

    def texts(self, key: str) -> tuple[str, ...] | None:
        """A list of strings, or None where the key is absent."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in cast(list[object], value)):
            raise ConfigurationError(f"{self.at(key)}: expected a list of texts, found {value!r}")
        return tuple(cast(list[str], value))

    def seconds(self, key: str) -> float | None:
        """A positive number of seconds, or None where the key is absent."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise ConfigurationError(f"{self.at(key)}: expected a whole number of seconds above 0, found {value!r}")
        return float(value)

    def choice(self, key: str, allowed: Iterable[str]) -> str:
        """One of the allowed texts."""
        allowed = tuple(allowed)
        value = self.text(key)
        if value not in allowed:
            raise ConfigurationError(f"{self.at(key)}: unknown value {value!r}{nearest(value, allowed)}")
        return value

    def tables(self, key: str) -> dict[str, Table]:
        """The tables inside the table `key`, by name."""
        value = self.take(key)
        if value is None:
            return {}
        outer = Table(self.inner(key), value)
        return {name: Table(outer.inner(name), table) for name, table in outer._values.items()}

    def array(self, key: str) -> tuple[Table, ...]:
        """An array of tables."""
        value = self.take(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise ConfigurationError(f"{self.at(key)}: expected an array of tables, written [[...{key}]]")
        items = cast(list[object], value)
        return tuple(Table(f"{self.inner(key)} number {number}", item) for number, item in enumerate(items, 1))

    def inner(self, key: str) -> str:
        """The place of a table inside this one."""
        return f"{self.where[:-1]}.{key}]" if self.where.endswith("]") else f"{self.where}.{key}"

    def refuse_near(self, key: str) -> None:
        """Refuse what can only be a misspelling of `key`, in a table of which all other keys are not ours to judge."""
        for slip in get_close_matches(key, self._values.keys() - {key}, n=1, cutoff=SLIP):
            raise ConfigurationError(f"{self.at(slip)}: did you mean {key!r}?")

    def close(self) -> None:
        """Refuse the keys that nobody asked for."""
        for key in self._values:
            if key not in self._asked:
                raise ConfigurationError(f"{self.at(key)}: unknown key{nearest(key, self._asked)}")


def nearest(word: str, allowed: Iterable[str]) -> str:
    """A suggestion to append to a message: the closest spellings, or all that is allowed."""
    allowed = sorted(allowed)
    known = f"; known: {', '.join(allowed)}" if 0 < len(allowed) <= 40 else ""
    return closest(word, allowed) or known


def closest(word: str, allowed: Iterable[str]) -> str:
    """A suggestion to append to a message: the closest spelling, nothing where none is close."""
    close = get_close_matches(word, sorted(allowed), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
