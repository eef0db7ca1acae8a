"""What the how-to pages tell people to type and to copy works as it stands there."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import check_jsonschema
import pytest
import yaml
from click.testing import CliRunner

from maturity.discovery import starting

if TYPE_CHECKING:
    from conftest import Checkout

HOW_TO = Path(__file__).parents[2] / "docs/how-to"
BIN = Path(sys.executable).parent
CARBON = "src/components/carbon/MATURITY.md"


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of one language on a page."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (HOW_TO / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_every_command_about_hooks_can_be_typed(
    shop: Checkout, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path))
    install, bare, no_stage, dry_run = blocks("pre-commit.md", "sh")
    shop.tick(CARBON, "rollback")
    shop.git("add", CARBON)
    ticked = shop.read(CARBON)
    looked = shop.start("bash", "-c", dry_run)
    assert (looked.exit_code, shop.read(CARBON)) == (0, ticked)
    assert "+- **Next Stage**: Production (2 of 7" in looked.stdout
    assert shop.start("bash", "-c", no_stage).exit_code == 1
    assert shop.git("diff", "--name-only").split() == [CARBON]
    assert shop.start("bash", "-c", install).exit_code == 0
    assert "pre-commit" in shop.read(".git/hooks/pre-commit")
    assert shop.start("bash", "-ec", bare).exit_code == 0
    ran = shop.start("git", "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "--message=Ticked")
    assert ran.exit_code == 0, ran
    assert shop.git("status", "--porcelain") == ""


def test_the_command_for_ci_can_be_typed(shop: Checkout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    (command,) = blocks("ci.md", "sh")
    assert shop.start("bash", "-c", command).exit_code == 0
    shop.tick(CARBON, "rollback")
    assert shop.start("bash", "-c", command).exit_code == 1


def test_what_is_to_be_copied_is_what_init_writes(tmp_path: Path) -> None:
    local, by_address = blocks("pre-commit.md", "yaml")
    assert local == starting.starter("pre-commit-config.yaml")
    hooks = yaml.safe_load((HOW_TO.parents[1] / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert yaml.safe_load(by_address)["repos"][0]["hooks"][0]["id"] in {hook["id"] for hook in hooks}
    workflow, step, gitlab = blocks("ci.md", "yaml")
    assert workflow == starting.workflow("main", "--editable '.[test]' maturity").after
    action = yaml.safe_load((HOW_TO.parents[1] / "action.yml").read_text("utf-8"))
    assert set(yaml.safe_load(step)[0]["with"]) <= set(action["inputs"])
    (tmp_path / "gitlab.yml").write_text(gitlab)
    arguments = ["--builtin-schema", "vendor.gitlab-ci", str(tmp_path / "gitlab.yml")]
    ran = CliRunner().invoke(check_jsonschema.main, arguments)
    assert ran.exit_code == 0, ran.output


def test_the_table_of_inputs_is_that_of_the_action() -> None:
    text = (HOW_TO / "ci.md").read_text("utf-8")
    action = yaml.safe_load((HOW_TO.parents[1] / "action.yml").read_text("utf-8"))
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| (.*) \|$", text, re.MULTILINE))
    assert {name: value.strip("`").replace("empty", "") for name, value in rows.items()} == {
        name: value["default"] for name, value in action["inputs"].items()
    }
