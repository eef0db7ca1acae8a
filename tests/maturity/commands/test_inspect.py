"""`maturity inspect` on a real tree: lines, states and problems, and that nothing is collected or written."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from maturity import collectors
from maturity.cache.record import Trace
from maturity.cli import main
from maturity.collectors.base import Collector
from maturity.document import draft
from maturity.markdown.markers import MarkupError
from maturity.metrics import LintingMetrics
from maturity.model import Facts
from maturity.repository import Repository

Plant = Callable[..., Path]
FORM = Draft202012Validator(json.loads(files("maturity").joinpath("schemas/inspection.schema.json").read_text("utf-8")))
CARBON, LEDGER = "src/components/carbon/MATURITY.md", "src/components/ledger.MATURITY.md"


@pytest.fixture
def root(plant: Plant, linter: Collector, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two components of which the only collector found 3 and 4 violations, with documents that say so."""
    root = plant("pyproject.toml", "src/components/carbon/a.py", "src/components/ledger.py")
    monkeypatch.setattr(collectors, "all_collectors", lambda: (linter,))
    monkeypatch.chdir(root)
    for count, name in ((3, "carbon"), (4, "ledger")):
        measure(root, name, count)
        write(root, name)
    return root


def measure(root: Path, name: str, violations: int) -> None:
    """An answer of the collector in the cache."""
    repository = Repository(root)
    facts = Facts(("a.py",), {"linting": LintingMetrics(violations)})
    repository.store.write_facts("ruff", name, facts, Trace({}, "", "2026-03-04T05:06:07+00:00"))


def write(root: Path, name: str) -> None:
    """The document that a run would write."""
    repository = Repository(root)
    component = repository.component(name)
    known = repository.drafts.measurements(component)
    (root / component.document).write_bytes(
        draft(component, repository.settings.ladder, known, None, "2026-05-06").after
    )


def edit(root: Path, old: str, new: str, path: str = CARBON) -> None:
    text = (root / path).read_bytes()
    assert text.count(old.encode()) == 1
    (root / path).write_bytes(text.replace(old.encode(), new.encode()))


def inspected(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, dict]:
    """What is said of each document, as JSON, by component."""
    assert main(["inspect", "--format", "json", *words]) == code
    said = json.loads(capsys.readouterr().out)
    FORM.validate(said)
    assert (said["form"], said["format"]) == ("maturity-inspection", 1)
    return {document["component"]: document for document in said["documents"]}


def states(document: Mapping[str, list]) -> dict[str, str | None]:
    return {region["name"]: region["state"] for region in document["regions"]}


def line_of(root: Path, text: str, path: str = CARBON) -> int:
    """The line, from 1, that has a text and is the only one."""
    (number,) = [number for number, line in enumerate((root / path).read_text().splitlines(), 1) if text in line]
    return number


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in root.rglob("*") if path.is_file()}


def test_current_documents_by_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    documents = inspected(capsys, "--all")
    assert {name: document["state"] for name, document in documents.items()} == {
        "carbon": "valid",
        "ledger": "valid",
    }
    carbon = documents["carbon"]
    assert carbon["path"] == CARBON
    assert carbon["problems"] == carbon["unmeasured"] == []
    assert set(states(carbon).values()) == {"current"}
    lines = (root / CARBON).read_text().splitlines()
    for region in carbon["regions"]:
        assert f"LINE [region={region['name']}]" in lines[region["begin"] - 1]
        assert f"END AUTO-GENERATED [region={region['name']} sum=" in lines[region["end"] - 1]
    assert len(carbon["manual"]) == lines.count("<!-- MANUAL SECTION -->") > 0
    for section in carbon["manual"]:
        assert lines[section["begin"] - 1] == "<!-- MANUAL SECTION -->"
        assert lines[section["end"] - 1] == "<!-- END MANUAL SECTION -->"


def test_nothing_is_written_not_even_where_there_is_no_cache(root: Path, plant: Plant) -> None:
    before = tree(root)
    assert main(["inspect", "--all"]) == 0
    assert tree(root) == before
    (root / CARBON).unlink()
    for path in sorted((root / ".maturity").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (root / ".maturity").rmdir()
    before = tree(root)
    assert main(["inspect", "--all"]) == 1
    assert tree(root) == before


def test_each_region_has_its_own_state(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(root, "### Development", "### Never mind the\n\n### Development")
    begin = line_of(root, "LINE [region=test-coverage]")
    lines = (root / CARBON).read_bytes().splitlines(keepends=True)
    lines[begin - 1] = b"<!-- AUTO-GENERATED SECTION -->\n"
    end = next(number for number, line in enumerate(lines) if b"END AUTO-GENERATED [region=test-coverage" in line)
    lines[end] = b"<!-- END AUTO-GENERATED -->\n"
    (root / CARBON).write_bytes(b"".join(lines))
    measure(root, "carbon", 5)
    carbon = inspected(capsys, "carbon", code=1)["carbon"]
    assert carbon["state"] == "edited"
    assert states(carbon) == {
        "status": "current",
        "maturity-criteria": "edited by hand",
        "test-coverage": "no sum",
        "code-quality": "stale",
    }


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("# carbon\n", "# Carbon\n", 0),
        (": 3 violations", ": 33 violations", 1),
        ("[region=status] -->", "[ region=status ]-->", 0),
        (" [region=code-quality] -->", " -->", 1),
        ("[region=status] -->", "[region=stages] -->", 4),
    ],
)
def test_it_agrees_with_validation(root: Path, old: str, new: str, code: int) -> None:
    edit(root, old, new)
    assert main(["inspect", "carbon"]) == code
    repository = Repository(root)
    component = repository.component("carbon")
    known, before = repository.drafts.measurements(component), (root / CARBON).read_bytes()
    try:
        assert draft(component, repository.settings.ladder, known, before, "2026-11-11").changed is bool(code)
    except MarkupError:
        assert code == 4


