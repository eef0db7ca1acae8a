"""Runs pytest under coverage in the user's interpreter, and notes which files of the repository that run read.

This is a script, started by its path in the root of the repository; its only argument is the path of request.json, in
the run's scratch directory: {"sources": [Python files], "arguments": [pytest arguments]}, all relative to the root.
It does what `python -m coverage run -m pytest` does, in one process, and imports nothing of ours: only the standard
library, coverage, pytest and the witness beside it. It leaves beside the request, and then exits with 0:

- pytest.json: pytest-json-report's own report, with `selected`, `failed` and `folder` (see Session);
- coverage.json: `pytest_exit`, and what coverage says about each source file (see `reported`);
- opened.json: what the run read (see `maturity/processes/witness.py`).

Any other exit code, or a missing report, means that the run gave no answer.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import json
import os
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coverage import Coverage

    from maturity.processes.witness import Witness

KEPT = ("summary", "missing_lines", "executed_lines", "missing_branches", "executed_branches")
"""What is kept of coverage's report on a file; it has the branches only where they are measured."""

CHILDREN = str(Path(__file__).absolute().parent / "children")


class Session:
    """A pytest plugin that adds to pytest-json-report's report what it lacks.

    `selected` is the number of tests to run. `failed` has the ids of all tests with a failure in any phase: the report
    keeps one outcome for each test, so that a later phase or subtest hides an earlier failure. `folder` is pytest's
    root directory, to which the ids are relative, as seen from the root of the repository.
    """

    def __init__(self, root: Path) -> None:
        """`root` is the absolute path of the repository."""
        self._root, self._selected, self._failed = root, 0, dict[str, None]()

    def pytest_collection_finish(self, session: Any) -> None:
        """Count what is left after all plugins have selected."""
        self._selected = len({item.nodeid for item in session.items})

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Remember each failure."""
        if report.failed:
            self._failed[report.nodeid] = None

    def pytest_json_modifyreport(self, json_report: dict[str, Any]) -> None:
        """Called by pytest-json-report before it writes."""
        folder = os.path.relpath(json_report["root"], self._root).replace(os.sep, "/")
        json_report.update(selected=self._selected, failed=list(self._failed), folder=folder)


def measuring(sources: Iterable[str], scratch: Path) -> Coverage:
    """Coverage with the user's settings, except for which files it measures (`sources`) and where the figures go."""
    from coverage import Coverage
    from coverage.exceptions import ConfigError

    cov = Coverage(data_file=scratch / "coverage" / "figures")
    cov.get_exclude_list()  # loads the plugins that the user has set, for they change settings too
    cov.set_option("run:include", [re.sub(r"[*?\[\]]", "?", os.path.realpath(source)) for source in sources])
    for option in ("run:source", "run:source_pkgs", "run:source_dirs"):
        with contextlib.suppress(ConfigError):  # older versions know fewer of them
            cov.set_option(option, [])
    quiet = [*_listed(cov, "run:disable_warnings"), "no-data-collected"]  # it would hide why no test ran
    cov.set_option("run:disable_warnings", quiet)
    if "multiprocessing" in cov.config.concurrency:  # its processes read their settings from a file
        (scratch / "coverage.toml").write_text(_settings(cov), "utf-8")
        cov.config.config_file = str(scratch / "coverage.toml")
    return cov


def _settings(cov: Coverage) -> str:
    """The settings of the run as TOML, as coverage reads it: "$" would name a variable."""
    tables: dict[str, dict[str, Any]] = {
        "run": {},
        **{name: dict(table) for name, table in cov.config.plugin_options.items()},
    }
    for _, name, *_ in cov.config.CONFIG_FILE_OPTIONS:
        section, _, option = name.partition(":")
        if section == "run" and cov.get_option(name) is not None:
            tables["run"][option] = cov.get_option(name)
    lines: list[str] = []
    for table, options in tables.items():
        values = {option: json.dumps(value, ensure_ascii=False).replace("$", "$$") for option, value in options.items()}
        lines += [f"[{json.dumps(table)}]", *(f"{json.dumps(option)} = {value}" for option, value in values.items())]
    return "\n".join(lines)


