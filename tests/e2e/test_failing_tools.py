"""Exit code 2: a tool that fails takes nothing with it, is said in the document, and is tried again."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Checkout

CARBON = "src/components/carbon/MATURITY.md"
BILLING = "src/components/billing_component.MATURITY.md"
YOUNG = "src/components/young/MATURITY.md"
EXPECTED = "src/components/carbon/tests/expected.txt"
RUFF = {"ruff:billing", "ruff:carbon", "ruff:store", "ruff:young"}
FAILED = 2
SOME_DAY = "2020-02-03"
"""The day on which ruff's figures were measured, as far as their traces tell."""

EXITS_2 = "print('boom', file=sys.stderr)\nsys.exit(2)\n"
PRINTS_GARBAGE = "print('[] or so')\n"
PRINTS_NOTHING = ""
DIES = "import os\nos.kill(os.getpid(), 9)\n"
HANGS = "import time\ntime.sleep(600)\n"


def break_ruff(shop: Checkout, program: str | None, more: str = "") -> None:
    """Replace ruff by another program, None for one that does not exist."""
    path = shop.path("tools/linter")
    if program is not None:
        version = "import sys\nif '--version' in sys.argv:\n    sys.exit('linter 1')\n"
        shop.write("tools/linter", version + program)
    command = [str(shop.path("absent"))] if program is None else [sys.executable, str(path)]
    shop.append("pyproject.toml", f"\n[tool.maturity.tool.ruff]\ncommand = {json.dumps(command)}\n{more}")


def mend_ruff(shop: Checkout) -> None:
    text = shop.read("pyproject.toml")
    shop.write("pyproject.toml", text[: text.index("\n[tool.maturity.tool.ruff]")])


@pytest.mark.thorough  # test_tool_faults.py has all of these in one run
@pytest.mark.parametrize(
    "program",
    [EXITS_2, PRINTS_GARBAGE, PRINTS_NOTHING, DIES, None],
    ids=["exits-2", "prints-garbage", "prints-nothing", "dies", "does-not-exist"],
)
def test_what_is_known_is_kept_and_the_rest_goes_on(shop: Checkout, program: str | None) -> None:
    before = shop.documents()
    records = shop.records()
    for path in shop.path(".maturity/records").glob("*/ruff.trace.json"):
        path.write_text(
            re.sub(r'("measured": ")\d{4}-\d\d-\d\d', rf"\g<1>{SOME_DAY}", path.read_text("utf-8")), "utf-8"
        )
    break_ruff(shop, program)
    shop.write(EXPECTED, "840\n\n")

    ran = shop.all()
    assert ran.exit_code == FAILED, ran
    assert ran.collected == RUFF | {"pytest:carbon"}, "the other collectors go on"
    assert "ruff" in ran.stderr
    assert "$ " in ran.stderr, "the command line is shown"
    assert shop.records() == records
    for path in shop.documents():
        text = shop.read(path)
        assert re.search(rf"^> ⚠️ \*\*ruff failed\*\*, its figures are those of {SOME_DAY}: ", text, re.MULTILINE), text
        assert re.search(rf"^- \*\*Lint.*: \d+ violations?, as of {SOME_DAY}$", text, re.MULTILINE), text
    carbon = shop.read(CARBON)
    assert "- **Current Stage**: Staging" in carbon, "a failed tool alone never lowers the stage"
    assert f"Lint violations = 0: 0, met, as of {SOME_DAY}" in carbon

    failing = shop.documents()
    again = shop.maturity("--all")
    assert again.exit_code == FAILED, again
    assert again.collected == RUFF, "the next run tries again"
    assert shop.documents() == failing
    assert shop.maturity("--validate").exit_code == FAILED

    mend_ruff(shop)
    mended = shop.all()
    assert mended.exit_code == 0, mended
    assert mended.collected == RUFF
    assert shop.documents() == before, "the banner is gone"


@pytest.mark.parametrize("name", ["billing", "carbon"])
def test_the_counts_are_those_of_the_boxes_while_a_tool_fails(shop: Checkout, name: str) -> None:
    break_ruff(shop, EXITS_2)
    assert shop.maturity("--component", name).exit_code == FAILED
    text = shop.read({"billing": BILLING, "carbon": CARBON}[name])
    for met, boxes in re.findall(r"^### .*: (\d+) of \d+ met\n\n((?:- \[.*\n)+)", text, re.MULTILINE):
        assert boxes.count("- [x]") == int(met), f"{met} met, it says, over\n{boxes}"


def test_a_tool_that_hangs_is_ended_after_its_time(shop: Checkout) -> None:
    break_ruff(shop, HANGS, "timeout = 1\n")
    ran = shop.maturity("--component", "young")
    assert ran.exit_code == FAILED, ran
    assert "no answer within 1 s" in ran.stderr
    assert "ruff failed" in shop.read(YOUNG)


def test_the_stage_cannot_rise_while_a_tool_fails(shop: Checkout) -> None:
    break_ruff(shop, EXITS_2)
    shop.tick(BILLING, "readme")
    shop.tick(BILLING, "api-documented")
    assert shop.maturity("--component", "billing").exit_code == FAILED
    assert "- **Current Stage**: Development" in shop.read(BILLING)
    mend_ruff(shop)
    assert shop.maturity("--component", "billing").exit_code == 0
    assert "- **Current Stage**: Staging" in shop.read(BILLING)


