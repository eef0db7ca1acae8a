"""The code that derives: every file of it counts, wherever it lies, and its place on the machine does not."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint, PathDistribution
from pathlib import Path

import pytest

from maturity.collectors import BUILT_IN
from maturity.collectors.base import Collector
from maturity.inputs import code as module
from maturity.inputs.code import OURS, Code, editable_project, installed_files

RUFF = next(collector for collector in BUILT_IN if collector.name == "ruff")
OLD = 1_600_000_000
FILES = {
    "counter/__init__.py": "",
    "counter/entry.py": "from functools import partial\n",
    "counter/second.py": "X = 1\n",
    "counter/deep/words.txt": "one\n",
}
INFO = "counter_plugin-1.dist-info"
METADATA = "Metadata-Version: 2.1\nName: counter-plugin\nVersion: 1\n"


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of our package that stands for it, as old as an installed one."""
    package = tmp_path / "lib" / "maturity"
    shutil.copytree(module.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    age(package)
    monkeypatch.setattr(module, "PACKAGE", package)
    return package


def age(place: Path) -> None:
    """Let a process that starts now find all files old: the times of their status cannot be set back."""
    for path in place.rglob("*"):
        os.utime(path, (OLD, OLD))


@pytest.fixture(autouse=True)
def started_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STARTED", 1 << 62)


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Installs a plugin in a directory, with a RECORD or without, and gives that directory."""

    def install(record: bool = True, editable: str = "", files: dict[str, str] = FILES) -> Path:
        site = tmp_path / "site"
        for path, text in {**files, f"{INFO}/METADATA": METADATA}.items():
            (site / path).parent.mkdir(parents=True, exist_ok=True)
            (site / path).write_text(text)
        if editable:
            origin = {"url": f"file://{tmp_path}/{editable}", "dir_info": {"editable": True}}
            (site / INFO / "direct_url.json").write_text(json.dumps(origin))
        if record:
            names = [*files, f"{INFO}/METADATA", f"{INFO}/RECORD", "../bin/counter", "counter/__pycache__/entry.pyc"]
            (site / INFO / "RECORD").write_text("".join(f"{name},,\n" for name in names))
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.setattr(module, "entry_point", lambda name: point(site) if name == "counter" else None)
        importlib.import_module("counter.entry")
        return site

    yield install
    for name in [name for name in sys.modules if name.partition(".")[0] == "counter"]:
        del sys.modules[name]


def point(site: Path) -> EntryPoint:
    made = EntryPoint("counter", "counter.entry:COLLECTOR", "maturity.collectors")
    vars(made).update(dist=PathDistribution(site / INFO))
    return made


def named(collector: Collector, name: str) -> Collector:
    from dataclasses import replace

    return replace(collector, name=name)


COUNTER = named(RUFF, "counter")
CODE = "code of counter-plugin"


def test_every_file_of_ours_counts(ours: Path) -> None:
    seen = {Code().inputs(RUFF)[OURS]}
    for path in ("judge.py", "collectors/ruff.py", "schemas/new.json", "processes/children/sitecustomize.py"):
        (ours / path).parent.mkdir(exist_ok=True)
        with (ours / path).open("a") as stream:
            stream.write("\n")
        seen.add(Code().inputs(RUFF)[OURS])
    (ours / "judge.py").unlink()
    seen.add(Code().inputs(RUFF)[OURS])
    assert len(seen) == 6


def test_what_python_writes_itself_does_not(ours: Path) -> None:
    before = Code().inputs(RUFF)
    (ours / "__pycache__").mkdir()
    (ours / "__pycache__/judge.cpython-311.pyc").write_text("x")
    (ours / "MATURITY.md").write_text("our own document")
    assert Code().inputs(RUFF) == before


def test_where_it_is_installed_does_not_count(ours: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Code().inputs(RUFF)
    shutil.copytree(ours, tmp_path / "elsewhere/maturity")
    monkeypatch.setattr(module, "PACKAGE", tmp_path / "elsewhere/maturity")
    assert Code().inputs(RUFF) == before


def test_a_file_that_has_not_moved_is_not_read_again(ours: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maturity.files.RACY_NS", 0)
    first = Code()
    before = first.inputs(RUFF)
    read: list[str] = []
    original = module.digest_file
    monkeypatch.setattr(module, "digest_file", lambda path, size: read.append(path) or original(path, size))
    (ours / "judge.py").write_text("moved = True\n")
    second = Code(first.index())
    assert second.inputs(RUFF) != before
    assert read == [str(ours / "judge.py")]


def test_code_that_changed_after_the_process_started_is_not_what_runs(
    ours: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = (ours / "judge.py").stat().st_ctime_ns - 5_000_000_000
    monkeypatch.setattr(module, "STARTED", started)
    assert Code().inputs(RUFF)[OURS].startswith(f"changed during the run of {started}: ")


def test_our_files_and_their_directories_are_watched(ours: Path) -> None:
    code = Code()
    code.inputs(RUFF)
    assert {str(ours), str(ours / "collectors"), str(ours / "judge.py")} <= code.watched()


@pytest.mark.parametrize("record", [True, False])
@pytest.mark.parametrize("path", [*FILES, f"{INFO}/METADATA", "counter/new.py"])
def test_every_file_of_a_plugin_counts(plugin: Callable[..., Path], path: str, record: bool) -> None:
    site = plugin(record)
    first = Code()
    before = first.inputs(COUNTER)
    assert before.keys() == {OURS, CODE}
    with (site / path).open("a") as stream:
        stream.write("\n")
    if record or not path.startswith(INFO):
        assert Code().inputs(COUNTER)[CODE] != before[CODE]
        assert {str(site / path), str((site / path).parent)} & first.watched()
    assert Code().inputs(RUFF).keys() == {OURS}


def test_a_plugin_of_one_module(plugin: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plugin()
    (tmp_path / "single.py").write_text("X = 1\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module("single")
    alone = EntryPoint("counter", "single:COLLECTOR", "maturity.collectors")
    monkeypatch.setattr(module, "entry_point", lambda name: alone)
    before = Code().inputs(COUNTER)
    (tmp_path / "single.py").write_text("X = 2\n")
    after = Code().inputs(COUNTER)
    assert before.keys() == after.keys() == {OURS, "code of single:COLLECTOR"}
    assert before != after
    del sys.modules["single"]


def test_an_editable_plugin_counts_with_the_modules_of_its_project(plugin: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "project/src/other").mkdir(parents=True)
    (tmp_path / "project/.venv").mkdir()
    (tmp_path / "project/src/other/helper.py").write_text("")
    plugin(editable="project")
    before = Code().inputs(COUNTER)
    (tmp_path / "project/.venv/x.py").write_text("")
    (tmp_path / "project/README.md").write_text("")
    assert Code().inputs(COUNTER) == before
    (tmp_path / "project/src/other/helper.py").write_text("X = 1\n")
    assert Code().inputs(COUNTER) != before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"url": "file:///a%20b", "dir_info": {"editable": true}}', Path("/a b")),
        ('{"url": "file:///a", "dir_info": {}}', None),
        ('{"url": "https://example.org/x.whl"}', None),
        ("[]", None),
        ("{", None),
    ],
)
def test_whether_a_distribution_is_editable(tmp_path: Path, text: str, expected: Path | None) -> None:
    (tmp_path / INFO).mkdir()
    (tmp_path / INFO / "direct_url.json").write_text(text)
    assert editable_project(PathDistribution(tmp_path / INFO)) == expected


def test_how_it_was_installed_is_no_code(tmp_path: Path) -> None:
    (tmp_path / INFO).mkdir()
    names = ["a.py", "__editable__.a.pth", "__editable___a_finder.py", "../../../bin/a", "a.pyc"]
    lines = [*names, *(f"{INFO}/{name}" for name in ("RECORD", "INSTALLER", "METADATA"))]
    (tmp_path / INFO / "RECORD").write_text("".join(f"{name},,\n" for name in lines))
    assert installed_files(PathDistribution(tmp_path / INFO)).keys() == {"a.py", f"{INFO}/METADATA"}
