"""One tool for the components that need it: what is kept of its answer, and how often a tool that fails is tried."""

from __future__ import annotations

import errno
import json
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from maturity.cache.store import Store
from maturity.collect import PATIENCE, Job, attempt, collect
from maturity.collectors.base import Collector, Output, Request, Step
from maturity.errors import CollectorFailure, RepositoryGone
from maturity.metrics import LintingMetrics
from maturity.model import Component, Facts, Failure

PYTHON = sys.executable


def component(name: str) -> Component:
    return Component(name, (f"{name}.py",), f"{name}.MATURITY.md")


@dataclass
class Tool:
    """A collector whose tool does what a program says, and that notes which components were tried together."""

    program: str = ""
    broken: Callable[[tuple[str, ...]], str] = lambda names: ""
    reports: tuple[str, ...] = ()
    tried: list[tuple[str, ...]] = field(default_factory=list[tuple[str, ...]])

    def steps(self, request: Request) -> tuple[Step, ...]:
        command = (PYTHON, "-I", "-S", "-c", self.program, request.scratch)
        return (Step("check", command, {"wanted": b"the files"}, self.reports),)

    def parse(self, request: Request, outputs: Mapping[str, Output]) -> Mapping[str, Facts | Failure]:
        names = tuple(each.name for each in request.components)
        self.tried.append(names)
        if reason := self.broken(names):
            raise CollectorFailure(reason)
        return {name: Facts((f"{name}.py",), {"linting": LintingMetrics(0)}) for name in names}

    @property
    def collector(self) -> Collector:
        return Collector(
            "ruff", "Lint", "", {"linting": LintingMetrics}, (), (), lambda component: True, self.steps, self.parse
        )

    def job(self, *names: str, timeout: float = 60) -> Job:
        components = tuple(map(component, names))
        inputs: dict[str, dict[str, str]] = {name: {"files": "digest"} for name in names}
        return Job("ruff", components, inputs, (), timeout)


def read_by_tests(opened: Sequence[str], listed: Sequence[str], started: int) -> dict[str, str]:
    return {}


def done(tool: Tool, job: Job, root: Path) -> Store:
    store = Store(root)
    collect(job, tool.collector, root, store, read_by_tests)
    return store


def failures(root: Path, tool: Tool, *names: str) -> dict[str, str]:
    """Why components have no facts, by name, after a job was done."""
    store = done(tool, tool.job(*names), root)
    known = {name: store.known(tool.collector, name) for name in names}
    assert all((one.facts is None) == (one.failure is not None) for one in known.values())
    return {name: one.failure.reason for name, one in known.items() if one.failure is not None}


def test_all_are_tried_at_once(tmp_path: Path) -> None:
    tool = Tool()
    assert failures(tmp_path, tool, "a", "b", "c") == {}
    assert tool.tried == [("a", "b", "c")]


def test_one_that_breaks_the_tool_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    tool = Tool(broken=lambda names: "b breaks it" if "b" in names else "")
    assert failures(tmp_path, tool, "a", "b", "c") == {"b": "b breaks it"}
    assert tool.tried == [("a", "b", "c"), ("a",), ("b",), ("c",)]


def test_one_component_is_tried_once(tmp_path: Path) -> None:
    tool = Tool(broken=lambda names: "broken")
    assert failures(tmp_path, tool, "a") == {"a": "broken"}
    assert tool.tried == [("a",)]


def test_a_tool_that_is_broken_is_not_tried_for_every_component(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(20)]
    tool = Tool(broken=lambda names: "broken")
    assert failures(tmp_path, tool, *names) == dict.fromkeys(names, "broken")
    assert [len(tried) for tried in tool.tried] == [20, *[1] * PATIENCE, 20 - PATIENCE]


def test_some_in_a_row_that_break_the_tool_do_not_take_the_others_with_them(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(20)]
    tool = Tool(broken=lambda tried: "broken" if set(tried) & set(names[5 : 5 + PATIENCE]) else "")
    assert failures(tmp_path, tool, *names) == dict.fromkeys(names[5 : 5 + PATIENCE], "broken")
    assert len(tool.tried) == 1 + 5 + PATIENCE + 1


def test_reasons_that_differ_are_the_components_own(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(8)]
    tool = Tool(broken=lambda tried: f"broken by {tried[0]}\nand a log that is the same")
    assert failures(tmp_path, tool, *names) == {name: f"broken by {name}" for name in names}
    assert len(tool.tried) == 1 + 8


def test_successes_in_a_row_are_no_reason_to_give_up(tmp_path: Path) -> None:
    names = [f"c{number}" for number in range(8)]
    tool = Tool(broken=lambda tried: "too many" if len(tried) > 1 else "")
    assert failures(tmp_path, tool, *names) == {}
    assert len(tool.tried) == 1 + 8


def reason(root: Path, program: str, reports: Sequence[str] = (), timeout: float = 60) -> Failure | Facts:
    """What becomes of a component whose tool does what a program says, in its scratch directory."""
    tool = Tool(f"import os, sys, time\nos.chdir(sys.argv[1])\n{program}", reports=tuple(reports))
    answers, _ = attempt(tool.job("a", timeout=timeout), tool.collector, root)
    return answers["a"]


def test_a_tool_finds_what_is_written_for_it(tmp_path: Path) -> None:
    assert isinstance(reason(tmp_path, "assert open('wanted').read() == 'the files'"), Facts)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("open('opened.json', 'w').write('[]')", r"^its report opened.json cannot be read: "),
        ("open('opened.json', 'w').write('{\"opened\": 1}')", r"^its report opened.json cannot be read: "),
        ("time.sleep(600)", r"^no answer within 1 s\n\$ "),
    ],
)
def test_a_report_that_is_none(tmp_path: Path, program: str, said: str) -> None:
    answer = reason(tmp_path, program, ["opened.json"], timeout=1 if "sleep" in program else 60)
    assert isinstance(answer, Failure)
    assert re.search(said, answer.reason)


