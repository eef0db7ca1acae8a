from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coverage
import pytest

from maturity.collectors.base import Output, Request
from maturity.collectors.tests import PYTEST
from maturity.errors import CollectorFailure
from maturity.metrics import CoverageMetrics, TestMetrics
from maturity.model import Component, Facts
from maturity.processes import probe

PKG = {
    "pkg/__init__.py": "",
    "pkg/used.py": """
        def sign(number):
            if number < 0:
                return -1
            return 1


        def debug():  # pragma: no cover
            return locals()
    """,
    "pkg/unused.py": "def idle():\n    return 0\n",
    "pkg/plain/deep.py": "if True:\n    LEVEL = 2\nelse:\n    LEVEL = 3\n",
    "tests/test_pkg.py": "from pkg.used import sign\n\n\ndef test_sign():\n    assert sign(3) == 1\n",
}
TESTS = ("tests/test_pkg.py",)
SOURCES = tuple(path for path in PKG if path.startswith("pkg/"))


@dataclass(frozen=True)
class Ran:
    """A real run of the probe, read back."""

    returncode: int
    stdout: str
    stderr: str
    reports: Mapping[str, bytes]

    def report(self, name: str) -> Any:
        return json.loads(self.reports[f"{name}.json"])

    def figures(self) -> dict[str, tuple[int, ...]]:
        return {path: counts(entry["summary"]) for path, entry in self.report("coverage")["files"].items()}

    def facts(self, sources: tuple[str, ...] = ()) -> Facts:
        component = Component("x", sources, "", tests=TESTS)
        output = Output(self.returncode, self.stdout.encode(), self.stderr.encode(), self.reports)
        found = PYTEST.parse(Request((component,), "/repo", "/scratch", ("python",)), {"pytest": output})["x"]
        assert isinstance(found, Facts)
        return found

    def tests(self) -> object:
        return self.facts().metrics["tests"]


def counts(summary: Mapping[str, int]) -> tuple[int, ...]:
    names = ("covered_lines", "num_statements", "covered_branches", "num_branches")
    return tuple(summary.get(name, 0) for name in names)


