"""Who owns a component, from CODEOWNERS: the last match wins."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

from maturity.files import Tree
from maturity.model import Component

log = logging.getLogger("maturity")

PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where the file may be; the first that exists is read, as on GitHub."""


def with_owners(components: Iterable[Component], tree: Tree) -> tuple[Component, ...]:
    """The components with their owners; what the configuration says goes before CODEOWNERS."""
    components = tuple(components)
    file = next((tree.root / place for place in PLACES if (tree.root / place).is_file()), None)
    if file is None:
        return components
    from codeowners import CodeOwners  # not before there is such a file: most runs need none

    lines: list[str] = []
    for number, line in enumerate(file.read_text("utf-8", "replace").splitlines(), 1):
        try:
            CodeOwners(line)
            lines.append(line)
        except ValueError as error:
            log.warning("%s line %d is passed over: %s", file.name, number, error)
    rules = CodeOwners("\n".join(lines))

    def owner(component: Component) -> str | None:
        return " ".join(name for _, name in rules.of(component.source[0])) or None if component.source else None

    return tuple(c if c.owner is not None else replace(c, owner=owner(c)) for c in components)
