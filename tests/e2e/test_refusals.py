"""The exit codes 3 and 4: an unknown component, and arguments, configuration or markup that cannot be obeyed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout

CARBON = "src/components/carbon/MATURITY.md"
YOUNG = "src/components/young/MATURITY.md"

NOT_FOUND, REFUSED = 3, 4


def test_an_unknown_component_is_not_found(shop: Checkout) -> None:
    ran = shop.maturity("--component", "carbn")
    assert ran.exit_code == NOT_FOUND
    assert "carbn" in ran.stderr
    assert "did you mean 'carbon'" in ran.stderr
    assert "Traceback" not in ran.output
    assert shop.maturity("--validate", "--component", "carbn").exit_code == NOT_FOUND
    for task in ("maturity:carbn", "validate:carbn", "ruff:carbn"):
        by_doit = shop.doit(task)
        assert by_doit.exit_code == NOT_FOUND, by_doit
        assert "carbn" in by_doit.stderr


@pytest.mark.parametrize(
    "flags",
    [
        "",
        "--all --component carbon",
        "--all --auto",
        "--validate --dry-run",
        "--validate --create --component carbon",
        "--create --all",
        "--component",
        "--all -n 0",
        "--all -n many",
        "--nothing",
        "carbon",
        "--create",
        "update",
    ],
)
def test_flags_that_say_nothing_or_contradict_each_other_are_refused(shop: Checkout, flags: str) -> None:
    before = shop.files(".")
    ran = shop.maturity(*flags.split())
    assert ran.exit_code == REFUSED, ran
    assert ran.stderr.startswith("maturity: ")
    assert "Traceback" not in ran.stderr
    assert shop.files(".") == before


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[tool.maturity]\ncomponets = []", "did you mean 'components'"),
        ("[tool.maturity]\ncomponents = 'src/*'", "[tool.maturity] components"),
        ("[tool.maturity]\ncomponents = ['lib/*']", "'lib/*' matches nothing"),
        ("[tool.maturity]\ncomponents = ['src/component/*']", "did you mean 'src/components/*'"),
        ("[tool.maturity]\ntemplate = 'tests/test_biling.py'", "did you mean 'tests/test_billing.py'"),
        ("[tool.maturity.component.billing]\ntests = ['tests/test_biling.py']", "did you mean 'tests/test_billing.py'"),
        ("[tool.maturity.component.carbn]\nowner = '@me'", "did you mean 'carbon'"),
        ("[tool.maturity.component.carbon]\nsource = ['src/absent']", "'src/absent' does not exist"),
        ("[[tool.maturity.criterion]]\nstage = 'Stagin'\nid = 'x'", "did you mean 'Staging'"),
    ],
)
def test_a_configuration_that_cannot_be_obeyed_is_refused(shop: Checkout, table: str, said: str) -> None:
    documents = shop.documents()
    shop.append("pyproject.toml", f"\n{table}\n")
    ran = shop.maturity("--all")
    assert ran.exit_code == REFUSED, ran
    assert "pyproject.toml" in ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.output
    assert shop.documents() == documents


def test_doit_has_one_code_for_all_that_goes_wrong_before_a_task_runs(shop: Checkout) -> None:
    shop.append("pyproject.toml", "\n[tool.maturity]\ncomponets = []\n")
    ran = shop.doit("all")
    assert ran.exit_code == NOT_FOUND, ran
    assert "did you mean 'components'" in ran.stderr


def test_a_malformed_pyproject_is_refused(shop: Checkout) -> None:
    shop.append("pyproject.toml", "\n[tool.maturity\n")
    ran = shop.maturity("--all")
    assert ran.exit_code == REFUSED, ran
    assert "pyproject.toml: not valid TOML" in ran.stderr


END = re.compile(r"<!-- END AUTO-GENERATED \[region=test-coverage sum=\w+\] -->\n")
BEGIN = "<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region=extra] -->\n"


@pytest.mark.parametrize(
    "spoil",
    [lambda text: END.sub("", text), lambda text: text + BEGIN, lambda text: text + BEGIN * 2],
    ids=["unclosed", "unclosed-at-the-end", "nested"],
)
def test_broken_markup_is_refused_and_the_file_untouched(shop: Checkout, spoil: Callable[[str], str]) -> None:
    shop.write(CARBON, spoil(shop.read(CARBON)))
    shop.tick(YOUNG, "readme")
    broken = shop.read(CARBON)
    ran = shop.maturity("--all")
    assert ran.exit_code == REFUSED, ran
    assert re.search(rf"{re.escape(CARBON)}\b.*\bline \d+", ran.stderr, re.DOTALL)
    assert shop.read(CARBON) == broken
    assert "(1 of 7 criteria met)" in shop.read(YOUNG), "the other documents are written"


def test_broken_markup_is_refused_whatever_is_asked_for(shop: Checkout) -> None:
    shop.append(CARBON, BEGIN)
    broken = shop.read(CARBON)
    for words in (("--component", "carbon"), ("--validate",), ("--component", "carbon", "--dry-run")):
        assert shop.maturity(*words).exit_code == REFUSED, words
    for task in ("maturity:carbon", "validate"):
        assert shop.doit(task).exit_code == 2, "doit's code for an error in a task"
    assert shop.read(CARBON) == broken
