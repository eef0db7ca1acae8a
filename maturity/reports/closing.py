"""What is said at the end of a run: a row for each component that people should look at, and a line with counts.

Pure: from what a run noted to rows of plain text; `maturity/terminal` shows them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from maturity.judge import readings
from maturity.model import NO_TESTS, Measurement, Reading
from maturity.render import figure, plural, unit_of

MOST_UNCHANGED = 20
"""So many components that were collected and whose documents stay as they are get a row, if nobody named them."""

MOST_PATHS = 20
"""So many documents are named in one line."""

FIGURES = {
    "coverage": "coverage.percentage",
    "lint": "linting.total_violations",
    "types": "type_checking.errors",
    "security": "security.total_issues",
}


@dataclass(frozen=True)
class Process:
    """One process of a collector that has ended: the components that it was for, and its time in seconds."""

    collector: str
    components: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class Figures:
    """A component's headline figures as they are shown: "?" is unknown, "!" one that is not measured now.

    `findings` are those of lint, types and security together, 0 if none of them is known.
    """

    coverage: str = "?"
    lint: str = "?"
    types: str = "?"
    security: str = "?"
    tests: str = "?"
    findings: int = 0
    tests_failed: int = 0


@dataclass(frozen=True)
class Seen:
    """What a run noted of one component.

    `before` is the stage that its document said, None if there was none. `written` says whether the document was;
    `stale` that it should be and nobody asked for that; `problem` what kept it from being written. `applying` are the
    names of the collectors that have something to check in it, `current` those whose record was current already,
    `failing` those without an answer now.
    """

    component: str
    before: str | None
    stage: str
    figures: Figures
    applying: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    written: bool = False
    stale: bool = False
    new: bool = False
    named: bool = False
    problem: str = ""


@dataclass(frozen=True)
class Row:
    """One component in the closing table.

    `ran` and `cached` are collectors whose record was made now, and whose record was current. `seconds` is the time of
    the component's processes; one that served several components counts for each in equal parts.
    """

    component: str
    before: str | None
    stage: str
    figures: Figures
    ran: tuple[str, ...]
    cached: tuple[str, ...]
    failed: tuple[str, ...]
    document: str
    seconds: float

    @property
    def stages(self) -> str:
        """The stage and its change."""
        return self.stage if self.before in (None, self.stage) else f"{self.before} → {self.stage}"


@dataclass(frozen=True)
class Closing:
    """The end of a run: `line` is all there is to say where there are no rows."""

    rows: tuple[Row, ...] = ()
    line: str = ""


@dataclass(frozen=True)
class Noted:
    """All that a run noted. `records` counts the records that were current already, of all that the run was about.

    `seen` are the components that were collected, written, failing, broken or named; the others were current.
    """

    components: int
    records: int
    seconds: float
    seen: Sequence[Seen] = ()
    processes: Sequence[Process] = ()


def figures(measurements: Sequence[Measurement]) -> Figures:
    """The headline figures of a component."""
    known = readings(measurements)
    shown = {name: shown_figure(metric, known) for name, metric in FIGURES.items()}
    counts = (count(known, metric) for name, metric in FIGURES.items() if name != "coverage")
    failed = (count(known, "tests.failed") or 0) + (count(known, "tests.errors") or 0)
    return Figures(**shown, tests=tests_run(known), findings=sum(n or 0 for n in counts), tests_failed=failed)


def shown_figure(metric: str, known: Mapping[str, Reading]) -> str:
    """One figure, cut as in the document."""
    reading = known.get(metric) or known.get(metric.partition(".")[0])
    value = "?" if reading is None or reading.value is None else figure(reading.value, unit_of(metric))
    return f"{value}{'!' if reading is not None and reading.failing else ''}"


def count(known: Mapping[str, Reading], metric: str) -> int | None:
    """A whole number, None if it is unknown."""
    reading = known.get(metric)
    return None if reading is None or reading.value is None else int(reading.value)


def tests_run(known: Mapping[str, Reading]) -> str:
    """How the tests ended: "12 passed, 1 failed"; "none" where there are none."""
    reading = known.get("tests.passed") or known.get("tests")
    flag = "!" if reading is not None and reading.failing else ""
    passed = count(known, "tests.passed")
    if passed is None:
        return "none" if reading is not None and reading.reason == NO_TESTS else f"?{flag}"
    words = [f"{passed} passed"]
    for name, word in (("failed", "failed"), ("errors", "broken")):
        number = count(known, f"tests.{name}")
        if number:
            words.append(f"{number} {word}")
    return f"{', '.join(words)}{flag}"


def close(noted: Noted) -> Closing:
    """The rows and the line that end a run.

    A row for each component that changed, fails or was named; for one that was only collected too, if these are few.
    """
    collected: dict[str, list[Process]] = {}
    for process in noted.processes:
        for name in process.components:
            collected.setdefault(name, []).append(process)
    busy = [seen for seen in noted.seen if seen.component in collected or notable(seen)]
    if not busy:
        return Closing(line=at_rest(noted))
    few = sum(seen.component in collected for seen in busy) <= MOST_UNCHANGED
    shown = [seen for seen in noted.seen if seen.named or notable(seen) or (few and seen.component in collected)]
    rows = tuple(row(seen, collected.get(seen.component, [])) for seen in shown)
    return Closing(rows, counted(noted, len(collected)))


def notable(seen: Seen) -> bool:
    """Whether something about a component is new or wrong."""
    return bool(seen.written or seen.failing or seen.problem)


def row(seen: Seen, own: Sequence[Process]) -> Row:
    """A component's row; `own` are the processes that were for it."""
    ran = {process.collector for process in own}
    kept = "stale" if seen.stale else "unchanged"
    document = "created" if seen.written and seen.new else "updated" if seen.written else kept
    return Row(
        seen.component,
        seen.before,
        seen.stage,
        seen.figures,
        tuple(name for name in seen.applying if name in ran and name not in seen.failing),
        tuple(name for name in seen.current if name not in ran and name not in seen.failing),
        seen.failing,
        "not written" if seen.problem else document,
        sum(process.seconds / len(process.components) for process in own),
    )


