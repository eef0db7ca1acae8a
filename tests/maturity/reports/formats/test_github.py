"""GitHub's workflow commands: read back as the runner reads them, whatever text is in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maturity.markdown.markers import Problem
from maturity.metrics import LintingMetrics
from maturity.model import Finding
from maturity.reports.formats.github import Annotation, lines, text, with_findings
from maturity.reports.report import ComponentReport, DocumentState, RecordReport, RecordState, Report

Build = Callable[..., Report]
BuildComponent = Callable[..., ComponentReport]
BuildRecord = Callable[..., RecordReport]
F401 = Finding("src/carbon.py", 3, "F401", "error", "unused", "safe")


@dataclass(frozen=True)
class Command:
    kind: str
    properties: dict[str, str]
    message: str


def read(printed: str) -> list[Command]:
    """The commands in a step's output, as the runner takes them out of its lines.

    After https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
    """
    found: list[Command] = []
    # .NET's ReadLine ends a line at \n, \r and \r\n.
    for line in printed.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line.lstrip().startswith("::"):
            continue
        head, _, message = line.lstrip()[2:].partition("::")
        kind, _, rest = head.partition(" ")
        pairs = (pair.split("=", 1) for pair in rest.split(",") if "=" in pair)
        properties = {name.strip(): unescaped(value, "%3A:", "%2C,") for name, value in pairs}
        found.append(Command(kind, properties, unescaped(message)))
    return found


def unescaped(value: str, *more: str) -> str:
    for each in (*more, "%0D\r", "%0A\n", "%25%"):
        value = value.replace(each[:3], each[3:])
    return value


def plain(text: str) -> str:
    return "".join(sign if sign.isprintable() or sign in "\r\n" else " " for sign in text)


@given(st.text(min_size=1), st.text(), st.text())
def test_any_text_is_one_command_and_comes_back(path: str, title: str, message: str) -> None:
    printed = lines([Annotation("error", path, 7, title, message)])
    (command,) = read(printed)
    assert printed.count("\n") == 1
    assert printed.endswith("\n")
    assert command.kind == "error"
    assert command.message == plain(message)
    assert command.properties == {"file": plain(path), "line": "7", "title": plain(title)}


def test_a_message_cannot_begin_a_command_of_its_own() -> None:
    (command,) = read(
        lines([Annotation("error", "a.py", 1, "t", "x\n::set-env name=PATH::/tmp\r\n::stop-commands::y")])
    )
    assert command.message.count("::") == 4


@pytest.mark.parametrize(("count", "shown", "more"), [(0, 0, 0), (10, 10, 0), (11, 9, 2), (500, 9, 491)])
def test_a_step_gets_at_most_ten_of_a_kind(count: int, shown: int, more: int) -> None:
    errors = [Annotation("error", "a.py", line, "t", f"m{line}") for line in range(1, count + 1)]
    warnings = [Annotation("warning", "a.py", 1, "t", "one")]
    commands = read(lines([*errors, *warnings]))
    said = [command for command in commands if command.kind == "error"]
    assert [command.message for command in said[:shown]] == [f"m{line}" for line in range(1, shown + 1)]
    assert len(said) == shown + bool(more)
    if more:
        assert said[-1].message.startswith(f"{more} more")
    assert [command.message for command in commands if command.kind == "warning"] == ["one"]


def test_nothing_to_say_is_nothing_at_all(report: Build, component: BuildComponent) -> None:
    assert text(report(component(findings=[F401]))) == ""


def test_a_stale_document_at_its_first_changed_line(report: Build, component: BuildComponent) -> None:
    changes = tuple(f"-line {number}" for number in range(12))
    (command,) = read(text(report(component(state=DocumentState.STALE, line=9, changes=changes))))
    assert (command.kind, command.properties["file"], command.properties["line"]) == (
        "error",
        "src/carbon.MATURITY.md",
        "9",
    )
    assert command.message.splitlines()[:2] == [
        "not what a run would write: run `maturity --component carbon`",
        "-line 0",
    ]
    assert command.message.splitlines()[-1] == "… and 2 more"


def test_each_problem_of_a_broken_document_and_the_worst_first(report: Build, component: BuildComponent) -> None:
    problems = (Problem(7, "orphan-end", "no region is open", "remove it"), Problem(0, "unreadable", "odd", "move it"))
    commands = read(
        text(
            report(
                component("a", state=DocumentState.STALE),
                component("b", state=DocumentState.MISSING),
                component("c", state=DocumentState.EDITED, edited=("status",)),
                component("d", state=DocumentState.BROKEN, problems=problems),
            )
        )
    )
    assert [command.properties["title"].partition(":")[0] for command in commands] == ["d", "d", "c", "b", "a"]
    assert [command.properties.get("line") for command in commands[:2]] == ["7", None]
    assert "(status)" in commands[2].message
    assert "--create --component b" in commands[3].message


def test_a_failing_tool_is_an_error(report: Build, component: BuildComponent, record: BuildRecord) -> None:
    failed = record("ruff", "Lint", {"linting": LintingMetrics(1)}, [F401], RecordState.FAILED, "it crashed")
    (command,) = read(text(report(component(records=(failed,)))))
    assert (command.kind, command.message) == ("error", "it crashed")
    assert command.properties["title"] == "ruff failed for carbon"


def test_findings_that_block_are_warnings_on_request_only(report: Build, component: BuildComponent) -> None:
    made = report(component(findings=[F401]), component("clean"))
    (command,) = read(with_findings(made))
    assert (command.kind, command.properties["file"], command.properties["line"]) == ("warning", "src/carbon.py", "3")
    assert command.properties["title"] == "ruff F401"
    assert command.message == "unused\ncarbon is not Staging: Lint violations"


def test_findings_that_block_nothing_are_not_annotated(report: Build, component: BuildComponent) -> None:
    met = component(findings=[F401])
    assert [verdict.criterion.id for verdict in met.blockers if verdict.criterion.id == "lint"] == ["lint"]
    passed = Finding("tests/test_a.py", 3, "failed", "error", "no")
    commands = read(with_findings(report(component(test_findings=[passed]))))
    assert [command.properties["title"] for command in commands] == ["pytest failed"]
