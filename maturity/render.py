"""Verdicts and facts → the bodies of the generated regions.

Only lists, headings and plain paragraphs are used: they are what Markdown formatters leave alone. Nothing that changes
without a change in the facts (versions, times, line numbers) is shown, so that a document changes only for a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import cast

from maturity.markdown.escape import code, one_line, prose
from maturity.metrics import (
    CoverageMetrics,
    LintingMetrics,
    Metric,
    SecurityMetrics,
    TestMetrics,
    TypeCheckingMetrics,
    cut,
)
from maturity.model import Answer, Component, Criterion, Ladder, Measurement, Reading, Standing, Verdict

SIGNS = {Answer.MET: "✅", Answer.MISSED: "❌", Answer.UNKNOWN: "❔"}
STAGE_LABEL = "- **Current Stage**: "
DATE_LABEL = "- **Last Updated**: "
FOOTER_LABEL = "_The generated regions follow the code. Last change: "
FILES_SHOWN = 10
"""How many files with uncovered statements, or rules with violations, are listed by name."""


def regions(
    component: Component,
    ladder: Ladder,
    standing: Standing,
    measurements: Sequence[Measurement],
    ticks: Mapping[str, bool],
    date: str,
) -> dict[str, str]:
    """The body of each generated region by its name; `date` is the day of the last change (ISO 8601)."""
    return {
        "status": status(component, ladder, standing, measurements, date),
        "maturity-criteria": criteria(ladder, standing, ticks),
        "test-coverage": coverage(measurements),
        "code-quality": quality(measurements),
        "footer": f"{FOOTER_LABEL}{date}._",
    }


def status(
    component: Component, ladder: Ladder, standing: Standing, measurements: Iterable[Measurement], date: str
) -> str:
    """Where the component stands, and what keeps it from the next stage."""
    lines = [*banner(measurements), f"{STAGE_LABEL}{prose(standing.stage)}"]
    if standing.next_stage is not None:
        verdicts = of_stage(ladder, standing, standing.next_stage)
        lines.append(f"- **Next Stage**: {prose(standing.next_stage)} ({met(verdicts)} criteria met)")
        lines.append(f"- **Blocked By**: {', '.join(blocker(verdict) for verdict in standing.blockers)}")
    if component.owner is not None:
        lines.append(f"- **Owner**: {code(component.owner)}")
    if component.group is not None:
        lines.append(f"- **Group**: {prose(component.group)}")
    return "\n".join([*lines, f"{DATE_LABEL}{date}"])


def banner(measurements: Iterable[Measurement]) -> list[str]:
    """The warning over figures that could not be measured now."""
    lines: list[str] = []
    for measurement in measurements:
        if measurement.failure is not None:
            known = f"its figures are those of {day(measurement)}" if measurement.facts else "nothing is known"
            reason = prose(one_line(measurement.failure, 160))
            lines += [f"> ⚠️ **{measurement.collector} failed**, {known}: {reason}", ">"]
    return [*lines[:-1], ""] if lines else []


def day(measurement: Measurement) -> str:
    """The day of a measurement."""
    return prose(measurement.measured[:10])


def blocker(verdict: Verdict) -> str:
    """What keeps a component from its next stage; what was met the last time it was measured says so."""
    unmeasured = " (not measured now)" if verdict.failing and verdict.answer is Answer.MET else ""
    return f"{prose(verdict.criterion.title)}{unmeasured}"


def met(verdicts: Sequence[Verdict]) -> str:
    """How many of some criteria are met, as far as is known."""
    return f"{sum(verdict.answer is Answer.MET for verdict in verdicts)} of {len(verdicts)}"


def of_stage(ladder: Ladder, standing: Standing, stage: str) -> list[Verdict]:
    """The verdicts on one stage's criteria."""
    return [verdict for verdict in standing.verdicts if verdict.criterion.stage == stage]


