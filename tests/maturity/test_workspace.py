"""The facts of a repository at one moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from maturity import collectors
from maturity.collectors.base import Collector
from maturity.errors import UnknownComponent
from maturity.inputs.code import PACKAGE
from maturity.workspace import CODE_INDEX, FILES_INDEX, Workspace

Plant = Callable[..., Path]


@pytest.fixture
def workspace(plant: Plant, linter: Collector, tester: Collector, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(collectors, "all_collectors", lambda: (tester, linter))
    return Workspace(plant("pyproject.toml", "src/components/carbon/a.py", "src/components/store.txt/x", "src/x.tmp"))


def test_a_component_is_found_by_name(workspace: Workspace) -> None:
    assert workspace.component("carbon").files == ("src/components/carbon/a.py",)
    assert [each.name for each in workspace.select(["carbon", "carbon"])] == ["carbon"]
    with pytest.raises(UnknownComponent, match=r"'carbn'.*carbon"):
        workspace.component("carbn")


def test_what_has_something_to_check_applies(workspace: Workspace) -> None:
    assert [each.name for each in workspace.applying(workspace.component("carbon"))] == ["ruff"]


def test_what_is_written_for_a_component(workspace: Workspace) -> None:
    found = workspace.outputs(workspace.component("carbon"))
    assert "src/components/carbon/MATURITY.md" in found
    assert ".maturity/records/carbon/ruff.trace.json" in found
    assert not any("pytest" in path for path in found)


def test_what_the_answers_rest_on_is_watched_with_our_code(workspace: Workspace) -> None:
    workspace.inputs.of(workspace.collectors[1], workspace.component("carbon"))
    found = workspace.watched()
    assert {"pyproject.toml", "src/components/carbon/a.py", "src/components", str(PACKAGE / "judge.py")} <= found


def test_what_was_found_out_about_files_is_kept(workspace: Workspace) -> None:
    workspace.inputs.of(workspace.collectors[1], workspace.component("carbon"))
    workspace.save()
    for name in (CODE_INDEX, FILES_INDEX):
        assert (workspace.store.directory / name).stat().st_size > 2
    again = Workspace(workspace.root)
    again.inputs.of(again.collectors[1], again.component("carbon"))
    assert again.code.index().keys() == workspace.code.index().keys()


def test_temporary_files_of_killed_runs_go(workspace: Workspace) -> None:
    left = workspace.root / "src/components/carbon/.maturity-abcdefgh.tmp"
    left.write_text("")
    Workspace(workspace.root).sweep()
    assert not left.exists()