def test_a_failed_tool_outranks_an_invalid_document(shop: Checkout) -> None:
    shop.path(YOUNG).unlink()
    break_ruff(shop, EXITS_2)
    assert shop.maturity("--validate").exit_code == FAILED
    assert shop.doit("validate").exit_code == FAILED


def test_the_task_of_a_failing_collector_fails_alone_too(shop: Checkout) -> None:
    break_ruff(shop, EXITS_2)
    ran = shop.doit("ruff:young")
    assert ran.exit_code == FAILED, ran
    assert ran.collected == {"ruff:young"}
    assert shop.doit("bandit:young").exit_code == 0


def test_a_dry_run_with_a_failing_tool_says_so(shop: Checkout) -> None:
    documents = shop.documents()
    break_ruff(shop, EXITS_2)
    ran = shop.maturity("--all", "--dry-run")
    assert ran.exit_code == FAILED, ran
    assert "**ruff failed**" in ran.stdout
    assert shop.documents() == documents


def test_the_whole_error_is_logged(shop: Checkout) -> None:
    break_ruff(shop, EXITS_2)
    ran = shop.maturity("--all")
    assert "boom" in ran.stderr
    assert re.search(r"exit code 2", ran.stderr)
    assert str(shop.path("tools/linter")) in ran.stderr


@pytest.mark.parametrize("program", ["raise SystemExit(1)", "print('{}')"])
def test_without_a_working_ruff_beside_us_the_others_go_on(shop: Checkout, tmp_path: Path, program: str) -> None:
    """The import graph is then unknown, so that every file counts as imported by all."""
    (tmp_path / "ruff").mkdir()
    (tmp_path / "ruff/__init__.py").touch()
    (tmp_path / "ruff/__main__.py").write_text(program)
    before = shop.documents()
    shop.append("src/components/young/plans.py", "# a comment\n")
    ran = shop.maturity("--component", "young", PYTHONPATH=str(tmp_path))
    assert ran.exit_code == FAILED, ran
    assert ran.collected == {"ruff:young", "pyright:young", "bandit:young"}
    assert "which files import which is not known, so all count as imported: ruff analyze graph " in ran.stderr
    assert "Traceback" not in ran.output
    assert "**ruff failed**" in shop.read(YOUNG)

    mended = shop.maturity("--component", "young")
    assert mended.exit_code == 0, mended
    assert mended.collected == {"ruff:young", "pyright:young"}
    assert shop.documents() == before


@pytest.mark.parametrize("below", [".", ".maturity"])
def test_a_test_that_deletes_the_repository_ends_the_run_with_a_word(shop: Checkout, below: str) -> None:
    shop.append(
        "src/components/carbon/tests/test_tracker.py",
        f"\n\ndef test_clean():\n    import os, shutil\n    shutil.rmtree(os.path.join(os.getcwd(), {below!r}))\n",
    )
    ran = shop.doit("-n", "2", "maturity:carbon")
    assert ran.exit_code == FAILED, ran
    said = rf"^maturity: {shop.path('.maturity')} was deleted, as was seen when \w+ had run for carbon: nothing of "
    assert re.search(said, ran.stderr, re.MULTILINE), ran
    assert "Traceback" not in ran.output


TESTS = "src/components/carbon/tests"


def test_a_test_that_deletes_a_file_of_its_component_says_nothing_of_doit(shop: Checkout) -> None:
    shop.write(f"{TESTS}/test_gone.py", "def test_gone():\n    pass\n")
    shop.append(f"{TESTS}/test_tracker.py", f"\n\ndef test_deletes():\n    Path('{TESTS}/test_gone.py').unlink()\n")
    ran = shop.maturity("--component", "carbon", "-n", "1")  # pytest is the first, so the others find one file less
    assert ran.exit_code == FAILED, ran
    assert "saving success" not in ran.output
    assert "carbon/tests/test_gone.py: " in ran.stderr, "ruff was asked about it"
    text = shop.read(CARBON)
    assert "> ⚠️ **ruff failed**, its figures are those of " in text
    assert re.search(r"^- \*\*Tests\*\*: \d+ passed, 0 failed", text, re.MULTILINE)

    again = shop.maturity("--component", "carbon")
    assert {"pytest:carbon", "ruff:carbon"} <= again.collected
    assert "**ruff failed**" not in shop.read(CARBON)


def test_a_test_that_deletes_the_records_of_its_component(shop: Checkout) -> None:
    shop.append(
        f"{TESTS}/test_tracker.py",
        "\n\ndef test_forgets():\n    import shutil\n    shutil.rmtree('.maturity/records/carbon')\n",
    )
    assert shop.maturity("--component", "carbon", "-n", "1").exit_code == 0  # pytest is the first: nothing is lost
    before = shop.documents()
    shop.write(EXPECTED, "841\n")
    ran = shop.maturity("--component", "carbon")
    assert (ran.exit_code, ran.collected) == (FAILED, {"pytest:carbon"}), ran
    assert "the records of integration, ruff, pyright, bandit for carbon are gone; run again" in ran.stderr
    assert shop.documents() == before, "what is not known only because it was deleted is not written down"

    shop.write(EXPECTED, "840\n")
    again = shop.maturity("--component", "carbon", "-n", "1")
    assert (again.exit_code, len(again.collected)) == (0, 5), again
    assert shop.documents() == before
