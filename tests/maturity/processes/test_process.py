"""Processes: bounded in time and output, ended with all that they started, and never a shell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from maturity.errors import CollectorFailure
from maturity.processes import process
from maturity.processes.process import Completed, Running, end_all, printable, run

PYTHON = sys.executable
QUICK = 20.0
"""Seconds that no command here needs, however busy the machine is."""

Run = Callable[..., Completed]


@pytest.fixture
def python(tmp_path: Path) -> Run:
    """Runs a Python program in an empty directory."""
    scratch, cwd = tmp_path / "scratch", tmp_path / "cwd"
    scratch.mkdir()
    cwd.mkdir()

    def start(
        program: str, *arguments: str, timeout: float = QUICK, reports: Sequence[str] = (), **environment: str
    ) -> Completed:
        return run([PYTHON, "-c", program, *arguments], cwd, scratch, timeout, environment, reports)

    return start


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not, for nothing may reap the orphans of a container."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(*files: Path) -> bool:
    """Whether the processes whose ids are in these files are gone, now or within a second."""
    pids = [int(file.read_text()) for file in files]
    for _ in range(100):
        if not any(map(is_alive, pids)):
            return True
        time.sleep(0.01)
    return False


def test_what_a_process_leaves(python: Run, tmp_path: Path) -> None:
    done = python("import sys, os; print(os.getcwd()); print('e', file=sys.stderr); sys.exit(3)")
    assert (done.returncode, done.stdout, done.stderr) == (3, f"{tmp_path / 'cwd'}\n".encode(), b"e\n")
    assert done.command[0] == PYTHON
    assert done.seconds > 0


def test_arguments_are_words_and_never_a_shell_line(python: Run) -> None:
    words = ["$HOME", "`id`", ";ls", "a b", "*", "'\"", "--", "-x", "é", "|", "&&", "\n"]
    assert python("import sys; print(ascii(sys.argv[1:]))", *words).stdout.decode().strip() == ascii(words)


def test_standard_input_is_empty(python: Run) -> None:
    assert python("import sys; print(repr(sys.stdin.read()))").stdout == b"''\n"


def test_the_environment_is_ours_and_more(python: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OURS", "1")
    assert python("import os; print(os.environ['OURS'], os.environ['MORE'])", MORE="2").stdout == b"1 2\n"


@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_signal_is_a_negative_return_code(python: Run, sign: signal.Signals) -> None:
    done = python(f"import os; os.kill(os.getpid(), {int(sign)})")
    assert done.returncode == -sign


@pytest.mark.parametrize(
    "command", [("/nowhere/tool", "x"), ("no-such-tool-here",), (".",), ("a\0b",), (PYTHON, "a\0b")]
)
def test_what_cannot_be_started_is_a_failure_that_names_it(tmp_path: Path, command: tuple[str, ...]) -> None:
    with pytest.raises(CollectorFailure, match=r"^cannot start ") as caught:
        run(command, tmp_path, tmp_path, QUICK)
    assert f"$ {printable(command)}" in str(caught.value)


def test_a_directory_for_output_that_is_cleared_meanwhile_is_a_failure(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    program = f"import shutil; shutil.rmtree({str(scratch)!r})"
    with pytest.raises(CollectorFailure, match="were deleted while it ran"):
        run((sys.executable, "-c", program), tmp_path, scratch, 60)


def test_a_directory_that_is_gone_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(CollectorFailure, match=r"^cannot start "):
        run([PYTHON, "-c", ""], tmp_path / "gone", tmp_path, QUICK)


CHILDREN = """
import os, pathlib, subprocess, sys, time
grandchild = "import os, pathlib, time; pathlib.Path('grandchild').write_text(str(os.getpid())); time.sleep(60)"
subprocess.Popen([sys.executable, "-c", "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])",
                  grandchild])
pathlib.Path("child").write_text(str(os.getpid()))
while not pathlib.Path("grandchild").exists() or not pathlib.Path("grandchild").read_text():
    time.sleep(0.01)
