"""The six ways in which hand-kept documents lied (section 1 of the design), each end to end."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout

CARBON = "src/components/carbon/MATURITY.md"
BILLING = "src/components/billing_component.MATURITY.md"
STORE = "src/components/store/MATURITY.md"
YOUNG = "src/components/young/MATURITY.md"


def figure(text: str, label: str) -> str:
    """What a document says after a label such as "Coverage" or "Lint"."""
    found = re.findall(rf"^- \*\*{label}[^*]*\*\*: (.*)$", text, re.MULTILINE)
    assert len(found) == 1, f"{label} is said {len(found)} times in\n{text}"
    return found[0]


def criterion(text: str, title: str) -> tuple[bool, str]:
    """Whether a criterion's box is ticked, and the rest of its line."""
    found = re.findall(rf"^- \[(.)\] (?:\S )?{title}(.*)$", text, re.MULTILINE)
    assert len(found) == 1, f"{title} stands {len(found)} times in\n{text}"
    return found[0][0] == "x", found[0][1]


def assert_consistent(text: str) -> None:
    """The document tells one stage, and its counts are those of its boxes."""
    stages = re.findall(r"Current Stage\W+(\w+)", text)
    assert len(stages) == 1, text
    blocks = re.findall(r"^### (\w+) → (\w+): (\d+) of (\d+) met\n\n((?:- \[.*\n)+)", text, re.MULTILINE)
    assert len(blocks) == 2, text
    for lower, higher, met, of, boxes in blocks:
        assert (boxes.count("- [x]"), boxes.count("- [")) == (int(met), int(of)), boxes
        if stages[0] == lower:
            assert f"({met} of {of} criteria met)" in text
            assert met != of, f"{lower} with all criteria of {higher} met"
        elif stages[0] != "Development" and lower == "Development":
            assert met == of, f"{stages[0]} with a missed criterion of {higher}"


# 1. The tool measured nothing, and that read as a pass.


def test_a_file_that_bandit_cannot_parse_is_not_free_of_issues(shop: Checkout) -> None:
    shop.write("src/components/torn.py", "def half(:\n")
    ran = shop.maturity("--component", "torn")
    assert ran.exit_code == 0, ran
    text = shop.read("src/components/torn.MATURITY.md")
    assert figure(text, "Security").startswith("unknown")
    assert criterion(text, "Security issues")[0] is False
    assert criterion(text, "Lint violations")[0] is False
    assert figure(text, "Current Stage") == "Development"
    assert_consistent(text)


def test_files_that_a_tool_leaves_out_are_unknown_and_not_clean(shop: Checkout) -> None:
    shop.replace("pyproject.toml", "[tool.ruff]", '[tool.ruff]\nexclude = ["src/components/young"]')
    assert shop.doit("maturity:young").exit_code == 0
    text = shop.read(YOUNG)
    assert figure(text, "Lint").startswith("unknown")
    assert "excluded" in figure(text, "Lint")
    assert criterion(text, "Lint violations")[0] is False


def test_a_missing_path_is_an_error_and_no_finding(shop: Checkout) -> None:
    shop.append("pyproject.toml", '\n[tool.maturity.component.ghost]\nsource = ["src/components/ghost.py"]\n')
    ran = shop.maturity("--component", "ghost")
    assert ran.exit_code == 4, ran
    assert "src/components/ghost.py" in ran.stderr
    assert not shop.path("src/components/ghost.MATURITY.md").exists()


def test_no_failed_test_is_no_pass_where_no_test_ran(shop: Checkout) -> None:
    skipped = "import pytest\n\n\n@pytest.mark.skip\ndef test_price():\n    assert False\n"
    shop.write("tests/test_billing.py", skipped)
    assert shop.doit("maturity:billing").exit_code == 0
    text = shop.read(BILLING)
    assert "1 skipped" in figure(text, "Tests")
    assert criterion(text, "All tests passing")[0] is False
    assert figure(text, "Coverage").startswith("unknown")
    assert criterion(text, "Test coverage")[0] is False


def test_no_test_file_is_no_pass(shop: Checkout) -> None:
    text = shop.read(YOUNG)
    for label in ("Tests", "Coverage", "Integration tests", "Integration coverage"):
        assert figure(text, label).startswith("unknown")
    for title in ("All tests passing", "Test coverage", "All integration tests passing", "Integration test coverage"):
        ticked, said = criterion(text, title)
        assert not ticked
        assert "unknown" in said


@pytest.mark.parametrize("program", ["raise RuntimeError('boom')", ""], ids=["raises", "says-nothing"])
def test_a_tool_that_never_gave_an_answer_is_unknown_and_not_zero(shop: Checkout, program: str) -> None:
    shop.write("tools/linter", program)
    command = json.dumps([sys.executable, str(shop.path("tools/linter"))])
    shop.append("pyproject.toml", f"\n[tool.maturity.tool.ruff]\ncommand = {command}\n")
    shop.write("src/components/fresh.py", '"""New."""\n')
    assert shop.maturity("--component", "fresh").exit_code == 2
    text = shop.read("src/components/fresh.MATURITY.md")
    assert figure(text, "Lint").startswith("unknown")
    assert criterion(text, "Lint violations")[0] is False
    assert "**ruff failed**, nothing is known" in text
    assert_consistent(text)


# 2 and 3. The wrong figure for a single file, and for a directory with more than one file.


