"""`maturity adopt` on a real tree: a diff or a document, a log, notes, exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from maturity.cli import main

Plant = Callable[..., Path]
HAND_WRITTEN = "# {0}\n\n**Current Stage**: Staging (Promoted)\n\nProse about {0}.\n"
DOCUMENT = "src/components/{}/MATURITY.md"


@pytest.fixture
def repository(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two components with hand-written documents, and the current directory inside it."""
    root = plant("pyproject.toml", "src/components/carbon/a.py", "src/components/ledger/b.py")
    for name in ("carbon", "ledger"):
        (root / DOCUMENT.format(name)).write_text(HAND_WRITTEN.format(name), "utf-8")
    monkeypatch.chdir(root / "src")
    return root


def text_of(root: Path, name: str) -> str:
    return (root / DOCUMENT.format(name)).read_text("utf-8")


def test_the_diff_is_shown_and_nothing_is_written(repository: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["adopt", "carbon"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith(f"--- a/{DOCUMENT.format('carbon')}\n+++ b/{DOCUMENT.format('carbon')}\n@@")
    assert "\n-**Current Stage**: Staging (Promoted)\n" in out
    assert "the document claims Staging" in err
    assert text_of(repository, "carbon") == HAND_WRITTEN.format("carbon")
    assert not (repository / ".maturity/adopted").exists()


@pytest.mark.skipif(shutil.which("git") is None, reason="git applies the diff")
def test_the_diff_can_be_applied(repository: Path, capsys: pytest.CaptureFixture[str]):
    assert main(["adopt", "--all"]) == 0
    patch = capsys.readouterr().out
    subprocess.run(["git", "apply", "-"], cwd=repository, input=patch.encode(), check=True)
    applied = text_of(repository, "carbon")
    (repository / DOCUMENT.format("carbon")).write_text(HAND_WRITTEN.format("carbon"), "utf-8")
    assert main(["adopt", "carbon", "--write"]) == 0
    assert applied == text_of(repository, "carbon")


def test_a_document_is_written_its_lines_logged_and_a_second_time_refused(
    repository: Path, capsys: pytest.CaptureFixture[str]
):
    assert main(["adopt", "carbon", "--write"]) == 0
    assert "region=status" in text_of(repository, "carbon")
    assert "\nProse about carbon.\n" in text_of(repository, "carbon")
    assert text_of(repository, "ledger") == HAND_WRITTEN.format("ledger")
    log = repository / ".maturity/adopted/carbon.log"
    assert "\n-**Current Stage**: Staging (Promoted)\n" in log.read_text("utf-8")
    before = text_of(repository, "carbon"), log.read_bytes()
    assert main(["adopt", "carbon", "--write"]) == 4
    assert "adopted already" in capsys.readouterr().err
    assert before == (text_of(repository, "carbon"), log.read_bytes())


def test_a_log_is_added_to(repository: Path):
    log = repository / ".maturity/adopted/carbon.log"
    for _ in range(2):
        (repository / DOCUMENT.format("carbon")).write_text(HAND_WRITTEN.format("carbon"), "utf-8")
        assert main(["adopt", "carbon", "--write"]) == 0
    assert log.read_text("utf-8").count("-**Current Stage**: Staging") == 2


def test_a_log_that_cannot_be_written_stops_the_adoption(repository: Path, capsys: pytest.CaptureFixture[str]):
    (repository / ".maturity/adopted/carbon.log").mkdir(parents=True)
    assert main(["adopt", "carbon", "--write"]) == 2
    assert ".maturity/adopted/carbon.log: cannot be written: Is a directory" in capsys.readouterr().err
    assert text_of(repository, "carbon") == HAND_WRITTEN.format("carbon")


def test_all_goes_on_after_a_refusal(repository: Path, capsys: pytest.CaptureFixture[str]):
    (repository / DOCUMENT.format("carbon")).write_bytes(b"\xff")
    assert main(["adopt", "--all", "--write"]) == 4
    assert f"maturity: {DOCUMENT.format('carbon')}: not adopted: line 1: not-utf8" in capsys.readouterr().err
    assert "region=status" in text_of(repository, "ledger")


def test_with_all_what_is_adopted_or_missing_is_no_failure(repository: Path, capsys: pytest.CaptureFixture[str]):
    (repository / DOCUMENT.format("carbon")).unlink()
    assert main(["adopt", "ledger", "--write"]) == 0
    assert main(["adopt", "--all"]) == 0
    assert "does not exist" in capsys.readouterr().err
    assert main(["adopt", "carbon"]) == 4


def test_a_directory_in_the_place_of_a_document(repository: Path, capsys: pytest.CaptureFixture[str]):
    (repository / DOCUMENT.format("carbon")).unlink()
    (repository / DOCUMENT.format("carbon")).mkdir()
    assert main(["adopt", "carbon"]) == 4
    assert "is not a regular file" in capsys.readouterr().err


def test_notes_name_file_and_line(repository: Path, capsys: pytest.CaptureFixture[str]):
    (repository / DOCUMENT.format("carbon")).write_text("**Stage**: Staging\n\n---\n**Stage**: Production\n", "utf-8")
    assert main(["adopt", "carbon"]) == 0
    note = f"{DOCUMENT.format('carbon')}:1: contradiction: the stage is Staging in line 1; Production in line 4"
    assert note in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["carbn"], 3, "did you mean 'carbon'"),
        (["carbon", "nobody"], 3, "no component is named 'nobody'"),
        ([], 4, "say which"),
        (["carbon", "--all"], 4, "say which"),
        (["--wirte"], 4, "there is no option --wirte; did you mean '--write'?"),
    ],
)
def test_what_is_refused_before_any_document_is_read(
    repository: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int, message: str
):
    assert main(["adopt", *words]) == code
    assert message in capsys.readouterr().err
    assert text_of(repository, "carbon") == HAND_WRITTEN.format("carbon")