class Repository:
    """Files in a directory of their own, and pytest over them."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self.root, self.scratch = root, scratch

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")

    def run(self, sources: tuple[str, ...] = SOURCES, arguments: tuple[str, ...] = TESTS) -> Ran:
        request = self.scratch / "request.json"
        request.write_text(json.dumps({"sources": sources, "arguments": arguments}))
        done = self.start(probe.__file__, str(request))
        reports = {path.name: path.read_bytes() for path in self.scratch.glob("*.json")}
        return Ran(done.returncode, done.stdout, done.stderr, reports)

    def by_hand(self, *options: str) -> Any:
        """The JSON report of `coverage run -m pytest`."""
        self.start("-m", "coverage", "run", "--data-file=by-hand", *options, "-m", "pytest", *TESTS)
        self.start("-m", "coverage", "json", "--data-file=by-hand", "-o", "by-hand.json", "--fail-under=0")
        return json.loads((self.root / "by-hand.json").read_bytes())

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # quicker, and the probe must do without
        command = [sys.executable, *arguments]
        return subprocess.run(command, cwd=self.root, env=environment, capture_output=True, text=True, errors="replace")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    for name in ("repo", "scratch"):
        (tmp_path / name).mkdir()
    return Repository(tmp_path / "repo", tmp_path / "scratch")


# Coverage


def test_every_file_counts_whether_imported_or_not(repository: Repository) -> None:
    repository.write(PKG | {".coveragerc": "[report]\ninclude_namespace_packages = true\n"})
    ran = repository.run()
    assert ran.figures() == {
        "pkg/__init__.py": (0, 0, 0, 0),
        "pkg/used.py": (3, 4, 0, 0),
        "pkg/unused.py": (0, 2, 0, 0),
        "pkg/plain/deep.py": (0, 2, 0, 0),
    }
    found = ran.facts(SOURCES)
    total = found.metrics["coverage"]
    by_hand = repository.by_hand("--source=pkg")
    assert {path: counts(entry["summary"]) for path, entry in by_hand["files"].items()} == ran.figures()
    assert isinstance(total, CoverageMetrics)
    assert (total.lines_covered, total.lines_total, 0, 0) == counts(by_hand["totals"])
    missing = {"pkg/used.py": (3,), "pkg/unused.py": (1, 2), "pkg/plain/deep.py": (1, 2)}
    assert total.missing_lines == missing
    assert found.files == SOURCES


def test_a_single_file_is_measured_as_a_file(repository: Repository) -> None:
    repository.write(PKG)
    ran = repository.run(("pkg/used.py",))
    by_hand = repository.by_hand("--include=pkg/used.py")
    assert ran.figures() == {"pkg/used.py": counts(by_hand["totals"])} == {"pkg/used.py": (3, 4, 0, 0)}


def test_the_settings_of_the_user_apply(repository: Repository) -> None:
    settings = """
        [run]
        branch = true
        omit = pkg/unused.py
        [report]
        omit = */deep.py
        exclude_also = return 4
        fail_under = 100
        skip_covered = true
        skip_empty = true
        ignore_errors = true
    """
    used = (
        "def sign(number):\n    if number < 0:\n        return -1\n    if number > 9:\n        return 4\n    return 1\n"
    )
    repository.write(PKG | {".coveragerc": settings, "pkg/used.py": used})
    ran = repository.run()
    by_hand = repository.by_hand("--source=pkg")
    assert ran.figures() == {path: counts(entry["summary"]) for path, entry in by_hand["files"].items()}
    assert ran.figures()["pkg/used.py"] == (4, 5, 1, 2)
    assert ran.report("coverage")["omitted"] == ["pkg/unused.py", "pkg/plain/deep.py"]
    assert ran.facts(SOURCES).excluded == ("pkg/unused.py", "pkg/plain/deep.py")


@pytest.mark.parametrize(
    "settings",
    [
        "[run]\nsource = elsewhere\nsource_pkgs = elsewhere\ndata_file = mine\n",
        "[run]\ninclude = no/*\nparallel = true\n[paths]\nx =\n    elsewhere\n    */repo\n",
        "[report]\ninclude = no/*\n[run]\nplugins = greedy\nrelative_files = true\ndynamic_context = test_function\n",
    ],
)
def test_settings_of_what_is_measured_and_where_it_goes_do_not(repository: Repository, settings: str) -> None:
    plugin = """
        import coverage

        class Greedy(coverage.CoveragePlugin):
            def configure(self, config):
                config.set_option("run:source", ["elsewhere"])

        def coverage_init(reg, options):
            reg.add_configurer(Greedy())
    """
    repository.write(PKG | {".coveragerc": settings, "elsewhere/pkg/used.py": "X = 1\n", "greedy.py": plugin})
    ran = repository.run()
    assert ran.figures() == {
        "pkg/__init__.py": (0, 0, 0, 0),
        "pkg/used.py": (3, 4, 0, 0),
        "pkg/unused.py": (0, 2, 0, 0),
        "pkg/plain/deep.py": (0, 2, 0, 0),
    }
    assert ran.report("coverage")["omitted"] == []
    left = {path.name for path in repository.root.iterdir()} - {"__pycache__"}
    assert left == {".coveragerc", "elsewhere", "greedy.py", "pkg", "tests"}
    assert ran.stderr == ""


def test_other_processes_are_measured_as_the_user_has_set(repository: Repository) -> None:
    rooms = """
        def room(number):
            if number == 1:
                return "forked"
            if number == 2:
                return "spawned"
            return "started"
    """
    tests = """
        import multiprocessing, subprocess, sys
        from pkg.rooms import room

        def test_processes():
            for number, method in enumerate(("fork", "spawn"), start=1):
                process = multiprocessing.get_context(method).Process(target=room, args=(number,))
                process.start()
                process.join()
            subprocess.run([sys.executable, "-c", "from pkg import rooms; rooms.room(3)"], check=True)
    """
    settings = "[run]\nconcurrency = multiprocessing\npatch = subprocess\nsource = elsewhere\n"
    repository.write({".coveragerc": settings, "pkg/rooms.py": rooms, "tests/test_pkg.py": tests})
    ran = repository.run(("pkg/rooms.py",))
    assert ran.figures() == {"pkg/rooms.py": (6, 6, 0, 0)}
    assert sorted(path.name for path in repository.root.iterdir()) == [".coveragerc", "pkg", "tests"]


def test_odd_names_and_files_that_cannot_be_parsed(repository: Repository) -> None:
    odd = ("pkg/a[bc]*.py", "pkg/what?.py", "pkg/é ].py", "pkg/-x.py")
    broken = {"pkg/old.py": "print 'x'\n", "pkg/null.py": "x = '\0'\n", "pkg/coded.py": "# coding: nonsense\n"}
    load = "runpy.run_path('pkg/a[bc]*.py')"
    repository.write(
        dict.fromkeys(odd, "X = 1\n") | broken | {"tests/test_pkg.py": f"import runpy\n\ndef test_a():\n    {load}\n"}
    )
    ran = repository.run((*odd, *broken, "pkg/gone.py"))
    assert ran.figures() == {path: (int(path == odd[0]), 1, 0, 0) for path in odd}
    unparsable = ran.report("coverage")["unparsable"]
    assert set(unparsable) == {*broken, "pkg/gone.py"}
    assert "pkg/old.py" in unparsable["pkg/old.py"]
    assert unparsable["pkg/old.py"].endswith("at line 1")


def test_a_source_file_that_is_a_link_is_measured_as_its_target(repository: Repository) -> None:
    repository.write(PKG)
    (repository.root / "pkg/link.py").symlink_to("used.py")
    assert repository.run(("pkg/link.py",)).figures() == {"pkg/link.py": (3, 4, 0, 0)}


def test_settings_for_other_processes_are_read_back_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME_OF", "no")
    (tmp_path / ".coveragerc").write_text('[run]\nomit =\n    a"b/$$HOME_OF/*\n    é/*\nbranch = true\ncore = ctrace\n')
    cov = probe.measuring(["a.py"], tmp_path)
    text = probe._settings(cov)  # pyright: ignore[reportPrivateUsage]
    assert tomllib.loads(text)["run"]["branch"] is True
    (tmp_path / "again.toml").write_text(text, "utf-8")
    again = coverage.Coverage(config_file=str(tmp_path / "again.toml"))
    assert again.get_option("run:omit") == ['a"b/$HOME_OF/*', "é/*"]
    for option in ("run:omit", "run:branch", "run:core", "run:include", "run:source", "run:data_file"):
        assert again.get_option(option) == cov.get_option(option)


# Tests


def test_failures_of_every_kind(repository: Repository) -> None:
    tests = """
        import pytest

        @pytest.fixture
        def broken():
            raise OSError

        def test_wrong(): raise ValueError("\\udc80 no text")
        def test_error(broken): pass
        @pytest.mark.xfail
        def test_expected(): assert 0
        @pytest.mark.xfail
        def test_unexpected(): pass
        def test_skipped(): pytest.skip()
        def test_subtests(subtests):
            with subtests.test("a"):
                assert 0
            with subtests.test("b"):
                pass
    """
    repository.write(PKG | {"tests/test_pkg.py": tests})
    ran = repository.run()
    assert ran.returncode == 0
    assert ran.report("coverage")["pytest_exit"] == 1
    assert ran.tests() == TestMetrics(passed=0, failed=2, skipped=1, total=6, errors=1, xfailed=1, xpassed=1)
    assert "tests/test_pkg.py::test_wrong: ValueError: ? no text" in [
        finding.message for finding in ran.facts().findings
    ]
    assert "1 skipped, 1 xfailed, 1 xpassed, 1 error" in ran.stdout


def test_a_test_module_that_cannot_be_imported(repository: Repository) -> None:
    repository.write(PKG | {"tests/test_b.py": "import no_such_module\n"})
    ran = repository.run(arguments=("tests",))
    assert ran.report("coverage")["pytest_exit"] == 2
    found = ran.facts(SOURCES)
    assert found.metrics == {"tests": TestMetrics(passed=0, failed=0, skipped=0, total=2, errors=1)}
    assert found.unknown == {"coverage": "1 test module could not be collected"}


def test_no_test(repository: Repository) -> None:
    repository.write({"tests/test_pkg.py": ""})
    ran = repository.run(())
    assert ran.report("coverage")["pytest_exit"] == 5
    assert ran.tests() == TestMetrics(passed=0, failed=0, skipped=0, total=0)


@pytest.mark.parametrize(
    ("options", "expected", "unknown"),
    [
        ("-x -q -q", TestMetrics(0, 1, 0, 3), "the run stopped after 1 of 3 tests"),
        ("--setup-only", TestMetrics(0, 0, 0, 3), "no test ran"),
        ("--lf --json-report-omit collectors -p no:cacheprovider", TestMetrics(2, 1, 0, 3), ""),
        ("--lf --ff --keep-duplicates --tb=no", TestMetrics(2, 1, 0, 3), ""),
        ("-k test_1", TestMetrics(1, 0, 0, 1), ""),
    ],
)
def test_options_that_the_user_has_set(
    repository: Repository, options: str, expected: TestMetrics, unknown: str
) -> None:
    tests = "".join(f"def test_{number}():\n    assert {number}\n" for number in range(3))
    configuration = f"[pytest]\naddopts = {options}\ncache_dir = mine\n"
    repository.write(PKG | {"tests/test_pkg.py": tests, "pytest.ini": configuration})
    ran = repository.run(arguments=("tests/test_pkg.py", "tests/test_pkg.py"))
    found = ran.facts(SOURCES)
    assert found.metrics["tests"] == expected
    assert found.unknown == ({"coverage": unknown} if unknown else {})
    assert not (repository.root / "mine").exists()


def test_a_conftest_that_raises(repository: Repository) -> None:
    repository.write(PKG | {"tests/conftest.py": "raise RuntimeError('no')\n"})
    ran = repository.run()
    assert (ran.returncode, ran.report("coverage")["pytest_exit"]) == (0, 4)
    with pytest.raises(CollectorFailure, match=r"usage error.*RuntimeError: no$"):
        ran.facts()


@pytest.mark.parametrize(("end", "code"), [("os._exit(0)", 0), ("os._exit(1)", 1), ("os.kill(os.getpid(), 9)", -9)])
def test_a_test_that_ends_the_process(repository: Repository, end: str, code: int) -> None:
    repository.write(PKG | {"tests/test_pkg.py": f"import os\n\n\ndef test_end():\n    {end}\n"})
    ran = repository.run()
    assert ran.returncode == code
    assert set(ran.reports) == {"request.json"}
    with pytest.raises(CollectorFailure, match="pytest's process"):
        ran.facts()


def test_settings_that_coverage_cannot_read(repository: Repository) -> None:
    repository.write(PKG | {".coveragerc": "[run]\nbranch = perhaps\n"})
    ran = repository.run()
    assert ran.returncode == 1
    with pytest.raises(CollectorFailure, match=r"exit code 1 .*perhaps"):
        ran.facts()


def test_a_configuration_below_the_root_and_a_test_that_moves_away(repository: Repository) -> None:
    tests = "import os\n\n\ndef test_away(tmp_path):\n    os.chdir(tmp_path)\n    assert 0\n"
    repository.write({"packages/x/pytest.ini": "[pytest]\n", "packages/x/tests/test_x.py": tests, "a.py": "X = 1\n"})
    ran = repository.run(("a.py",), ("packages/x/tests",))
    assert ran.report("pytest")["folder"] == "packages/x"
    assert ran.figures() == {"a.py": (0, 1, 0, 0)}
    (finding,) = ran.facts(("a.py",)).findings
    assert (finding.path, finding.line) == ("packages/x/tests/test_x.py", 6)


def test_modules_are_found_as_with_python_m_pytest(repository: Repository) -> None:
    tests = "import sys, os\n\n\ndef test_path():\n    assert os.getcwd() in sys.path\n"
    tests += f"    assert {str(Path(probe.__file__).parent)!r} not in sys.path\n    assert sys.argv[0] == 'pytest'\n"
    repository.write({"tests/deep/test_pkg.py": tests})
    assert repository.run((), ("tests/deep/test_pkg.py",)).tests() == TestMetrics(1, 0, 0, 1)


def test_without_the_plugin_that_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(group: str) -> tuple[()]:
        return ()

    monkeypatch.setattr(importlib.metadata, "entry_points", none)
    with pytest.raises(SystemExit, match="pytest-json-report is not installed for"):
        probe.tested([], tmp_path, tmp_path)


# What a run read


def test_what_a_run_read(repository: Repository) -> None:
    tests = """
        import importlib, os, pathlib, subprocess, sys
        from pkg.used import sign

        HERE = pathlib.Path(__file__).parent
        (HERE / "at_import.txt").read_text()

        def test_files(tmp_path, monkeypatch):
            importlib.import_module("pkg." + "un" + "used")
            del sys.modules["pkg.unused"]
            (HERE / "written.txt").write_text("x")
            assert (HERE / "written.txt").read_text() == "x"
            (HERE / "generated.py").write_text("")
            importlib.import_module("generated")
            assert list((HERE / "listed").iterdir())
            subprocess.run([sys.executable, HERE / "script.py"], check=True)
            child = os.fork()
            if not child:
                open(HERE / "forked.txt").read()
                os._exit(0)
            os.waitpid(child, 0)
            try:
                open("local.toml")
            except FileNotFoundError:
                pass
            monkeypatch.setattr(os, "getcwd", lambda: 1 / 0)
            open("read.txt").read()
            assert sign(1)
    """
    texts = ("at_import.txt", "listed/a.txt", "forked.txt", "never.txt")
    files = {f"tests/{name}": "x" for name in texts} | {"read.txt": "x", "tests/script.py": "", "tests/conftest.py": ""}
    configuration = "[tool.pytest.ini_options]\naddopts = '-p plugged'\n[tool.coverage.run]\n"
    files["plugged.py"] = ""
    repository.write(PKG | files | {"tests/test_pkg.py": tests, "pyproject.toml": configuration, "setup.cfg": ""})
    expected = {
        "opened": [
            "local.toml",
            "pkg/__init__.py",
            "pkg/unused.py",
            "pkg/used.py",
            "plugged.py",
            "read.txt",
            "tests/at_import.txt",
            "tests/conftest.py",
            "tests/forked.txt",
            "tests/pkg.py",  # this and the other absent ones would be imported first
            "tests/pkg/__init__.py",
            "tests/plugged.py",
            "tests/plugged/__init__.py",
            "tests/script.py",
            "tests/test_pkg.py",
        ],
        "listed": ["tests/listed"],
        "asked": {},
    }
    first = repository.run(arguments=("tests",))
    assert first.tests() == TestMetrics(1, 0, 0, 1)
    assert first.report("opened") == expected
    for name in ("written.txt", "generated.py"):
        (repository.root / "tests" / name).unlink()
    assert repository.run(arguments=("tests",)).report("opened") == expected  # now with the bytecode of the first run


def test_configuration_counts_where_a_test_reads_it(repository: Repository) -> None:
    tests = "import pathlib\n\n\ndef test_a():\n    assert pathlib.Path('pyproject.toml').read_text()\n"
    tests += "    assert list(pathlib.Path('.').rglob('*.md')) == []\n"
    repository.write({"tests/test_pkg.py": tests, "pyproject.toml": "[project]\n"})
    opened = repository.run(()).report("opened")
    assert opened == {"opened": ["pyproject.toml", "tests/test_pkg.py"], "listed": [".", "tests"], "asked": {}}


def test_what_an_option_names_counts_and_what_an_import_did_not_find(repository: Repository) -> None:
    tests = "import importlib\n\nimport pytest\n\n\ndef test_a():\n    with pytest.raises(ImportError):\n"
    tests += (
        "        importlib.import_module('wanted')\n    with pytest.raises(ImportError):\n        import helper.inner\n"
    )
    configuration = "[tool.pytest.ini_options]\naddopts = '@more.txt'\npythonpath = ['lib']\n"
    files = {"pyproject.toml": configuration, "more.txt": "-q\n", "lib/x.txt": "", "tests/helper/__init__.py": ""}
    repository.write({"tests/test_pkg.py": tests + "\n\nimport helper\n", **files})
    opened = repository.run(()).report("opened")
    assert "more.txt" in opened["opened"]
    absent = {"wanted", "wanted.py", "lib/wanted", "lib/wanted.py", "tests/helper/inner", "tests/helper/inner.py"}
    assert {place for place, kind in opened["asked"].items() if kind == "absent"} >= absent
    assert {"tests/helper/__init__.py", "helper.py"}.isdisjoint(opened["asked"])


def test_bytecode_older_than_its_source_is_not_believed(repository: Repository) -> None:
    repository.write(PKG)
    assert repository.run().tests() == TestMetrics(1, 0, 0, 1)
    source = repository.root / "pkg/used.py"
    status = source.stat()
    source.write_text(source.read_text().replace("return 1", "return 2"))
    os.utime(source, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert repository.run().tests() == TestMetrics(0, 1, 0, 1)


def test_a_python_process_started_by_a_test_is_followed(repository: Repository) -> None:
    repository.write(
        {
            "numbers.txt": "1",
            "wanted.py": "import os\nassert not os.path.exists('wanted.txt')\n",
            "reader.py": "import wanted\nprint(open('numbers.txt').read())",
            "sitecustomize.py": "import builtins\nbuiltins.CUSTOM = 1",
            "tests/test_pkg.py": """
                import subprocess
                import sys

                CODE = "import sys, runpy; runpy.run_path('reader.py'); print(CUSTOM, sys.path)"

                def test_child():
                    environment = {**__import__("os").environ}
                    environment["PYTHONPATH"] += ":."
                    done = subprocess.run(
                        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True
                    )
                    assert done.stdout.startswith("1\\n1 [")
                    assert "children" not in done.stdout
            """,
        }
    )
    ran = repository.run(())
    assert ran.report("coverage")["pytest_exit"] == 0
    assert {"numbers.txt", "reader.py"} <= set(ran.report("opened")["opened"])
    assert ran.report("opened")["asked"]["wanted.txt"] == "absent"
