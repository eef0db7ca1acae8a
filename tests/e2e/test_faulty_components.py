"""Faults in a component's own files, with the real tools: what is a result, what is a failure, what stays around."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout, Phase

FAILED = 2
TOOL = Path(__file__).with_name("faulty_tool.py")
SOME_DAY = "2020-02-03"

CODE = '''"""A component."""


def one() -> int:
    """Return one."""
    return 1
'''
TEST = """from components.{name} import one


def test_one():
    assert one() == 1
"""

FAULTS = {
    "syntax": ("__init__.py", CODE + "\n\ndef (:\n"),
    "unimportable": ("tests/test_one.py", "import nowhere\n\n" + TEST),
    "conftest": ("tests/conftest.py", 'raise RuntimeError("this conftest is broken")\n'),
    "hook": (
        "tests/conftest.py",
        'def pytest_collection_modifyitems():\n    raise RuntimeError("this hook is broken")\n',
    ),
    "exits": ("tests/test_one.py", TEST + "\n\ndef test_exit():\n    import os\n\n    os._exit(0)\n"),
    "memory": (
        "tests/test_one.py",
        TEST
        + """

KEPT = []


def test_memory():
    import resource

    with open("/proc/self/statm") as stream:
        used = int(stream.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 100_000_000, used + 100_000_000))
    size = 50_000_000
    while size > 100:
        try:
            KEPT.append(bytearray(size))
        except MemoryError:
            size //= 2
    KEPT.append(bytearray(1_000_000_000))
""",
    ),
    "hangs": (
        "tests/test_one.py",
        TEST
        + """

def test_thread():
    import threading
    import time

    threading.Thread(target=time.sleep, args=(600,)).start()
""",
    ),
}
"""What is broken in each component: a file, and what it then says."""

UNRULY = {
    "children": """
def test_children():
    import pathlib
    import subprocess
    import sys

    program = "import os, pathlib, sys, time; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"
    pids = pathlib.Path(__file__).parents[4] / ".pids"
    pids.mkdir(exist_ok=True)
    for number, apart in enumerate([False, True]):
        subprocess.Popen([sys.executable, "-c", program, str(pids / str(number))], start_new_session=apart)
    while len([path for path in pids.iterdir() if path.read_text()]) < 2:
        pass
""",
    "threads": """
def test_threads():
    import threading
    import time

    for _ in range(10):
        threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
    threading.Thread(target=time.sleep, args=(0.2,)).start()
""",
    "lost": """
def test_lost(tmp_path):
    import os

    os.chdir(tmp_path)
    tmp_path.rmdir()
""",
    "writes": """
def test_writes():
    import pathlib

    here = pathlib.Path(__file__).parents[1]
    (here / "made.txt").write_text("made")
    (here / "made.py").write_text("MADE = 1")
    assert (here / "made.txt").read_text() == "made"
""",
    "edits": """
def test_edits():
    import pathlib

    with (pathlib.Path(__file__).parents[1] / "__init__.py").open("a") as stream:
        stream.write("# edited")
