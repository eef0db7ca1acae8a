"""`maturity doctor` on a real tree, with one small tool of our own behind the linter's collector."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from maturity import collectors
from maturity.cli import main
from maturity.collectors.base import Collector, Output, Request, Step
from maturity.commands import doctor as command
from maturity.doctor import planted as doctor
from maturity.metrics import LintingMetrics
from maturity.model import Facts, Failure, Finding
from maturity.processes import process

Plant = Callable[..., Path]
TOOL = """#!{python} -IS
import os, sys
if "--version" in sys.argv:
    print("tool 1.0")
else:
    print(os.getcwd(), *sys.argv[1:], sep="\\n")
    print({finds!r} + "X1")
"""


def steps(request: Request) -> tuple[Step, ...]:
    return (Step("check", (*request.tool, *(path for one in request.components for path in one.source))),)


def parse(request: Request, outputs: Mapping[str, Output]) -> Mapping[str, Facts | Failure]:
    words = outputs["check"].stdout.decode().split()
    if outputs["check"].returncode != 0:
        return {}
    line = doctor.line_of(doctor.LINT) if words[-1] == "finds-X1" else 1
    found = Finding(doctor.SOURCE, line, "X1", "error", " ".join(words))
    return {"planted": Facts((doctor.SOURCE,), {"linting": LintingMetrics(1)}, findings=(found,))}


@pytest.fixture
def collector(linter: Collector, monkeypatch: pytest.MonkeyPatch) -> Collector:
    """The only collector there is."""
    made = replace(linter, steps=steps, parse=parse)
    monkeypatch.setattr(collectors, "all_collectors", lambda: (made,))
    monkeypatch.setattr(command, "end_with_us", lambda: None)  # the tests are not ended
    return made


@pytest.fixture
def root(plant: Plant, collector: Collector, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with one component, whose linter lies in it and finds what is planted."""
    root = plant(
        "src/components/carbon.py",
        texts={
            "pyproject.toml": '[tool.maturity.tool.ruff]\ncommand = ["tools/linter"]\n',
            "tools/linter": TOOL.format(python=sys.executable, finds="finds-"),
        },
    )
    (root / "tools/linter").chmod(0o755)
    subprocess.run(["git", "init", "--quiet", str(root)], check=True)
    monkeypatch.chdir(root)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    return root


@pytest.fixture
def examined(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, str]]:
    """Runs the command: what it says by subject, after the sign and the word; "" is its last line."""

    def run(code: int) -> dict[str, str]:
        assert main(["doctor"]) == code
        *lines, last = capsys.readouterr().out.splitlines()
        said: dict[str, str] = {"": last}
        for line in lines:
            match = re.fullmatch(r"[✅❕❌] (ok|note|broken|wrong) +(\w+): (.+)", line)
            assert match is not None, line
            said[match[2]] = f"{match[1]} {match[3]}"
        return said

    return run


Examined = Callable[[int], dict[str, str]]