def criteria(ladder: Ladder, standing: Standing, ticks: Mapping[str, bool]) -> str:
    """Every criterion as a checkbox with its figure, threshold and verdict in words."""
    blocks: list[str] = []
    for lower, stage in zip(ladder.stages, ladder.stages[1:], strict=False):
        verdicts = of_stage(ladder, standing, stage)
        lines = [criterion_line(verdict, ticks) for verdict in verdicts]
        blocks.append(f"### {prose(lower)} → {prose(stage)}: {met(verdicts)} met\n\n" + "\n".join(lines))
    return "\n\n".join(blocks)


def criterion_line(verdict: Verdict, ticks: Mapping[str, bool]) -> str:
    """One criterion; a manual one carries its id, by which its tick is found again."""
    criterion = verdict.criterion
    if criterion.manual:
        box = "x" if ticks.get(criterion.id, False) else " "
        return f"- [{box}] {prose(criterion.title)} (manual) <!-- criterion={criterion.id} -->"
    box = "x" if verdict.answer is Answer.MET else " "
    return f"- [{box}] {SIGNS[verdict.answer]} {prose(criterion.title)} {threshold(criterion)}: {explain(verdict)}"


def threshold(criterion: Criterion) -> str:
    """What a criterion asks for."""
    unit = unit_of(criterion.metric or "")
    if criterion.at_least is not None:
        return f"≥ {number(criterion.at_least)}{unit}"
    if criterion.at_most == 0:
        return "= 0"
    return f"≤ {number(criterion.at_most or Fraction(0))}{unit}"


def explain(verdict: Verdict) -> str:
    """The figure behind a verdict, and the verdict in words."""
    reading = verdict.reading or Reading(None)
    if reading.value is None:
        return f"unknown ({prose(reading.reason)})"
    shown = figure(reading.value, unit_of(verdict.criterion.metric or ""))
    detail = f" ({prose(reading.detail)})" if reading.detail else ""
    as_of = f", as of {prose(reading.as_of)}" if reading.as_of else ""
    return f"{shown}{detail}, {verdict.answer.value}{as_of}"


def unit_of(metric: str) -> str:
    """The unit of a metric, by its name."""
    return " %" if metric.endswith((".percentage", ".pass_rate")) else ""


def figure(value: Fraction, unit: str) -> str:
    """A value as it is shown: percentages with one decimal, cut and never rounded up."""
    return f"{cut(value):.1f}{unit}" if unit else number(value)