@pytest.mark.parametrize("link", [True, False])
def test_mode_and_link_are_kept(repository: Path, link: bool):
    place = repository / DOCUMENT.format("carbon")
    target = repository / "elsewhere.md" if link else place
    if link:
        place.rename(target)
        place.symlink_to(target)
    target.chmod(0o640)
    assert main(["adopt", "carbon", "--write"]) == 0
    assert place.is_symlink() == link
    assert target.stat().st_mode & 0o777 == 0o640
    assert "region=status" in target.read_text("utf-8")


def adopted(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, dict]:
    """What is said of each document, as JSON, by component."""
    assert main(["adopt", "--format", "json", *words]) == code
    out, err = capsys.readouterr()
    said = json.loads(out)
    Draft202012Validator(json.loads(files("maturity").joinpath("schemas/adoption.schema.json").read_text())).validate(
        said
    )
    assert (said["form"], said["format"], err) == ("maturity-adoption", 1, "")
    return {each["component"]: each for each in said["documents"]}


def test_as_json(repository: Path, capsys: pytest.CaptureFixture[str]):
    (repository / DOCUMENT.format("ledger")).unlink()
    carbon, ledger = adopted(capsys, "--all").values()
    assert (carbon["outcome"], carbon["claimed"], carbon["log"]) == ("proposed", "Staging", None)
    assert "-**Current Stage**: Staging (Promoted)" in carbon["diff"].splitlines()
    assert (ledger["outcome"], ledger["diff"]) == ("missing", "")
    assert text_of(repository, "carbon") == HAND_WRITTEN.format("carbon")
    written = adopted(capsys, "carbon", "--write")["carbon"]
    assert written["outcome"] == "adopted"
    assert (repository / written["log"]).is_file()
    assert adopted(capsys, "carbon", code=4)["carbon"]["outcome"] == "already adopted"
    assert adopted(capsys, "--all")["carbon"]["message"]
    (repository / DOCUMENT.format("carbon")).write_text("This document has moved to x.md\n", "utf-8")
    assert adopted(capsys, "carbon", code=4)["carbon"]["outcome"] == "refused"
