from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.collectors.base import Output, Request, Step
from maturity.collectors.pyright import BELOW, COLLECTOR
from maturity.errors import CollectorFailure
from maturity.metrics import TypeCheckingMetrics
from maturity.model import Component, Facts, Failure, Finding

CAPTURED = Path(__file__).parent.parent / "data" / "pyright"
CARBON = Component(
    "carbon",
    ("src/carbon/__init__.py", "src/carbon/factors.py"),
    "src/carbon/MATURITY.md",
    inner_tests=("src/carbon/tests/test_factors.py",),
)
SOLAR = Component("solar", ("src/solar.py",), "src/solar.MATURITY.md")
TOOL = ("/venv/bin/python", "-P", "-m", "pyright")
REQUEST = Request((CARBON, SOLAR), "/repo", "/scratch", TOOL)
CONFIGURED = Request((CARBON, SOLAR), "/repo", "/scratch", TOOL, ("pyrightconfig.json",))
CLEAN_SOLAR = Facts(("src/solar.py",), {"type_checking": TypeCheckingMetrics(0)})
EXCLUDED = {"type_checking": "every file is excluded by the configuration of pyright"}
WRONG_TYPE = Finding(
    "src/carbon/factors.py",
    7,
    "reportAssignmentType",
    "error",
    'Type "dict[str, str]" is not assignable to declared type "dict[str, float]" '
    '"Literal[\'0.9\']" is not assignable to "float"',
)


def captured(case: str, *codes: int) -> dict[str, Output]:
    def read(name: str) -> bytes:
        path = CAPTURED / case / name
        return path.read_bytes() if path.exists() else b""

    names = [(f"check-{number}", code) for number, code in enumerate(codes, start=1)]
    return {name: Output(code, read(f"{name}.stdout"), read(f"{name}.stderr")) for name, code in names}


def said(files_analyzed: int, *diagnostics: dict[str, object]) -> dict[str, Output]:
    report = {"generalDiagnostics": diagnostics, "summary": {"filesAnalyzed": files_analyzed}}
    return {"check-1": Output(1, json.dumps(report).encode(), b"")}


def diagnostic(path: str, severity: str = "error") -> dict[str, object]:
    return {"file": f"/repo/{path}", "severity": severity, "message": "m"}


def test_clean() -> None:
    assert COLLECTOR.parse(REQUEST, captured("clean", 0)) == {
        "carbon": Facts(CARBON.files, {"type_checking": TypeCheckingMetrics(0)}),
        "solar": CLEAN_SOLAR,
    }


def test_findings() -> None:
    missing = 'Import "missing_module" could not be resolved'
    assert COLLECTOR.parse(REQUEST, captured("findings", 1)) == {
        "carbon": Facts(
            CARBON.files,
            {"type_checking": TypeCheckingMetrics(3)},
            findings=(
                WRONG_TYPE,
                Finding(CARBON.inner_tests[0], 1, "reportMissingImports", "error", missing),
                Finding(CARBON.inner_tests[0], 5, "reportUndefinedVariable", "error", '"FACTORS" is not defined'),
            ),
        ),
        "solar": CLEAN_SOLAR,
    }


def test_a_missing_file_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match=r"exit code 4: File or directory .*gone\.py"):
        COLLECTOR.parse(REQUEST, captured("broken", 4))


def test_a_configuration_that_cannot_be_read_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match=r'exit code 3: Config file "pyrightconfig\.json" could not be parsed'):
        COLLECTOR.parse(CONFIGURED, captured("config", 3, 3))


def test_text_instead_of_json_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match="No source files found"):
        COLLECTOR.parse(REQUEST, {"check-1": Output(0, b"No source files found.\n", b"")})


def test_no_error_in_no_file_is_not_zero() -> None:
    assert COLLECTOR.parse(CONFIGURED, captured("nothing", 0, 0)) == {
        "carbon": Facts((), {}, CARBON.files, unknown=EXCLUDED),
        "solar": Facts((), {}, SOLAR.files, unknown=EXCLUDED),
    }


def test_excluded_tests_are_told_from_checked_sources() -> None:
    assert COLLECTOR.parse(CONFIGURED, captured("excluded", 1, 0)) == {
        "carbon": Facts(
            CARBON.source, {"type_checking": TypeCheckingMetrics(1)}, CARBON.inner_tests, findings=(WRONG_TYPE,)
        ),
        "solar": CLEAN_SOLAR,
    }


def listed(*files: str) -> dict[str, Output]:
    """What the further process says: it names what the configuration does not exclude."""
    lines = [f'File or directory "/repo/{file}/{BELOW}" does not exist.' for file in files]
    return {"list-1": Output(0, b"", "\n".join(lines).encode())}


