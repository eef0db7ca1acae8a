"""What one process said of many components, divided by component.

Each file of a component must be accounted for by the tool's own output; otherwise the component has no figure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from maturity.collectors.base import Request
from maturity.errors import CollectorFailure
from maturity.model import Component, Facts, Failure, Finding


@dataclass(frozen=True)
class Scan:
    """What a tool said of the files of a request, under their names in the repository.

    `checked` files were looked at; `excluded` were left out by the tool's own configuration. `unable` has the reason
    why the tool can never wholly look at a file as it is, such as a syntax error: that is a result, and the figure is
    unknown. `broken` has the reason why it did not this time, which may go away by itself: that is a failure. Broken
    wins over unable, and unable over the other two. A file in none of them is unaccounted for.
    """

    checked: AbstractSet[str]
    excluded: AbstractSet[str]
    broken: Mapping[str, str]
    findings: Sequence[Finding] = field(default=())
    unable: Mapping[str, str] = field(default_factory=dict[str, str])


def divide(
    request: Request, scan: Scan, tool: str, metric: str, measure: Callable[[Sequence[Finding]], object]
) -> dict[str, Facts | Failure]:
    """Facts or a failure for each component; `measure` gives the value of `metric` for a component's findings.

    CollectorFailure if the tool speaks of a file that it was not asked about: then it did not do what it was told.
    """
    asked = set(every_file(request))
    by_path: dict[str, list[Finding]] = {}
    for finding in scan.findings:
        by_path.setdefault(finding.path, []).append(finding)
    if strays := sorted({*scan.checked, *scan.excluded, *scan.broken, *scan.unable, *by_path} - asked):
        raise CollectorFailure(f"{tool} speaks of {strays[0]}, which it was not asked about")

    def doubt(file: str) -> str:
        if file in scan.broken:
            return scan.broken[file]
        if file in scan.unable:
            return ""
        if file not in scan.checked and file in by_path:
            return f"{tool} left it out, yet has findings in it"
        return "" if file in scan.checked or file in scan.excluded else f"not accounted for by {tool}"

    def answer(component: Component) -> Facts | Failure:
        if not component.files:
            return Failure("the component has no Python file")
        if doubts := [f"{file}: {reason}" for file in component.files if (reason := doubt(file))]:
            return Failure(first_of(doubts))
        able = [file for file in component.files if file not in scan.unable]
        checked = tuple(file for file in able if file in scan.checked)
        excluded = tuple(file for file in able if file not in scan.checked)
        if reasons := [f"{file}: {scan.unable[file]}" for file in component.files if file in scan.unable]:
            findings = sorted(finding for file in component.files for finding in by_path.get(file, ()))
            return Facts(checked, {}, excluded, tuple(findings), {metric: first_of(reasons)})
        if not checked:
            return Facts((), {}, excluded, unknown={metric: f"every file is excluded by the configuration of {tool}"})
        findings = sorted(finding for file in checked for finding in by_path.get(file, ()))
        return Facts(checked, {metric: measure(findings)}, excluded, tuple(findings))

    return {component.name: answer(component) for component in request.components}


def first_of(reasons: Sequence[str]) -> str:
    """The first of some reasons, and how many more there are."""
    return reasons[0] + (f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else "")


def every_file(request: Request) -> tuple[str, ...]:
    """The files of all components of the request, sorted."""
    return tuple(sorted({file for component in request.components for file in component.files}))


def counts(values: Iterable[str]) -> dict[str, int]:
    """How often each value occurs, sorted by value."""
    return dict(sorted(Counter(values).items()))
