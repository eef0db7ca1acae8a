from __future__ import annotations

import io
import sys
from collections.abc import Callable

import pytest
from doit.exceptions import TaskError
from doit.task import Task, dict_to_task

from maturity.graph import reporter
from maturity.graph.parts import group, task
from maturity.graph.reporter import Manner, MaturityReporter, report_on
from maturity.reports.closing import Closing


class OneRun:
    def __init__(self, closing: Closing) -> None:
        self._closing = closing
        self.stop: Callable[[], None] | None = None

    def process(self, name: str) -> tuple[str, tuple[str, ...]]:
        return name.split(":")[1], ("carbon", "store")

    def closing(self) -> Closing:
        return self._closing

    def on_leaving(self, stop: Callable[[], None]) -> None:
        self.stop = stop


@pytest.fixture(autouse=True)
def no_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporter, "_told", [])


def act() -> None:
    """What a task would do."""


def foreign(name: str) -> Task:
    return dict_to_task({"name": name, "actions": [act]})


def tasks() -> dict[str, Task]:
    made = [
        task("_run:ruff:0", [(act, [])], ""),
        task("_run:pyright:0", [(act, [])], ""),
        task("ruff:carbon", [(act, [])], "", setup=["_run:ruff:0"]),
        task("pyright:carbon", [(act, [])], "", setup=["_run:pyright:0"]),
        group("ruff", ["ruff:carbon"], ""),
        foreign("build"),
    ]
    return {one.name: one for one in made}


def test_progress_counts_the_processes_that_the_selected_tasks_need(capsys: pytest.CaptureFixture[str]) -> None:
    run = OneRun(Closing(line="the end"))
    report_on(run)
    known = tasks()
    told = MaturityReporter(sys.stdout, {})
    told.initialize(known, ["ruff"])
    told.execute_task(known["_run:ruff:0"])
    told.add_success(known["_run:ruff:0"])
    told.execute_task(known["ruff:carbon"])
    told.add_success(known["ruff:carbon"])
    told.skip_uptodate(known["ruff"])
    told.complete_run()
    printed = capsys.readouterr()
    assert printed.out == "the end\n"
    assert printed.err.startswith("[1/1] ruff: carbon, store (")
    assert run.stop is not None


def test_of_other_tasks_doit_says_what_it_always_says(capsys: pytest.CaptureFixture[str]) -> None:
    known = tasks()
    out = io.StringIO()
    told = MaturityReporter(out, {})
    told.initialize(known, ["build"])
    told.execute_task(known["build"])
    told.skip_uptodate(known["build"])
    told.add_failure(known["build"], TaskError("it broke"))
    told.complete_run()
    assert out.getvalue().startswith(".  build\n-- build\nTaskError - taskid:build\nit broke\n")
    assert capsys.readouterr() == ("", "")


def test_an_expected_error_is_one_message_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    report_on(OneRun(Closing()), Manner(progress=False, closing=False))
    known = tasks()
    told = MaturityReporter(sys.stdout, {})
    told.initialize(known, ["ruff"])
    told.add_failure(known["ruff:carbon"], TaskError("no\x1b[2J tool"))
    told.complete_run()
    assert capsys.readouterr() == ("", "maturity: no\\x1b[2J tool\n")


def test_a_bug_shows_its_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ZeroDivisionError("ours")
    except ZeroDivisionError as error:
        fail = TaskError("broken", error)
    MaturityReporter(sys.stdout, {}).add_failure(tasks()["ruff:carbon"], fail)
    assert "ZeroDivisionError: ours" in capsys.readouterr().err


def test_nothing_to_do_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    known = {"all": task("all", [], "", uptodate=[True])}
    told = MaturityReporter(sys.stdout, {})
    told.initialize(known, ["all"])
    told.skip_uptodate(known["all"])
    told.complete_run()
    assert capsys.readouterr() == ("everything is current, nothing to do\n", "")


def test_quiet_says_nothing_of_what_went_well(capsys: pytest.CaptureFixture[str]) -> None:
    report_on(OneRun(Closing(line="the end")), Manner(progress=False, closing=False))
    known = tasks()
    told = MaturityReporter(sys.stdout, {})
    told.initialize(known, ["ruff"])
    told.execute_task(known["_run:ruff:0"])
    told.add_success(known["_run:ruff:0"])
    told.complete_run()
    assert capsys.readouterr() == ("", "")


def test_verbose_names_the_tasks_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    known = tasks()
    report_on(OneRun(Closing()), Manner(progress=False, naming=True))
    told = MaturityReporter(sys.stdout, {})
    told.initialize(known, ["ruff"])
    told.execute_task(known["_run:ruff:0"])
    told.execute_task(known["ruff:carbon"])
    assert capsys.readouterr() == ("", ".  ruff:carbon\n")


def test_a_run_that_is_stopped_does_not_begin_to_draw_up_a_table(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter, "is_stopping", lambda: True)
    report_on(OneRun(Closing(line="the end")))
    told = MaturityReporter(sys.stdout, {})
    told.initialize(tasks(), ["ruff"])
    told.complete_run()
    assert capsys.readouterr() == ("", "")