def left_alone(documents: int, validated: bool) -> str:
    """What is said where no document was to be written and none is wrong."""
    verb = "is" if documents == 1 else "are"
    return f"{plural(documents, 'document')} {f'{verb} valid' if validated else 'would not change'}"


def counted_states(wrong: Mapping[str, str]) -> str:
    """How many documents are in which state, given that of each, and the first of them by their paths."""
    counts = ", ".join(f"{count} {state}" for state, count in sorted(Counter(wrong.values()).items()))
    more = f" and {len(wrong) - MOST_PATHS} more" if len(wrong) > MOST_PATHS else ""
    return f"{counts}: {', '.join(list(wrong)[:MOST_PATHS])}{more}"


def at_rest(noted: Noted) -> str:
    """What is said where nothing was to do."""
    named = [seen for seen in noted.seen if seen.named]
    if len(named) == 1:
        return f"{named[0].component}: {named[0].stage}; current, nothing to do"
    return f"{plural(len(named) or noted.components, 'component')} current, nothing to do"


def counted(noted: Noted, collected: int) -> str:
    """The last line."""
    written = sum(seen.written for seen in noted.seen)
    failing = sum(bool(seen.failing) for seen in noted.seen)
    broken = sum(bool(seen.problem) for seen in noted.seen)
    records = sum(len(process.components) for process in noted.processes)
    parts = [plural(noted.components, "component"), f"{plural(written, 'document')} written"]
    parts += [f"{collected} collected"] if collected else []
    parts += [f"{failing} with a failed collector"] if failing else []
    parts += [f"{plural(broken, 'document')} in error"] if broken else []
    cached = f"{noted.records} from the cache"
    work = f"{plural(len(noted.processes), 'process')}, {plural(records, 'record')} new, {cached}"
    return f"{', '.join(parts)}; {work}; {duration(noted.seconds)}"


def duration(seconds: float) -> str:
    """A time for people."""
    whole = int(seconds)
    if whole < 60:
        return f"{seconds:.1f} s"
    return f"{whole // 60} min {whole % 60:02} s"
