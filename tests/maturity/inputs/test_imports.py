"""The import graph: what a file reaches, the digest of that, and how little is analyzed again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.errors import MaturityError
from maturity.inputs.imports import CachedGraph, ImportGraph, everything, hiding, refresh, source_roots
from maturity.tree import Tree


class Contents(Tree):
    """A tree of which only the Python files and their contents matter; a content is its own digest."""

    def __init__(self, contents: Mapping[str, str]) -> None:
        self.contents = contents
        self.files = set(contents)
        self.python = tuple(sorted(path for path in contents if not path.endswith("py.typed")))

    def digest(self, path: str) -> str:
        return self.contents.get(path, "absent")

    def read(self, path: str) -> bytes:
        return self.contents[path].encode()

    def is_utf8(self, path: str) -> bool:
        return self.contents[path].isprintable()


def graph(imports: Mapping[str, Sequence[str]], contents: Mapping[str, str] | None = None) -> ImportGraph:
    """The graph of files that import one another; each file's content is its name unless `contents` has another."""
    files = {path: path for path in imports} | dict(contents or {})
    return ImportGraph({path: ("", tuple(imports.get(path, ()))) for path in files}, Contents(files))


@pytest.mark.parametrize(
    ("imports", "roots", "expected"),
    [
        ({"a.py": [], "b.py": []}, ["a.py"], "a.py"),
        ({"a.py": ["b.py"], "b.py": ["c.py"], "c.py": [], "d.py": ["a.py"]}, ["a.py"], "a.py b.py c.py"),
        ({"a.py": ["b.py"], "b.py": ["a.py"]}, ["b.py"], "a.py b.py"),
        ({"a.py": ["a.py"]}, ["a.py"], "a.py"),
        ({"a.py": ["c.py"], "b.py": ["c.py"], "c.py": []}, ["a.py", "b.py"], "a.py b.py c.py"),
        ({}, ["gone.py"], "gone.py"),
        ({"a.py": []}, [], ""),
    ],
)
def test_the_reach_is_the_closure(imports: dict[str, list[str]], roots: list[str], expected: str) -> None:
    assert graph(imports).reach(roots) == set(expected.split())


def test_a_module_needs_every_package_above_it() -> None:
    files = ["a/__init__.py", "a/b/__init__.py", "a/b/c.py", "a/d.py", "a/e/__init__.py", "f.py"]
    found = graph({**dict.fromkeys(files, ()), "f.py": ["a/b/c.py"]})
    assert found.reach(["f.py"]) == {"f.py", "a/b/c.py", "a/b/__init__.py", "a/__init__.py"}


def test_a_package_needs_what_its_init_imports() -> None:
    found = graph({"a/__init__.py": ["a/x.py"], "a/x.py": ["b.py"], "a/y.py": [], "b.py": []})
    assert found.reach(["a/y.py"]) == {"a/y.py", "a/__init__.py", "a/x.py", "b.py"}


@pytest.mark.parametrize("directory", ["", "a/", "a/b/"])
def test_a_module_and_its_stub_need_one_another(directory: str) -> None:
    module, stub = f"{directory}x.py", f"{directory}x.pyi"
    found = graph({"main.py": [module], "other.py": [stub], module: [], stub: []})
    assert found.reach(["main.py"]) == {"main.py", module, stub}
    assert found.reach(["other.py"]) == {"other.py", module, stub}


def test_the_stub_of_a_package_counts() -> None:
    found = graph({"a/__init__.pyi": [], "a/x.py": []})
    assert found.reach(["a/x.py"]) == {"a/x.py", "a/__init__.pyi"}


def test_that_a_package_is_typed_counts() -> None:
    imports = {"a/__init__.py": [], "a/x.py": [], "b/y.py": ["a/x.py"]}
    found = graph(imports, {"a/py.typed": "", "c/py.typed": ""})
    assert found.reach(["b/y.py"]) == {"a/__init__.py", "a/py.typed", "a/x.py", "b/y.py"}
    assert found.digest(["b/y.py"]) != graph(imports, {"a/py.typed": "partial"}).digest(["b/y.py"])
    assert found.digest(["b/y.py"]) != graph(imports).digest(["b/y.py"])


