"""Makes the pictures beside this file: real runs over the sample components, and a document as a browser shows it.

`python docs/images/make.py` makes those of the terminal, run.svg and explain.svg. `python docs/images/make.py chromium`
makes maturity-md.png too, with this browser; it needs a font with ✅ (Noto Color Emoji), or the signs are empty boxes.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

HERE = Path(__file__).parent
HOME = HERE.parent.parent
COLUMNS = 132
DOCUMENT = HOME / "sample/carbon/MATURITY.md"

SETTINGS = """
[tool.maturity]
components = ["sample/*"]
exclude = ["sample/__init__.py"]

[tool.pytest.ini_options]
addopts = ["--import-mode=importlib"]
"""

EDIT = '''

def halved(values: list[float]) -> list[float]:
    """Each value halved."""
    return [value / 2 for value in values]
'''

STYLE = """
body { font: 16px/1.5 "Noto Sans", "DejaVu Sans", Helvetica, Arial, sans-serif; color: #1f2328; margin: 32px 40px; }
h1, h2 { border-bottom: 1px solid #d1d9e0; padding-bottom: .3em; margin: 24px 0 16px; line-height: 1.25; }
h1 { font-size: 2em; } h2 { font-size: 1.5em; } h3 { font-size: 1.25em; margin: 24px 0 16px; }
ul { padding-left: 2em; margin: 0 0 16px; } li + li { margin-top: .25em; }
li.task { list-style: none; } li.task input { margin: 0 .4em .25em -1.4em; vertical-align: middle; }
code { background: #eff1f3; border-radius: 6px; padding: .2em .4em; font-size: 85%; }
"""


def terminal(words: Sequence[str], where: Path, environment: Mapping[str, str]) -> str:
    """What a command writes to a terminal, with its colours."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, cwd=where, env=environment, stdin=theirs, stdout=theirs, stderr=theirs):
        os.close(theirs)
        written = io.BytesIO()
        try:
            while part := os.read(ours, 65536):
                written.write(part)
        except OSError:  # the other side was closed: the end, on Linux
            os.close(ours)
    return written.getvalue().decode().replace("\r\n", "\n")


def picture(title: str, said: str) -> str:
    """A terminal window as SVG. The fonts are the reader's own; rich's form would fetch some from elsewhere."""
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(said.rstrip("\n")))
    svg = console.export_svg(title=title, theme=MONOKAI, unique_id=title.replace(" ", "-"))
    svg = re.sub(r"@font-face \{.*?\}\n", "", svg, flags=re.DOTALL).replace("Fira Code", "DejaVu Sans Mono")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def sample(where: Path) -> None:
    """A repository with the sample components and nothing collected."""
    for place in ("sample", "tests/sample"):
        shutil.copytree(HOME / place, where / place, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(HOME / "dodo.py", where)
    tools = (
        (HOME / "pyproject.toml")
        .read_text("utf-8")
        .partition("\n[tool.coverage.run]")[2]
        .partition("\n[tool.pyright]")[0]
    )
    (where / "pyproject.toml").write_text(f"{SETTINGS}\n[tool.coverage.run]{tools}", "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=where, check=True)


def runs() -> None:
    """The pictures of the terminal."""
    # Where CI is set, progress is lines that stay, instead of lines that change in place.
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "CI": "1"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    with tempfile.TemporaryDirectory() as name:
        where = Path(name)
        sample(where)
        said = ""
        for words in (["doit", "-n", "2", "all"], ["edit"], ["doit", "-n", "2", "all"]):
            if words == ["edit"]:
                with (where / "sample/forecast/trend.py").open("a", encoding="utf-8") as file:
                    file.write(EDIT)
                said += "\n$ $EDITOR sample/forecast/trend.py\n\n"
            else:
                said += f"$ {' '.join(words)}\n{terminal(words, where, environment)}"
        (HERE / "run.svg").write_text(picture("doit -n 2 all", said), "utf-8")
        words = ["maturity", "explain", "forecast"]
        said = f"$ {' '.join(words)}\n{terminal(words, where, environment)}"
        (HERE / "explain.svg").write_text(picture(" ".join(words), said), "utf-8")


def page(browser: str) -> None:
    """The picture of a document: its beginning, with boxes where GitHub has boxes."""
    body = MarkdownIt("commonmark").render(DOCUMENT.read_text("utf-8"))
    for mark, state in (("[x]", " checked"), ("[ ]", "")):
        body = body.replace(f"<li>{mark}", f'<li class="task"><input type="checkbox" disabled{state}>')
    with tempfile.TemporaryDirectory() as name:
        html = Path(name) / "page.html"
        html.write_text(f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{body}', "utf-8")
        words = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        words += [
            "--hide-scrollbars",
            "--window-size=900,1180",
            f"--screenshot={HERE / 'maturity-md.png'}",
            html.as_uri(),
        ]
        subprocess.run(words, check=True, capture_output=True, timeout=120)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        page(sys.argv[1])
    runs()
