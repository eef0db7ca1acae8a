"""Reports after real runs: every format, GitHub's annotations and summary, explain, and why records were collected."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from maturity.cli import main

if TYPE_CHECKING:
    from conftest import Checkout, Ran

CARBON = "src/components/carbon/MATURITY.md"
PLANS = "src/components/young/plans.py"
EXPECTED = "src/components/carbon/tests/expected.txt"
"""A data file of one test of carbon: another number in it makes the test fail, at little cost."""

INVALID = 1


def on_github(shop: Checkout, *command: str, summary: str = "summary.md", base: str = "") -> Ran:
    """A command as a step of a workflow of GitHub Actions."""
    variables = ("GITHUB_ACTIONS=true", f"GITHUB_STEP_SUMMARY={shop.path(summary)}", f"GITHUB_BASE_REF={base}")
    return shop.start("env", *variables, sys.executable, "-m", *command)


def line_of(shop: Checkout, path: str, text: str) -> int:
    (number,) = [n for n, line in enumerate(shop.read(path).splitlines(), 1) if text in line]
    return number


def test_validation_in_every_format_from_one_run_and_the_cache(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")
    ran = shop.maturity("--validate", "--format", "json")
    assert ran.exit_code == INVALID
    assert ran.collected == {"pytest:carbon"}
    said = json.loads(ran.stdout)
    states = {each["name"]: each["document"]["state"] for each in said["components"]}
    assert states.pop("carbon") == "stale"
    assert set(states.values()) == {"valid"}
    assert CARBON in ran.stderr, "messages are apart from results"
    records = [record["state"] for each in said["components"] for record in each["records"]]
    assert set(records) == {"current", "nothing to check"}
    carbon = next(each for each in said["components"] if each["name"] == "carbon")
    pytest_record = next(each for each in carbon["records"] if each["collector"] == "pytest")
    assert pytest_record["because"], "why it was collected is kept"
    (failed,) = pytest_record["findings"]
    assert failed["path"].startswith("src/components/carbon/tests/")
    for name, read in (("sarif", json.loads), ("gitlab", json.loads), ("junit", ElementTree.fromstring)):
        again = shop.maturity("list", "--format", name, "--output", f"report.{name}")
        assert (again.exit_code, again.collected, again.stdout) == (0, frozenset(), "")
        assert read(shop.read(f"report.{name}")) is not None
    assert failed["message"] in shop.read("report.sarif")


def test_what_each_command_says_as_json_has_a_form_in_the_package(
    shop: Checkout,
    of_form: Callable[[str, str], dict],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shop.append(PLANS, "# a comment\n")
    for words in (("--dry-run", "--all"), ("--validate",), ("--all",), ("--auto",), ("--auto", "--validate")):
        of_form("report", shop.maturity(*words, "--format", "json").stdout)
    monkeypatch.chdir(shop.root)
    for form, words in (
        ("report", ["list"]),
        ("report", ["explain", "--all", "--base", "HEAD"]),
        ("inspection", ["inspect", "--all"]),
        ("adoption", ["adopt", "--all"]),
        ("badge", ["badge", "carbon"]),
        ("setup", ["init"]),
    ):
        assert main([*words, "--format", "json"]) == 0, words
        of_form(form, capsys.readouterr().out)


@pytest.mark.parametrize("command", [("maturity", "--validate"), ("doit", "validate")])
def test_a_workflow_gets_annotations_and_a_summary(shop: Checkout, command: tuple[str, ...]) -> None:
    shop.write(EXPECTED, "841\n")
    ran = on_github(shop, *command, base="main")
    assert ran.exit_code == INVALID, ran
    (annotation,) = [line for line in ran.output.splitlines() if line.startswith("::")]
    line = line_of(shop, CARBON, "**Current Stage**")
    assert annotation.startswith(f"::error file={CARBON},line={line},title=carbon%3A {CARBON} is stale::")
    assert "%0A-- **Current Stage**: Staging%0A" in annotation
    summary = shop.read("summary.md")
    moved = "demoted from Staging, `tests.pass_rate` 100.0 % → 50.0 %"
    assert f"| `carbon` | Development | {moved} | `{CARBON}` stale | All tests passing" in summary
    assert "| `young` | Development | none |" in summary, "those that are current are there too"


def test_doit_s_summary_is_about_all_components_even_where_nothing_has_moved(shop: Checkout) -> None:
    assert shop.doit("validate").exit_code == 0
    assert shop.doit("validate").exit_code == 0
    ran = on_github(shop, "doit", "validate")
    assert (ran.exit_code, ran.collected) == (0, frozenset())
    assert "::" not in ran.output
    assert "4 of 4 documents are valid." in shop.read("summary.md")


def test_outside_of_a_workflow_nothing_is_annotated(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")
    assert "::error" not in shop.maturity("--validate").output
    assert not shop.path("summary.md").exists()


def test_findings_that_block_a_stage_on_request(shop: Checkout) -> None:
    line = line_of(shop, PLANS, "import os")
    command = ("maturity", "--validate", "--component", "young")
    assert "::warning" not in on_github(shop, *command).output
    found = [
        each for each in on_github(shop, *command, "--annotate-findings").stderr.splitlines() if "::warning" in each
    ]
    assert any(f"file={PLANS},line={line},title=ruff F401::" in each for each in found)
    asked = on_github(shop, *command, "--annotate-findings", "--format", "github", summary="asked.md")
    assert asked.stdout.splitlines() == found, "these are the results, and nothing is annotated twice"
    assert "::warning" not in asked.stderr
    assert "| `young` | Development |" in shop.read("asked.md")


def test_json_of_an_update_says_what_was_written(shop: Checkout) -> None:
    shop.write(EXPECTED, "841\n")
    preview = json.loads(shop.maturity("--dry-run", "--component", "carbon", "--format", "json").stdout)
    assert preview["components"][0]["document"]["state"] == "stale"
    ran = shop.maturity("--component", "carbon", "--component", "young", "--format", "json", "--base", "HEAD")
    assert ran.exit_code == 0
    said = {each["name"]: each for each in json.loads(ran.stdout)["components"]}
    assert said.keys() == {"carbon", "young"}
    assert (said["carbon"]["document"]["state"], said["carbon"]["document"]["updated"]) == ("valid", True)
    assert not said["young"]["document"]["updated"]
    assert (said["carbon"]["base"]["stage"], said["carbon"]["stage"]) == ("Staging", "Development")
    assert said["carbon"]["base"]["moved"] == [{"metric": "tests.pass_rate", "before": "100.0 %", "now": "50.0 %"}]


def test_explain_through_doit_and_the_script_says_the_same_and_collects_nothing(shop: Checkout) -> None:
    shop.append(PLANS, "\nUNUSED = 1\n")
    script, doit = shop.maturity("explain", "young"), shop.doit("explain:young")
    assert script.exit_code == doit.exit_code == 0
    assert script.collected == doit.collected == frozenset()
    assert script.stdout in doit.stdout
    assert "  ruff: out of date\n" in script.stdout
    assert shop.doit("ruff:young").collected == {"ruff:young"}
    assert "; because: files: changed" in shop.maturity("explain", "young").stdout


def test_explain_is_a_group_of_its_own(shop: Checkout) -> None:
    assert "explain" in {line.split()[0] for line in shop.doit("list").stdout.splitlines()}
    assert not any("explain" in task for task in shop.all().executed)
    said = shop.doit("explain").stdout
    assert all(f"\n{name}: " in f"\n{said}" for name in ("billing", "carbon", "store", "young"))
    assert shop.doit("explain:karbon").exit_code == 3


def test_the_command_that_explain_gives_mends_what_it_says(shop: Checkout) -> None:
    said = shop.maturity("explain", "young").stdout.splitlines()
    (command,) = [line.strip() for line in said if line.strip().startswith("ruff check --fix --")]
    assert "import os" in shop.read(PLANS)
    assert shop.start(sys.executable, "-m", *command.split()).exit_code in (0, 1)
    assert "import os" not in shop.read(PLANS)
    assert shop.doit("ruff:young").collected == {"ruff:young"}
    assert "ruff check --fix --" not in shop.maturity("explain", "young").stdout
