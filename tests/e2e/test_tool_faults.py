"""Every fault of every tool: what is kept, what is shown, that the rest goes on, and that nothing of it stays.

The tools are `faulty_tool.py`, which fails in a way that depends on the component: so one repository and a few runs
show all faults of all collectors at once, and the tests ask what came of each.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout, Phase, Ran

FAILED = 2
COLLECTORS = ("bandit", "integration", "pyright", "pytest", "ruff")
TOOL = Path(__file__).with_name("faulty_tool.py")
SOME_DAY = "2020-02-03"
"""The day on which all was measured, as far as the traces tell."""

NO_JSON = r"the output is not the JSON that was asked for \(.+\): "
NO_REPORT = {
    "ruff": "the step list-1 ended with exit code 0 and no answer: the last words",
    "pyright": "the step check-1 ended with exit code 0 and no answer: the last words",
    "bandit": r"bandit left no report; it said: the last words",
    "pytest": r"pytest's process left no coverage\.json: a test may have ended it: the last words",
    "integration": r"pytest's process left no coverage\.json: a test may have ended it: the last words",
}
ENDED = {
    "ruff": "the step list-1 ",
    "pyright": "the step check-1 ",
    "bandit": "the step check-1 ",
    "pytest": "pytest's process ",
    "integration": "pytest's process ",
}
CODE = {
    **dict.fromkeys(
        ("ruff", "pyright", "bandit"), r"the step \w+-1 ended with exit code 2: the last words internal error: boom"
    ),
    **dict.fromkeys(
        ("pytest", "integration"),
        r"pytest ended with exit code 3 \(internal error\): the last words internal error: boom",
    ),
}
PLACES = {"bandit": r"bandit-1\.json", "pytest": r"coverage\.json", "integration": r"coverage\.json"}
REASONS: Mapping[str, Callable[[str], str]] = {
    "garbage": lambda collector: NO_JSON + r".{1,3}\] or so",
    "half": lambda collector: NO_JSON,
    "shape": lambda collector: NO_JSON + r".+version",
    "encoding": lambda collector: NO_JSON,
    "internal": lambda collector: CODE[collector],
    "killed": lambda collector: ENDED[collector] + r"was ended by signal 9 \(SIGKILL\)",
    "huge": lambda collector: f"it wrote more than 64 MB of {PLACES.get(collector, 'stdout')} and was ended",
    "nowhere": lambda collector: NO_REPORT[collector],
}
"""What is said of each fault, by collector."""

FAULTS = tuple(REASONS)
SLOW = "slow"
WELL = "well"
NEWCOMERS = {f"new_{collector}": collector for collector in COLLECTORS}
"""Components that come while one of their tools fails: nothing was ever known of them."""

each_fault = pytest.mark.parametrize(("fault", "collector"), list(product(FAULTS, COLLECTORS)))
each_collector = pytest.mark.parametrize("collector", COLLECTORS)


class Workshop:
    """The repository, and the plan of what is to fail."""

    def __init__(self, checkout: Checkout, plan: Path) -> None:
        self.checkout = checkout
        self.plan = plan
        self.pids = plan.parent / "pids"
        checkout.write("pyproject.toml", "")
        self.configure()

    def configure(self, missing: bool = False, timeout: int = 600) -> None:
        """Write the configuration: all tools there or none, and their time limit."""
        lines = ["[tool.maturity]"]
        for tool in ("bandit", "pyright", "pytest", "ruff"):
            command = [sys.executable, "-I", "-S", str(TOOL), str(self.plan), tool]
            shown = json.dumps([f"/nowhere/{tool}"] if missing else command)
            lines += [f"[tool.maturity.tool.{tool}]", f"command = {shown}", f"timeout = {timeout}"]
        self.checkout.write("pyproject.toml", "\n".join(lines) + "\n")

    def fail(self, faults: Mapping[str, Mapping[str, str]]) -> None:
        """Set what fails from now on: collector → component → fault."""
        self.plan.write_text(json.dumps(faults), "utf-8")

    def add(self, name: str) -> None:
        """A component of one file, with a test and an integration test."""
        self.checkout.write(f"src/components/{name}/__init__.py", f'"""The component {name}."""\n')
        self.checkout.write(f"src/components/{name}/tests/test_x.py", "def test_x():\n    assert True\n")
        self.checkout.write(f"src/components/{name}/tests/integration/test_y.py", "def test_y():\n    assert True\n")


@dataclass(frozen=True)
class Story:
    """The runs, in their order."""

    workshop: Workshop
    clean: Phase
    faulty: Phase
    again: Phase
    validated: Phase
    missing: Phase
    hanging: Phase
    mended: Phase
    idle: Phase


@pytest.fixture(scope="module")
def story(plant_checkout: Callable[[Mapping[str, str]], Checkout], tmp_path_factory: pytest.TempPathFactory) -> Story:
    """All went well; then tools failed, were missing, and hung; then all went well again."""
    shop = plant_checkout({"dodo.py": "from maturity.dodo import *\n"})
    workshop = Workshop(shop, tmp_path_factory.mktemp("plan") / "plan.json")
    for name in (*FAULTS, SLOW, WELL):
        workshop.add(name)
    workshop.fail({})
    first = shop.doit("-n", "4", "all")
    assert first.exit_code == 0, first
    shop.tick_all()
    clean = shop.after(shop.doit("-n", "4", "all"))
    shop.measured_on(SOME_DAY)

    for name in NEWCOMERS:
        workshop.add(name)
    unknown = {collector: {name: "internal"} for name, collector in NEWCOMERS.items()}
    workshop.fail({collector: {**{fault: fault for fault in FAULTS}, **unknown[collector]} for collector in COLLECTORS})
    faulty = shop.after(shop.doit("-n", "4", "-a", "all"))
    shop.tick_all()
    again = shop.after(shop.maturity("--all", "-n", "4"))
    validated = shop.after(shop.maturity("--validate", "--component", "internal"))

    workshop.configure(missing=True)
    missing = shop.after(shop.doit("-n", "4", "all"))

    workshop.configure(timeout=6)
    workshop.fail({collector: {SLOW: "hangs"} for collector in COLLECTORS})
    hanging = shop.after(shop.doit("-n", "5", f"maturity:{SLOW}"))

    workshop.configure()
    workshop.fail({})
    mended = shop.after(shop.doit("-n", "4", "all"))
    idle = shop.after(shop.doit("-n", "4", "all"))
    return Story(workshop, clean, faulty, again, validated, missing, hanging, mended, idle)


CRITERIA = {
    "bandit": ["Security issues"],
    "integration": ["Integration coverage", "All integration tests"],
    "pyright": ["Type errors"],
    "pytest": ["Coverage", "All tests"],
    "ruff": ["Lint violations"],
}


def resting_on(collector: str, phase: Phase, component: str) -> list[str]:
    """The lines of the criteria that rest on a collector."""
    return phase.criteria(component, *CRITERIA[collector])


def test_the_story_begins_well(story: Story) -> None:
    assert story.clean.ran.exit_code == 0, story.clean.ran
    assert all(story.clean.stage(name) == "Production" for name in (*FAULTS, SLOW, WELL))


@each_fault
def test_the_reason_stands_in_the_document_with_the_day_of_the_figures(
    story: Story, fault: str, collector: str
) -> None:
    start = f"> ⚠️ **{collector} failed**, its figures are those of {SOME_DAY}: "
    (line,) = (line for line in story.faulty.banner(fault) if line.startswith(start))
    reason = re.sub(r"\\(.)", r"\1", line).removeprefix(start).removesuffix("…")  # without the escapes of Markdown
    assert story.faulty.logged(fault, collector).startswith(reason)
    assert len(reason) > 20


@each_fault
def test_the_error_is_logged_in_full(story: Story, fault: str, collector: str) -> None:
    log = story.faulty.logged(fault, collector)
    assert re.match(REASONS[fault](collector), log), log
    assert f"$ {sys.executable} -I -S {TOOL} " in log, "the command"
    assert "the last words" in log, "the last lines"
    if fault != "huge":  # it did not end by itself
        code = {"internal": r"[023]", "killed": "-9"}.get(fault, "0")
        assert re.search(rf"^exit code {code}$", log, re.MULTILINE), log


@each_fault
def test_the_criteria_that_rest_on_it_bear_the_day_of_their_verdict(story: Story, fault: str, collector: str) -> None:
    before, after = resting_on(collector, story.clean, fault), resting_on(collector, story.faulty, fault)
    assert before
    assert after == [f"{line}, as of {SOME_DAY}" for line in before]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_stage_does_not_fall(story: Story, fault: str) -> None:
    for phase in (story.faulty, story.again, story.missing):
        assert phase.stage(fault) == "Production"


@each_collector
def test_what_was_never_known_is_unknown_and_the_stage_does_not_rise(story: Story, collector: str) -> None:
    name = f"new_{collector}"
    for phase in (story.faulty, story.again):
        assert len(phase.banner(name)) == 1
        assert f"> ⚠️ **{collector} failed**, nothing is known: " in phase.banner(name)[0]
        for line in resting_on(collector, phase, name):
            assert re.match(rf"- \[ \] ❔ .*: unknown \({collector} failed\)$", line), line
    assert story.again.stage(name) == ("Staging" if collector == "integration" else "Development")


@each_collector
def test_the_other_collectors_go_on(story: Story, collector: str) -> None:
    for other in set(COLLECTORS) - {collector}:
        for line in resting_on(other, story.faulty, f"new_{collector}"):
            assert line.startswith("- [x] ✅ "), line
            assert "as of" not in line


def test_the_other_components_go_on(story: Story) -> None:
    assert {f"{collector}:{WELL}" for collector in COLLECTORS} <= story.faulty.ran.collected
    for name in (WELL, SLOW):
        assert story.faulty.documents[name] == story.clean.documents[name]


@pytest.mark.parametrize("phase", ["faulty", "again", "validated", "missing", "hanging"])
def test_the_exit_code_is_2(story: Story, phase: str) -> None:
    ran: Ran = getattr(story, phase).ran
    assert ran.exit_code == FAILED, ran
    assert "Traceback" not in ran.output


def test_the_records_of_what_was_known_stay(story: Story) -> None:
    for phase in (story.faulty, story.again, story.missing, story.hanging):
        assert phase.records.items() >= story.clean.records.items()


FAILING = {f"{collector}:{fault}" for fault, collector in product(FAULTS, COLLECTORS)}
FAILING |= {f"{collector}:{name}" for name, collector in NEWCOMERS.items()}


def test_the_next_run_tries_what_failed_again_and_nothing_else(story: Story) -> None:
    assert story.again.ran.collected == FAILING
    known = {path: text for path, text in story.faulty.documents.items() if "new_" not in path}
    assert story.again.documents.items() >= known.items(), "and says the same"


def test_validation_says_that_it_cannot_be_sure(story: Story) -> None:
    assert story.validated.ran.collected == {f"{collector}:internal" for collector in COLLECTORS}
    assert story.validated.documents == story.again.documents


@each_collector
def test_a_tool_that_does_not_exist(story: Story, collector: str) -> None:
    program = "python" if collector in ("pytest", "integration") else collector
    reason = f"cannot start /nowhere/{program}: No such file or directory"
    (line,) = (line for line in story.missing.banner(WELL) if f"**{collector} failed**" in line)
    assert line == f"> ⚠️ **{collector} failed**, its figures are those of {today(story)}: {reason}"
    assert re.search(
        rf"^{collector}:\w+ failed: {reason}\n\$ /nowhere/{program} ", story.missing.ran.stderr, re.MULTILINE
    )
    assert story.missing.stage(WELL) == "Production"


def today(story: Story) -> str:
    """The day on which the component that is well was measured last."""
    trace = story.workshop.checkout.read(f".maturity/records/{WELL}/ruff.trace.json")
    return re.findall(r'"measured": "(\d{4}-\d\d-\d\d)', trace)[0]


@each_collector
def test_a_tool_that_hangs_is_ended_with_all_that_it_started(story: Story, collector: str) -> None:
    assert story.hanging.logged(SLOW, collector).startswith("no answer within 6 s\n$ ")
    assert "the last words" in story.hanging.logged(SLOW, collector)
    pids = [int(path.name.rpartition("-")[2]) for path in story.workshop.pids.glob(f"{collector}-*")]
    assert len(pids) >= 2, "itself, a child, a daemon: as many as got so far"
    assert [pid for pid in pids if is_alive(pid)] == []


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_when_the_tools_work_again_nothing_is_left_of_it(story: Story) -> None:
    assert story.mended.ran.exit_code == 0, story.mended.ran
    assert story.mended.documents.items() >= story.clean.documents.items(), "what a clean run gave"
    assert story.mended.records.items() >= story.clean.records.items()
    for name in NEWCOMERS:
        assert story.mended.stage(name) == "Production"
        assert story.mended.documents[name].replace(name.replace("_", r"\_"), WELL) == story.mended.documents[WELL]
    assert story.idle.ran.exit_code == 0, story.idle.ran
    assert story.idle.ran.collected == frozenset()
    assert story.idle.documents == story.mended.documents