def test_a_tick_and_prose_are_nobody_s_business_until_they_count(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(root, "TODO: what it can do.", "It counts.  \r\n")
    assert inspected(capsys, "carbon")["carbon"]["state"] == "valid"
    edit(root, "- [ ] API documented", "- [x] API documented")
    ticked = inspected(capsys, "carbon", code=1)["carbon"]
    assert states(ticked)["status"] == "stale"
    assert "edited by hand" not in states(ticked).values()


def test_the_day_of_the_last_change_makes_nothing_stale(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure(root, "carbon", 5)
    assert states(inspected(capsys, "carbon", code=1)["carbon"])["status"] == "current"


def test_all_problems_of_a_file_at_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(root, "TODO: what it can do.", "- item\n  <!-- END AUTO-GENERATED -->")
    edit(root, "[region=code-quality] -->", "[region=status] -->")
    carbon = inspected(capsys, "carbon", code=4)["carbon"]
    assert carbon["state"] == "broken"
    assert carbon["regions"] == carbon["manual"] == []
    end = line_of(root, "END AUTO-GENERATED [region=code-quality")
    begins = [n for n, line in enumerate((root / CARBON).read_text().splitlines(), 1) if "LINE [region=status]" in line]
    assert [(each["line"], each["code"]) for each in carbon["problems"]] == [
        (line_of(root, "  <!-- END AUTO-GENERATED -->"), "marker-in-container"),
        (begins[1], "duplicate-region"),
        (end, "name-mismatch"),
    ]
    assert all(each["message"] and each["advice"] for each in carbon["problems"])


def test_a_region_that_nothing_generates(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "<!-- AUTO-GENERATED SECTION [region=weather] -->\n<!-- END AUTO-GENERATED -->"
    edit(root, "TODO: what it can do.\n\n<!-- END MANUAL SECTION -->", f"x\n\n<!-- END MANUAL SECTION -->\n\n{text}")
    carbon = inspected(capsys, "carbon", code=4)["carbon"]
    assert [each["code"] for each in carbon["problems"]] == ["unknown-region"]
    assert carbon["problems"][0]["line"] == line_of(root, "[region=weather]")
    assert states(carbon)["weather"] is None


def test_a_document_that_cannot_be_read_does_not_hide_the_others(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / CARBON).unlink()
    (root / CARBON).mkdir()
    documents = inspected(capsys, "--all", code=4)
    assert [(each["line"], each["code"]) for each in documents["carbon"]["problems"]] == [(0, "unreadable")]
    assert documents["ledger"]["state"] == "valid"


def test_bytes_that_are_not_utf8_are_a_problem(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / CARBON).write_bytes(b"# Carbon\n\xff\n")
    carbon = inspected(capsys, "carbon", code=4)["carbon"]
    assert [(each["line"], each["code"]) for each in carbon["problems"]] == [(2, "not-utf8")]


def test_a_missing_document_and_what_was_never_measured(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / CARBON).unlink()
    Repository(root).store.forget("ruff", "ledger")
    documents = inspected(capsys, "--all", code=1)
    assert (documents["carbon"]["state"], documents["carbon"]["regions"]) == ("missing", [])
    assert documents["ledger"]["unmeasured"] == ["ruff"]


def test_a_document_by_its_path_from_anywhere(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(inspected(capsys, CARBON, str(root / LEDGER), "carbon")) == ["carbon", "ledger"]
    monkeypatch.chdir(root / "src/components/carbon")
    assert list(inspected(capsys, "MATURITY.md")) == ["carbon"]
    (root / CARBON).unlink()
    assert list(inspected(capsys, "./MATURITY.md", code=1)) == ["carbon"]


@pytest.mark.parametrize(
    ("word", "said"),
    [("karbon", "no component is named 'karbon'"), ("src/components/ledger.py", "is the document of no component")],
)
def test_what_is_no_component(root: Path, capsys: pytest.CaptureFixture[str], word: str, said: str) -> None:
    assert main(["inspect", "carbon", word]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err


@pytest.mark.parametrize("words", [[], ["--all", "carbon"], ["carbon", "--format", "yaml"]])
def test_wrong_arguments(root: Path, words: list[str]) -> None:
    assert main(["inspect", *words]) == 4


def test_the_text_says_lines_states_and_what_to_do(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(root, "4 violations", "no violations", LEDGER)
    (root / CARBON).write_text("# Carbon\n\n<!-- END AUTO-GENERATED -->\n")
    assert main(["inspect", "--all"]) == 4
    carbon, ledger = capsys.readouterr().out.rstrip("\n").split("\n\n")
    assert carbon == (
        f"carbon: {CARBON} is broken\n"
        "  line 3: orphan-end: no generated region is open here"
        " - remove the marker, or add the BEGIN marker that belongs to it"
    )
    assert ledger.startswith(f"ledger: {LEDGER} is edited\n  lines 3 to ")
    begin, end = (
        line_of(root, f"{word}=code-quality", LEDGER) for word in ("LINE [region", "END AUTO-GENERATED [region")
    )
    assert (
        f"\n  lines {begin} to {end}: region code-quality: edited by hand"
        " (a run overwrites it: move what is yours out of the region)"
    ) in ledger
    assert ": manual section\n" in ledger
