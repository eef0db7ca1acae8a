from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.collectors.bandit import COLLECTOR
from maturity.collectors.base import Output, Request
from maturity.errors import CollectorFailure
from maturity.metrics import SecurityMetrics
from maturity.model import Component, Facts, Failure, Finding

CAPTURED = Path(__file__).parent.parent / "data" / "bandit"
CARBON = Component(
    "carbon",
    ("src/carbon/__init__.py", "src/carbon/factors.py"),
    "src/carbon/MATURITY.md",
    inner_tests=("src/carbon/tests/test_factors.py",),
)
SOLAR = Component("solar", ("src/solar.py",), "src/solar.MATURITY.md")
WIND = Component("wind", ("src/wind.py",), "src/wind.MATURITY.md")
TIDE = Component("tide", ("src/tide.py",), "src/tide.MATURITY.md")
REQUEST = Request((CARBON, SOLAR), "/repo", "/scratch", ("python", "-m", "bandit"))
CONFIGURED = Request((CARBON, SOLAR), "/repo", "/scratch", REQUEST.tool, ("pyproject.toml",))
CLEAN_SOLAR = Facts(("src/solar.py",), {"security": SecurityMetrics(0)})
EXCLUDED = {"security": "every file is excluded by the configuration of bandit"}


def captured(case: str, code: int = 1) -> dict[str, Output]:
    def read(name: str) -> bytes:
        path = CAPTURED / case / name
        return path.read_bytes() if path.exists() else b""

    return {"check-1": Output(code, b"", read("check-1.stderr"), {"bandit-1.json": read("bandit-1.json")})}


def said(report: bytes, code: int = 0) -> dict[str, Output]:
    return {"check-1": Output(code, b"", b"", {"bandit-1.json": report})}


def test_clean() -> None:
    assert COLLECTOR.parse(REQUEST, captured("clean", 0)) == {
        "carbon": Facts(CARBON.files, {"security": SecurityMetrics(0)}),
        "solar": CLEAN_SOLAR,
    }


def test_findings_but_no_assert_of_a_test() -> None:
    found = COLLECTOR.parse(REQUEST, captured("findings"))
    carbon = found["carbon"]
    assert isinstance(carbon, Facts)
    assert carbon.files == CARBON.files
    assert carbon.metrics == {"security": SecurityMetrics(6, {"low": 5, "medium": 1})}
    assert [(finding.path, finding.line, finding.rule) for finding in carbon.findings] == [
        ("src/carbon/factors.py", 4, "B403"),
        ("src/carbon/factors.py", 5, "B404"),
        ("src/carbon/factors.py", 11, "B101"),
        ("src/carbon/factors.py", 12, "B602"),
        ("src/carbon/factors.py", 12, "B607"),
        ("src/carbon/factors.py", 13, "B301"),
    ]
    message = "Starting a process with a partial executable path"
    assert carbon.findings[4] == Finding("src/carbon/factors.py", 12, "B607", "low", message)
    assert found["solar"] == CLEAN_SOLAR


def unable(*files: str, reason: str, excluded: tuple[str, ...] = ()) -> Facts:
    """What is known of a component with a file that bandit cannot scan."""
    return Facts(files, {}, excluded, unknown={"security": reason})


def test_exit_code_0_over_missing_and_unparseable_files_is_not_zero_issues() -> None:
    request = Request((CARBON, SOLAR, WIND, TIDE), "/repo", "/scratch", REQUEST.tool)
    found = COLLECTOR.parse(request, captured("broken", 0))
    rest = ("src/carbon/__init__.py", *CARBON.inner_tests)
    assert found["carbon"] == unable(*rest, reason="src/carbon/factors.py: syntax error while parsing AST from file")
    assert found["tide"] == Failure("src/tide.py: No such file or directory")
    assert found["solar"] == CLEAN_SOLAR
    wind = found["wind"]
    assert isinstance(wind, Facts)
    assert wind.metrics == {"security": SecurityMetrics(1, {"high": 1})}


def test_a_test_of_bandit_that_crashes_is_not_passed() -> None:
    found = COLLECTOR.parse(CONFIGURED, captured("crash"))
    carbon = found["carbon"]
    assert isinstance(carbon, Facts)
    assert (carbon.metrics, carbon.unknown) == (
        {},
        {
            "security": "src/carbon/factors.py: bandit's test assert_used fails: "
            "expected str, bytes or os.PathLike object, not int (and 1 more)"
        },
    )
    assert found["solar"] == CLEAN_SOLAR


def test_excluded_files_are_not_clean_files() -> None:
    found = COLLECTOR.parse(CONFIGURED, captured("excluded"))
    carbon = found["carbon"]
    assert isinstance(carbon, Facts)
    assert (carbon.files, carbon.excluded) == (CARBON.source, CARBON.inner_tests)
    assert carbon.metrics == {"security": SecurityMetrics(6, {"low": 5, "medium": 1})}
    assert found["solar"] == Facts((), {}, ("src/solar.py",), unknown=EXCLUDED)


def test_without_configuration_nothing_can_be_excluded() -> None:
    found = COLLECTOR.parse(REQUEST, captured("excluded"))
    assert found == {
        "carbon": Failure("src/carbon/tests/test_factors.py: not accounted for by bandit"),
        "solar": Failure("src/solar.py: not accounted for by bandit"),
    }


def test_a_crash_of_bandit_has_the_exit_code_of_a_finding() -> None:
    with pytest.raises(CollectorFailure, match="left no report; it said: TypeError: unsupported operand"):
        COLLECTOR.parse(CONFIGURED, captured("config", 1))


