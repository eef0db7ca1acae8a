from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.collectors.base import Output, Request
from maturity.collectors.ruff import COLLECTOR
from maturity.errors import CollectorFailure
from maturity.metrics import LintingMetrics
from maturity.model import Component, Facts, Failure, Finding

CAPTURED = Path(__file__).parent.parent / "data" / "ruff"
CARBON = Component(
    "carbon",
    ("src/carbon/__init__.py", "src/carbon/factors.py"),
    "src/carbon/MATURITY.md",
    inner_tests=("src/carbon/tests/test_factors.py",),
)
SOLAR = Component("solar", ("src/solar.py",), "src/solar.MATURITY.md")
WIND = Component("wind", ("src/wind.py",), "src/wind.MATURITY.md")
REQUEST = Request((CARBON, SOLAR), "/repo", "/scratch", ("python", "-m", "ruff"))
UTF_8_ONLY = "ruff reads UTF-8 only; convert the file, or leave it out in ruff's configuration"
CLEAN_SOLAR = Facts(("src/solar.py",), {"linting": LintingMetrics(0)})


def captured(case: str, code: int = 1) -> dict[str, Output]:
    def read(name: str) -> bytes:
        path = CAPTURED / case / name
        return path.read_bytes() if path.exists() else b""

    return {step: Output(code, read(f"{step}.stdout"), read(f"{step}.stderr")) for step in ("list-1", "check-1")}


def said(listed: bytes, checked: bytes) -> dict[str, Output]:
    return {"list-1": Output(1, listed, b""), "check-1": Output(1, checked, b"")}


def diagnostics(*paths: str, **more: object) -> bytes:
    return json.dumps([{"filename": f"/repo/{path}", "message": "m", **more} for path in paths]).encode()


def test_clean() -> None:
    assert COLLECTOR.parse(REQUEST, captured("clean")) == {
        "carbon": Facts(CARBON.files, {"linting": LintingMetrics(0)}),
        "solar": CLEAN_SOLAR,
    }


def test_findings() -> None:
    assert COLLECTOR.parse(REQUEST, captured("findings")) == {
        "carbon": Facts(
            CARBON.files,
            {"linting": LintingMetrics(3, {"error": 3}, {"F401": 2, "F821": 1})},
            findings=(
                Finding("src/carbon/factors.py", 3, "F401", "error", "`os` imported but unused", "safe"),
                Finding(CARBON.inner_tests[0], 1, "F401", "error", "`missing_module` imported but unused", "safe"),
                Finding(CARBON.inner_tests[0], 5, "F821", "error", "Undefined name `FACTORS`"),
            ),
        ),
        "solar": CLEAN_SOLAR,
    }


@pytest.mark.parametrize(
    ("fix", "kept"),
    [
        (None, ""),
        ({"applicability": "safe", "edits": []}, "safe"),
        ({"applicability": "unsafe", "edits": []}, "unsafe"),
        ({"applicability": "display", "edits": []}, ""),
        ({"edits": []}, ""),
    ],
)
def test_what_ruff_can_mend_itself_is_noted(fix: object, kept: str) -> None:
    listed, checked = diagnostics(*(*CARBON.files, *SOLAR.files)), diagnostics("src/solar.py", fix=fix)
    facts = COLLECTOR.parse(REQUEST, said(listed, checked))["solar"]
    assert isinstance(facts, Facts)
    assert [finding.fix for finding in facts.findings] == [kept]


def test_a_syntax_error_is_a_finding() -> None:
    facts = COLLECTOR.parse(REQUEST, captured("syntax"))["carbon"]
    assert isinstance(facts, Facts)
    rules = {"F401": 1, "F821": 1, "invalid-syntax": 2}
    assert facts.metrics == {"linting": LintingMetrics(4, {"error": 4}, rules)}
    message = "Expected a parameter or the end of the parameter list"
    assert facts.findings[0] == Finding("src/carbon/factors.py", 1, "invalid-syntax", "error", message)