""",
}
"""What the tests of further components do, besides passing."""

WELL = "well"
FAILING = dict.fromkeys(("conftest", "hook", "exits"), "pytest")
REASONS = {
    "conftest": r"pytest ended with exit code 4 \(usage error\): .*this conftest is broken",
    "hook": r"pytest ended with exit code 3 \(internal error\): .*this hook is broken",
    "exits": r"pytest's process left no coverage\.json: a test may have ended it: ",
    "hangs": "no answer within 5 s",
}
CRITERIA = ["Coverage", "All tests"]


@dataclass(frozen=True)
class Story:
    """The runs, in their order."""

    checkout: Checkout
    clean: Phase
    faulty: Phase
    again: Phase
    hanging: Phase
    mended: Phase


@pytest.fixture(scope="module")
def story(plant_checkout: Callable[[Mapping[str, str]], Checkout]) -> Story:
    """All went well; then the files were broken, and unruly components came; then the files were as before."""
    shop = plant_checkout({"dodo.py": "from maturity.dodo import *\n"})
    # Types are nothing new here and take the most time of all: a tool that finds nothing stands in for pyright.
    pyright = json.dumps([sys.executable, "-I", "-S", str(TOOL), "/dev/null", "pyright"])
    configuration = (
        f'[tool.pytest.ini_options]\npythonpath = ["src"]\n[tool.maturity.tool.pyright]\ncommand = {pyright}\n'
    )
    plugins = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # those installed here make each start twice as long
    shop.write("pyproject.toml", configuration)
    for name in (*FAULTS, WELL):
        shop.write(f"src/components/{name}/__init__.py", CODE)
        shop.write(f"src/components/{name}/tests/test_one.py", TEST.format(name=name))
        shop.write(f"src/components/{name}/tests/conftest.py", "")
    first = shop.doit("-n", "2", "all", **plugins)
    assert first.exit_code == 0, first
    shop.tick_all()
    clean = shop.after(shop.doit("-n", "2", "all", **plugins))
    shop.measured_on(SOME_DAY)

    kept = {f"src/components/{name}/{file}": "" for name, (file, _) in FAULTS.items()}
    kept = {path: shop.read(path) for path in kept}
    for name, (file, text) in FAULTS.items():
        if name != "hangs":
            shop.write(f"src/components/{name}/{file}", text.replace("{name}", name))
    for name, text in UNRULY.items():
        shop.write(f"src/components/{name}/__init__.py", CODE)
        shop.write(f"src/components/{name}/tests/test_one.py", TEST.format(name=name) + "\n" + text)
    faulty = shop.after(shop.doit("-n", "2", "all", **plugins))
    again = shop.after(shop.maturity("--all", **plugins))

    file, text = FAULTS["hangs"]
    shop.write(f"src/components/hangs/{file}", text.format(name="hangs"))
    shop.write("pyproject.toml", configuration + "[tool.maturity.tool.pytest]\ntimeout = 5\n")
    hanging = shop.after(shop.doit("maturity:hangs", **plugins))

    shop.write("pyproject.toml", configuration)
    for path, text in kept.items():
        shop.write(path, text)
    mended = shop.after(shop.doit("-n", "2", *(f"maturity:{name}" for name in FAULTS), **plugins))
    return Story(shop, clean, faulty, again, hanging, mended)


each_failing = pytest.mark.parametrize("name", [*FAILING, "hangs"])


def phase_of(story: Story, name: str) -> Phase:
    """The first run with the fault of a component."""
    return story.hanging if name == "hangs" else story.faulty


def test_the_story_begins_well(story: Story) -> None:
    assert story.clean.ran.exit_code == 0
    assert {story.clean.stage(name) for name in (*FAULTS, WELL)} == {"Staging"}


@each_failing
def test_what_gives_no_answer_is_a_failure_with_the_last_known_figures(story: Story, name: str) -> None:
    phase, collector = phase_of(story, name), "pytest"
    (line,) = phase.banner(name)
    assert line.startswith(f"> ⚠️ **{collector} failed**, its figures are those of {SOME_DAY}: ")
    assert phase.ran.exit_code == FAILED
    log = phase.logged(name, collector)
    assert re.match(REASONS[name], log), log
    assert re.search(r"^\$ .+python", log, re.MULTILINE)
    assert name == "hangs" or re.search(r"^exit code -?\d+$", log, re.MULTILINE), log
    assert "Traceback" not in phase.ran.stdout
    before = story.clean.criteria(name, *CRITERIA)
    assert phase.criteria(name, *CRITERIA) == [f"{criterion}, as of {SOME_DAY}" for criterion in before]


@pytest.mark.parametrize("name", ["conftest", "hook", "exits", "hangs"])
def test_the_stage_stays(story: Story, name: str) -> None:
    assert phase_of(story, name).stage(name) == "Staging"


def test_without_memory_there_is_a_failed_test_or_no_answer_but_never_a_pass(story: Story) -> None:
    document = story.faulty.documents["memory"]
    if story.faulty.banner("memory"):  # so far it was SIGSEGV
        assert "- **Tests**: 1 passed, 0 failed, 0 skipped, 1 in total, as of 2020-02-03\n" in document
        assert "before it left its reports" in document
        assert story.faulty.stage("memory") == "Staging"
    else:
        assert "- **Tests**: 1 passed, 1 failed, 0 skipped, 2 in total\n" in document
        assert story.faulty.stage("memory") == "Development"


@pytest.mark.parametrize("name", ["syntax", "unimportable"])
def test_a_module_that_cannot_be_imported_is_a_result_and_counts_at_once(story: Story, name: str) -> None:
    document = story.faulty.documents[name]
    assert "- **Tests**: 0 passed, 0 failed, 0 skipped, 1 error, 1 in total\n" in document
    assert "- **Coverage**: unknown (1 test module could not be collected)\n" in document
    assert story.faulty.stage(name) == "Development"
    assert "**pytest failed**" not in document


def test_a_syntax_error_is_a_finding_of_those_who_can_say_so_and_a_result_of_all(story: Story) -> None:
    lint, security = story.faulty.criteria("syntax", "Lint violations", "Security issues")
    assert "missed" in lint
    reason = "src/components/syntax/__init__.py: syntax error while parsing AST from file"
    assert f"unknown ({reason})" in security.replace("\\", "")
    assert story.faulty.banner("syntax") == []
    assert "bandit:syntax" not in story.again.ran.collected


@pytest.mark.parametrize("name", UNRULY)
def test_what_a_test_leaves_behind_is_no_reason_to_doubt_it(story: Story, name: str) -> None:
    for phase in (story.faulty, story.again):
        assert phase.banner(name) == []
        assert "- **Tests**: 2 passed, 0 failed, 0 skipped, 2 in total\n" in phase.documents[name]
    assert "- **Coverage**: 100.0 % (2 of 2 statements)\n" in story.faulty.documents[name]


def test_no_process_of_a_test_is_left(story: Story) -> None:
    pids = [int(path.read_text()) for path in story.checkout.path(".pids").iterdir()]
    assert len(pids) == 2
    assert [pid for pid in pids if is_alive(pid)] == []


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_what_a_test_wrote_is_an_input_of_the_next_run_and_then_no_more(story: Story) -> None:
    assert "pytest:writes" in story.again.ran.collected
    assert "- **Coverage**: 66.6 % (2 of 3 statements)\n" in story.again.documents["writes"]
    assert "pytest:writes" not in story.hanging.ran.collected


def test_an_input_that_changes_in_every_run_is_never_current(story: Story) -> None:
    assert {"pytest:edits", "ruff:edits"} <= story.again.ran.collected


def test_the_others_go_on(story: Story) -> None:
    for name in (WELL, "hangs"):
        assert story.faulty.documents[name] == story.clean.documents[name]
    assert "pyright:conftest" in story.faulty.ran.collected


def test_the_next_run_tries_what_failed_again(story: Story) -> None:
    assert {f"{collector}:{name}" for name, collector in FAILING.items()} <= story.again.ran.collected
    for name in set(FAULTS) - {"memory"}:
        assert story.again.documents[name] == story.faulty.documents[name]
    known = {path: text for path, text in story.faulty.records.items() if path.split("/")[2] in FAULTS}
    assert story.again.records.items() >= known.items()


def test_when_the_files_are_right_again_nothing_is_left_of_it(story: Story) -> None:
    assert story.mended.ran.exit_code == 0, story.mended.ran
    for name in (*FAULTS, WELL):
        assert story.mended.documents[name] == story.clean.documents[name]
    assert story.mended.records.items() >= story.clean.records.items()
