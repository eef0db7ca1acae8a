# PYTHON_ARGCOMPLETE_OK
"""The console script: it finds the command, and says what went wrong."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from maturity.commands import COMMANDS
from maturity.errors import MaturityError
from maturity.terminal.messages import show_messages
from maturity.terminal.plain import printable

UPDATE = "update"
"""The command that is meant where none is typed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the console script and return its exit code."""
    if "_ARGCOMPLETE" in os.environ:  # the shell asks, at each press of the tab key
        from maturity.completion import complete

        complete()
    words = list(sys.argv[1:] if arguments is None else arguments)
    command = words.pop(0) if words and words[0] in COMMANDS else UPDATE
    show_messages()
    try:
        # Imported only now: a merge driver, say, is started often and needs no graph.
        code = int(import_module(f"maturity.commands.{command.replace('-', '_')}").main(words))
        sys.stdout.flush()
        return code
    except MaturityError as error:
        print(f"maturity: {printable(str(error))}", file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        print("maturity: interrupted; what was collected is kept", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader has enough, as in `maturity … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