def reported(cov: Coverage, sources: Iterable[str], scratch: Path) -> dict[str, Any]:
    """What coverage's JSON report says about each source file, imported or not.

    `files` has its summary, lines and branches by path; `omitted` are left out by the user's settings; `unparsable`
    maps a file to coverage's reason. One report for each file, because one bad file would end a common one.
    """
    from coverage.exceptions import CoverageException, NoDataError

    omit: list[Any] = [pattern for name in ("run:omit", "report:omit") for pattern in _listed(cov, name)]
    report = scratch / "file.json"
    files: dict[str, Any] = {}
    omitted: list[str] = []
    unparsable: dict[str, str] = {}
    for source in sources:
        full = os.path.realpath(source)
        try:
            cov.json_report([full], str(report), ignore_errors=False, omit=omit, include=[], show_contexts=False)
        except NoDataError:
            omitted.append(source)
        except (CoverageException, SyntaxError, ValueError) as error:
            unparsable[source] = str(error).replace(full, source)
        else:
            (entry,) = json.loads(report.read_bytes())["files"].values()
            files[source] = {name: entry[name] for name in KEPT if name in entry}
    return {"files": files, "omitted": omitted, "unparsable": unparsable}


def _listed(cov: Coverage, option: str) -> list[Any]:
    value = cov.get_option(option)
    return list(value) if isinstance(value, (list, tuple)) else []


def tested(arguments: Iterable[str], root: Path, scratch: Path) -> int:
    """Run pytest with these arguments, leave pytest.json, and give pytest's exit code."""
    plugins = {entry.name for entry in importlib.metadata.entry_points(group="pytest11")}
    if "pytest_jsonreport" not in plugins:
        raise SystemExit(f"pytest-json-report is not installed for {sys.executable}")
    report = scratch / "pytest.json"
    # Loaded by name: the user may have turned automatic loading off.
    options = ["-p", "pytest_jsonreport", "--json-report", f"--json-report-file={report}", "--json-report-omit"]
    options += ["log", "streams", "warnings", "keywords", "traceback", "-o", f"cache_dir={scratch / 'cache'}"]
    if "pytest_cov" in plugins:
        options += ["-p", "pytest_cov", "--no-cov"]
    if "xdist" in plugins:
        options += ["-p", "xdist", "-n0"]
    sys.argv = ["pytest", *options, *arguments]
    import pytest

    code = int(pytest.main(sys.argv[1:], plugins=[Session(root)]))
    if report.exists():  # lone surrogates in a message are no valid JSON
        _write(report, json.loads(report.read_bytes()))
    return code


def witness(root: Path, scratch: Path) -> Witness:
    """The witness of a run. It is loaded by its path, for our package may not be installed for this interpreter."""
    spec = importlib.util.spec_from_file_location("_maturity_witness", Path(__file__).with_name("witness.py"))
    if spec is None or spec.loader is None:
        raise SystemExit("the witness beside the probe is gone")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Witness(root, scratch)


def _write(path: Path, content: object) -> None:
    path.write_bytes(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))


def main(request_file: Path) -> None:
    """Run what the request asks for, and leave the three reports."""
    root, scratch = Path.cwd(), request_file.absolute().parent
    request = json.loads(request_file.read_bytes())
    # As in `coverage run`; and what an earlier run of hypothesis found is no input, like pytest's cache.
    os.environ["COVERAGE_RUN"] = "true"
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(scratch / "hypothesis"))
    cov, watching = measuring(request["sources"], scratch), witness(root, scratch)
    os.environ["MATURITY_PROBE_ROOT"], os.environ["MATURITY_PROBE_SCRATCH"] = str(root), str(scratch)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [CHILDREN, os.environ.get("PYTHONPATH")]))
    watching.start()
    cov.start()
    try:
        code = tested(request["arguments"], root, scratch)
    finally:
        cov.stop()
    notes = watching.stop()
    cov.save()
    cov.combine()  # with what other processes measured
    cov.set_option("paths", {})  # they are for combining; our own paths are right
    _write(scratch / "coverage.json", {"pytest_exit": code, **reported(cov, request["sources"], scratch)})
    _write(scratch / "opened.json", notes)


if __name__ == "__main__":
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = str(Path.cwd())  # as `python -m pytest` does; our own directory is not for import
    main(Path(sys.argv[1]))
