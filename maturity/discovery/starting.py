"""What `maturity init` proposes: new texts for files of a repository, and what people have to add themselves.

Text to text: a file that exists is only ever added to at its end, and only where that says the same as before besides.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Any, cast

from maturity.settings.settings import DEFAULT_COMPONENTS

FORM = "maturity-setup"
FORMAT = 1
"""The version of the JSON form; it changes when a key changes its meaning or goes, not when one is added."""

IGNORED = (".maturity/", ".doit.db*")
EXTRAS = ("test", "tests", "testing", "dev")
"""What the extras and dependency groups are usually called that tests need."""

REQUIREMENTS = (
    *("requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt", "requirements-test.txt"),
    *("requirements-tests.txt", "test-requirements.txt", "requirements.txt"),
)
BARE = re.compile(r"[A-Za-z0-9_-]+")
"""A key that TOML takes without quotes."""

NONE: Mapping[str, str] = MappingProxyType({})
HOOKS = ".pre-commit-config.yaml"
WORKFLOW = ".github/workflows/maturity.yml"


@dataclass(frozen=True)
class Proposal:
    """A new text for one file; `before` None is a file that does not exist."""

    path: str
    before: str | None
    after: str

    def diff(self) -> str:
        """The change as a unified diff."""
        old = [] if self.before is None else self.before.splitlines()
        source = "/dev/null" if self.before is None else f"a/{self.path}"
        lines = difflib.unified_diff(old, self.after.splitlines(), source, f"b/{self.path}", lineterm="")
        return "\n".join(lines)


@dataclass(frozen=True)
class Advice:
    """What a person should add to a file that exists, in words and as text."""

    path: str
    words: str
    text: str = ""


Written = Proposal | Advice | None


def as_json(proposals: Sequence[Proposal], advice: Sequence[Advice], steps: Sequence[str], written: bool) -> str:
    """All of it for programs, in the form of `maturity/schemas/setup.schema.json`."""
    said = {
        "form": FORM,
        "format": FORMAT,
        "written": written,
        "files": [{"path": each.path, "new": each.before is None, "diff": each.diff()} for each in proposals],
        "advice": [{"path": each.path, "words": each.words, "text": each.text} for each in advice],
        "next": list(steps),
    }
    return json.dumps(said, indent=2) + "\n"


def starter(name: str) -> str:
    """A text of the package that files are made from."""
    return (files("maturity") / "starters" / name).read_text("utf-8")


def settings(before: str | None, components: tuple[str, ...], tests: Mapping[str, str] = NONE) -> Written:
    """`[tool.maturity]` at the end of pyproject.toml, `tests` by component; None where nothing has to be said."""
    path, known = "pyproject.toml", tomllib.loads(before or "")
    globs = [f'"{glob}"' for glob in components]
    line = f"[{', '.join(globs)}]" if len(", ".join(globs)) < 90 else "[\n    " + ",\n    ".join(globs) + ",\n]"
    keys = "" if components == DEFAULT_COMPONENTS else f"components = {line}\n"
    tables = [tests_of(name, place) for name, place in tests.items()]
    if not keys and not tables:
        return None
    if "maturity" in table(known, "tool"):
        words = "add to its table [tool.maturity]" if keys else "add"
        return Advice(path, words, "\n".join([*([keys] if keys else []), *tables]).rstrip())
    text = "\n".join([*([f"[tool.maturity]\n{keys}"] if keys else []), *tables])
    after = text if not before else appended(before, text, "\n")
    try:
        same = tomllib.loads(after) == {**known, "tool": {**table(known, "tool"), **tomllib.loads(text)["tool"]}}
    except tomllib.TOMLDecodeError:  # for example `tool` is an inline table
        same = False
    return (
        Proposal(path, before, after) if same else Advice(path, "nothing can be added at its end; add yourself", text)
    )


def tests_of(component: str, place: str) -> str:
    """The table that says where a component's tests are."""
    name = component if BARE.fullmatch(component) else json.dumps(component)
    return f'[tool.maturity.component.{name}]\ntests = ["{place}"]\n'


def tasks(before: str | None) -> Written:
    """A dodo.py of one line."""
    if before is None:
        return Proposal("dodo.py", None, starter("dodo.py.txt"))
    if "maturity.dodo" in before:
        return None
    return Advice(
        "dodo.py", "it has tasks of its own; to have ours beside them add", "from maturity.dodo import task_maturity"
    )


def ignored(before: str | None) -> Proposal | None:
    """The lines of .gitignore for what we keep in the work tree."""
    known = {line.strip().strip("/") for line in (before or "").splitlines()}
    missing = [line for line in IGNORED if line.strip("/") not in known and line.strip("/*") not in known]
    text = "".join(f"{line}\n" for line in missing)
    return Proposal(".gitignore", before, appended(before or "", text)) if missing else None


def hooks(before: str | None) -> Written:
    """A configuration of the pre-commit framework."""
    text = starter("pre-commit-config.yaml")
    if before is None:
        return Proposal(HOOKS, None, text)
    if "maturity" in before:
        return None
    return Advice(HOOKS, "it has hooks already; add to its `repos`", text.partition("\n")[2].rstrip())


def workflow(branch: str, install: str) -> Proposal:
    """A workflow that validates, on GitHub."""
    text = starter("workflow.yml").replace("BRANCH", branch).replace("INSTALL", install)
    return Proposal(WORKFLOW, None, text)


def install_words(pyproject: str, names: Set[str]) -> str:
    """What pip has to install for the tests to run, as far as pyproject.toml and the names at the top say."""
    known = tomllib.loads(pyproject)
    words: list[str] = []
    extras = table(table(known, "project"), "optional-dependencies")
    if "project" in known or {"setup.py", "setup.cfg"} & names:
        extra = next((name for name in EXTRAS if name in extras), None)
        words.append("--editable ." if extra is None else f"--editable '.[{extra}]'")
    words += [f"--group {name}" for name in EXTRAS if name in table(known, "dependency-groups")][:1]
    words += [f"--requirement {name}" for name in REQUIREMENTS if name in names][:1]
    return " ".join([*words, "maturity"])


def table(values: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """A table in a table; an empty one where there is none."""
    found = values.get(key)
    return cast(Mapping[str, Any], found) if isinstance(found, dict) else {}


def appended(before: str, text: str, between: str = "") -> str:
    """A text with another one at its end, in lines that end as its own do."""
    end = "\r\n" if "\r\n" in before else "\n"
    gap = "" if not before or before.endswith("\n") else end
    return before + gap + (between + text).replace("\n", end)