BASE = {"a.py": ["b.py"], "b.py": ["c.py"], "c.py": ["b.py"], "d.py": []}


@pytest.mark.parametrize(
    ("imports", "contents", "same"),
    [
        (BASE, {}, True),
        (BASE, {"d.py": "edited"}, True),
        (BASE, {"a.py": "edited"}, False),
        (BASE, {"b.py": "edited"}, False),
        (BASE, {"c.py": "edited"}, False),
        ({**BASE, "c.py": ["d.py"]}, {"c.py": "imports d"}, False),
        ({**BASE, "d.py": ["a.py"]}, {"d.py": "imports a"}, True),
        ({**BASE, "new.py": []}, {}, True),
    ],
)
def test_the_digest_moves_with_the_reach_alone(
    imports: dict[str, list[str]], contents: dict[str, str], same: bool
) -> None:
    assert (graph(imports, contents).digest(["a.py"]) == graph(BASE).digest(["a.py"])) is same


def test_a_renamed_file_changes_the_digest() -> None:
    one = graph({"a.py": ["b.py"], "b.py": []}, {"b.py": "text"})
    other = graph({"a.py": ["c.py"], "c.py": []}, {"c.py": "text"})
    assert one.digest(["a.py"]) != other.digest(["a.py"])


def test_the_order_of_roots_does_not_matter() -> None:
    assert graph(BASE).digest(["a.py", "d.py"]) == graph(BASE).digest(["d.py", "a.py"])


def test_a_root_that_is_gone_has_a_digest() -> None:
    assert graph(BASE).digest(["gone.py"]) != graph(BASE).digest(["a.py"])


def test_a_chain_of_thousands_does_not_exhaust_the_stack() -> None:
    count = 5000
    ring = {f"{n}.py": [f"{(n + 1) % count}.py"] for n in range(count)}
    line = {**ring, f"{count - 1}.py": []}
    assert graph(ring).digest(["7.py"]) == graph(ring).digest(["8.py"])
    assert graph(line).digest(["7.py"]) != graph(line).digest(["8.py"])


@dataclass(frozen=True)
class File:
    """What a file says: the files that it imports, where they exist, and something else."""

    imports: tuple[str, ...] = ()
    else_: int = 0

    def __str__(self) -> str:
        return f"{self.imports} {self.else_}"


PATHS = ["a.py", "b.py", "b.pyi", "p/__init__.py", "p/c.py", "p/c.pyi", "p/q/__init__.py", "p/q/d.py", "r/e.py"]
FILES = st.builds(File, st.lists(st.sampled_from(PATHS), max_size=3, unique=True).map(tuple), st.integers(0, 1))
STATES = st.dictionaries(st.sampled_from(PATHS), FILES)


def naive(state: Mapping[str, File], roots: Iterable[str]) -> dict[str, str]:
    """The closure of the roots with its contents, the plain way."""
    reached: set[str] = set()
    more = set(roots)
    while more - reached:
        reached |= more
        for path in reached:
            directory = Path(path).parent
            near = {f"{directory}/__init__.py" for directory in (directory, *directory.parents) if directory.name}
            near |= {str(Path(path).with_suffix(suffix)) for suffix in (".py", ".pyi")}
            more = more | (near & state.keys())
            more |= set(state[path].imports) & state.keys() if path in state else set()
    return {path: str(state.get(path, "absent")) for path in reached}


def of_state(state: Mapping[str, File]) -> ImportGraph:
    edges = {path: tuple(other for other in file.imports if other in state) for path, file in state.items()}
    return graph(edges, {path: str(file) for path, file in state.items()})


@st.composite
def two_states(draw: st.DrawFn) -> tuple[dict[str, File], dict[str, File]]:
    """A state of a tree, and that after some files were edited, made or deleted."""
    before = draw(STATES)
    edits = draw(st.dictionaries(st.sampled_from(PATHS), st.none() | FILES, max_size=2))
    return before, {path: file for path, file in {**before, **edits}.items() if file is not None}