def number(value: Fraction) -> str:
    """A number without needless decimals, cut to at most three."""
    whole, thousandths = divmod(abs(value.numerator) * 1000 // value.denominator, 1000)
    decimals = f".{thousandths:03}".rstrip("0").rstrip(".")
    return f"{'-' if value < 0 else ''}{whole}{decimals}"


def coverage(measurements: Sequence[Measurement]) -> str:
    """Coverage and tests, unit and integration."""
    lines: list[str] = []
    for metric, label in (("coverage", "Coverage"), ("integration_coverage", "Integration coverage")):
        measured = find(measurements, metric)
        lines.append(f"- **{label}**: {shown(measured, metric)}")
        if measured is not None and isinstance(value(measured, metric), CoverageMetrics):
            lines += uncovered(cast(CoverageMetrics, value(measured, metric)))
            if measured.facts is not None and measured.facts.excluded:
                lines.append(f"  - left out by the coverage configuration: {files(len(measured.facts.excluded))}")
    for metric, label in (("tests", "Tests"), ("integration_tests", "Integration tests")):
        lines.append(f"- **{label}**: {shown(find(measurements, metric), metric)}")
    return "\n".join(lines)


def uncovered(metrics: CoverageMetrics) -> list[str]:
    """The files with the most statements that no test reaches."""
    missing = sorted(((len(numbers), path) for path, numbers in metrics.missing_lines.items() if numbers), reverse=True)
    lines = [f"  - {code(path)}: {count} not covered" for count, path in missing[:FILES_SHOWN]]
    if len(missing) > FILES_SHOWN:
        rest = missing[FILES_SHOWN:]
        lines.append(f"  - {sum(count for count, _ in rest)} not covered in {files(len(rest))} more")
    return lines


def quality(measurements: Sequence[Measurement]) -> str:
    """Lint, types, security, and what further collectors measure."""
    lines: list[str] = []
    shown_above = {"coverage", "tests", "integration_coverage", "integration_tests"}
    for measurement in measurements:
        for metric in measurement.metrics:
            if metric in shown_above:
                continue
            lines.append(f"- **{prose(measurement.title)}**: {shown(measurement, metric)}")
            found = value(measurement, metric)
            if isinstance(found, LintingMetrics):
                ranked = sorted(found.by_rule.items(), key=lambda item: (-item[1], item[0]))
                lines += [f"  - {code(rule)}: {count}" for rule, count in ranked[:FILES_SHOWN]]
                if len(ranked) > FILES_SHOWN:
                    lines.append(f"  - {plural(len(ranked) - FILES_SHOWN, 'more rule')}")
            if measurement.facts is not None and measurement.facts.excluded:
                left_out = files(len(measurement.facts.excluded))
                lines.append(f"  - left out by the configuration of {measurement.collector}: {left_out}")
    return "\n".join(lines)


def find(measurements: Iterable[Measurement], metric: str) -> Measurement | None:
    """The measurement that has a metric."""
    return next((measurement for measurement in measurements if metric in measurement.metrics), None)


def value(measurement: Measurement, metric: str) -> object:
    """A metric's value, None where it is unknown."""
    return None if measurement.facts is None else measurement.facts.metrics.get(metric)


def shown(measurement: Measurement | None, metric: str) -> str:
    """One metric in words."""
    if measurement is None:
        return "unknown (nothing measures it)"
    found = value(measurement, metric)
    as_of = f", as of {day(measurement)}" if measurement.failure is not None and measurement.facts else ""
    if found is None:
        facts = measurement.facts
        reason = measurement.reason if facts is None else facts.unknown.get(metric, "it was not measured")
        return f"unknown ({prose(reason)}){as_of}"
    return f"{words(found)}{as_of}"


def words(metric: object) -> str:
    """A metric's counts in words."""
    match metric:
        case CoverageMetrics():
            reading = metric.readings()["percentage"]
            if reading.value is None:
                return f"unknown ({reading.reason})"
            return f"{figure(reading.value, ' %')} ({reading.detail})"
        case TestMetrics():
            return test_counts(metric)
        case LintingMetrics():
            return plural(metric.total_violations, "violation")
        case TypeCheckingMetrics():
            return f"{plural(metric.errors, 'error')}, {plural(metric.warnings, 'warning')}"
        case SecurityMetrics():
            parts = ", ".join(f"{count} {prose(severity)}" for severity, count in metric.by_severity.items() if count)
            return plural(metric.total_issues, "issue") + (f" ({parts})" if parts else "")
        case _:
            known = cast(Metric, metric).readings()
            return ", ".join(
                f"{prose(name)} {'unknown' if r.value is None else number(r.value)}" for name, r in known.items()
            )


def test_counts(metrics: TestMetrics) -> str:
    """Passed, failed and skipped always; what is rare only where there is some."""
    rare = (("error", metrics.errors), ("expected failure", metrics.xfailed), ("unexpected pass", metrics.xpassed))
    parts = [f"{metrics.passed} passed", f"{metrics.failed} failed", f"{metrics.skipped} skipped"]
    parts += [plural(count, name) for name, count in rare if count]
    return f"{', '.join(parts)}, {metrics.total} in total"


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    ending = "" if count == 1 else "es" if noun.endswith(("s", "ch")) else "s"
    return f"{count} {noun}{ending}"


def files(count: int) -> str:
    """A number of files."""
    return plural(count, "file")
