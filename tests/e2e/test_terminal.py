"""What people see of a run: on a terminal, in a pipe and in CI; with doit and with the console script."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Checkout

DOIT = (sys.executable, "-m", "doit")
MATURITY = (sys.executable, "-m", "maturity")


def edit_young(shop: Checkout) -> None:
    """Have the tools that need no tests check one component again: ruff, pyright and bandit."""
    (path, *_) = sorted(str(path.relative_to(shop.root)) for path in shop.path("src/components/young").rglob("*.py"))
    shop.append(path, "# a comment\n")


def on_terminal(shop: Checkout, *command: str, columns: int = 120, **more: str) -> tuple[int, str]:
    """The exit code of a command, and all that its terminal received."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    left_out = ("CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")
    environment = {name: text for name, text in os.environ.items() if name not in left_out}
    environment |= {"TERM": "xterm-256color", **more}
    with subprocess.Popen(
        command, cwd=shop.root, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as running:
        os.close(theirs)
        received = bytearray()
        while True:
            try:
                received += os.read(ours, 65536) or b"\0"
            except OSError:  # what Linux says when the last one has closed the other end
                break
        os.close(ours)
        code = running.wait(300)
    return code, received.decode("utf-8", "replace")


def plain(text: str) -> str:
    """A text without what steers the terminal."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")


@pytest.mark.parametrize("columns", [40, 140])
def test_progress_appears_on_a_terminal_and_the_table_fits_it(shop: Checkout, columns: int) -> None:
    edit_young(shop)
    code, text = on_terminal(shop, *DOIT, "all", columns=columns)
    assert code == 0, text
    assert "Traceback" not in text
    seen = plain(text)
    assert re.search(r"^(ruff|pyright|bandit): young ", seen, re.MULTILINE), seen
    assert re.search(r"\b[012]/3 processes", seen), seen
    assert text.count("\x1b[?25l") == text.count("\x1b[?25h") > 0, "the cursor is hidden and shown again"
    closing = seen[seen.rindex("young") :] if columns == 40 else seen[seen.rindex("component  ") :]
    assert all(len(line) <= columns for line in closing.splitlines()), closing
    assert re.search(r"ruff,\s+pyright,\s+bandit", closing), closing


def test_a_terminal_in_ci_gets_plain_lines(shop: Checkout) -> None:
    edit_young(shop)
    code, text = on_terminal(shop, *DOIT, "ruff:young", CI="true", NO_COLOR="1", TERM="dumb")
    assert code == 0, text
    assert "\x1b" not in text
    assert re.search(r"^\[1/1\] ruff: young \(", text, re.MULTILINE), text


def test_progress_is_on_stderr_and_the_table_on_stdout(shop: Checkout) -> None:
    edit_young(shop)
    ran = shop.start(*DOIT, "all")
    assert ran.exit_code == 0, ran
    assert ran.collected == {"ruff:young", "pyright:young", "bandit:young"}
    assert len(re.findall(r"^\[[123]/3\] (?:ruff|pyright|bandit): young \(.*\)$", ran.stderr, re.MULTILINE)) == 3
    heading, young, last = ran.stdout.splitlines()
    assert heading.startswith("component ")
    assert re.match(r"young +Development \(unchanged\) .* ruff, pyright, bandit ", young), young
    assert last.startswith("4 components, 0 documents written, 1 collected; 3 processes, 3 records new, 13 from")
    assert "\x1b" not in ran.output


def test_the_console_script_says_the_same_and_quiet_says_nothing_of_what_is_well(shop: Checkout) -> None:
    edit_young(shop)
    ran = shop.maturity("--component", "young")
    assert ran.exit_code == 0, ran
    assert "[3/3] " in ran.stderr
    assert ran.stdout.startswith("component ")
    again = shop.maturity("--component", "young")
    assert (again.stdout, again.stderr) == ("young: Development; current, nothing to do\n", "")
    edit_young(shop)
    quiet = shop.maturity("--all", "-q")
    assert quiet.collected == {"ruff:young", "pyright:young", "bandit:young"}
    assert (quiet.exit_code, quiet.output) == (0, "")


def test_where_nothing_is_to_do_there_is_one_line(shop: Checkout) -> None:
    shop.doit("all")
    ran = shop.start(*DOIT, "all")
    assert (ran.stdout, ran.stderr) == ("everything is current, nothing to do\n", "")
    for task, said in (("validate:store", "1 document is valid"), ("preview:store", "1 document would not change")):
        shop.path(".maturity/snapshot").unlink(missing_ok=True)  # so that there is something to look at
        ran = shop.start(*DOIT, task)
        assert (ran.stdout, ran.stderr) == (f"{said}\n", "")


@pytest.mark.parametrize("command", [(*DOIT, "ruff:young"), (*MATURITY, "--component", "carbon")])
def test_a_reader_who_has_enough_is_no_error(shop: Checkout, command: tuple[str, ...]) -> None:
    edit_young(shop)
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(command, cwd=shop.root, stdout=writing, stderr=subprocess.PIPE, timeout=300, text=True)
    os.close(writing)
    assert ended.returncode == 0, ended
    assert "Traceback" not in ended.stderr
    assert "BrokenPipe" not in ended.stderr


@pytest.mark.parametrize("command", [("-m", "doit", "all"), ("-m", "doit", "list"), ("-m", "maturity", "--help")])
def test_what_shows_no_progress_does_not_import_rich(shop: Checkout, command: tuple[str, ...]) -> None:
    shop.doit("all")
    ran = shop.start(sys.executable, "-X", "importtime", *command)
    imported = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if line.startswith("import time:")}
    assert ran.exit_code == 0, ran
    assert "sys" in imported or "site" in imported
    assert not {name for name in imported if name.partition(".")[0] == "rich"}
