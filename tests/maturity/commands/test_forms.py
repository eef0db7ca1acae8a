"""Every command can answer programs: a form in the package for each, or a form that is somebody else's."""

from __future__ import annotations

from importlib import import_module

import pytest

from maturity.commands import COMMANDS, options

OF_OTHERS = {"completion", "merge-driver"}
"""What they print is for a shell, and for git."""


@pytest.mark.parametrize("command", ["", *sorted({*COMMANDS} - OF_OTHERS)])
def test_every_command_has_json(command: str) -> None:
    module = import_module(f"maturity.commands.{command.replace('-', '_')}") if command else options
    known = {option: action for action in module.parser()._actions for option in action.option_strings}
    assert "json" in (known["--format"].choices or ())
    assert "--output" in known
