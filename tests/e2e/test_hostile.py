"""A repository that somebody hostile has prepared: nothing outside is written, no name is a command, all is printable.

What the tests of a repository do when they run is theirs (see SECURITY.md). All else is shown here to do no harm:
names, links, configuration, documents, and a cache and a database that came with the repository.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from maturity.errors import MaturityError
from maturity.printing import plain
from maturity.repository import Repository

if TYPE_CHECKING:
    from conftest import Checkout, Depot

REFUSED = 4
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

TESTED = ['it\'s "$(touch pwned)"; touch pwned', "l" * 200]
NAMES = [*TESTED, "`touch pwned` && {a,b}", "~root", "café测试 %2e%2e"]
"""What components and their files are called; those with tests first."""

FILES = ["-rf.py", "--config.py", "--.py", "@file.py", "a b.py", "$(touch pwned).py", "naïve.py"]
"""What the files of one component are called."""


TEST = """
import pathlib
import runpy


def test_value():
    path = pathlib.Path(__file__).parents[1] / {0!r}
    assert runpy.run_path(str(path))["VALUE"] == 1
"""


def test_names_are_names_whatever_they_look_like_to_a_shell_or_a_tool(depot: Depot, tmp_path: Path) -> None:
    made = type(depot)(tmp_path / "odd")  # with the real tools
    named = {"dash": ["--fix.py"], "files": [f"files/{name}" for name in FILES]}
    tables = "\n".join(
        f"[tool.maturity.component.{name}]\nsource = {json.dumps(paths)}" for name, paths in named.items()
    )
    made.write("pyproject.toml", f"[tool.maturity]\ncomponents = ['src/*']\n{tables}\n")
    for path in (*(f"src/{name}/{name}.py" for name in NAMES), *named["dash"], *named["files"]):
        made.write(path, '"""A module."""\n\nVALUE = 1\n')
    for name in TESTED:
        made.write(f"src/{name}/tests/test_{name}.py", TEST.format(f"{name}.py"))
    ran = made.maturity("--all")
    assert ran.exit_code == 0, ran
    for name in NAMES:
        text = made.read(f"src/{name}/MATURITY.md")
        if name in TESTED:
            assert "- **Coverage**: 100.0 % (1 of 1 statements)" in text, name
            assert "1 passed, 0 failed" in text, name
        assert "- **Lint**: 0 violations" in text, name
    for path in ("--fix.MATURITY.md", "files/-rf.MATURITY.md"):
        assert "- **Lint**: 0 violations" in made.read(path)
    assert list(tmp_path.rglob("pwned")) == []


@pytest.mark.parametrize("name", ["red/\x1b[31m.py", "line/a\n::error::b.py", "turned/\u202egnp.py", "bell/\x07.py"])
def test_a_name_that_steers_a_terminal_is_refused_and_shown_by_its_code(depot: Depot, name: str) -> None:
    depot.write(f"src/components/{name}", "")
    with pytest.raises(MaturityError) as refusal:
        Repository(depot.root)
    assert ascii(name)[1:-1] in ascii(str(refusal.value)).replace("\\\\", "\\")
    assert plain(str(refusal.value)) == str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_what_tools_documents_and_people_say_cannot_steer_a_terminal(depot: Depot) -> None:
    red = "\x1b]0;title\x07\x1b[31m\x9b31m\u202e"
    depot.edit(violations=2)
    depot.replace("src/components/east.MATURITY.md", "- **Lint**", f"{red} by hand\n- **Lint**")
    depot.write("noise.py", f"import sys\nsys.exit({red!r})\n")
    depot.write(
        "pyproject.toml", f"[tool.maturity.tool.bandit]\ncommand = {json.dumps([sys.executable, 'noise.py'])}\n"
    )
    for ran in (
        depot.doit("validate"),
        depot.maturity("--all", "--verbose"),
        depot.doit("bandit:west"),
    ):
        assert not STEERING.search(ran.output), ran
    assert "\\x1b]0;title\\x07" in ran.output, "it is shown by its code"


def test_links_out_of_the_repository_and_in_circles_lead_nowhere(depot: Depot, outside: Path) -> None:
    for number in range(3):
        depot.path(f"src/components/round{number}").symlink_to(".")
        depot.path(f"src/up{number}").symlink_to("..")
    depot.path("src/components/out").symlink_to(outside)
    depot.path("src/components/out.py").symlink_to(outside / "file.py")
    depot.path(".github").mkdir()
    depot.path(".github/CODEOWNERS").symlink_to(outside / "secret")
    depot.path("src/components/east.MATURITY.md").unlink()
    depot.path("src/components/east.MATURITY.md").symlink_to(outside / "made.md")
    depot.write("pyproject.toml", "[tool.maturity]\ncomponents = ['**/*.py']\nexclude = ['dodo.py']\n")
    ran = depot.maturity("--all")
    assert ran.exit_code == REFUSED, ran
    assert "east.MATURITY.md: leads out of the repository; remove the link" in ran.stderr
    assert "Traceback" not in ran.output
    assert "secret" not in ran.output.lower()
    assert {path.split("/")[2] for path in depot.records()} == {"east", "north", "south", "west"}


def test_a_glob_that_matches_everything_is_refused_where_components_overlap(depot: Depot) -> None:
    for number in range(3):
        depot.path(f"src/round{number}").symlink_to(".")
    depot.write("pyproject.toml", "[tool.maturity]\ncomponents = ['**/*', '**', '**/**/**']\n")
    with pytest.raises(MaturityError, match="is claimed by two components"):
        Repository(depot.root)


@pytest.mark.parametrize(
    "table",
    [
        "components = ['../outside/*']",
        "components = ['/**']",
        "exclude = ['../*']",
        "template = '../outside/secret'",
        "template = 'link'",
        "[tool.maturity.component.x]\nsource = ['../outside/file.py']",
        "[tool.maturity.component.x]\nsource = ['src/components/link.py']",
        "[tool.maturity.component.x]\nsource = ['src/components/../../../outside']",
        "[tool.maturity.component.east]\ntests = ['../outside/file.py']",
        "[tool.maturity.component.east]\ntests = ['-p', 'evil']",
        "[tool.maturity.component.east]\nintegration-tests = ['/']",
        "[tool.maturity.component.east]\ndocument = '../outside/made.md'",
        "[tool.maturity.component.east]\ndocument = '/tmp/made.md'",
        "[tool.maturity.component.east]\ndocument = '.git/hooks/post-checkout'",
        "[tool.maturity.component.east]\ndocument = 'linked/made.md'",
        '[tool.maturity.component.east]\nowner = "x\\u001b[31m"',
        "[[tool.maturity.criterion]]\nstage = 'Staging'\nid = 'x'\nmetric = 'tests.total'\nat-least = 1e999999999",
        "x = 1" + "1" * 5000,
        "x = " + "[" * 5000,
    ],
    ids=lambda table: table[-40:].replace("\n", " "),
)
def test_a_configuration_that_leads_out_of_the_repository_is_refused(depot: Depot, outside: Path, table: str) -> None:
    depot.path("link").symlink_to(outside / "secret")
    depot.path("linked").symlink_to(outside)
    depot.path("src/components/link.py").symlink_to(outside / "file.py")
    depot.path("src/components/new.py").touch()  # its document is made from the template
    depot.write("pyproject.toml", f"[tool.maturity]\n{table}\n")
    with pytest.raises(MaturityError) as refusal:
        repository = Repository(depot.root)
        for component in repository.components.values():
            repository.drafts.draft(component, repository.drafts.measurements(component), "2026-01-01")
    assert refusal.value.exit_code == REFUSED
    assert str(refusal.value) == plain(str(refusal.value))
    assert "SECRET" not in str(refusal.value)


def test_ten_thousand_components_in_the_configuration(depot: Depot) -> None:
    depot.path("many").mkdir()
    tables = [f"[tool.maturity.component.c{number}]\nsource = ['many/c{number}.py']\n" for number in range(10_000)]
    depot.write("pyproject.toml", "".join(tables))
    for number in range(10_000):
        depot.path(f"many/c{number}.py").touch()
    components = Repository(depot.root).components
    assert len(components) == 10_004
    assert components["c7"].source == ("many/c7.py",)


EAST, NORTH = "src/components/east.MATURITY.md", "src/components/north.MATURITY.md"


def test_a_document_that_is_no_file_is_neither_waited_for_nor_a_bug(depot: Depot) -> None:
    depot.path(EAST).unlink()
    os.mkfifo(depot.path(EAST))
    depot.path(NORTH).unlink()
    depot.path(NORTH).mkdir()
    for ran in (depot.maturity("--validate"), depot.maturity("--all")):
        assert ran.exit_code == REFUSED, ran
        for path in (EAST, NORTH):
            assert f"{path}: is not a regular file of at most 64 MB; move it away" in ran.stderr
        assert "Traceback" not in ran.output


PRINTS = """import os, sys


def pytest_configure(config):
    config.pluginmanager.getplugin("capturemanager").suspend_global_capture()
    print("::add-mask::a\\n::error file=x::y\\n##[error]z\\n##vso[task.complete result=Succeeded]", flush=True)
    os._exit(3)
"""


def test_what_tests_print_commands_no_ci_system(plant_checkout: Callable[[Mapping[str, str]], Checkout]) -> None:
    checkout = plant_checkout(
        {
            "pyproject.toml": "",
            "dodo.py": "from maturity.dodo import *\n",
            "src/components/carbon/a.py": "",
            "tests/carbon/conftest.py": PRINTS,
            "tests/carbon/test_a.py": "def test() -> None: ...\n",
        }
    ).surrounded_by(PYTHONPATH=str(Path(__file__).with_name("fakes")))
    for ran in (checkout.maturity("--all"), checkout.maturity("--all", "-q"), checkout.all()):
        assert ran.exit_code == 2, ran
        assert not [line for line in ran.output.splitlines() if line.strip().startswith("::")]
        assert "##[" not in ran.output and "##vso[" not in ran.output
    assert ": :add-mask::a" in checkout.maturity("--all").output