print("ready", flush=True)
"""
SLEEP = "time.sleep(60)"


@pytest.fixture
def when_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], str]], None]:
    """Has something happen to a process once it said that it is ready, instead of the end of its time."""

    def prepare(happen: Callable[[], str]) -> None:
        def watch(running: Running, timeout: float, files: Mapping[str, Path]) -> str:
            del timeout
            while b"ready" not in files["stdout"].read_bytes() and not running.wait(0.01):
                pass
            return happen()

        monkeypatch.setattr(process, "watch", watch)

    return prepare


WhenReady = Callable[[Callable[[], str]], None]


def test_a_process_that_takes_too_long_is_a_failure(python: Run) -> None:
    with pytest.raises(CollectorFailure, match=r"^no answer within 0\.1 s\n\$ ") as caught:
        python("import time; time.sleep(60)", timeout=0.1)
    assert PYTHON in str(caught.value)


def test_a_timeout_ends_all_that_it_started(python: Run, tmp_path: Path, when_ready: WhenReady) -> None:
    when_ready(lambda: "no time left")
    with pytest.raises(CollectorFailure, match=r"^no time left\n\$ "):
        python(CHILDREN + SLEEP)
    assert gone(tmp_path / "cwd" / "child", tmp_path / "cwd" / "grandchild")


def test_a_timeout_tells_what_was_printed_last(python: Run, when_ready: WhenReady) -> None:
    when_ready(lambda: "no time left")
    with pytest.raises(CollectorFailure) as caught:
        python("import time; print('x' * 10_000 + 'the last words, ready', flush=True);" + SLEEP)
    assert len(str(caught.value)) < 9000
    assert "the last words" in str(caught.value)


def test_a_process_that_will_not_end_is_killed(
    python: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when_ready: WhenReady
) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 0.1)
    when_ready(lambda: "no time left")
    with pytest.raises(CollectorFailure):
        python("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + CHILDREN + SLEEP)
    assert gone(tmp_path / "cwd" / "child", tmp_path / "cwd" / "grandchild")


def interrupt() -> str:
    raise KeyboardInterrupt


def test_an_interrupt_ends_the_process(python: Run, tmp_path: Path, when_ready: WhenReady) -> None:
    when_ready(interrupt)
    with pytest.raises(KeyboardInterrupt):
        python(CHILDREN + SLEEP)
    assert gone(tmp_path / "cwd" / "child", tmp_path / "cwd" / "grandchild")
    assert not process._running  # pyright: ignore[reportPrivateUsage]


def test_what_a_finished_process_left_running_is_ended(python: Run, tmp_path: Path) -> None:
    assert python(CHILDREN).stdout == b"ready\n"
    assert gone(tmp_path / "cwd" / "grandchild")


@pytest.fixture
def stopping(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that may be told to stop, without a word of it to the tests that follow."""
    monkeypatch.setattr(process, "_stopping", threading.Event())


@pytest.mark.usefixtures("stopping")
def test_all_can_be_ended_at_once_and_what_they_left_is_no_answer(python: Run, tmp_path: Path) -> None:
    ends: list[object] = []

    def start() -> None:
        try:
            ends.append(python(CHILDREN + SLEEP))
        except SystemExit as end:
            ends.append(end.code)

    thread = threading.Thread(target=start)
    thread.start()
    out = tmp_path / "scratch" / "stdout"
    while thread.is_alive() and not (out.exists() and out.read_bytes()):
        time.sleep(0.01)
    end_all()
    thread.join(QUICK)
    assert ends == [process.STOPPED]
    assert gone(tmp_path / "cwd" / "child", tmp_path / "cwd" / "grandchild")


@pytest.mark.usefixtures("stopping")
def test_nothing_is_started_after_that(python: Run, tmp_path: Path) -> None:
    end_all()
    with pytest.raises(SystemExit):
        python("import pathlib; pathlib.Path('started').touch()")
    assert not (tmp_path / "cwd" / "started").exists()


TERMINATED = """
import pathlib, sys
from maturity.processes import process
process.end_with_us()
cwd, scratch = map(pathlib.Path, sys.argv[1:3])
process.run([sys.executable, "-c", sys.argv[3]], cwd, scratch, 60)
"""


