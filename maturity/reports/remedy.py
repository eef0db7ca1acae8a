"""What stands behind a verdict, and the least that would turn it to met. Exact arithmetic; nothing is rounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from math import ceil, floor

from maturity.metrics import CoverageMetrics, LintingMetrics, SecurityMetrics, TestMetrics, TypeCheckingMetrics
from maturity.model import Answer, Finding, Verdict
from maturity.render import figure, number, plural, threshold, unit_of
from maturity.reports.report import ComponentReport, RecordReport, RecordState

MENDING = {"ruff": ("check", "--fix")}
"""How a tool that can mend its findings itself is told to, by the name of its collector."""

UNSAFE = {"ruff": ("--unsafe-fixes",)}


@dataclass(frozen=True)
class Stretch:
    """Lines `first` to `last` of a file, all of them statements that no test reaches."""

    path: str
    first: int
    last: int
    statements: int


@dataclass(frozen=True)
class Evidence:
    """What a verdict rests on: findings, and by path the statements that no test reaches."""

    findings: tuple[Finding, ...] = ()
    uncovered: Mapping[str, tuple[int, ...]] = field(default_factory=dict[str, tuple[int, ...]])


@dataclass(frozen=True)
class Remedy:
    """The least that would meet a criterion: in words, and how many of its things that is (None: it is no number).

    `places` is where it could be done with the fewest stretches of code; `commands` do some of it.
    """

    text: str
    count: int | None = None
    places: tuple[Stretch, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()


def evidence(verdict: Verdict, component: ComponentReport) -> Evidence:
    """The findings and lines behind a verdict, met or not."""
    record = component.measuring(verdict)
    if record is None or record.measurement.facts is None:
        return Evidence()
    metric, _, name = (verdict.criterion.metric or "").partition(".")
    measured = record.measurement.facts.metrics.get(metric)
    match measured:
        case CoverageMetrics():
            return Evidence(uncovered={path: lines for path, lines in measured.missing_lines.items() if lines})
        case TypeCheckingMetrics():
            severity = {"errors": "error", "warnings": "warning"}.get(name, name)
            return Evidence(tuple(finding for finding in record.findings if finding.severity == severity))
        case TestMetrics():
            rule = {"failed": "failed", "errors": "error"}.get(name)
            return Evidence(tuple(finding for finding in record.findings if rule in (None, finding.rule)))
        case _:
            return Evidence(record.findings)


def remedy(verdict: Verdict, component: ComponentReport) -> Remedy | None:
    """The least that would meet a criterion; None where it is met."""
    criterion, record = verdict.criterion, component.measuring(verdict)
    if criterion.manual:
        return None if verdict.answer is Answer.MET else _tick(verdict, component)
    if record is not None and record.state is RecordState.FAILED:
        return Remedy(f"{record.measurement.collector} must give an answer again; it failed: {_failure(record)}")
    if verdict.answer is Answer.MET:
        return None
    if verdict.answer is Answer.UNKNOWN or verdict.reading is None or verdict.reading.value is None:
        return _unknown(verdict, component, record)
    metric = (criterion.metric or "").partition(".")[0]
    measured = record.measurement.facts.metrics.get(metric) if record and record.measurement.facts else None
    if isinstance(measured, CoverageMetrics) and criterion.metric == f"{metric}.percentage":
        return _cover(verdict, measured)
    if isinstance(measured, TestMetrics) and criterion.metric == f"{metric}.pass_rate":
        return _pass(verdict, measured)
    return _mend(verdict, component, record, measured)


def _tick(verdict: Verdict, component: ComponentReport) -> Remedy:
    line = component.document.ticks.get(verdict.criterion.id)
    where = component.document.path if line is None else f"{component.document.path}:{line}"
    return Remedy(f'tick "{verdict.criterion.title}" in {where} once it is so')


def _failure(record: RecordReport) -> str:
    return record.measurement.failure or "there is no reason on record"


def _unknown(verdict: Verdict, component: ComponentReport, record: RecordReport | None) -> Remedy:
    reason = verdict.reading.reason if verdict.reading is not None else "nothing measures it"
    if record is not None and record.state in (RecordState.NOT_MEASURED, RecordState.OUT_OF_DATE):
        return Remedy(f"measure it: maturity --component {component.component.name}")
    if record is not None and record.state is RecordState.NOTHING_TO_CHECK:
        return Remedy(f"give {record.measurement.collector} something to check: {reason}")
    return Remedy(f"make it measurable: {reason}")


def _cover(verdict: Verdict, coverage: CoverageMetrics) -> Remedy:
    """How many statements, and branches where these are measured, lack for the threshold."""
    least = verdict.criterion.at_least
    if least is None or least > 100:
        return _bring(verdict)
    covered = coverage.lines_covered + coverage.branches_covered
    total = coverage.lines_total + coverage.branches_total
    count = ceil(least * total / 100) - covered
    statements = coverage.lines_total - coverage.lines_covered
    branches = plural(coverage.branches_total - coverage.branches_covered, "branch")
    if not coverage.branches_total:
        text = f"cover {count} more of the {plural(statements, 'statement')} that no test reaches"
    else:
        missing = f"{plural(statements, 'statement')} and {branches}"
        text = f"cover {count} more statements or branches, of the {missing} that no test reaches"
    return Remedy(text, count, tuple(longest(coverage.missing_lines, count)))


def _pass(verdict: Verdict, tests: TestMetrics) -> Remedy:
    """How many of the tests that do not pass must, none of the others failing."""
    least = verdict.criterion.at_least
    if least is None or least > 100:
        return _bring(verdict)
    failing = tests.failed + tests.errors
    count = ceil(least * (tests.passed + failing) / 100) - tests.passed
    these = f"{'' if count == failing else f'{count} of '}the {plural(failing, 'test')}"
    return Remedy(f"let {these} pass that {'fails or ends' if failing == 1 else 'fail or end'} in an error", count)


def _mend(verdict: Verdict, component: ComponentReport, record: RecordReport | None, measured: object) -> Remedy:
    """How many findings are too many, and which of these the tool mends itself."""
    most = verdict.criterion.at_most
    found = evidence(verdict, component).findings
    value = verdict.reading.value if verdict.reading is not None else None
    if most is None or most < 0 or value is None or value.denominator != 1 or record is None or value != len(found):
        return _bring(verdict)
    count = value.numerator - floor(most)
    noun = noun_of(measured, (verdict.criterion.metric or "").partition(".")[2])
    text = f"mend {'' if count == len(found) else f'{count} of '}the {plural(len(found), noun)}"
    name = record.measurement.collector
    safe = [finding for finding in found if finding.fix == "safe"]
    unsafe = [finding for finding in found if finding.fix]
    commands: list[tuple[str, ...]] = []
    if safe:
        text += f"; {name} mends {'it' if count == len(safe) == 1 else len(safe)} itself"
        commands += mending(record, safe)
    if len(unsafe) > len(safe):
        text += f"; {name} mends {len(unsafe)} if it may change what the code does"
        commands += mending(record, unsafe, UNSAFE.get(name, ()))
    return Remedy(text, count, commands=tuple(commands))


def noun_of(measured: object, name: str) -> str:
    """What one finding of a metric is called; `name` is what follows the dot."""
    match measured:
        case LintingMetrics():
            return "violation"
        case SecurityMetrics():
            return "issue"
        case TypeCheckingMetrics():
            return {"errors": "type error", "warnings": "type warning"}.get(name, "finding")
        case TestMetrics():
            return {"failed": "failed test", "errors": "error"}.get(name, "finding")
        case _:
            return "finding"


def mending(record: RecordReport, findings: Iterable[Finding], more: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The command that lets a tool mend findings itself, if it has one; `--` keeps a file name from being an option."""
    words = MENDING.get(record.measurement.collector)
    if words is None:
        return []
    return [(*record.tool, *words, *more, "--", *sorted({finding.path for finding in findings}))]