def test_a_syntax_error_in_preview_mode_has_no_code() -> None:
    found = COLLECTOR.parse(
        REQUEST, said(diagnostics(*CARBON.files, *SOLAR.files), diagnostics("src/solar.py", code=None))
    )
    metrics = LintingMetrics(1, {"error": 1}, {"invalid-syntax": 1})
    finding = Finding("src/solar.py", 0, "invalid-syntax", "error", "m")
    assert found["solar"] == Facts(("src/solar.py",), {"linting": metrics}, findings=(finding,))


def test_a_missing_or_unreadable_file_is_no_violation() -> None:
    more = Component("carbon", (*CARBON.source, "src/carbon/gone.py"), CARBON.document, CARBON.inner_tests)
    request = Request((more, SOLAR, WIND), "/repo", "/scratch", REQUEST.tool, ("pyproject.toml",))
    assert COLLECTOR.parse(request, captured("broken")) == {
        "carbon": Failure("src/carbon/gone.py: No such file or directory (os error 2)"),
        "solar": CLEAN_SOLAR,
        "wind": Facts((), {}, unknown={"linting": f"src/wind.py: {UTF_8_ONLY}"}),
    }


def test_excluded_files_are_not_clean_files() -> None:
    found = COLLECTOR.parse(REQUEST, captured("excluded"))
    carbon = found["carbon"]
    assert isinstance(carbon, Facts)
    assert (carbon.files, carbon.excluded) == (CARBON.source, CARBON.inner_tests)
    assert carbon.metrics == {"linting": LintingMetrics(1, {"error": 1}, {"F401": 1})}
    reason = {"linting": "every file is excluded by the configuration of ruff"}
    assert found["solar"] == Facts((), {}, ("src/solar.py",), unknown=reason)


def test_a_configuration_error_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match=r"exit code 2: ruff failed .* unknown field `line-lenght`"):
        COLLECTOR.parse(REQUEST, captured("config", 2))


def test_all_checks_passed_over_no_file_is_not_zero() -> None:
    for facts in COLLECTOR.parse(REQUEST, said(b"[]", b"[]")).values():
        assert isinstance(facts, Facts)
        assert not facts.metrics
        assert set(facts.unknown) == {"linting"}


def test_text_instead_of_json_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match="All checks passed!"):
        COLLECTOR.parse(REQUEST, said(b"All checks passed!\n", b"All checks passed!\n"))


def test_a_file_that_nobody_asked_about_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match=r"speaks of src/other\.py"):
        COLLECTOR.parse(REQUEST, said(diagnostics("src/other.py"), b"[]"))


def test_a_root_that_is_not_resolved_gives_no_figure() -> None:
    with pytest.raises(CollectorFailure, match="/repo/src"):
        COLLECTOR.parse(Request((CARBON, SOLAR), "/link", "/scratch", REQUEST.tool), captured("clean"))


def test_a_crash_of_ruff_in_a_file_is_no_violation() -> None:
    crashed = diagnostics("src/solar.py", code="panic", severity="fatal")
    found = COLLECTOR.parse(REQUEST, said(diagnostics(*CARBON.files, *SOLAR.files), crashed))
    assert found["solar"] == Facts((), {}, unknown={"linting": "src/solar.py: m"})


def test_a_file_that_only_the_first_run_cannot_read_is_not_excluded() -> None:
    listed = json.loads(diagnostics(*CARBON.files)) + json.loads(diagnostics("src/solar.py", code="E902"))
    found = COLLECTOR.parse(REQUEST, said(json.dumps(listed).encode(), b"[]"))
    assert found["solar"] == Failure("src/solar.py: m")


def test_no_file_is_no_step() -> None:
    assert COLLECTOR.steps(Request((), "/repo", "/scratch", REQUEST.tool)) == ()


