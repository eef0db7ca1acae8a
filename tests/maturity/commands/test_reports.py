"""`maturity list`, `explain` and `badge` on a real tree: what is printed, and that nothing is collected or written."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from maturity import collectors
from maturity.cache.record import Trace
from maturity.cli import main
from maturity.collectors.base import Collector
from maturity.document import write
from maturity.metrics import LintingMetrics
from maturity.model import Facts, Finding
from maturity.reports.formats import FORMATS
from maturity.repository import Repository

Plant = Callable[..., Path]
Captured = pytest.CaptureFixture[str]
LEDGER = "src/components/ledger.py"


@pytest.fixture
def root(plant: Plant, linter: Collector, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two components with a finding each and documents that say so; ledger's record is out of date."""
    root = plant("pyproject.toml", "src/components/carbon/a.py", LEDGER)
    monkeypatch.setattr(collectors, "all_collectors", lambda: (linter,))
    monkeypatch.chdir(root)
    for variable in ("GITHUB_ACTIONS", "GITHUB_BASE_REF", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(variable, raising=False)
    repository = Repository(root)
    for component in repository.components.values():
        finding = Finding(component.files[0], 3, "F401", "error", "unused", "safe")
        facts = Facts(component.files, {"linting": LintingMetrics(1)}, findings=(finding,))
        inputs = repository.inputs.of(linter, component)
        trace = Trace(inputs, "", "2026-03-04T05:06:07+00:00", because=("it was never collected",))
        repository.store.write_facts("ruff", component.name, facts, trace)
        write(root, repository.drafts.draft(component, repository.drafts.measurements(component), "2026-03-04"))
    (root / LEDGER).write_text("x = 1\n")
    return root


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "words",
    [["list"], *(["list", "--format", name] for name in FORMATS), ["explain", "--all"], ["badge", "carbon"]],
)
def test_nothing_is_collected_or_written(root: Path, words: list[str], capsys: Captured) -> None:
    before = tree(root)
    assert main(words) == 0
    assert tree(root) == before
    assert capsys.readouterr().err == ""


def test_list_shows_a_line_for_each_component(root: Path, capsys: Captured) -> None:
    assert main(["list"]) == 0
    carbon, ledger = capsys.readouterr().out.splitlines()
    assert carbon.split()[:2] == ["carbon", "Development"]
    assert "lint 1" in ledger
    assert main(["list", "ledger"]) == 0
    assert capsys.readouterr().out.splitlines() == [ledger]


def test_list_shows_a_document_that_cannot_be_read(root: Path, capsys: Captured) -> None:
    (root / "src/components/carbon/MATURITY.md").write_text("<!-- END AUTO-GENERATED -->\n")
    assert main(["list", "carbon"]) == 0
    assert capsys.readouterr().out.startswith("carbon  ! src/components/carbon/MATURITY.md: line 1:")


def test_list_as_json_and_into_a_file(root: Path, capsys: Captured) -> None:
    assert main(["list", "--format", "json", "--output", "report.json"]) == 0
    assert capsys.readouterr().out == ""
    said = json.loads((root / "report.json").read_bytes())
    states = {each["name"]: each["records"][0]["state"] for each in said["components"]}
    assert states == {"carbon": "current", "ledger": "out of date"}


