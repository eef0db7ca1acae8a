"""The closing table, by rich: a table where it fits, else a few lines for each component."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from maturity.reports.closing import Closing, Row, duration
from maturity.terminal.plain import give_up, one_line

UNLIMITED = 10_000
"""The width of what is not a terminal: a line is never broken there."""

HEADINGS = ("component", "stage", "coverage", "lint", "types", "security", "tests", "collected", "cached", "time")
RIGHT = ("coverage", "lint", "types", "security", "time")


class Output(Console):
    """Standard output; a reader who has enough, as in `| head -1`, ends nothing but the writing."""

    def __init__(self) -> None:
        width = None if sys.stdout.isatty() else UNLIMITED
        super().__init__(width=width, highlight=False, markup=False, emoji=False)

    def on_broken_pipe(self) -> None:
        """Write nothing more, and go on."""
        give_up(sys.stdout)
        self.quiet = True


def show(closing: Closing, console: Console | None = None) -> None:
    """Print the table and the last line."""
    console = console or Output()
    if closing.rows:
        table = made(closing.rows)
        wanted = Measurement.get(console, console.options.update(width=UNLIMITED), table).maximum
        console.print(table if wanted <= console.width else stacked(closing.rows))
    console.print(Text(one_line(closing.line)))


def made(rows: Iterable[Row]) -> Table:
    """One line for each component."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    for heading in HEADINGS:
        table.add_column(heading, no_wrap=True, justify="right" if heading in RIGHT else "left")
    for row in rows:
        table.add_row(*cells(row).values())
    return table


def cells(row: Row) -> dict[str, Text]:
    """What is said of a component, by heading."""
    shown = row.figures
    collected = [", ".join(row.ran)] if row.ran else []
    collected += [f"{', '.join(row.failed)} failed"] if row.failed else []
    document = [] if row.document == "updated" else [f"({row.document})"]
    texts = {
        "component": Text(one_line(row.component), "bold"),
        "stage": Text(one_line(" ".join([row.stages, *document])), style_of_stage(row)),
        "coverage": Text(shown.coverage),
        "lint": number(shown.lint),
        "types": number(shown.types),
        "security": number(shown.security),
        "tests": Text(shown.tests, "red" if shown.tests_failed else ""),
        "collected": Text(one_line("; ".join(collected)) or "–", "red" if row.failed else ""),
        "cached": Text(one_line(", ".join(row.cached)) or "–", "dim"),
        "time": Text(duration(row.seconds) if row.seconds else "–", "dim"),
    }
    return {heading: texts[heading] for heading in HEADINGS}


def number(text: str) -> Text:
    """A count of findings."""
    return Text(text, "" if text.rstrip("!") in ("0", "?") else "yellow")


def style_of_stage(row: Row) -> str:
    """A stage that moved stands out."""
    return "" if row.before in (None, row.stage) else "bold magenta"


def stacked(rows: Iterable[Row]) -> RenderableType:
    """A few words on each component, for a narrow terminal; they wrap as words do."""
    text = Text()
    for row in rows:
        shown = cells(row)
        text.append_text(shown.pop("component")).append(": ").append_text(shown.pop("stage")).append("\n")
        parts = [Text.assemble(f"{heading} ", value) for heading, value in shown.items()]
        text.append("  ").append_text(Text("; ").join(parts)).append("\n")
    text.rstrip()
    return text
