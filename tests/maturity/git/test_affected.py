"""Which components a change can matter to: never one too few."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maturity.cache.record import Trace
from maturity.git.affected import Changes, affected
from maturity.model import Facts
from maturity.repository import Repository

SHOP = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\n\n[tool.ruff]\nextend = "base.toml"\n',
    "base.toml": "line-length = 99\n",
    "src/shared/money.py": "",
    "src/shared/deep.py": "from shared import money\n",
    "src/components/carbon/__init__.py": "",
    "src/components/carbon/code.py": "import shared.deep\n",
    "src/components/carbon/tests/test_code.py": "",
    "src/components/store/__init__.py": "",
    "src/components/store/code.py": "",
    "tests/conftest.py": "",
    "tests/store/test_store.py": "import helpers\n",
    "tests/store/helpers.py": "",
    "tests/data.json": "{}",
    "notes.txt": "",
}
CARBON, STORE = {"carbon"}, {"store"}
BOTH = CARBON | STORE

Change = Callable[..., set[str]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, SHOP)
    return tmp_path


def write(root: Path, files: Mapping[str, str | None]) -> None:
    """Make the files with these texts; None for one that is not to be there."""
    for path, text in files.items():
        place = root / path
        if text is None:
            place.unlink(missing_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)


def found(root: Path, changes: Mapping[str, str | None], before: Mapping[str, str] = SHOP) -> set[str]:
    """The components that changes matter to, once they are made."""
    write(root, changes)
    earlier = {path: text.encode() for path, text in before.items()}
    return set(affected(Repository(root), Changes(frozenset(changes), earlier.get)))


@pytest.mark.parametrize(
    ("path", "components"),
    [
        ("src/components/carbon/code.py", CARBON),
        ("src/components/carbon/MATURITY.md", CARBON),
        ("src/components/carbon/tests/test_code.py", CARBON),
        ("src/shared/money.py", CARBON),
        ("src/components/carbon/data.txt", CARBON),
        ("tests/conftest.py", STORE),
        ("tests/store/helpers.py", STORE),
        ("src/components/store/new.py", STORE),
        ("src/shared/__init__.py", CARBON),
        ("src/shared/unused.py", set()),
        ("notes.txt", set()),
        ("docs/guide.md", set()),
    ],
)
def test_what_changed_or_came(root: Path, path: str, components: set[str]) -> None:
    assert found(root, {path: "# Another text.\n"}) == components


@pytest.mark.parametrize(
    ("path", "components"),
    [
        ("src/components/carbon/code.py", CARBON),
        ("src/components/carbon/tests/test_code.py", CARBON),
        ("src/shared/money.py", CARBON),
        ("src/shared/deep.py", CARBON),
        ("tests/conftest.py", STORE),
        ("tests/store/helpers.py", STORE),
        ("notes.txt", set()),
    ],
)
def test_what_went(root: Path, path: str, components: set[str]) -> None:
    assert found(root, {path: None}) == components


def test_a_file_that_went_with_its_directory(root: Path) -> None:
    shutil.rmtree(root / "tests/store")
    assert found(root, {"tests/store/helpers.py": None, "tests/store/test_store.py": None}) == STORE


@pytest.mark.parametrize(
    ("old", "new", "components"),
    [
        ('version = "1"', 'version = "2"', set()),
        ('name = "shop"', 'name = "shop"\nrequires-python = ">=3.12"', BOTH),
        ("[tool.ruff]", "[tool.pytest.ini_options]\n\n[tool.ruff]", BOTH),
        ("[tool.ruff]", "[tool.other]\nx = 1\n\n[tool.ruff]", set()),
        ("[tool.ruff]", '[tool.maturity]\ntemplate = "pyproject.toml"\n\n[tool.ruff]', BOTH),
    ],
)
def test_of_pyproject_only_the_tables_that_count(root: Path, old: str, new: str, components: set[str]) -> None:
    assert found(root, {"pyproject.toml": SHOP["pyproject.toml"].replace(old, new)}) == components


@pytest.mark.parametrize(
    ("path", "components"),
    [
        ("base.toml", BOTH),
        ("src/components/ruff.toml", BOTH),
        ("src/components/carbon/ruff.toml", CARBON),
        ("tests/pytest.ini", STORE),
        ("CODEOWNERS", BOTH),
        ("src/shared/ruff.toml", set()),
        ("other.toml", set()),
    ],
)
def test_configuration_counts_where_it_applies(root: Path, path: str, components: set[str]) -> None:
    assert found(root, {path: "line-length = 98\n"}) == components


def test_what_the_tests_opened_and_listed_counts_once_that_is_known(root: Path) -> None:
    assert found(root, {"tests/data.json": "{1}"}) == STORE, "before a first run what lies beside its tests"
    known(root, "carbon", opened=("tests/data.json",), listed=("docs",))
    known(root, "store", opened=("tests/gone.json",))
    assert found(root, {"tests/data.json": "{2}"}) == CARBON
    assert found(root, {"tests/other.json": "{}"}) == set()
    assert found(root, {"tests/gone.json": "{}"}) == STORE
    assert found(root, {"docs/new/page.md": ""}) == CARBON, "a directory came with it"
    assert found(root, {"docs/MATURITY.md": ""}) == set()


def known(root: Path, component: str, opened: tuple[str, ...] = (), listed: tuple[str, ...] = ()) -> None:
    """Let the last test run of a component have read these."""
    Repository(root).store.write_facts(
        "pytest", component, Facts((), {}), Trace({}, "", "2024-01-01T00:00:00+00:00", 0.0, opened, listed)
    )


def test_a_submodule_counts_with_all_its_files(root: Path) -> None:
    assert set(affected(Repository(root), Changes(frozenset({"src/shared"}), lambda path: None))) == CARBON


def test_an_import_in_another_version_of_a_file_counts(root: Path) -> None:
    versions = {"src/components/store/code.py": b"from shared import unused\n"}
    write(root, {"src/shared/unused.py": ""})
    changes = Changes(frozenset({"src/shared/unused.py"}), lambda path: None, versions)
    assert set(affected(Repository(root), changes)) == STORE


@pytest.mark.parametrize("path", ["rates.py", "src/rates.py", "rates/part.py", "src/rates/__init__.py"])
def test_a_new_name_counts_for_those_that_import_it(root: Path, path: str) -> None:
    shop = {**SHOP, "src/components/store/code.py": "import rates\n"}
    write(root, shop)
    assert found(root, {path: ""}, shop) == STORE
    assert found(root, {path: None}, {**shop, path: ""}) >= STORE


def test_nothing_changed() -> None:
    assert affected(Repository(Path(__file__).parents[3]), Changes(frozenset(), lambda path: None)) == {}


TEXTS = st.sampled_from(
    [
        "",
        "# Another text.\n",
        "import money\n",
        "import shared.money\n",
        "from . import code\n",
        "from shared import deep\n",
        "from components.carbon import code\n",
        "[pytest]\n",
    ]
)
PATHS = st.sampled_from(
    [
        "src/shared/__init__.py",
        "src/shared/money.py",
        "src/shared/money.pyi",
        "src/shared/deep.py",
        "src/money.py",
        "money/part.py",
        "src/components/carbon/code.py",
        "src/components/carbon/more.py",
        "src/components/carbon/tests/__init__.py",
        "src/components/carbon/tests/test_code.py",
        "src/components/conftest.py",
        "src/components/store/code.py",
        "src/components/store/ruff.toml",
        "tests/conftest.py",
        "tests/pytest.ini",
        "tests/store/test_store.py",
        "tests/store/helpers.py",
    ]
)
STATES = st.dictionaries(PATHS, st.none() | TEXTS, max_size=6)


@settings(max_examples=12)
@given(STATES, STATES)
def test_every_component_whose_inputs_moved_is_found(one: dict[str, str | None], other: dict[str, str | None]) -> None:
    with TemporaryDirectory() as name:
        root = Path(name)
        before = {path: text for path, text in {**SHOP, **one}.items() if text is not None}
        after = {path: text for path, text in {**SHOP, **other}.items() if text is not None}
        write(root, before)
        old = inputs(root)
        changes = {path: after.get(path) for path in {*before, *after} if before.get(path) != after.get(path)}
        components = found(root, changes, before)
        new = inputs(root)
        moved = {name for name in {*old, *new} if old.get(name) != new.get(name)}
        assert moved & set(new) <= components


def inputs(root: Path) -> dict[str, object]:
    """All input digests by component, and what the component is.

    Not the names of all first-party packages: they are in every digest, and matter only to those who import them.
    """
    repository = Repository(root)
    return {
        name: (
            repr(component),
            [repository.inputs.of(replace(each, first_party=False), component) for each in applying],
        )
        for name, component in repository.components.items()
        for applying in [repository.applying(component)]
    }
