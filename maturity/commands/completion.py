"""`maturity completion`: what a shell has to read to complete our commands, options and the names of components."""

from __future__ import annotations

from collections.abc import Sequence

from maturity.arguments import Parser

SHELLS = ("bash", "zsh", "fish")
EPILOG = """to switch it on, in your shell's own file:
  bash   eval "$(maturity completion bash)"        in ~/.bashrc
  zsh    eval "$(maturity completion zsh)"         in ~/.zshrc, after compinit
  fish   maturity completion fish | source         in ~/.config/fish/config.fish

`doit tabcompletion` does the same for doit."""


def main(arguments: Sequence[str]) -> int:
    """Print the code for a shell."""
    shell: str = parser().parse_args(arguments).shell
    from argcomplete.shell_integration import shellcode

    print(shellcode(["maturity"], True, shell))
    return 0


def parser() -> Parser:
    """What can be typed."""
    made = Parser(prog="maturity completion", description="Print the code that lets a shell complete.", epilog=EPILOG)
    made.add_argument("shell", choices=SHELLS, help="the shell")
    return made