def files(root: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_all_is_well(root: Path, examined: Examined) -> None:
    before = files(root)
    said = examined(0)
    assert list(said) == ["", "maturity", "configuration", "git", "ruff", "cache", "doit"]
    assert said[""] == "all 6 checks passed"
    assert re.match(rf"ok \d+\.\d+\.\d+, Python 3\.\d+\.\d+, {re.escape(sys.prefix)}$", said["maturity"])
    assert said["configuration"] == f"ok {root} has 1 component, 1 without tests"
    assert said["git"].startswith("ok git version ")
    assert said["ruff"] == "ok tool 1.0; it found what is planted: X1 in planted.py:3"
    assert said["cache"] == "note there is none yet; the first run collects everything"
    assert said["doit"].endswith("; it has no memory of this repository yet")
    assert files(root) == before, "nothing is changed"


def test_as_json(root: Path, of_form: Callable[[str, str], dict], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--format", "json"]) == 0
    out, err = capsys.readouterr()
    checks = {check["subject"]: check for check in of_form("diagnosis", out)["checks"]}
    assert list(checks) == ["maturity", "configuration", "git", "ruff", "cache", "doit"]
    assert (checks["ruff"]["state"], checks["cache"]["state"], err) == ("ok", "note", "")
    (root / "tools/linter").unlink()
    assert main(["doctor", "--format", "json", "--output", "said.json"]) == 2
    assert capsys.readouterr() == ("", "")
    checks = {check["subject"]: check for check in of_form("diagnosis", (root / "said.json").read_text())["checks"]}
    assert checks["ruff"]["state"] == "broken"
    assert "$ tools/linter planted.py" in checks["ruff"]["log"]


def test_below_the_root(root: Path, examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root / "src")
    assert examined(0)["configuration"].startswith(f"ok {root} ")


@pytest.mark.parametrize("has_cache", [True, False])
def test_where_something_is_planted(root: Path, has_cache: bool, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "tools/linter").write_text(TOOL.format(python=sys.executable, finds=""))
    if has_cache:
        (root / ".maturity").mkdir()
    assert main(["doctor"]) == 2
    place = Path(re.findall(r"X1 (/\S+)", capsys.readouterr().err)[0])
    assert (place.parent == root / ".maturity") is has_cache, "where a launcher finds the project above it"
    assert not place.exists()


def test_a_tool_that_does_not_find_it_is_broken(
    root: Path, examined: Examined, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "tools/linter").write_text(TOOL.format(python=sys.executable, finds=""))
    said = examined(2)
    assert said["ruff"] == "broken tool 1.0; it did not find what is planted for it"
    assert said[""] == "1 of 6 checks failed"


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        (None, "cannot start "),
        ("raise SystemExit(3)", "no version (/"),
        ("import time; time.sleep(600)", "no version (no answer within 1 s): no answer within 1 s"),
    ],
)
def test_a_tool_that_does_not_work_is_broken(
    root: Path, examined: Examined, program: str | None, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (root / "pyproject.toml").open("a") as stream:
        stream.write("timeout = 1\n" if "sleep" in (program or "") else "")
    if program is None:
        (root / "tools/linter").unlink()
    else:
        (root / "tools/linter").write_text(f"#!{sys.executable} -IS\n{program}\n")
    said = examined(2)
    assert said["ruff"].startswith("broken ")
    assert reason in said["ruff"]


def test_what_a_broken_tool_did_is_logged(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "tools/linter").unlink()
    assert main(["doctor"]) == 2
    printed = capsys.readouterr().err
    assert "\nruff: no version (cannot start tools/linter: " in printed
    assert "\n$ tools/linter planted.py\n" in printed


def test_the_configuration_is_wrong(root: Path, examined: Examined) -> None:
    (root / "pyproject.toml").write_text("[tool.maturity]\ncomponent = 3\n")
    said = examined(4)
    assert said["configuration"].startswith("wrong pyproject.toml: [tool.maturity.component]: ")
    assert said["git"].startswith("ok ")
    assert "ruff" in said, "the tool beside us is looked at all the same"
    assert "cache" not in said


def test_there_is_no_git(root: Path, examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(root))
    assert examined(2)["git"] == "broken cannot start git: No such file or directory"


def test_git_is_broken(root: Path, examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "git").write_text("#!/bin/sh\necho out of order\nexit 7\n")
    (root / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(root))
    assert examined(2)["git"] == "broken git ended with exit code 7: out of order"


def test_there_is_no_work_tree(root: Path, examined: Examined) -> None:
    shutil.rmtree(root / ".git")
    assert re.match(r"note git version .+; .+ is in no work tree, so --auto cannot be used$", examined(0)["git"])


def test_a_damaged_cache_is_named_and_no_failure(
    root: Path, examined: Examined, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(4):
        path = root / f".maturity/records/carbon/{'x' * number}ruff.failure.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{")
    said = examined(0)["cache"]
    assert said == (
        "note 0 records; 1 failed last time (ruff:carbon); 3 files of components that are gone; "
        "1 damaged, made again by the next run: records/carbon/ruff.failure.json: Input data was truncated"
    )


def test_a_cache_that_cannot_be_written(root: Path, examined: Examined, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / ".maturity").mkdir()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert examined(2)["cache"] == f"broken {root}/.maturity cannot be written"


def test_the_database_of_doit(root: Path, examined: Examined) -> None:
    path = root / ".doit.db"
    with sqlite3.connect(path) as connection:
        connection.execute("create table doit (task_id text primary key, task_data text)")
    connection.close()
    assert examined(0)["doit"].endswith("; .doit.db can be read")
    path.write_bytes(b"no database at all" * 100)
    before = path.read_bytes()
    assert re.match(r"note .+; .doit.db is damaged \(.+\); a run replaces it$", examined(0)["doit"])
    assert path.read_bytes() == before


def test_a_collector_with_nothing_to_check(
    root: Path, collector: Collector, examined: Examined, monkeypatch: pytest.MonkeyPatch
) -> None:
    idle = replace(collector, applies=lambda component: False)
    monkeypatch.setattr(collectors, "all_collectors", lambda: (idle,))
    assert examined(0)["ruff"] == "note tool 1.0; there is nothing to plant for it"


@pytest.mark.parametrize("command", [None, [sys.executable, "-m", "pytest"]])
def test_the_versions_of_what_a_test_run_needs(
    plant: Plant, tester: Collector, examined: Examined, monkeypatch: pytest.MonkeyPatch, command: list[str] | None
) -> None:
    """Of the tools beside us they are known; an interpreter of the user's is asked."""
    table = "" if command is None else f"[tool.maturity.tool.pytest]\ncommand = {json.dumps(command)}\n"
    monkeypatch.chdir(plant("src/components/a.py", texts={"pyproject.toml": table}))
    broken = replace(tester, module="", steps=lambda request: (), parse=lambda request, outputs: {})
    monkeypatch.setattr(collectors, "all_collectors", lambda: (broken,))
    said = examined(2)["pytest"]
    assert re.match(r"broken pytest \d+\.\d+\.\d+", said)
    assert ("coverage" in said and "Python" in said) is (command is not None)
    assert said.endswith(": the collector said nothing about this component")


def test_no_tool_is_left_running(root: Path, examined: Examined) -> None:
    examined(0)
    assert not process._running  # pyright: ignore[reportPrivateUsage]
