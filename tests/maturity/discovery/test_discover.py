"""Which components exist, what is theirs, and where their documents are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from maturity.discovery.discover import discover
from maturity.errors import ConfigurationError
from maturity.model import Component
from maturity.settings.settings import read_settings
from maturity.tree import Tree

Grow = Callable[..., Tree]
HERE = "src/components"


def find(tree: Tree, toml: str = "") -> dict[str, Component]:
    return {component.name: component for component in discover(read_settings(toml, (), ()), tree)}


def only(tree: Tree, toml: str = "") -> Component:
    (component,) = find(tree, toml).values()
    return component


def refusal(tree: Tree, toml: str = "") -> str:
    with pytest.raises(ConfigurationError) as caught:
        find(tree, toml)
    assert str(caught.value).startswith("pyproject.toml: [tool.maturity")
    return str(caught.value)


def globs(*patterns: str) -> str:
    return f"[tool.maturity]\ncomponents = {list(patterns)}\n"


def named(name: str, **values: object) -> str:
    lines = "\n".join(f"{key.replace('_', '-')} = {value!r}" for key, value in values.items())
    return f'[tool.maturity.component."{name}"]\n{lines}\n'


def test_the_default_layout(grow: Grow) -> None:
    tree = grow(
        f"{HERE}/__init__.py",
        f"{HERE}/conftest.py",
        f"{HERE}/test_shared.py",
        f"{HERE}/notes.txt",
        f"{HERE}/carbon/tracker.py",
        f"{HERE}/carbon/deep/er/module.py",
        f"{HERE}/currency.py",
        f"{HERE}/documents_only/README.md",
        "src/elsewhere/module.py",
        "module.py",
    )
    assert list(find(tree)) == ["carbon", "currency"]
    assert find(tree)["carbon"].source == (f"{HERE}/carbon/deep/er/module.py", f"{HERE}/carbon/tracker.py")
    assert find(tree)["currency"].source == (f"{HERE}/currency.py",)


def test_a_file_and_a_directory_of_one_name_are_one_component(grow: Grow) -> None:
    carbon = only(grow(f"{HERE}/carbon_component.py", f"{HERE}/carbon/__init__.py", f"{HERE}/carbon/api.py"))
    assert carbon.name == "carbon"
    assert carbon.source == (f"{HERE}/carbon/__init__.py", f"{HERE}/carbon/api.py", f"{HERE}/carbon_component.py")
    assert carbon.document == f"{HERE}/carbon/MATURITY.md"


@pytest.mark.parametrize(
    ("paths", "document"),
    [
        ([f"{HERE}/carbon/a.py"], f"{HERE}/carbon/MATURITY.md"),
        ([f"{HERE}/carbon.py"], f"{HERE}/carbon.MATURITY.md"),
        ([f"{HERE}/carbon_component.py"], f"{HERE}/carbon_component.MATURITY.md"),
        ([f"{HERE}/carbon_component.py", f"{HERE}/carbon/README.md"], f"{HERE}/carbon/MATURITY.md"),
        ([f"{HERE}/carbon.py", f"{HERE}/carbon/data.json"], f"{HERE}/carbon/MATURITY.md"),
    ],
)
def test_where_the_document_is(grow: Grow, paths: list[str], document: str) -> None:
    assert only(grow(*paths)).document == document


def test_the_document_may_be_elsewhere(grow: Grow) -> None:
    tree = grow(f"{HERE}/carbon/a.py")
    assert only(tree, named("carbon", document="docs/./carbon.md")).document == "docs/carbon.md"


def test_two_components_with_one_document_are_refused(grow: Grow) -> None:
    tree = grow(f"{HERE}/carbon/a.py", f"{HERE}/currency/a.py")
    toml = named("carbon", document="MATURITY.md") + named("currency", document="./MATURITY.md")
    assert "MATURITY.md" in refusal(tree, toml)


def test_a_document_of_two_components_by_default_places_is_refused(grow: Grow) -> None:
    tree = grow("lib/carbon_component.py", "lib/carbon/a.py")
    toml = globs("lib/carbon_component.py") + named("carbon-api", source=["lib/carbon"])
    assert "lib/carbon/MATURITY.md" in refusal(tree, toml)


def test_tests_inside_a_component_are_no_source(grow: Grow) -> None:
    carbon = only(
        grow(
            f"{HERE}/carbon/api.py",
            f"{HERE}/carbon/conftest.py",
            f"{HERE}/carbon/test_api.py",
            f"{HERE}/carbon/tests/__init__.py",
            f"{HERE}/carbon/tests/builders.py",
            f"{HERE}/carbon/tests/test_deep.py",
            f"{HERE}/carbon/testing.py",
        )
    )
    assert carbon.source == (f"{HERE}/carbon/api.py", f"{HERE}/carbon/testing.py")
    assert carbon.inner_tests == (
        f"{HERE}/carbon/conftest.py",
        f"{HERE}/carbon/test_api.py",
        f"{HERE}/carbon/tests/__init__.py",
        f"{HERE}/carbon/tests/builders.py",
        f"{HERE}/carbon/tests/test_deep.py",
    )
    assert carbon.files == tuple(sorted(carbon.source + carbon.inner_tests))
    assert carbon.tests == (f"{HERE}/carbon/test_api.py", f"{HERE}/carbon/tests")


def test_a_component_below_a_directory_called_tests_is_source(grow: Grow) -> None:
    carbon = only(grow("tests/lib/carbon/api.py"), globs("tests/lib/*"))
    assert carbon.source == ("tests/lib/carbon/api.py",)
    assert carbon.inner_tests == ()


def test_tests_outside_are_found(grow: Grow) -> None:
    tree = grow(f"{HERE}/carbon/api.py", "tests/unit/test_carbon_api.py", "tests/integration/test_carbon.py")
    assert only(tree).tests == ("tests/unit/test_carbon_api.py",)
    assert only(tree).integration_tests == ("tests/integration/test_carbon.py",)


def test_configured_tests_go_before_found_ones(grow: Grow) -> None:
    tree = grow(f"{HERE}/carbon/tests/test_a.py", f"{HERE}/carbon/a.py", "tests/test_all.py", "it/test_x.py")
    toml = named("carbon", tests=["tests/test_all.py::TestA::test_b[x-é]", "tests"], integration_tests=["it"])
    assert only(tree, toml).tests == ("tests/test_all.py::TestA::test_b[x-é]", "tests")
    assert only(tree, toml).integration_tests == ("it",)
    assert only(tree, named("carbon", tests=[])).tests == ()


@pytest.mark.parametrize(
    "argument", ["tests/test_al.py", "::test", "-x", "--pdb", "/etc/passwd", "../tests", "test_all"]
)
@pytest.mark.parametrize("key", ["tests", "integration-tests"])
def test_tests_that_do_not_exist_are_refused(grow: Grow, key: str, argument: str) -> None:
    tree = grow(f"{HERE}/carbon/a.py", "tests/test_all.py")
    said = refusal(tree, named("carbon", **{key.replace("-", "_"): [argument]}))
    assert f"[tool.maturity.component.carbon] {key}: " in said


@pytest.mark.parametrize("key", ["tests", "integration-tests"])
@pytest.mark.parametrize(
    ("argument", "near"),
    [
        ("tests/test_al.py", "tests/test_all.py"),
        ("tests/test_al.py::T::test_x", "tests/test_all.py"),
        ("tets", "tests"),
    ],
)
def test_the_nearest_tests_are_named(grow: Grow, key: str, argument: str, near: str) -> None:
    tree = grow(f"{HERE}/carbon/a.py", "tests/test_all.py", "docs/notes.md")
    said = refusal(tree, named("carbon", **{key.replace("-", "_"): [argument]}))
    assert said.endswith(f"is not a test file or directory; did you mean {near!r}?")


def test_two_components_may_share_tests(grow: Grow) -> None:
    tree = grow(f"{HERE}/a/m.py", f"{HERE}/b/m.py", "tests/test_all.py")
    found = find(tree, named("a", tests=["tests/test_all.py"]) + named("b", tests=["tests/test_all.py"]))
    assert found["a"].tests == found["b"].tests == ("tests/test_all.py",)


def test_explicit_source(grow: Grow) -> None:
    tree = grow("lib/a.py", "lib/b.py", "lib/sub/c.py", f"{HERE}/x/m.py")
    found = find(tree, named("mixed", source=["./lib/a.py", "lib/sub/"], owner="@me", group="Core"))
    assert found["mixed"] == Component(
        "mixed", ("lib/a.py", "lib/sub/c.py"), "lib/sub/MATURITY.md", owner="@me", group="Core"
    )
    assert set(found) == {"mixed", "x"}


def test_explicit_source_replaces_what_the_globs_find_of_that_name(grow: Grow) -> None:
    tree = grow(f"{HERE}/carbon/a.py", "lib/carbon.py")
    assert only(tree, named("carbon", source=["lib/carbon.py"])).source == ("lib/carbon.py",)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{HERE}/carbn", f"did you mean '{HERE}/carbon'?"),
        ("/etc", "inside"),
        ("..", "inside"),
        (f"{HERE}/carbon/../x", "inside"),
        ("src/*", "does not exist"),
    ],
)
def test_source_that_does_not_exist_is_refused(grow: Grow, path: str, said: str) -> None:
    refused = refusal(grow(f"{HERE}/carbon/a.py"), named("carbon", source=[path]))
    assert f"[tool.maturity.component.carbon] source: {path!r}" in refused
    assert said in refused


def test_source_without_python_is_refused(grow: Grow) -> None:
    tree = grow(f"{HERE}/carbon/a.py", "docs/notes.md")
    assert "component 'docs' has no Python file" in refusal(tree, named("docs", source=["docs"]))


def test_a_component_directory_inside_another_belongs_to_itself(grow: Grow) -> None:
    tree = grow("src/a/m.py", "src/a/inner/n.py", "src/a/inner/deeper/o.py", "src/a/inner/tests/test_n.py")
    found = find(tree, globs("src/a", "src/a/inner"))
    assert found["a"].files == ("src/a/m.py",)
    assert found["inner"].source == ("src/a/inner/deeper/o.py", "src/a/inner/n.py")
    assert found["inner"].document == "src/a/inner/MATURITY.md"
    assert found["a"].tests == ()
    assert found["inner"].tests == ("src/a/inner/tests",)


def test_directories_may_be_deeper_than_python_can_call(grow: Grow) -> None:
    path = f"src/{'d/' * 1800}m.py"
    tree = grow("src/a.py").having([path])
    assert find(tree, globs("src"))["src"].files == ("src/a.py", path)


@pytest.mark.parametrize(
    "toml",
    [
        named("a", source=["src/m.py"]) + named("b", source=["src/m.py"]),
        named("a", source=["src/pack"]) + named("b", source=["src/pack"]),
        named("a", source=["src/pack"]) + named("b", source=["src/pack/m.py"]),
        named("b", source=["src/pack/m.py"]) + named("a", source=["src"]),
        globs("src/pack", "src/pack/m.py"),
        globs("src/pack") + named("other", source=["src/pack"]),
    ],
)
def test_a_file_of_two_components_is_refused(grow: Grow, toml: str) -> None:
    said = refusal(grow("src/m.py", "src/pack/m.py"), toml)
    assert "is claimed by two components, " in said
    assert "'src/m.py'" in said or "'src/pack'" in said or "'src/pack/m.py'" in said


def test_two_components_of_one_name_are_refused(grow: Grow) -> None:
    tree = grow("packages/a/src/utils/m.py", "packages/b/src/utils/m.py")
    said = refusal(tree, globs("packages/*/src/*"))
    assert "two components are named 'utils': packages/a/src/utils and packages/b/src/utils" in said


def test_one_of_two_may_be_given_another_name(grow: Grow) -> None:
    tree = grow("packages/a/src/utils/m.py", "packages/b/src/utils/m.py")
    toml = globs("packages/a/src/*") + named("b-utils", source=["packages/b/src/utils"])
    assert set(find(tree, toml)) == {"utils", "b-utils"}


@pytest.mark.parametrize(
    ("toml", "pattern"),
    [
        (globs("src/components/*", "packges/*"), "'packges/*' matches nothing"),
        (globs("docs/*"), "'docs/*' matches no directory or file of Python code"),
        ("[tool.maturity]\nexclude = ['src/components/_lgacy*']", "'src/components/_lgacy*' matches nothing"),
        (globs("../*"), "'../*' must be relative"),
        (globs("/*"), "'/*' must be relative"),
    ],
)
def test_a_glob_that_matches_nothing_is_refused(grow: Grow, toml: str, pattern: str) -> None:
    assert pattern in refusal(grow(f"{HERE}/carbon/a.py", "docs/x.md"), toml)


@pytest.mark.parametrize(
    ("toml", "near"),
    [
        (globs("src/component/*"), f"{HERE}/*"),
        (globs("src/component/carbon"), f"{HERE}/carbon"),
        (globs("src/componets/**/*.py"), f"{HERE}/**/*.py"),
        (globs("scr/*/*"), "src/*/*"),
        (f"[tool.maturity]\nexclude = ['{HERE}/carbn']", f"{HERE}/carbon"),
        (f"[tool.maturity]\nexclude = ['{HERE}/_lgacy*']", f"{HERE}/_legacy*"),
    ],
)
def test_the_nearest_glob_that_matches_something_is_named(grow: Grow, toml: str, near: str) -> None:
    said = refusal(grow(f"{HERE}/carbon/a.py", f"{HERE}/_legacy/b.py"), toml)
    assert said.endswith(f"matches nothing; did you mean {near!r}?")


@pytest.mark.parametrize("pattern", ["nowhere/near/any/*", "*.rs", "zzz"])
def test_a_glob_that_is_near_to_nothing_has_no_suggestion(grow: Grow, pattern: str) -> None:
    assert refusal(grow(f"{HERE}/carbon/a.py"), globs(pattern)).endswith("matches nothing")


def test_no_component_at_all_is_refused_with_an_example(grow: Grow) -> None:
    assert 'components = ["packages/*"]' in refusal(grow("a.py"))


def test_exclude(grow: Grow) -> None:
    tree = grow(f"{HERE}/carbon/a.py", f"{HERE}/_legacy/a.py", f"{HERE}/_legacy_two.py")
    assert list(find(tree, f"[tool.maturity]\nexclude = ['{HERE}/_legacy*']")) == ["carbon"]


@pytest.mark.parametrize("pattern", [f"./{HERE}/old", f"{HERE}//old", f"{HERE}/old/"])
def test_another_spelling_of_an_excluded_path_excludes_it_too(grow: Grow, pattern: str) -> None:
    tree = grow(f"{HERE}/carbon/a.py", f"{HERE}/old/a.py")
    assert list(find(tree, f"[tool.maturity]\nexclude = ['{pattern}']")) == ["carbon"]


@pytest.mark.parametrize("pattern", [f"./{HERE}/*", f"{HERE}//*", f"{HERE}/*/"])
def test_another_spelling_of_a_glob_finds_the_same(grow: Grow, pattern: str) -> None:
    assert only(grow(f"{HERE}/carbon/a.py"), globs(pattern)).source == (f"{HERE}/carbon/a.py",)


def test_a_glob_of_which_everything_is_excluded_is_no_error(grow: Grow) -> None:
    toml = f"[tool.maturity]\ncomponents = ['{HERE}/*', 'old/*']\nexclude = ['old/*']"
    assert list(find(grow(f"{HERE}/carbon/a.py", "old/x/a.py"), toml)) == ["carbon"]


def test_a_table_for_a_component_that_does_not_exist_is_refused(grow: Grow) -> None:
    said = refusal(grow(f"{HERE}/carbon/a.py"), named("carbn", owner="@x"))
    assert said.startswith("pyproject.toml: [tool.maturity.component.carbn]: no component has this name")
    assert "did you mean 'carbon'?" in said


@pytest.mark.parametrize("name", ["with space", "it's", 'quo"te', "naïve", "测试", "a&b", "a;b", "$HOME", "a.b", "`x`"])
def test_odd_names_are_names(grow: Grow, name: str) -> None:
    carbon = only(grow(f"{HERE}/{name}/a b.py"))
    assert (carbon.name, carbon.source) == (name, (f"{HERE}/{name}/a b.py",))
    assert carbon.document == f"{HERE}/{name}/MATURITY.md"


@pytest.mark.parametrize("name", ["new\nline", "-dash", "a:b", "a=b", "a*b", "tab\tbed", "\x1b[31mred"])
def test_a_name_that_cannot_be_typed_is_refused(grow: Grow, name: str) -> None:
    said = refusal(grow(f"{HERE}/{name}/a.py"))
    assert repr(name) in said
    assert "\n" not in said


@pytest.mark.parametrize("name", ["", "..", ".", "-x"])
def test_a_configured_name_that_cannot_be_typed_is_refused(grow: Grow, name: str) -> None:
    assert repr(name) in refusal(grow(f"{HERE}/carbon/a.py", "b.py"), named(name, source=["b.py"]))


def test_a_configured_name_with_a_slash_is_a_name_or_refused(grow: Grow) -> None:
    try:
        found = find(grow(f"{HERE}/carbon/a.py", "b.py"), named("core/b", source=["b.py"]))
    except ConfigurationError as error:
        assert "'core/b'" in str(error)
    else:
        assert found["core/b"].document == "b.MATURITY.md"


@pytest.mark.parametrize("path", ["carbon/caf\udce9.py", "caf\udce9/api.py", "caf\udce9.py"])
def test_a_name_that_is_no_utf8_is_refused_where_it_would_be_a_component_s(grow: Grow, path: str) -> None:
    root = grow(f"{HERE}/carbon/a.py").root
    (root / HERE / path).parent.mkdir(exist_ok=True)
    (root / HERE / path).write_text("")
    with pytest.raises(ConfigurationError, match="caf"):
        find(Tree(root))


def test_a_name_that_is_no_utf8_does_not_matter_elsewhere(grow: Grow) -> None:
    root = grow(f"{HERE}/carbon/a.py", "docs/x.md").root
    (root / "docs" / "caf\udce9.py").write_text("")
    assert list(find(Tree(root))) == ["carbon"]


def test_names_with_glob_signs_can_be_said_by_source(grow: Grow) -> None:
    assert only(grow("src/[x]/a.py"), globs("src/[[]x]")).source == ("src/[x]/a.py",)
    assert only(grow("src/[x]/a.py"), "[tool.maturity]\ncomponents = ['src/*']").name == "[x]"


def test_links_to_directories_are_no_components(grow: Grow) -> None:
    root = grow(f"{HERE}/carbon/a.py", "outside/b.py").root
    (root / HERE / "alias").symlink_to("carbon")
    (root / HERE / "up").symlink_to(root.parent)
    assert list(find(Tree(root))) == ["carbon"]


def test_a_link_to_a_file_counts_if_it_stays_inside(grow: Grow, tmp_path: Path) -> None:
    root = grow(f"{HERE}/carbon/a.py", "shared/b.py").root
    (tmp_path / "outside.py").write_text("")
    (root / HERE / "carbon" / "b.py").symlink_to("../../../shared/b.py")
    (root / HERE / "carbon" / "c.py").symlink_to(tmp_path / "outside.py")
    (root / HERE / "carbon" / "d.py").symlink_to("nowhere.py")
    assert only(Tree(root)).source == (f"{HERE}/carbon/a.py", f"{HERE}/carbon/b.py")


def test_a_test_belongs_to_the_longest_name_that_it_is_called_after(grow: Grow) -> None:
    found = find(
        grow(
            f"{HERE}/carbon/a.py",
            f"{HERE}/carbon_capture/a.py",
            f"{HERE}/carbon_capture_unit.py",
            "tests/test_carbon.py",
            "tests/test_carbon_api.py",
            "tests/test_carbon_capture.py",
            "tests/test_carbon_capture_api.py",
            "tests/deep/test_carbon_capture_unit_x.py",
            "tests/integration/test_carbon_capture_all.py",
        )
    )
    assert found["carbon"].tests == ("tests/test_carbon.py", "tests/test_carbon_api.py")
    assert found["carbon_capture"].tests == ("tests/test_carbon_capture.py", "tests/test_carbon_capture_api.py")
    assert found["carbon_capture"].integration_tests == ("tests/integration/test_carbon_capture_all.py",)
    assert found["carbon_capture_unit"].tests == ("tests/deep/test_carbon_capture_unit_x.py",)
    assert found["carbon"].integration_tests == ()


@pytest.mark.parametrize(
    "path",
    [
        "conftest.py",
        ".github/workflows/x.yml",
        "pyproject.toml",
        "docs/carbon",
        "docs/carbon.rst",
        "CODEOWNERS",
        "a.md.py",
    ],
)
def test_a_document_is_markdown(grow: Grow, path: str) -> None:
    said = refusal(grow(f"{HERE}/carbon/a.py", path), named("carbon", document=path))
    assert f"{path!r} is no Markdown file" in said
    assert ".md" in said


@pytest.mark.parametrize("path", ["docs/carbon.md", "docs/Carbon.MD", "carbon.markdown"])
def test_a_document_may_be_any_markdown_file(grow: Grow, path: str) -> None:
    assert only(grow(f"{HERE}/carbon/a.py"), named("carbon", document=path)).document == path