@pytest.mark.parametrize("program", ["os.mkfifo('opened.json')", "os.mkdir('opened.json')", "pass"])
def test_a_report_that_is_no_file_is_not_there(tmp_path: Path, program: str) -> None:
    assert isinstance(reason(tmp_path, program, ["opened.json"]), Facts)


def test_a_report_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read_bytes(path: Path) -> bytes:
        if path.name == "opened.json":
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return original(path)

    original = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    answer = reason(tmp_path, "open('opened.json', 'w')", ["opened.json"])
    assert answer == Failure("its report opened.json cannot be read: Permission denied")


@pytest.mark.parametrize("program", ["os.rmdir('.')", "os.remove('stderr')"], ids=["all", "one"])
def test_a_tool_that_deletes_its_temporary_files_has_failed(tmp_path: Path, program: str) -> None:
    emptied = "[os.remove(name) for name in os.listdir()]\n" if "rmdir" in program else ""
    answer = reason(tmp_path, f"print('the last words', flush=True)\n{emptied}{program}")
    assert isinstance(answer, Failure)
    assert re.match(r"the files of its output were deleted while it ran\n\$ ", answer.reason)
    assert answer.reason.endswith("\n" if emptied else "\nthe last words\n")
    assert answer.log == "", "no traceback"


def test_a_bug_of_a_collector_is_said_to_be_one(tmp_path: Path) -> None:
    def bug(names: tuple[str, ...]) -> str:
        raise ZeroDivisionError("oh")

    tool = Tool(broken=bug)
    store = done(tool, tool.job("a"), tmp_path)
    failure = store.known(tool.collector, "a").failure
    assert failure is not None
    assert failure.reason == "a bug in the collector ruff; please report it"
    assert "Traceback" in failure.log
    assert "ZeroDivisionError: oh" in failure.log


def test_a_component_that_the_collector_forgot(tmp_path: Path) -> None:
    tool = Tool()
    job, parse = tool.job("a", "b"), tool.parse
    forgetful = replace(tool.collector, parse=lambda request, outputs: {"a": parse(request, outputs)["a"]})
    answers, _ = attempt(job, forgetful, tmp_path)
    assert isinstance(answers["a"], Facts)
    assert answers["b"] == Failure("the collector said nothing about this component")


def test_a_failure_keeps_what_was_known_and_the_log(tmp_path: Path) -> None:
    done(Tool(), Tool().job("a"), tmp_path)
    tool = Tool("print('printed')", broken=lambda names: "broken\nmore about it")
    store = done(tool, tool.job("a"), tmp_path)
    known = store.known(tool.collector, "a")
    assert known.facts is not None
    assert known.failure is not None
    assert known.failure.reason == "broken"
    assert known.failure.log.startswith(f"more about it\n$ {PYTHON} -I -S -c ")
    assert known.failure.log.endswith("exit code 0\nprinted")
    assert json.loads(store.record_path("ruff", "a").read_bytes())["metrics"]["linting"]["total_violations"] == 0


def test_a_tool_that_deletes_the_repository_is_named(tmp_path: Path) -> None:
    root = tmp_path / "repo"
    store = Store(root)
    store.prepare()
    tool = Tool(f"import shutil; shutil.rmtree({str(root)!r}); print('the last words')")
    with pytest.raises(
        RepositoryGone, match=r"^/.*/\.maturity was deleted, as was seen when ruff had run for a, b: "
    ) as caught:
        collect(tool.job("a", "b"), tool.collector, root, store, read_by_tests)
    assert "the last words" in str(caught.value)
    assert not root.exists(), "nothing is written where a repository was"


def test_what_a_run_read_is_digested_by_the_time_at_which_it_began(tmp_path: Path) -> None:
    report = {"opened": ["data.txt"], "listed": ["data"], "asked": {"flag": "absent"}}
    tool = Tool(f"import os, sys; os.chdir(sys.argv[1]); open('opened.json', 'w').write({json.dumps(report)!r})")
    asked: list[tuple[Sequence[str], Sequence[str], int]] = []

    def noted(opened: Sequence[str], listed: Sequence[str], started: int) -> dict[str, str]:
        asked.append((opened, listed, started))
        return {"opened files": "changed during the run of 1: data.txt"}

    before = time.time_ns()
    store = Store(tmp_path)
    collect(replace_reports(tool).job("a"), replace_reports(tool).collector, tmp_path, store, noted)
    ((opened, listed, started),) = asked
    assert (opened, listed) == (("data.txt",), ("data",))
    assert before <= started <= time.time_ns()
    trace = store.known(tool.collector, "a").trace
    assert trace is not None
    assert trace.inputs["opened files"] == "changed during the run of 1: data.txt"
    assert trace.inputs.keys() == {"files", "opened files", "existing paths"}


def replace_reports(tool: Tool) -> Tool:
    return replace(tool, reports=("opened.json",))


def test_a_trace_does_not_grow_with_its_batch(tmp_path: Path) -> None:
    tool, sizes = Tool(), dict[int, int]()
    for count in (1, 1000):
        root = tmp_path / str(count)
        root.mkdir()
        store = done(tool, tool.job(*(f"c{number:04}" for number in range(count))), root)
        sizes[count] = sum((root / path).stat().st_size for path in store.paths("ruff", "c0000")[:2])
    assert abs(sizes[1000] - sizes[1]) < 64, "nothing but the time that it took"
    assert sizes[1000] < 4096
