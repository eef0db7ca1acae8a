# PYTHON_ARGCOMPLETE_OK
"""The console script: it finds the command, and says what went wrong."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from traceback import format_exception

from maturity.commands import COMMANDS
from maturity.errors import REPORT, StorageError, UsageError, expected
from maturity.files import find_root
from maturity.printing import plain

UPDATE = "update"
"""The command that is meant where none is typed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console script and return its exit code."""
    replace_closed_streams()
    if "_ARGCOMPLETE" in os.environ:  # the shell asks, at each press of the tab key
        from maturity.completion import complete

        complete()
    words = list(sys.argv[1:] if arguments is None else arguments)
    typed = bool(words) and not words[0].startswith("-")
    command = words.pop(0) if typed else UPDATE
    from maturity.terminal.messages import show_messages

    show_messages()
    with suppress(AttributeError):  # a stream of somebody else's
        sys.stdout.reconfigure(errors="backslashreplace")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    try:
        check_directory()
        if typed and command not in COMMANDS:
            raise unknown(command)
        # Imported only now: a merge driver, say, is started often and needs no graph.
        code = int(import_module(f"maturity.commands.{command.replace('-', '_')}").main(words))
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("maturity: interrupted; what was collected is kept", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader has enough, as in `maturity … | head`
        give_up_output()
        return 0
    except Exception as error:
        try:
            sys.stdout.flush()
        except OSError:
            give_up_output()
        return told(error)


def replace_closed_streams() -> None:
    """Let closed standard streams lead nowhere: else a database that is opened takes their place and is printed to."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free, which is this one
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


def check_directory() -> None:
    """Raise StorageError where the working directory is gone."""
    try:
        os.getcwd()  # noqa: PTH109 - nothing else here needs a path
    except FileNotFoundError:
        raise StorageError("the working directory was deleted; go to one that exists") from None


def unknown(command: str) -> UsageError:
    """What to say of a word that is no command; it may be a component."""
    from maturity.completion import discovered
    from maturity.settings.toml import nearest

    said = f"there is no command {command!r}"
    if command in discovered(find_root(Path.cwd())):
        return UsageError(f"{said}; `maturity --component {shlex.quote(command)}` updates this component")
    return UsageError(f"{said}{nearest(command, COMMANDS)}")


def give_up_output() -> None:
    """What could not be printed is not tried again when the interpreter ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def told(error: Exception) -> int:
    """Say what went wrong, with a traceback if it is a bug of ours; the exit code."""
    known = expected(error)
    if known is None:
        error.add_note(REPORT)
        print(plain("".join(format_exception(error))), file=sys.stderr)
        return StorageError.exit_code
    print(plain(f"maturity: {known}"), file=sys.stderr)
    return known.exit_code