def test_many_files_are_checked_in_portions() -> None:
    names = tuple(f"src/{number:04}_{'x' * 200}.py" for number in range(600))
    request = Request((Component("many", names, "m.md"),), "/repo", "/scratch", REQUEST.tool)
    steps = COLLECTOR.steps(request)
    assert [step.name for step in steps] == ["list-1", "check-1", "list-2", "check-2"]
    listed = [step.command[step.command.index("--") + 1 :] for step in steps if step.name.startswith("list")]
    assert listed[0] + listed[1] == names
    outputs = {step.name: Output(1, b"[]", b"") for step in steps}
    for number, portion in enumerate(listed, start=1):
        outputs[f"list-{number}"] = Output(1, diagnostics(*portion), b"")
    assert COLLECTOR.parse(request, outputs) == {"many": Facts(names, {"linting": LintingMetrics(0)})}
    del outputs["check-2"]
    with pytest.raises(CollectorFailure, match="check-2"):
        COLLECTOR.parse(request, outputs)


def zero_for_all(found: Mapping[str, Facts | Failure]) -> bool:
    clean = {"linting": LintingMetrics(0)}
    return all(isinstance(facts, Facts) and facts.metrics == clean for facts in found.values())


KEYS = ["filename", "message", "code", "severity", "location", "row"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.sampled_from(["list-1", "check-1"]))
def test_any_output_is_an_answer_or_a_failure(raw: bytes, step: str) -> None:
    for code in (0, 1, 2):
        try:
            found = COLLECTOR.parse(REQUEST, {**captured("findings"), step: Output(code, raw, b"")})
        except CollectorFailure:
            continue
        assert step == "check-1" or not zero_for_all(found)


@given(st.binary(), st.binary())
def test_no_bytes_are_a_clean_bill(listed: bytes, checked: bytes) -> None:
    try:
        found = COLLECTOR.parse(REQUEST, said(listed, checked))
    except CollectorFailure:
        return
    assert not zero_for_all(found)


@given(st.sets(st.sampled_from([*CARBON.files, *SOLAR.files])))
def test_only_listed_files_are_accounted_for(listed: set[str]) -> None:
    found = COLLECTOR.parse(REQUEST, said(diagnostics(*sorted(listed)), b"[]"))
    for facts in found.values():
        assert isinstance(facts, Facts)
        assert bool(facts.metrics) == bool(facts.files)
    assert {file for facts in found.values() if isinstance(facts, Facts) for file in facts.files} == listed


def test_the_real_ruff(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    scratch = root.parent / f"{root.name}-scratch"
    config = 'fix = true\nfix-only = true\nshow-fixes = true\nunsafe-fixes = true\noutput-format = "github"\n'
    (root / "ruff.toml").write_text(config + '[lint]\nselect = ["F"]\nignore = ["E902"]\nexclude = ["quiet.py"]\n')
    unused = "import os\n"
    odd = ("-dash.py", "new\nline.py", "with space/%20#é.py", "silent.py")
    (root / "with space").mkdir()
    for name in (*odd, "quiet.py"):
        (root / name).write_text("# ruff: noqa\n" + unused if name == "silent.py" else unused, encoding="utf-8")
    components = (
        Component("odd", odd, "odd.md"),
        Component("quiet", ("quiet.py",), "quiet.md"),
        Component("gone", ("gone.py",), "gone.md"),
    )
    request = Request(components, str(root), str(scratch), (sys.executable, "-m", "ruff"), ("ruff.toml",))
    outputs: dict[str, Output] = {}
    for step in COLLECTOR.steps(request):
        ran = subprocess.run(step.command, cwd=root, capture_output=True, check=False)
        outputs[step.name] = Output(ran.returncode, ran.stdout, ran.stderr)
    found = COLLECTOR.parse(request, outputs)
    facts = found["odd"]
    assert isinstance(facts, Facts)
    assert facts.files == tuple(sorted(odd))
    assert facts.metrics == {"linting": LintingMetrics(3, {"error": 3}, {"F401": 3})}
    assert [finding.path for finding in facts.findings] == sorted(set(odd) - {"silent.py"})
    assert found["quiet"] == Facts(
        (), {}, ("quiet.py",), unknown={"linting": "every file is excluded by the configuration of ruff"}
    )
    assert found["gone"] == Failure("gone.py: No such file or directory (os error 2)")
    assert (root / "-dash.py").read_text() == unused
