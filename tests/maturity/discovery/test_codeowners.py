"""Owners from CODEOWNERS: the last match wins, and the configuration goes before it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from maturity.discovery.codeowners import with_owners
from maturity.errors import MaturityError
from maturity.model import Component
from maturity.tree import Tree

Grow = Callable[..., Tree]


def owner(tree: Tree, *source: str, configured: str | None = None) -> str | None:
    component = Component("carbon", source, "MATURITY.md", owner=configured)
    (owned,) = with_owners([component], tree)
    assert owned == Component("carbon", source, "MATURITY.md", owner=owned.owner)
    return owned.owner


def test_no_file_no_owner(grow: Grow) -> None:
    assert owner(grow(), "src/a.py") is None
    assert owner(grow(), "src/a.py", configured="@me") == "@me"


def test_the_last_match_wins(grow: Grow) -> None:
    tree = grow(texts={"CODEOWNERS": "* @all\nsrc/carbon/ @carbon # their own\n/src/carbon/api.py @api\n"})
    assert owner(tree, "src/other.py") == "@all"
    assert owner(tree, "src/carbon/a.py") == "@carbon"
    assert owner(tree, "src/carbon/api.py") == "@api"


def test_several_owners(grow: Grow) -> None:
    tree = grow(texts={"CODEOWNERS": "*.py @one @org/two three@example.org\n"})
    assert owner(tree, "src/a.py") == "@one @org/two three@example.org"


def test_a_last_match_without_owner_means_nobody(grow: Grow) -> None:
    tree = grow(texts={"CODEOWNERS": "* @all\n/src/carbon\n"})
    assert owner(tree, "src/carbon/a.py") is None
    assert owner(tree, "src/other.py") == "@all"


def test_the_configuration_goes_first(grow: Grow) -> None:
    assert owner(grow(texts={"CODEOWNERS": "* @all\n"}), "src/a.py", configured="@me") == "@me"


def test_the_places_in_their_order(grow: Grow) -> None:
    assert owner(grow(texts={"docs/CODEOWNERS": "* @docs\n"}), "a.py") == "@docs"
    assert owner(grow(texts={"CODEOWNERS": "* @top\n"}), "a.py") == "@top"
    assert owner(grow(texts={".github/CODEOWNERS": "* @github\n"}), "a.py") == "@github"


def test_a_component_without_source_has_no_owner(grow: Grow) -> None:
    assert owner(grow(texts={"CODEOWNERS": "* @all\n"})) is None


def test_each_component_has_its_own(grow: Grow) -> None:
    tree = grow(texts={"CODEOWNERS": "/a/ @a\n/b/ @b\n"})
    components = [Component(name, (f"{name}/m.py",), f"{name}/MATURITY.md") for name in "ab"]
    assert [c.owner for c in with_owners(iter(components), tree)] == ["@a", "@b"]


def test_bytes_that_are_no_text_do_not_matter_to_other_lines(grow: Grow) -> None:
    root = grow("a.py").root
    (root / "CODEOWNERS").write_bytes(b"# caf\xe9\r\n* @all\r\n")
    assert owner(Tree(root), "a.py") == "@all"


def test_a_line_that_makes_no_sense_is_named(grow: Grow, caplog: pytest.LogCaptureFixture) -> None:
    assert owner(grow(texts={"CODEOWNERS": "* @all\nsrc/[a @x\n"}), "src/a.py") == "@all"
    assert caplog.messages[0].startswith("CODEOWNERS line 2 is passed over: ")


@pytest.mark.parametrize("line", ["[z-a] @x", "[ @x", "src/[a @x", "** @x", "\\ @x", "!a @x", "(?P<a @x", "*** @x"])
def test_a_line_that_makes_no_sense_breaks_nothing_or_is_named(grow: Grow, line: str) -> None:
    tree = grow(texts={"CODEOWNERS": f"{line}\n/src/ @src\n"})
    try:
        assert owner(tree, "src/a.py") == "@src"
    except MaturityError as error:
        assert "CODEOWNERS" in str(error)


@pytest.mark.parametrize(
    "pattern", ["*a" * 25 + "b", "?*" * 30 + "b", "/" + "**/a" * 20 + "/b", "a**" * 20 + "b", "\\ \\#" + "*a" * 9]
)
def test_a_pattern_that_would_take_years_is_passed_over(
    grow: Grow, pattern: str, caplog: pytest.LogCaptureFixture
) -> None:
    tree = grow(texts={"CODEOWNERS": f"* @all\n{pattern} @slow\n"})
    assert owner(tree, f"{'a/' * 30}{'a' * 200}/m.py") == "@all"
    assert caplog.messages == ["CODEOWNERS line 2 is passed over: more than 3 wildcards in a name, or 5 in all"]


@pytest.mark.parametrize(
    "pattern", ["/packages/*/*/*/*/*/*/*/m.py", "**/test/**/*_test.*.py", "*.*.*\t", "# *******", "a #*******"]
)
def test_usual_patterns_are_obeyed(grow: Grow, pattern: str, caplog: pytest.LogCaptureFixture) -> None:
    owner(grow(texts={"CODEOWNERS": f"{pattern} @me\n"}), "a.b.c")
    assert caplog.messages == []
