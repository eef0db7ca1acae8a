"""GitHub's workflow commands: annotations on a file and line, printed by a step and read by the runner.

Documents are errors, findings that block a stage warnings. A step gets at most 10 annotations of a kind; the rest would
be dropped without a word, so that a last one says how many more there are. Escaping is that of the runner's own
toolkit: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from maturity.model import Finding
from maturity.reports.formats.about import path_of, wrong
from maturity.reports.remedy import evidence
from maturity.reports.report import ComponentReport, DocumentState, RecordReport, Report

MOST = 10
CHANGES_SHOWN = 10
"""Changed lines that an annotation quotes."""

ORDER = (DocumentState.BROKEN, DocumentState.EDITED, DocumentState.MISSING, DocumentState.STALE)


@dataclass(frozen=True)
class Annotation:
    """One annotation: `kind` is "error", "warning" or "notice"; `line` 0 is the file as a whole."""

    kind: str
    path: str
    line: int
    title: str
    message: str


def text(report: Report) -> str:
    """The annotations of the documents and of failing tools, a command a line; empty if there is nothing to say."""
    return lines(from_the_top(report.within, [*documents(report), *failures(report)]))


def with_findings(report: Report) -> str:
    """The same, and the findings that keep a component from its next stage."""
    return lines(from_the_top(report.within, [*documents(report), *failures(report), *blocking(report)]))


def from_the_top(within: str, annotations: Sequence[Annotation]) -> Sequence[Annotation]:
    """The annotations with paths as the runner wants them: from the top of the git repository, to `within` our root."""
    return [replace(each, path=within + each.path) for each in annotations]


def lines(annotations: Sequence[Annotation]) -> str:
    """Workflow commands, at most MOST of a kind."""
    said: list[str] = []
    for kind in dict.fromkeys(annotation.kind for annotation in annotations):
        alike = [annotation for annotation in annotations if annotation.kind == kind]
        kept = alike if len(alike) <= MOST else alike[: MOST - 1]
        said += [command(annotation) for annotation in kept]
        if len(kept) < len(alike):
            more = f"{len(alike) - len(kept)} more like these; the log of this step or the job summary has all"
            said.append(f"::{kind} title={in_property('maturity')}::{in_message(more)}")
    return "".join(f"{line}\n" for line in said)


def command(annotation: Annotation) -> str:
    """One workflow command."""
    place = f"file={in_property(annotation.path)}"
    if annotation.line > 0:
        place += f",line={annotation.line}"
    return f"::{annotation.kind} {place},title={in_property(annotation.title)}::{in_message(annotation.message)}"


def in_message(text: str) -> str:
    """Text after the last `::`; line breaks stay, as escapes, and signs that cannot be printed become blanks."""
    plain = "".join(sign if sign.isprintable() or sign in "\r\n" else " " for sign in text)
    return plain.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def in_property(text: str) -> str:
    """Text of a property, which a comma or colon would end. A path keeps each of its signs that the form can carry."""
    return in_message(text).replace(":", "%3A").replace(",", "%2C")


def documents(report: Report) -> Iterator[Annotation]:
    """What validation fails on, the worst first."""
    for state in ORDER:
        for each in report.components:
            if each.document.state is state:
                yield from about(each)


def about(report: ComponentReport) -> Iterator[Annotation]:
    """The annotations of one document."""
    shown = report.document
    title = f"{report.component.name}: {shown.path} is {shown.state.value}"
    if shown.state is DocumentState.BROKEN:
        for problem in shown.problems:
            yield Annotation("error", shown.path, problem.line, title, f"{problem.message}; {problem.advice}")
        return
    quoted = list(shown.changes[:CHANGES_SHOWN])
    if len(shown.changes) > CHANGES_SHOWN:
        quoted.append(f"… and {len(shown.changes) - CHANGES_SHOWN} more")
    yield Annotation("error", shown.path, shown.line, title, "\n".join([wrong(report), *quoted]))


def failures(report: Report) -> Iterator[Annotation]:
    """The tools that have no answer now, each at the document whose figures they leave behind."""
    for each in report.components:
        for record in each.failing:
            title = f"{record.measurement.collector} failed for {each.component.name}"
            yield Annotation("error", each.document.path, 1, title, record.measurement.failure or "it failed")


def blocking(report: Report) -> Iterator[Annotation]:
    """The findings behind the verdicts that keep a component from its next stage, each once."""
    seen: set[tuple[str, Finding]] = set()
    for each in report.components:
        for verdict in each.blockers:
            record = each.measuring(verdict)
            for finding in evidence(verdict, each).findings if record is not None else ():
                key = (record.measurement.collector if record else "", finding)
                if key not in seen and record is not None:
                    seen.add(key)
                    yield found(each, record, finding, verdict.criterion.title)


def found(report: ComponentReport, record: RecordReport, finding: Finding, criterion: str) -> Annotation:
    """One finding that blocks a stage."""
    title = f"{record.measurement.collector} {finding.rule}"
    blocks = f"{report.component.name} is not {report.next_stage}: {criterion}"
    return Annotation("warning", path_of(finding, report), finding.line, title, f"{finding.message}\n{blocks}")