def test_which_files_are_excluded_is_asked_only_where_the_count_leaves_it_open() -> None:
    assert COLLECTOR.further(CONFIGURED, captured("excluded", 1, 0)) == ()
    assert COLLECTOR.further(REQUEST, captured("partial", 0, 1)) == ()
    (step,) = COLLECTOR.further(CONFIGURED, captured("partial", 0, 1))
    assert step.name == "list-1"
    python = ("--pythonpath", "/venv/bin/python")
    assert step.command == (*TOOL, "--outputjson", "--project", "/scratch/list-1.json", *python)
    include = [f"../repo/{file}/{BELOW}" for file in (*CARBON.source, "src/solar.py")]
    wanted = {"extends": "../repo/pyrightconfig.json", "include": include}
    assert json.loads(step.writes["list-1.json"]) == wanted


def test_what_the_configuration_excludes_is_left_out() -> None:
    outputs = captured("partial", 0, 1) | listed("src/carbon/__init__.py", "src/solar.py")
    found = COLLECTOR.parse(CONFIGURED, outputs)
    carbon = found["carbon"]
    assert isinstance(carbon, Facts)
    assert carbon.excluded == ("src/carbon/factors.py",)
    assert found["solar"] == CLEAN_SOLAR


def test_a_list_that_the_count_contradicts_is_not_believed() -> None:
    found = COLLECTOR.parse(CONFIGURED, captured("partial", 0, 1) | listed("src/solar.py"))
    for answer in found.values():
        assert isinstance(answer, Facts)
        assert answer.metrics == {}
        assert "does not say which" in answer.unknown["type_checking"]


def test_a_count_that_fits_no_file_is_a_failure() -> None:
    reason = "pyright looked at 2 of 3 files and does not say which (see its `exclude`)"
    assert COLLECTOR.parse(CONFIGURED, captured("partial", 0, 1)) == {
        "carbon": Failure(f"src/carbon/__init__.py: {reason} (and 1 more)"),
        "solar": Failure(f"src/solar.py: {reason}"),
    }


def test_every_severity_counts_as_itself() -> None:
    severities = ("error", "warning", "warning", "information", "information", "information")
    found = COLLECTOR.parse(REQUEST, said(4, *(diagnostic("src/solar.py", severity) for severity in severities)))
    solar = found["solar"]
    assert isinstance(solar, Facts)
    assert solar.metrics == {"type_checking": TypeCheckingMetrics(1, 2, 3)}
    assert solar.findings[0] == Finding("src/solar.py", 0, "syntax", "error", "m")


def test_a_severity_that_is_not_known_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match="hint"):
        COLLECTOR.parse(REQUEST, said(4, diagnostic("src/solar.py", "hint")))


def test_a_file_that_was_not_passed_neither_counts_nor_fills_a_gap() -> None:
    clean = COLLECTOR.parse(REQUEST, said(5, diagnostic("src/other.py")))
    assert clean["solar"] == CLEAN_SOLAR
    short = COLLECTOR.parse(REQUEST, said(4, diagnostic("src/other.py")))
    assert all(isinstance(failure, Failure) for failure in short.values())


def test_a_root_that_is_not_resolved_gives_no_figure() -> None:
    found = COLLECTOR.parse(Request((CARBON, SOLAR), "/link", "/scratch", TOOL), captured("findings", 1))
    assert all(isinstance(failure, Failure) for failure in found.values())


def test_the_interpreter_is_named_where_it_is_known() -> None:
    (step,) = COLLECTOR.steps(Request((SOLAR,), "/repo", "/scratch", TOOL))
    options = ("--outputjson", "--project", ".")
    assert step.command == (*TOOL, *options, "--pythonpath", "/venv/bin/python", "./src/solar.py")
    (step,) = COLLECTOR.steps(Request((SOLAR,), "/repo", "/scratch", ("uv", "run", "pyright")))
    assert step.command == ("uv", "run", "pyright", *options, "./src/solar.py")


def test_tests_have_a_process_of_their_own_where_there_is_a_configuration() -> None:
    assert [step.command[-1] for step in COLLECTOR.steps(REQUEST)] == ["./src/solar.py"]
    assert [step.command[-1] for step in COLLECTOR.steps(CONFIGURED)] == [
        "./src/solar.py",
        f"./{CARBON.inner_tests[0]}",
    ]
    assert COLLECTOR.steps(Request((), "/repo", "/scratch", TOOL)) == ()


def zero_for_all(found: Mapping[str, Facts | Failure]) -> bool:
    clean = {"type_checking": TypeCheckingMetrics(0)}
    return all(isinstance(facts, Facts) and facts.metrics == clean for facts in found.values())