@given(two_states(), st.lists(st.sampled_from(PATHS), min_size=1, max_size=3, unique=True))
def test_the_digest_changes_if_and_only_if_the_reach_or_a_content_in_it_does(
    states: tuple[dict[str, File], dict[str, File]], roots: list[str]
) -> None:
    before, after = states
    assert of_state(before).reach(roots) == naive(before, roots).keys()
    same = naive(before, roots) == naive(after, roots)
    assert (of_state(before).digest(roots) == of_state(after).digest(roots)) is same


@given(STATES, st.lists(st.lists(st.sampled_from(PATHS), min_size=1, max_size=2), max_size=4))
def test_a_digest_does_not_depend_on_what_was_asked_before(state: dict[str, File], asked: list[list[str]]) -> None:
    shared = of_state(state)
    for roots in asked:
        assert shared.digest(roots) == of_state(state).digest(roots)


@pytest.mark.parametrize(
    ("files", "roots"),
    [
        (["a.py"], (".", "src")),
        (["src/pack/__init__.py", "src/pack/a.py"], (".", "src")),
        (["lib/pack/__init__.py", "lib/pack/a.py", "lib/pack/deep/__init__.py"], (".", "src", "lib")),
        (["tests/test_a.py", "tests/unit/test_b.py"], (".", "src", "tests", "tests/unit")),
        (["packages/x/src/x/__init__.py"], (".", "src", "packages/x/src")),
        (["stubs/y/__init__.pyi"], (".", "src", "stubs")),
        ([], (".", "src")),
    ],
)
def test_where_absolute_imports_start(files: list[str], roots: tuple[str, ...]) -> None:
    assert source_roots(Contents(dict.fromkeys(files, ""))) == roots


@dataclass
class Analysis:
    """Stands for `ruff analyze graph`: knows every import, and notes what it was asked."""

    imports: Mapping[str, Sequence[str]]
    asked: list[Sequence[str]] = field(default_factory=list[Sequence[str]])

    def __call__(self, roots: Sequence[str], files: Sequence[str]) -> bytes:
        self.asked.append(files)
        return json.dumps({path: self.imports[path] for path in files or self.imports}).encode()


@pytest.fixture
def first() -> CachedGraph:
    return refresh(CachedGraph(), Contents({"a.py": "1", "b.py": "1"}), "1.0", Analysis({"a.py": ["b.py"], "b.py": []}))


def test_at_first_everything_is_analyzed() -> None:
    analysis = Analysis({"a.py": ["b.py"], "b.py": []})
    made = refresh(CachedGraph(), Contents({"a.py": "1", "b.py": "1"}), "1.0", analysis)
    assert made.edges == {"a.py": ("1", ("b.py",)), "b.py": ("1", ())}
    assert analysis.asked == [()]


def test_nothing_is_analyzed_where_nothing_changed(first: CachedGraph) -> None:
    analysis = Analysis({})
    assert refresh(first, Contents({"a.py": "1", "b.py": "1"}), "1.0", analysis) is first
    assert analysis.asked == []


def test_only_changed_files_are_analyzed_again(first: CachedGraph) -> None:
    analysis = Analysis({"b.py": ["a.py"]})
    made = refresh(first, Contents({"a.py": "1", "b.py": "2"}), "1.0", analysis)
    assert analysis.asked == [["b.py"]]
    assert made.edges == {"a.py": ("1", ("b.py",)), "b.py": ("2", ("a.py",))}
    assert refresh(made, Contents({"a.py": "1", "b.py": "2"}), "1.0", analysis) is made


@pytest.mark.parametrize(
    ("contents", "version"),
    [
        ({"a.py": "1", "b.py": "1", "c.py": "1"}, "1.0"),
        ({"a.py": "1"}, "1.0"),
        ({"a.py": "1", "c.py": "1"}, "1.0"),
        ({"a.py": "1", "b.py": "1"}, "1.1"),
    ],
)
def test_everything_is_analyzed_where_an_import_may_lead_elsewhere(
    first: CachedGraph, contents: dict[str, str], version: str
) -> None:
    analysis = Analysis(dict.fromkeys(contents, ()))
    made = refresh(first, Contents(contents), version, analysis)
    assert analysis.asked == [()]
    assert made.edges == dict.fromkeys(contents, ("1", ()))


