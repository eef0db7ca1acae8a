"""The composite action and the example workflow: their form, their scripts, and what these do."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import check_jsonschema
import pytest
import yaml
from click.testing import CliRunner

from maturity.discovery import starting

ROOT = Path(__file__).parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
WORKFLOW = yaml.safe_load(starting.workflow("main", "maturity").after)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
SCRIPTS = {step["id"]: step for step in STEPS if "run" in step}
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
FAKE = """#!/usr/bin/env bash
if [ "$1 $2" = "-m pip" ] || [ "$1 $2" = "-m maturity" ]; then
    printf '%s|' "$@" >>"$CALLS"; echo >>"$CALLS"
    [ "$1" = -m ] && [ "$2" = maturity ] && [ "${3-}" != --version ] && mkdir -p .maturity/records && exit "$CODE"
    exit 0
fi
exec "$REAL" "$@"
"""


@pytest.mark.parametrize(
    ("schema", "text"),
    [("vendor.github-actions", (ROOT / "action.yml").read_text("utf-8")), ("vendor.github-workflows", "")],
)
def test_the_form_is_that_of_the_schema(tmp_path: Path, schema: str, text: str) -> None:
    place = tmp_path / "checked.yml"
    place.write_text(text or starting.workflow("main", "--editable '.[test]' maturity").after)
    ran = CliRunner().invoke(check_jsonschema.main, ["--builtin-schema", schema, str(place)])
    assert ran.exit_code == 0, ran.output


def test_no_script_has_an_expression_in_it() -> None:
    scripts = [step["run"] for step in STEPS if "run" in step]
    scripts += [step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step]
    assert len(scripts) == 6
    for script in scripts:
        assert "${{" not in script
        ran = subprocess.run(["bash", "-n"], input=script, capture_output=True, text=True, timeout=20)
        assert (ran.returncode, ran.stderr) == (0, "")


def test_nothing_that_a_pull_request_may_name_is_used() -> None:
    expressions = EXPRESSION.findall((ROOT / "action.yml").read_text("utf-8"))
    allowed = {"github.action_path", "runner.os", "runner.arch"}
    allowed |= {f"inputs.{name}" for name in ACTION["inputs"]} | {"steps.install.outputs.prefix"}
    allowed |= {f"steps.run.outputs.{name}" for name in ("exit-code", "key")}
    assert set(expressions) == allowed - {"inputs.cache"}
    assert set(EXPRESSION.findall(starting.workflow("main", "maturity").after)) == {
        "runner.os",
        "github.run_id",
        "github.run_attempt",
    }


def test_no_permission_to_write_is_asked_for() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert set(WORKFLOW[True]) == {"push", "pull_request"}, "YAML reads `on` as true"
    used = [step["uses"] for step in STEPS if "uses" in step]
    used += [step["uses"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "uses" in step]
    assert {name.partition("@")[0] for name in used} == {
        "actions/checkout",
        "actions/setup-python",
        "actions/cache/restore",
        "actions/cache/save",
    }


def test_what_is_restored_is_what_is_saved() -> None:
    restore, save = (step["with"]["path"] for step in STEPS if "uses" in step)
    assert restore == save
    restore, save = (step["with"]["path"] for step in WORKFLOW["jobs"]["validate"]["steps"] if "cache" in str(step))
    assert restore.split() == save.split() == [".maturity/records", ".maturity/imports.json"]


class Runner:
    """Runs the scripts of the action as GitHub does, with a Python that notes what it is told."""

    def __init__(self, place: Path, **inputs: str) -> None:
        self.place = place
        self.code = 0
        self.outputs: dict[str, str] = {}
        known = {name: value["default"] for name, value in ACTION["inputs"].items()}
        assert set(inputs) <= set(known)
        fake = place / "python"
        fake.write_text(FAKE)
        fake.chmod(0o755)
        self.inputs = {**known, "python": str(fake), **inputs}

    def run(self, identity: str) -> int:
        """Run one script; its exit code. Its outputs are kept."""
        output = self.place / "output"
        output.write_text("")
        values = {f"inputs.{name}": value for name, value in self.inputs.items()}
        values |= {"github.action_path": "/the action", "runner.os": "Linux", "runner.arch": "X64"}
        values["steps.install.outputs.prefix"] = self.outputs.get("prefix", "")
        step = SCRIPTS[identity]
        environment = {name: EXPRESSION.sub(lambda m: values[m[1]], text) for name, text in step["env"].items()}
        environment |= {"CALLS": str(self.place / "calls"), "REAL": sys.executable, "CODE": str(self.code)}
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.place,
            env={**os.environ, **environment, "GITHUB_OUTPUT": str(output)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        self.outputs |= dict(line.split("=", 1) for line in output.read_text().splitlines())
        return ran.returncode

    @property
    def calls(self) -> list[list[str]]:
        """What Python was told, call by call."""
        return [line.split("|")[:-1] for line in (self.place / "calls").read_text().splitlines()]


@pytest.mark.parametrize(
    ("version", "installed"),
    [
        ("", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "/the action"]),
        ("1.2", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "maturity==1.2"]),
        ("1 $(touch x)", ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "maturity==1 $(touch x)"]),
        ("none", None),
    ],
)
def test_what_is_installed(tmp_path: Path, version: str, installed: list[str] | None) -> None:
    runner = Runner(tmp_path, version=version)
    assert runner.run("install") == 0
    assert runner.calls == [*([installed] if installed else []), ["-m", "maturity", "--version"]]
    assert re.fullmatch(rf"maturity-Linux-X64-3-{sys.version_info[1]}-[0-9a-f]{{12}}-", runner.outputs["prefix"])
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--validate", ["--validate"]),
        ("--validate --component 'a b'\n  -n 4", ["--validate", "--component", "a b", "-n", "4"]),
        ("--component $(touch x);`touch x` *", ["--component", "$(touch", "x);`touch", "x`", "*"]),
    ],
)
def test_the_words_that_maturity_gets(tmp_path: Path, arguments: str, words: list[str]) -> None:
    runner = Runner(tmp_path, arguments=arguments)
    assert runner.run("run") == 0
    assert runner.calls == [["-m", "maturity", *words]]
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_exit_code_is_that_of_maturity_and_the_key_that_of_its_records(tmp_path: Path, code: int) -> None:
    (tmp_path / "-a $b").mkdir()
    records = tmp_path / "-a $b/.maturity/records/carbon"
    records.mkdir(parents=True)
    (records / "ruff.json").write_text("{}")
    runner = Runner(tmp_path, **{"working-directory": "-a $b"})
    runner.code = code
    assert runner.run("install") == 0
    keys: set[str] = set()
    for text in ("{}", "{}", "[]"):
        (records / "ruff.json").write_text(text)
        assert runner.run("run") == code
        assert runner.outputs["exit-code"] == str(code)
        assert runner.outputs["key"].startswith(runner.outputs["prefix"])
        keys.add(runner.outputs["key"])
    assert len(keys) == 2


def test_the_base_of_a_pull_request_is_fetched_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def git(*words: str) -> str:
        identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
        return subprocess.run(
            ["git", *identity, *words], cwd=tmp_path, check=True, capture_output=True, text=True
        ).stdout

    git("init", "--quiet", "--initial-branch=a/b", "upstream")
    for message in ("One", "Two"):
        git("-C", "upstream", "commit", "--quiet", "--allow-empty", "--message", message)
    git("-C", "upstream", "switch", "--quiet", "--create", "change")
    git("clone", "--quiet", "--depth=1", f"file://{tmp_path}/upstream", "clone")
    monkeypatch.setenv("GITHUB_BASE_REF", "a/b")
    runner = Runner(tmp_path, **{"working-directory": "clone"})
    assert runner.run("base") == 0
    wanted = git("-C", "upstream", "rev-parse", "a/b")
    assert git("-C", "clone", "rev-parse", "origin/a/b") == wanted
    assert git("-C", "clone", "merge-base", "HEAD", "origin/a/b") == wanted, "what the change started from is there"
    assert runner.run("base") == 0
    assert git("-C", "clone", "rev-list", "--count", "origin/change").strip() == "2", "a whole clone stays whole"