def test_a_terminated_run_leaves_no_tool_behind(tmp_path: Path) -> None:
    words = [str(tmp_path), str(tmp_path), CHILDREN + SLEEP]
    ours = subprocess.Popen([PYTHON, "-c", TERMINATED, *words], stderr=subprocess.PIPE)
    out = tmp_path / "stdout"
    while ours.poll() is None and not (out.exists() and out.read_bytes()):
        time.sleep(0.01)
    ours.terminate()
    _, printed = ours.communicate(timeout=QUICK)
    assert ours.returncode == 128 + signal.SIGTERM, printed
    assert gone(tmp_path / "child", tmp_path / "grandchild")


FOREVER = """
import sys
with open(sys.argv[1], "wb") if len(sys.argv) > 1 else sys.__STREAM__.buffer as stream:
    while True:
        stream.write(b"x" * 1000)
"""


@pytest.mark.parametrize("stream", ["stdout", "stderr", "report"])
def test_a_process_that_writes_without_end_is_ended(
    python: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str
) -> None:
    monkeypatch.setattr(process, "OUTPUT_LIMIT", 10 << 20)
    report = [str(tmp_path / "scratch" / "report")] if stream == "report" else []
    with pytest.raises(CollectorFailure, match=f"^it wrote more than 10 MB of {stream} and was ended\n\\$ ") as caught:
        python(FOREVER.replace("__STREAM__", stream), *report, timeout=60, reports=("report",))
    assert len(str(caught.value)) < 10_000


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_too_much_output_is_a_failure_of_a_process_that_has_ended_too(
    python: Run, monkeypatch: pytest.MonkeyPatch, stream: str
) -> None:
    monkeypatch.setattr(process, "OUTPUT_LIMIT", 1000)
    assert len(python("print('x' * 999)").stdout) == 1000
    with pytest.raises(CollectorFailure, match=f"^it wrote more than 0 MB of {stream} "):
        python(f"import sys; print('x' * 1000, file=sys.{stream})")


def test_huge_output_never_comes_into_our_memory(tmp_path: Path) -> None:
    program = """
import pathlib, resource, sys
from maturity.processes import process
from maturity.errors import CollectorFailure
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
huge = "import os\\nfor _ in range(200): os.write(1, b'x' * 2**20)"
try:
    process.run([sys.executable, "-c", huge], pathlib.Path("."), pathlib.Path("."), 60)
except CollectorFailure as failure:
    assert "more than 64 MB of stdout" in str(failure), failure
else:
    raise SystemExit("no failure")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10)
"""
    ended = subprocess.run([PYTHON, "-c", program], cwd=tmp_path, capture_output=True, check=False)
    assert ended.returncode == 0, ended
    assert int(ended.stdout) < 20, "megabytes"


def test_the_process_has_a_group_of_its_own(python: Run) -> None:
    assert int(python("import os; print(os.getpgid(0))").stdout) != os.getpgid(0)


def completed(stdout: bytes = b"", stderr: bytes = b"") -> Completed:
    return Completed(("tool", "--flag"), 2, stdout, stderr, 0.1)


def test_the_log_has_command_code_and_last_lines() -> None:
    log = completed(b"one\n" * 50, b"last \xff\n").log(3)
    assert log == "$ tool --flag\nexit code 2\none\n\nlast \ufffd"
    assert completed(b" \n", b"").log() == "$ tool --flag\nexit code 2"


def test_the_log_of_a_huge_output_is_short() -> None:
    assert len(completed(b"x" * 10**6).log()) < 25_000


def test_a_command_line_can_be_read() -> None:
    assert printable(["a", "b c", "é", "x\ny"]) == "a 'b c' 'é' 'x\\ny'"
    assert printable(["ab"] * 9, 10) == "ab ab ab a … (9 words)"


def test_a_tool_under_a_hook_of_git_is_not_told_about_the_users_index(
    python: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", "index.lock")
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_AUTHOR_NAME", "A")
    names = ("GIT_AUTHOR_NAME", "GIT_DIR", "GIT_INDEX_FILE")
    show = f"import os; print(*(name for name in {names} if name in os.environ))"
    assert python(show).stdout.split() == [b"GIT_AUTHOR_NAME"]
    assert python(show, GIT_INDEX_FILE="other").stdout.split() == [b"GIT_AUTHOR_NAME", b"GIT_INDEX_FILE"]