def test_a_file_that_the_tool_cannot_read_may_import_anything(first: CachedGraph) -> None:
    tree = Contents({"a.py": "caf\udce9", "b.py": "1"})
    made = refresh(first, tree, "1.0", lambda roots, files: b"{}")
    assert ImportGraph(made.edges, tree).reach(["a.py"]) >= {"a.py", "b.py"}
    assert ImportGraph(made.edges, tree).reach(["b.py"]) == {"b.py"}
    assert refresh(made, tree, "1.0", Analysis({})) is made
    mended = refresh(made, Contents({"a.py": "2", "b.py": "1"}), "1.0", Analysis({"a.py": []}))
    assert ImportGraph(mended.edges, tree).reach(["a.py"]) == {"a.py"}


def test_a_tool_that_says_nothing_about_what_it_can_read_is_not_believed() -> None:
    contents = {"a.py": "1", "b.py": "1", "c.py": "1"}
    with pytest.raises(MaturityError, match=r"^ruff analyze graph said nothing of b\.py and 1 other files"):
        refresh(CachedGraph(), Contents(contents), "1.0", lambda roots, files: b'{"a.py": []}')


@pytest.mark.parametrize("files", [(), ("a.py",), ("a.py", "b.py", "c/d.py")])
def test_where_nothing_is_known_every_file_needs_every_other(files: tuple[str, ...]) -> None:
    tree = Contents(dict.fromkeys(files, "1"))
    for file in files:
        assert ImportGraph(everything(tree).edges, tree).reach([file]) >= set(files)


@pytest.mark.parametrize("answer", [b"", b"[]", b"error: unknown command", b'{"a.py": "b.py"}', b"\xff"])
def test_an_answer_that_is_no_graph_is_refused(answer: bytes) -> None:
    with pytest.raises(MaturityError, match="ruff analyze graph"):
        refresh(CachedGraph(), Contents({"a.py": "1"}), "1.0", lambda roots, files: answer)


def test_a_cache_that_lacks_a_file_is_mended(first: CachedGraph) -> None:
    damaged = CachedGraph(first.layout, {"a.py": first.edges["a.py"]})
    made = refresh(damaged, Contents({"a.py": "1", "b.py": "1"}), "1.0", Analysis({"a.py": ["b.py"], "b.py": []}))
    assert made.edges == first.edges


def test_a_file_name_that_is_no_utf8_breaks_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("")
    (tmp_path / "caf\udce9.py").write_text("")
    tree = Tree(tmp_path)
    made = refresh(CachedGraph(), tree, "1.0", Analysis({"a.py": []}))
    assert "a.py" in made.edges
    ImportGraph(made.edges, tree).digest(tree.python)


def test_the_modules_that_are_found_before_installed_ones() -> None:
    files = ["yaml.py", "src/json/__init__.py", "src/json/inner.py", "src/app/yaml.py", "lib/yaml.pyi", "other.py"]
    assert hiding(files, (".", "src", "lib"), {"yaml", "json", "inner"}) == [
        "yaml.py",
        "src/json/__init__.py",
        "lib/yaml.pyi",
    ]


def test_an_import_that_may_lead_elsewhere_needs_both_files() -> None:
    tree = Contents({"a/x.py": "1", "a/helper.py": "1", "lib/helper.py": "1", "b/helper.py": "1"})
    analysis = Analysis({"a/x.py": ["b/helper.py"], "a/helper.py": [], "b/helper.py": [], "lib/helper.py": []})
    made = refresh(CachedGraph(), tree, "1.0", analysis, ("lib",))
    assert made.edges["a/x.py"][1] == ("a/helper.py", "b/helper.py", "lib/helper.py")
    assert refresh(made, tree, "1.0", Analysis({}), ("lib",)) is made
    assert refresh(made, tree, "1.0", analysis).edges["a/x.py"][1] == ("a/helper.py", "b/helper.py")


def test_a_relative_import_out_of_a_directory_that_is_no_package() -> None:
    tree = Contents({"src/a/x.py": "from ..shared import f", "src/shared.py": "1"})
    made = refresh(CachedGraph(), tree, "1.0", Analysis({"src/a/x.py": [], "src/shared.py": []}))
    assert made.edges["src/a/x.py"][1] == ("src/shared.py",)
