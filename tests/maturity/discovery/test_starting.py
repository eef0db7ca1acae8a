"""What `maturity init` proposes: text to text, and nothing that exists says anything else afterwards."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.discovery import starting
from maturity.discovery.starting import Advice, Proposal
from maturity.settings.settings import DEFAULT_COMPONENTS

GLOBS = ("packages/*/src/*",)
TABLE = '[tool.maturity]\ncomponents = ["packages/*/src/*"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, TABLE),
        ("", TABLE),
        ('[project]\nname = "x"\n', f'[project]\nname = "x"\n\n{TABLE}'),
        ('[project]\nname = "x"', f'[project]\nname = "x"\n\n{TABLE}'),
        ("a = 1\r\n# ä", "a = 1\r\n# ä\r\n\r\n" + TABLE.replace("\n", "\r\n")),
        ("[tool.ruff]\nx=1 # odd\n\n\n", f"[tool.ruff]\nx=1 # odd\n\n\n\n{TABLE}"),
    ],
)
def test_settings_go_to_the_end(before: str | None, after: str) -> None:
    assert starting.settings(before, GLOBS) == Proposal("pyproject.toml", before, after)


def test_long_settings_get_a_line_each() -> None:
    globs = tuple(f"packages/number-{number}/src/*" for number in range(9))
    proposal = starting.settings("", globs)
    assert isinstance(proposal, Proposal)
    assert max(map(len, proposal.after.splitlines())) < 90
    assert tomllib.loads(proposal.after)["tool"]["maturity"]["components"] == list(globs)


@pytest.mark.parametrize(
    "before", ["tool = {}\n", "[tool.maturity]\n", "[[tool.maturity.criterion]]\n", "tool.x = 1\n[a]\n"]
)
def test_settings_that_do_not_fit_at_the_end_are_advised(before: str) -> None:
    found = starting.settings(before, GLOBS)
    assert found is not None
    if isinstance(found, Proposal):
        assert tomllib.loads(found.after)["tool"]["x"] == 1
    else:
        assert 'components = ["packages/*/src/*"]' in found.text


def test_the_tests_of_the_only_component_are_said() -> None:
    table = TABLE + '\n[tool.maturity.component."a b"]\ntests = ["tests"]\n'
    assert starting.settings("", GLOBS, {"a b": "tests"}) == Proposal("pyproject.toml", "", table)
    only = '[tool.maturity.component.carbon]\ntests = ["tests"]\n'
    assert starting.settings("", DEFAULT_COMPONENTS, {"carbon": "tests"}) == Proposal("pyproject.toml", "", only)
    found = starting.settings('[tool.maturity]\ncomponents = ["carbon"]\n', DEFAULT_COMPONENTS, {"carbon": "tests"})
    assert isinstance(found, Advice)
    assert found.text == only.rstrip()


def test_the_default_layout_needs_no_settings() -> None:
    assert starting.settings("", DEFAULT_COMPONENTS) is None


def test_other_tasks_are_left_alone() -> None:
    proposal = starting.tasks(None)
    assert isinstance(proposal, Proposal)
    compile(proposal.after, "dodo.py", "exec")
    assert starting.tasks(proposal.after) is None
    advice = starting.tasks("def task_x(): ...\n")
    assert isinstance(advice, Advice)
    assert advice.text == "from maturity.dodo import task_maturity"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, ".maturity/\n.doit.db*\n"),
        ("*.pyc", "*.pyc\n.maturity/\n.doit.db*\n"),
        ("/.maturity\n", "/.maturity\n.doit.db*\n"),
        (".doit.db\n.maturity/\n", None),
        (".maturity\r\n", ".maturity\r\n.doit.db*\r\n"),
    ],
)
def test_gitignore_gets_what_it_lacks(before: str | None, after: str | None) -> None:
    proposal = starting.ignored(before)
    assert (None if proposal is None else proposal.after) == after


def test_hooks_of_others_are_left_alone() -> None:
    made = starting.hooks(None)
    assert isinstance(made, Proposal)
    assert starting.hooks(made.after) is None
    advice = starting.hooks("repos:\n- repo: local\n  hooks: []\n")
    assert isinstance(advice, Advice)
    assert advice.text in made.after


@pytest.mark.parametrize(
    ("pyproject", "names", "words"),
    [
        ("", set(), "maturity"),
        ("", {"setup.py", "requirements.txt"}, "--editable . --requirement requirements.txt maturity"),
        ("[project]", set(), "--editable . maturity"),
        ("[project.optional-dependencies]\ndev = []\ntest = []", set(), "--editable '.[test]' maturity"),
        (
            "[dependency-groups]\ndev = []",
            {"requirements-dev.txt"},
            "--group dev --requirement requirements-dev.txt maturity",
        ),
        ("project = 1\ndependency-groups = 2", set(), "--editable . maturity"),
    ],
)
def test_what_the_workflow_installs(pyproject: str, names: set[str], words: str) -> None:
    assert starting.install_words(pyproject, names) == words
    assert f"run: python -m pip install {words}\n" in starting.workflow("main", words).after


@given(st.text("ab\n\r #=.[]\"'{}1", max_size=30))
def test_whatever_pyproject_says_it_says_afterwards(before: str) -> None:
    try:
        known = tomllib.loads(before)
    except tomllib.TOMLDecodeError:
        return
    found = starting.settings(before, GLOBS)
    if isinstance(found, Proposal):
        assert found.after.startswith(before)
        assert tomllib.loads(found.after) == {**known, "tool": {"maturity": {"components": list(GLOBS)}}}