def _bring(verdict: Verdict) -> Remedy:
    """What to do about a metric of which we know no more than its value."""
    criterion = verdict.criterion
    value = verdict.reading.value if verdict.reading is not None else None
    metric = criterion.metric or ""
    now = "" if value is None else f" from {figure(value, unit_of(metric))}"
    if metric.endswith((".percentage", ".pass_rate")) and criterion.at_least is not None and criterion.at_least > 100:
        return Remedy(f"no code can do it: the threshold is {number(criterion.at_least)} %")
    return Remedy(f"bring {metric}{now} to {threshold(criterion)}")


def longest(missing: Mapping[str, tuple[int, ...]], count: int) -> Iterator[Stretch]:
    """The longest stretches of uncovered statements that together have `count` of them, or all if there are fewer."""
    found = [stretch for path, lines in missing.items() for stretch in stretches(path, lines)]
    for stretch in sorted(found, key=lambda stretch: (-stretch.statements, stretch.path, stretch.first)):
        if count <= 0:
            return
        yield stretch
        count -= stretch.statements


def stretches(path: str, lines: Iterable[int]) -> Iterator[Stretch]:
    """Line numbers, put together where they follow one another."""
    first = last = 0
    for line in sorted(set(lines)):
        if first and line == last + 1:
            last = line
            continue
        if first:
            yield Stretch(path, first, last, last - first + 1)
        first = last = line
    if first:
        yield Stretch(path, first, last, last - first + 1)
