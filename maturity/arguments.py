"""Command lines, read the same way everywhere."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, Protocol

from maturity.errors import UsageError

TEXT = "text"
REPORTS = ("json", "sarif", "junit", "github", "gitlab", "markdown")
"""The formats of a report, by the words of `maturity.reports.formats`; here, because a command line has to be quick."""


class Parser(argparse.ArgumentParser):
    """argparse, with our exit code for wrong arguments; options are typed in full."""

    def __init__(self, prog: str, description: str, epilog: str | None = None, usage: str | None = None) -> None:
        super().__init__(prog, usage, description, epilog, allow_abbrev=False)
        self.formatter_class = argparse.RawDescriptionHelpFormatter

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, with the nearest right spelling of an option; raises UsageError."""
        unknown = message.partition("unrecognized arguments: ")[2].split()
        option = next((word.partition("=")[0] for word in unknown if word.startswith("--")), "")
        close = get_close_matches(option, self._option_string_actions, n=1)
        if close:
            message = f"there is no option {option}; did you mean {close[0]!r}?"
        raise UsageError(f"{message}\n{self.format_usage().rstrip()}")


class ShowVersion(argparse.Action):
    """Print the version of the installed distribution, and end."""

    def __init__(self, option_strings: list[str], dest: str, help: str | None = None) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *values: Any) -> NoReturn:
        """End with 0."""
        from importlib.metadata import version  # slow to import, and rarely asked for

        print(f"maturity {version('maturity')}")
        parser.exit()


class TakesOptions(Protocol):
    """A parser, or a group of its options."""

    def add_argument(self, *names: str, **said: Any) -> argparse.Action:
        """Take one more option."""
        ...


def add_format(parser: TakesOptions, formats: Sequence[str]) -> None:
    """The options that say in which form results come, and where to."""
    choices = (TEXT, *formats)
    said = f"{', '.join(choices[:-1])} or {choices[-1]} (default: %(default)s)"
    parser.add_argument("--format", metavar="FORMAT", choices=choices, default=TEXT, help=said)
    parser.add_argument("--output", metavar="FILE", type=Path, help="write the results to this file")


def check_output(options: argparse.Namespace) -> None:
    """Refuse a file for text: what people read is partly said while a command works. Raises UsageError."""
    if options.output is not None and options.format == TEXT:
        raise UsageError("--output goes with a --format other than text")


def add_base(parser: TakesOptions) -> None:
    """The option that says what stages are compared with."""
    said = "compare stages with this git revision (default: in a pull request on GitHub its base)"
    parser.add_argument("--base", metavar="REF", help=said)