def test_a_report_that_does_not_exist_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match="left no report; it said: nothing"):
        COLLECTOR.parse(REQUEST, {"check-1": Output(0, b'{"errors": []}', b"")})


def test_a_report_without_files_is_not_zero() -> None:
    report = b'{"errors": [], "metrics": {"_totals": {}}, "results": []}'
    assert COLLECTOR.parse(CONFIGURED, said(report)) == {
        "carbon": Facts((), {}, CARBON.files, unknown=EXCLUDED),
        "solar": Facts((), {}, SOLAR.files, unknown=EXCLUDED),
    }
    assert all(isinstance(failure, Failure) for failure in COLLECTOR.parse(REQUEST, said(report)).values())


def test_exit_code_2_is_a_failure() -> None:
    with pytest.raises(CollectorFailure, match="exit code 2"):
        COLLECTOR.parse(REQUEST, captured("clean", 2))


@pytest.mark.parametrize(
    ("files", "options"),
    [
        ((), ("-x", "")),
        (("pyproject.toml",), ("-c", "pyproject.toml", "-x", "")),
        ((".bandit",), ("--ini", ".bandit")),
        (("pyproject.toml", ".bandit"), ("-c", "pyproject.toml", "--ini", ".bandit")),
        (("src/.bandit",), ("-x", "")),
    ],
)
def test_the_configuration_at_the_root_is_read(files: tuple[str, ...], options: tuple[str, ...]) -> None:
    (step,) = COLLECTOR.steps(Request((SOLAR,), "/repo", "/scratch", ("bandit",), files))
    report = ("-f", "json", "-q", "-o", "/scratch/bandit-1.json")
    assert step.command == ("bandit", *report, *options, "--", "src/solar.py")
    assert step.reports == ("bandit-1.json",)


def test_every_portion_has_a_report_of_its_own() -> None:
    names = tuple(f"src/{number:04}_{'x' * 200}.py" for number in range(600))
    steps = COLLECTOR.steps(Request((Component("many", names, "m.md"),), "/repo", "/scratch", REQUEST.tool))
    reports = [(step.name, step.reports) for step in steps]
    assert reports == [("check-1", ("bandit-1.json",)), ("check-2", ("bandit-2.json",))]


def zero_for_all(found: Mapping[str, Facts | Failure]) -> bool:
    clean = {"security": SecurityMetrics(0)}
    return all(isinstance(facts, Facts) and facts.metrics == clean for facts in found.values())


KEYS = ["errors", "metrics", "results", "filename", "reason", "test_id", "_totals", "line_number"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.binary(), st.integers(-9, 3))
def test_no_bytes_are_a_clean_bill(report: bytes, log: bytes, code: int) -> None:
    for request in (REQUEST, CONFIGURED):
        try:
            found = COLLECTOR.parse(request, {"check-1": Output(code, b"", log, {"bandit-1.json": report})})
        except CollectorFailure:
            continue
        assert not zero_for_all(found)


@given(st.data())
def test_a_report_that_is_cut_is_a_failure(data: st.DataObject) -> None:
    whole = captured("findings")["check-1"].reports["bandit-1.json"].rstrip()
    with pytest.raises(CollectorFailure):
        COLLECTOR.parse(REQUEST, said(whole[: data.draw(st.integers(0, len(whole) - 1))], 1))


def test_the_real_bandit(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    scratch = root.parent / f"{root.name}-scratch"
    scratch.mkdir()
    odd = ("-dash.py", "CVS/x.py", "new\nline.py")
    (root / "CVS").mkdir()
    for name in (*odd, "test_x.py"):
        (root / name).write_text("assert True\n")
    (root / "broken.py").write_text("def f(:\n")
    (root / "nul.py").write_text("X = 1\0\n")
    (root / "deep.py").write_text("X = " + "-" * 10_000 + "1\n")
    (root / "deeper.py").write_text("X = " + "(" * 300 + "1" + ")" * 300 + "\n")
    components = (
        Component("odd", odd, "odd.md", ("test_x.py",)),
        Component("broken", ("broken.py",), "broken.md"),
        Component("gone", ("gone.py",), "gone.md"),
        *(Component(name, (f"{name}.py",), f"{name}.md") for name in ("nul", "deep", "deeper")),
    )

    def run(*config_files: str) -> Mapping[str, Facts | Failure]:
        request = Request(components, str(root), str(scratch), (sys.executable, "-m", "bandit"), config_files)
        (step,) = COLLECTOR.steps(request)
        ran = subprocess.run(step.command, cwd=root, capture_output=True, check=False)
        report = {"bandit-1.json": (scratch / "bandit-1.json").read_bytes()}
        return COLLECTOR.parse(request, {"check-1": Output(ran.returncode, ran.stdout, ran.stderr, report)})

    found = run()
    facts = found["odd"]
    assert isinstance(facts, Facts)
    assert facts.files == tuple(sorted((*odd, "test_x.py")))
    assert facts.metrics == {"security": SecurityMetrics(3, {"low": 3})}
    for name in ("broken", "nul", "deeper"):
        assert found[name] == unable(reason=f"{name}.py: syntax error while parsing AST from file")
    assert found["deep"] == unable(reason="deep.py: exception while scanning file")
    assert found["gone"] == Failure("gone.py: No such file or directory")

    (root / ".bandit").write_text("[bandit]\ntargets = gone.py\nformat = csv\noutput = out.csv\nexclude = dash,CVS\n")
    facts = run(".bandit")["odd"]
    assert isinstance(facts, Facts)
    assert (facts.files, facts.excluded) == (("new\nline.py", "test_x.py"), ("-dash.py", "CVS/x.py"))
    assert facts.metrics == {"security": SecurityMetrics(1, {"low": 1})}
    assert not (root / "out.csv").exists()
