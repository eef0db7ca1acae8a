"""The repository's own texts: what is read, and what is refused with the place and the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from maturity import collectors
from maturity.errors import ConfigurationError
from maturity.pyproject import PYPROJECT, TEXT_LIMIT, read_pyproject, read_template
from maturity.settings.settings import Settings
from maturity.tree import Tree


def settings(root: Path) -> Settings:
    return read_pyproject(root, collectors.all_collectors())


def template(root: Path, content: bytes | None) -> str | None:
    (root / PYPROJECT).write_text("[tool.maturity]\ntemplate = 'docs/new.md'\n")
    (root / "docs").mkdir()
    if content is not None:
        (root / "docs" / "new.md").write_bytes(content)
    return read_template(root, settings(root), Tree(root))


def test_without_a_pyproject_everything_is_as_by_default(tmp_path: Path) -> None:
    found = settings(tmp_path)
    (tmp_path / PYPROJECT).write_text("[project]\nname = 'x'\n")
    assert settings(tmp_path) == found
    assert found.template is None
    assert read_template(tmp_path, found, Tree(tmp_path)) is None


def test_what_a_pyproject_says_counts(tmp_path: Path) -> None:
    (tmp_path / PYPROJECT).write_text("[tool.maturity.tool.ruff]\ntimeout = 5\n")
    assert settings(tmp_path).tools["ruff"].timeout == 5


def test_a_pyproject_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / PYPROJECT).write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match=r"^pyproject\.toml: cannot be read: 'utf-8' codec"):
        settings(tmp_path)


def test_a_pyproject_that_is_no_file(tmp_path: Path) -> None:
    (tmp_path / PYPROJECT).mkdir()
    with pytest.raises(ConfigurationError, match=r"^pyproject\.toml: "):
        settings(tmp_path)


def test_a_pyproject_of_absurd_size(tmp_path: Path) -> None:
    with (tmp_path / PYPROJECT).open("wb") as file:
        file.truncate(TEXT_LIMIT + 1)
    with pytest.raises(ConfigurationError, match="no file of at most 16 MB"):
        settings(tmp_path)


def test_the_template_is_read_as_it_is(tmp_path: Path) -> None:
    assert template(tmp_path, b"# {component}\r\n") == "# {component}\r\n"


def test_a_template_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "news.md").touch()
    with pytest.raises(ConfigurationError, match=r"template: 'docs/new\.md' is no file of at most 16 MB inside"):
        template(tmp_path, None)


def test_a_template_that_is_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"template: 'docs/new\.md': 'utf-8' codec"):
        template(tmp_path, b"\xff")
