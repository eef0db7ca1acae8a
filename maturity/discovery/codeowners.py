"""Who owns a component, from CODEOWNERS: the last match wins."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from maturity.files import read_inside
from maturity.model import Component
from maturity.printing import log
from maturity.tree import Tree

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file may be; the first that exists is read, as on GitHub."""

LIMIT = 3 * 1024 * 1024
"""Bytes of the file that are read, as on GitHub."""


IN_A_NAME, IN_A_PATTERN = 3, 5
"""Wildcards that are obeyed; with each more, matching a long path that nearly fits takes a hundred times as long."""


_REST = re.compile(r"(?<!\\)[\s#].*")
"""What follows the pattern in a line: owners, and a comment."""


def with_owners(components: Iterable[Component], tree: Tree) -> tuple[Component, ...]:
    """The components with their owners; what the configuration says goes before CODEOWNERS."""
    components = tuple(components)
    place = next((place for place in PLACES if (tree.root / place).is_file()), None)
    if place is None:
        return components
    content = read_inside(tree.root, place, LIMIT)
    if content is None:
        log.warning("%s is passed over: it is larger than 3 MB, or leads out of the repository", place)
        return components
    from codeowners import CodeOwners  # not before there is such a file: most runs need none

    lines: list[str] = []
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), 1):
        try:
            check_wildcards(line)
            CodeOwners(line)
            lines.append(line)
        except ValueError as error:
            log.warning("%s line %d is passed over: %s", place, number, error)
    rules = CodeOwners("\n".join(lines))

    def owner(component: Component) -> str | None:
        return " ".join(name for _, name in rules.of(component.source[0])) or None if component.source else None

    return tuple(c if c.owner is not None else replace(c, owner=owner(c)) for c in components)


def check_wildcards(line: str) -> None:
    """Raise ValueError for a pattern that could keep us busy for years."""
    pattern = _REST.sub("", line)
    names = [name for name in pattern.split("/") if name != "*"]
    counts = [1 if name == "**" else name.count("*") for name in names]
    if max(counts, default=0) > IN_A_NAME or sum(counts) > IN_A_PATTERN:
        raise ValueError(f"more than {IN_A_NAME} wildcards in a name, or {IN_A_PATTERN} in all")