KEYS = ["generalDiagnostics", "summary", "filesAnalyzed", "file", "severity", "message", "range", "start", "line"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(max_value=3) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.integers(-9, 5))
def test_no_bytes_are_a_clean_bill(raw: bytes, code: int) -> None:
    try:
        found = COLLECTOR.parse(REQUEST, {"check-1": Output(code, raw, b"")})
    except CollectorFailure:
        return
    assert not zero_for_all(found)


@given(st.integers(-3, 9), st.sets(st.sampled_from([*CARBON.files, *SOLAR.files, "src/other.py", "src/more.py"])))
def test_only_a_full_count_is_a_figure(count: int, paths: set[str]) -> None:
    found = COLLECTOR.parse(REQUEST, said(count, *(diagnostic(path) for path in sorted(paths))))
    strays = paths & {"src/other.py", "src/more.py"}
    measured = [facts for facts in found.values() if isinstance(facts, Facts) and facts.metrics]
    assert len(measured) == (2 if count - len(strays) == 4 else 0)


@given(st.data())
def test_an_output_that_is_cut_is_a_failure(data: st.DataObject) -> None:
    whole = captured("findings", 1)["check-1"].stdout.rstrip()
    with pytest.raises(CollectorFailure):
        COLLECTOR.parse(REQUEST, {"check-1": Output(1, whole[: data.draw(st.integers(0, len(whole) - 1))], b"")})


def really(components: tuple[Component, ...], root: Path, configuration: str) -> Mapping[str, Facts | Failure]:
    """What the real pyright says of some components."""
    scratch = root.parent / "scratch"
    scratch.mkdir(exist_ok=True)
    tool = (sys.executable, "-P", "-m", "pyright")
    request = Request(components, str(root), str(scratch), tool, (configuration,))
    outputs: dict[str, Output] = {}

    def run(steps: tuple[Step, ...]) -> None:
        for step in steps:
            for name, content in step.writes.items():
                (scratch / name).write_bytes(content)
            ran = subprocess.run(step.command, cwd=root, capture_output=True, check=False)
            outputs[step.name] = Output(ran.returncode, ran.stdout, ran.stderr)

    run(COLLECTOR.steps(request))
    run(COLLECTOR.further(request, outputs))
    return COLLECTOR.parse(request, outputs)


def test_the_real_pyright(tmp_path: Path) -> None:
    root = tmp_path.resolve() / "repo"
    root.mkdir()
    (root.parent / "pyrightconfig.json").write_text('{"typeCheckingMode": "off"}')
    (root / "pyproject.toml").write_text(
        '[tool.pyright]\nreportUnusedExpression = "warning"\nexclude = ["test_*.py"]\n'
    )
    names = ("-dash.py", "with %20 #é.py")
    for name in (*names, "test_x.py"):
        (root / name).write_text('x: int = "a"\n1 + 1\nimport hypothesis\n')
    components = (Component("odd", names, "odd.md", ("test_x.py",)),)
    facts = really(components, root, "pyproject.toml")["odd"]
    assert isinstance(facts, Facts)
    assert (facts.files, facts.excluded) == (names, ("test_x.py",))
    assert facts.metrics == {"type_checking": TypeCheckingMetrics(errors=2, warnings=2)}
    assert [(finding.path, finding.line) for finding in facts.findings] == [
        (name, line) for name in names for line in (1, 2)
    ]


@pytest.mark.parametrize("configuration", ["pyproject.toml", "pyrightconfig.json"])
def test_the_real_pyright_says_which_files_it_leaves_out(tmp_path: Path, configuration: str) -> None:
    root = tmp_path.resolve() / "repo"
    (root / "wire").mkdir(parents=True)
    exclude = ["**/*_pb2.py", "wire/old é"]
    text = (
        f"[tool.pyright]\nexclude = {exclude}\n" if configuration.endswith("toml") else json.dumps({"exclude": exclude})
    )
    (root / configuration).write_text(text, "utf-8")
    (root / "wire" / "old é").mkdir()
    source = ("wire/__init__.py", "wire/a_pb2.py", "wire/old é/b.py", "wire/with %20 #é.py")
    for name in (*source, "plain.py"):
        (root / name).write_text('x: int = "a"\n')
    components = (Component("wire", source, "wire.md"), Component("plain", ("plain.py",), "plain.md"))
    found = really(components, root, configuration)
    wire, plain = found["wire"], found["plain"]
    assert isinstance(wire, Facts)
    assert isinstance(plain, Facts)
    assert wire.files == (source[0], source[3])
    assert wire.excluded == (source[1], source[2])
    assert wire.metrics == {"type_checking": TypeCheckingMetrics(errors=2)}
    assert plain.metrics == {"type_checking": TypeCheckingMetrics(errors=1)}
