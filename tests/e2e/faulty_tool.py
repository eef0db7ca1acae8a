# ruff: noqa: PTH100, PTH103, PTH118, PTH120, PTH123
# It starts some hundred times, so it imports as little as it can: no pathlib, no dataclasses.
"""A tool that answers as ruff, pyright, bandit or the test run would for faultless components; or with a fault.

    python faulty_tool.py PLAN TOOL ARGUMENT...

PLAN is a JSON file: for each collector the components for which its tool is to fail, and how (see FAULTS); in an empty
one there are none. It checks nothing and is quick, so that many faults are shown in a few runs of the whole graph.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable

HUGE = 200
"""Megabytes of output."""

STDOUT = "stdout"
INTERNAL_ERROR = {"ruff": 2, "pyright": 2, "bandit": 2, "pytest": 3, "integration": 3}
"""The exit codes that the tools document for internal errors; pytest's is in the report of the probe."""

Answers = dict[str, object]
"""What a tool has to say, by where it is to be written."""


def ruff(arguments: list[str]) -> tuple[str, list[str], Answers]:
    """A syntax error in every file that is read as a notebook, else nothing."""
    files = arguments[arguments.index("--") + 1 :]
    place = {"row": 1, "column": 1}
    errors = [{"filename": os.path.abspath(file), "message": "no notebook", "location": place} for file in files]
    return "ruff", files, {STDOUT: errors if "--extension" in arguments else []}


def pyright(arguments: list[str]) -> tuple[str, list[str], Answers]:
    """No error in any file, and a remark on each."""
    files = [word.removeprefix("./") for word in arguments if word.endswith(".py")]
    remarks = [{"file": os.path.abspath(file), "severity": "information", "message": "x"} for file in files]
    return "pyright", files, {STDOUT: {"generalDiagnostics": remarks, "summary": {"filesAnalyzed": len(files)}}}


def bandit(arguments: list[str]) -> tuple[str, list[str], Answers]:
    """No issue in any file."""
    files = arguments[arguments.index("--") + 1 :]
    report = {"errors": [], "metrics": {file: {} for file in [*files, "_totals"]}, "results": []}
    return "bandit", files, {arguments[arguments.index("-o") + 1]: report}


def tests(arguments: list[str]) -> tuple[str, list[str], Answers]:
    """One test that passes, and full coverage."""
    with open(arguments[1], encoding="utf-8") as stream:
        request = json.load(stream)
    of_file = {"summary": {"covered_lines": 1, "num_statements": 1}, "missing_lines": []}
    files = dict.fromkeys(request["sources"], of_file)
    passed = {"nodeid": "test_x", "outcome": "passed", "call": {"outcome": "passed"}}
    reports: Answers = {
        "coverage.json": {"pytest_exit": 0, "files": files, "omitted": [], "unparsable": {}},
        "pytest.json": {"selected": 1, "failed": [], "folder": ".", "tests": [passed], "collectors": []},
        "opened.json": {"opened": [], "listed": []},
    }
    scratch = os.path.dirname(arguments[1])
    collector = "integration" if any("tests/integration" in path for path in request["arguments"]) else "pytest"
    return collector, request["sources"], {f"{scratch}/{name}": report for name, report in reports.items()}


TOOLS = {"ruff": ruff, "pyright": pyright, "bandit": bandit, "python": tests}


def write(answers: Answers, change: Callable[[bytes], bytes] = lambda content: content) -> int:
    """Write what is to be said, changed in some way; what the test run read is left as it is."""
    for place, answer in answers.items():
        content = json.dumps(answer).encode()
        content = content if place.endswith("opened.json") else change(content)
        if place == STDOUT:
            sys.stdout.buffer.write(content)
        else:
            with open(place, "wb") as stream:
                stream.write(content)
    return 0


def internal_error(collector: str, answers: Answers) -> int:
    """End as the tool's documentation says for an internal error."""
    print("internal error: boom", file=sys.stderr)
    code = INTERNAL_ERROR[collector]
    if collector not in ("pytest", "integration"):
        return code
    failed = {"pytest_exit": code, "files": {}, "omitted": [], "unparsable": {}}
    kept = {place: answer for place, answer in answers.items() if not place.endswith("pytest.json")}
    return write({place: failed if place.endswith("coverage.json") else answer for place, answer in kept.items()})


def killed() -> int:
    """Be killed before there is an answer."""
    os.kill(os.getpid(), 9)
    return 0


def huge(answers: Answers) -> int:
    """Write very much into the first place, and never end."""
    place = next(iter(answers))
    with sys.stdout.buffer if place == STDOUT else open(place, "wb") as stream:
        for _ in range(HUGE):
            stream.write(b" " * 2**20)
        stream.flush()
        time.sleep(600)
    return 0


def hangs(collector: str) -> int:
    """Start a child, a grandchild, and a daemon in a session of its own; note all ids, and never end."""
    notes = os.path.join(os.path.dirname(sys.argv[1]), "pids")
    os.makedirs(notes, exist_ok=True)
    if not os.fork() and not os.fork():
        os.setsid()
        if os.fork():
            os._exit(0)
    with open(f"{notes}/{collector}-{os.getpid()}", "wb"):
        time.sleep(600)
    return 0


FAULTS: dict[str, Callable[[str, Answers], int]] = {
    "garbage": lambda _, answers: write(answers, lambda content: b"[] or so\n"),
    "half": lambda _, answers: write(answers, lambda content: content[: len(content) // 2]),
    "shape": lambda _, answers: write(answers, lambda content: b'{"version": 99, "payload": []}'),
    "encoding": lambda _, answers: write(answers, lambda content: content.replace(b"src/", b"src\xff/")),
    "internal": internal_error,
    "killed": lambda collector, answers: killed(),
    "huge": lambda _, answers: huge(answers),
    "nowhere": lambda collector, answers: 0,
    "hangs": lambda collector, answers: hangs(collector),
}


def main(plan: str, tool: str, arguments: list[str]) -> int:
    """Answer, or fail for the first component that is to fail."""
    if arguments == ["--version"]:
        print(f"{tool} of the tests 1.0")
        return 0
    if arguments[0] == "-c":  # the interpreter is asked what it is
        os.execv(sys.executable, [sys.executable, *arguments])
    collector, files, answers = TOOLS[tool](arguments)
    with open(plan, encoding="utf-8") as stream:
        faults = json.loads(stream.read() or "{}").get(collector, {})
    for component in sorted({file.split("/")[2] for file in files}):
        if component in faults:
            print("the last words", file=sys.stderr, flush=True)
            return FAULTS[faults[component]](collector, answers)
    return write(answers)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