def covered_by_hand(shop: Checkout, place: str, test: str) -> str:
    """What coverage itself says of a directory, in a document's words: cut to one decimal, with the exact counts."""
    coverage = (sys.executable, "-m", "coverage")
    tested = shop.start(*coverage, "run", f"--source={place}", "-m", "pytest", "-q", "-p", "no:cacheprovider", test)
    assert tested.exit_code == 0, tested
    reported = shop.start(*coverage, "json", "-q", "-o", ".by-hand.json", "--omit=*/tests/*")
    assert reported.exit_code == 0, reported
    totals = json.loads(shop.read(".by-hand.json"))["totals"]
    covered, statements = totals["covered_lines"], totals["num_statements"]
    return f"{covered * 1000 // statements / 10} % ({covered} of {statements} statements)"


def test_a_component_of_one_file_has_the_figure_of_that_file(shop: Checkout) -> None:
    measured = figure(shop.read(BILLING), "Coverage")
    assert measured == "80.0 % (4 of 5 statements)"
    # coverage takes no file for a source, so for the run by hand the file stands alone in a directory
    source = shop.read("src/components/billing_component.py")
    shop.path("src/components/billing_component.py").unlink()
    shop.write("alone/components/billing_component.py", source)
    shop.replace("pyproject.toml", 'pythonpath = ["src"]', 'pythonpath = ["alone", "src"]')
    assert covered_by_hand(shop, "alone", "tests/test_billing.py") == measured


def test_every_file_of_a_directory_counts_also_one_that_nothing_imports(shop: Checkout) -> None:
    shop.write("src/components/store/aisle.py", "def unused():\n    return 1\n")
    assert shop.doit("maturity:store").exit_code == 0
    text = shop.read(STORE)
    assert figure(text, "Coverage") == "60.0 % (3 of 5 statements)"
    assert criterion(text, "Test coverage")[0] is False
    shop.write("src/components/store/tests/__init__.py", "")
    by_hand = covered_by_hand(shop, "src/components/store", "src/components/store/tests")
    assert by_hand == figure(text, "Coverage")


# 4. Figures left behind by a run that crashed in collection.


def test_a_test_module_that_cannot_be_imported_leaves_no_figure_and_costs_the_stage(shop: Checkout) -> None:
    assert figure(shop.read(CARBON), "Current Stage") == "Staging"
    shop.replace("src/components/carbon/tests/test_tracker.py", "import pytest\n", "import absent_module\n")
    ran = shop.doit("maturity:carbon")
    assert ran.exit_code == 0, "a broken test module is a result, not a failed tool"
    text = shop.read(CARBON)
    assert "unknown" in figure(text, "Coverage")
    assert "%" not in figure(text, "Coverage")
    assert "0 passed" in figure(text, "Tests")
    assert "1 error" in figure(text, "Tests")
    assert criterion(text, "All tests passing")[0] is False
    assert figure(text, "Current Stage") == "Development"
    assert_consistent(text)


# 5. A document that contradicts itself.


@pytest.mark.parametrize("path", [CARBON, BILLING, STORE, YOUNG])
def test_a_document_tells_one_stage_and_counts_its_boxes(shop: Checkout, path: str) -> None:
    assert_consistent(shop.read(path))


LYING = """\
# Carbon

<!-- AUTO-GENERATED SECTION -->
**Current Stage**: Staging (Promoted)
**Progress**: 4/7 met
<!-- END AUTO-GENERATED -->

## Maturity Criteria

<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE -->
### Development → Staging (4/7 met)

- [x] Test coverage ≥ 70 %: 73.2 % ✅
- [x] Lint violations = 0 ✅
- [x] Type errors = 0 ✅
- [x] Security issues = 0 ✅
- [x] All tests passing ✅
- [x] API documented ✅
<!-- END AUTO-GENERATED -->

## Next steps

- Ours, by hand.

<!-- AUTO-GENERATED FOOTER -->
Stage: Development
<!-- END AUTO-GENERATED -->
"""


def test_a_document_that_contradicts_itself_is_set_right(shop: Checkout) -> None:
    shop.write(CARBON, LYING)
    assert shop.maturity("--validate", "--component", "carbon").exit_code == 1
    assert shop.maturity("--component", "carbon").exit_code == 0
    text = shop.read(CARBON)
    assert_consistent(text)
    assert figure(text, "Current Stage") == "Development", "no criterion was ticked by a person in a form that we know"
    assert "4/7" not in text
    assert "73.2" not in text
    assert "Stage: Development" not in text
    assert "## Next steps\n\n- Ours, by hand.\n" in text


def test_the_stage_in_the_list_is_that_of_the_documents(shop: Checkout) -> None:
    listed = dict(re.findall(r"^maturity:(\w+)\s+(\w+)", shop.doit("list").stdout, re.MULTILINE))
    documents = {"carbon": CARBON, "billing": BILLING, "store": STORE, "young": YOUNG}
    assert listed == {name: figure(shop.read(path), "Current Stage") for name, path in documents.items()}


# 6. 69.96 shown as 70.0.


def test_almost_enough_is_not_enough(shop: Checkout) -> None:
    """1749 of 2500 statements are 69.96 %."""
    lines = ["N = 0"] * 1748 + ["def never() -> None:"] + ["    print(N)"] * 751
    shop.write("src/components/edge.py", "\n".join(lines) + "\n")
    shop.write("tests/test_edge.py", "from components import edge\n\n\ndef test_it():\n    assert edge.N == 0\n")
    assert shop.doit("maturity:edge").exit_code == 0
    text = shop.read("src/components/edge.MATURITY.md")
    assert figure(text, "Coverage") == "69.9 % (1749 of 2500 statements)"
    ticked, said = criterion(text, "Test coverage")
    assert not ticked
    assert "missed" in said
    assert "70.0" not in text.replace("≥ 70 %", "")