def test_explain_says_what_is_known_and_that_it_is_out_of_date(root: Path, capsys: Captured) -> None:
    assert main(["explain", "ledger"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "ledger: Development"
    assert f"           {LEDGER}:3: F401 unused (it can be mended automatically)" in said
    assert f"    ruff check --fix -- {LEDGER}" in said
    assert said[-3:] == [
        "  ruff: out of date",
        "    collected 2026-03-04T05:06:07+00:00; because: it was never collected",
        "    out of date; because: files: changed",
    ]


def test_explain_gives_paths_from_where_one_stands(
    root: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "src/components/carbon")
    assert main(["explain", "ledger"]) == 0
    assert "           ../ledger.py:3: F401 unused (it can be mended automatically)" in capsys.readouterr().out


def test_explain_as_json_is_the_report(root: Path, capsys: Captured) -> None:
    assert main(["explain", "carbon", "--format", "json"]) == 0
    explained = capsys.readouterr().out
    assert main(["list", "carbon", "--format", "json"]) == 0
    assert capsys.readouterr().out == explained


def test_a_badge_as_endpoint_and_as_image(root: Path, of_form: Callable[[str, str], dict], capsys: Captured) -> None:
    assert main(["badge", "carbon"]) == 0
    printed = capsys.readouterr().out
    assert of_form("badge", printed)["message"] == "Development"
    assert main(["badge", "carbon", "--format", "json"]) == 0
    assert capsys.readouterr().out == printed
    assert main(["badge", "carbon", "--format", "svg"]) == 0
    assert ElementTree.fromstring(capsys.readouterr().out).attrib["aria-label"] == "carbon: Development"
    assert main(["badge", "carbon", "--svg", "--metric", "linting.total_violations"]) == 0
    image = ElementTree.fromstring(capsys.readouterr().out)
    assert image.attrib["aria-label"] == "carbon linting.total_violations: 1"


@pytest.mark.parametrize(("options", "suffix"), [([], "json"), (["--svg"], "svg")])
def test_badges_of_all_components(root: Path, options: list[str], suffix: str) -> None:
    assert main(["badge", "--all", "--output", "badges", *options]) == 0
    assert sorted(path.name for path in (root / "badges").iterdir()) == [f"carbon.{suffix}", f"ledger.{suffix}"]


@pytest.mark.parametrize("place", [".", ".."])
def test_paths_for_others_begin_at_the_top_of_the_git_repository(root: Path, place: str, capsys: Captured) -> None:
    (root / place / ".git").mkdir()
    within = "" if place == "." else f"{root.name}/"
    (root / "src/components/carbon/MATURITY.md").unlink()

    def said(name: str) -> str:
        assert main(["list", "--format", name]) == 0
        return capsys.readouterr().out

    assert f"file={within}src/components/carbon/MATURITY.md," in said("github")
    (run,) = json.loads(said("sarif"))["runs"]
    places = [each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"]]
    assert places == [f"{within}src/components/carbon/a.py", f"{within}{LEDGER}"]
    document, *found = [each["location"]["path"] for each in json.loads(said("gitlab"))]
    assert (document, found) == (f"{within}src/components/carbon/MATURITY.md", places)
    assert json.loads(said("json"))["root"] == within


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["list", "karbon"], 3, "no component is named 'karbon'"),
        (["explain", "karbon"], 3, "no component is named 'karbon'"),
        (["badge", "karbon"], 3, "no component is named 'karbon'"),
        (["explain"], 4, "say which"),
        (["explain", "carbon", "--all"], 4, "say which"),
        (["badge"], 4, "say which"),
        (["badge", "--all"], 4, "--output DIRECTORY"),
        (["badge", "carbon", "--metric", "coverage.percent"], 4, "nothing measures it"),
        (["list", "--format", "yaml"], 4, "invalid choice"),
        (["exlain", "carbon"], 4, "there is no command 'exlain'; did you mean 'explain'?"),
        (["carbon"], 4, "there is no command 'carbon'; `maturity --component carbon` updates this component"),
        (["update", "--all"], 4, "there is no command 'update'; "),
        (["carbn"], 4, "there is no command 'carbn'; known: adopt, "),
        (["--validat"], 4, "there is no option --validat; did you mean '--validate'?"),
        (["list", "--formt=json"], 4, "there is no option --formt; did you mean '--format'?"),
        (["completion", "bash", "zsh"], 4, "unrecognized arguments: zsh"),
        (["list", "--base", "nowhere"], 4, "no such revision"),
        (["explain", "carbon", "--base", "-x"], 4, "expected one argument"),
        (["list", "--output", "no/such/place"], 4, "cannot be written"),
        (["badge", "--all", "--output", "pyproject.toml"], 4, "cannot be made"),
        (["--validate", "--output", "x.json"], 4, "--output goes with a --format"),
    ],
)
def test_what_is_refused(root: Path, words: list[str], code: int, said: str, capsys: Captured) -> None:
    assert main(words) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
