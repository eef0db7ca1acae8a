"""What a MATURITY.md should say, worked out from the figures by hand and the documented criteria."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from benchmarks.by_hand import Coverage, Found
from benchmarks.projects import Project
from benchmarks.reading import Figures

SHOWN = 10  # files or rules that a document lists by name


@dataclass(frozen=True)
class Criterion:
    """What a stage asks for: at least (≥) or at most (≤) so much of a metric; no metric is a manual criterion."""

    stage: str
    title: str
    metric: str = ""
    sign: str = "≥"
    threshold: int = 0

    def met(self, value: Fraction) -> bool:
        """Whether an exact value is enough."""
        return value >= self.threshold if self.sign == "≥" else value <= self.threshold

    def shown(self, value: Fraction) -> str:
        """A value as a document has it: a percentage is cut to one decimal, any other is a whole number."""
        return cut(value) if self.metric.endswith(("percentage", "pass_rate")) else str(value)


@dataclass(frozen=True)
class Ladder:
    """The stages, lowest first, and all criteria in their order."""

    stages: Sequence[str]
    criteria: Sequence[Criterion]


# As the documentation states them, not as the package has them.
DEFAULT = Ladder(
    ("Development", "Staging", "Production"),
    (
        Criterion("Staging", "Test coverage", "coverage.percentage", "≥", 70),
        Criterion("Staging", "Lint violations", "linting.total_violations", "≤", 0),
        Criterion("Staging", "Type errors", "type_checking.errors", "≤", 0),
        Criterion("Staging", "Security issues", "security.total_issues", "≤", 0),
        Criterion("Staging", "All tests passing", "tests.pass_rate", "≥", 100),
        Criterion("Staging", "API documented"),
        Criterion("Staging", "Component README exists"),
        Criterion("Production", "Integration test coverage", "integration_coverage.percentage", "≥", 80),
        Criterion("Production", "All integration tests passing", "integration_tests.pass_rate", "≥", 100),
        Criterion("Production", "Performance meets its SLAs"),
        Criterion("Production", "7-day uptime ≥ 99.5 %"),
        Criterion("Production", "Security review complete"),
        Criterion("Production", "Monitoring configured"),
        Criterion("Production", "Rollback procedure tested"),
    ),
)


def ladder_of(project: Project) -> Ladder:
    """The stages and criteria of a project's own configuration, else the default ones."""
    table = tomllib.loads(project.configuration)["tool"]["maturity"]
    if "stages" not in table:
        return DEFAULT
    criteria: list[Criterion] = []
    for entry in table["criterion"]:
        sign, threshold = ("≥", entry["at-least"]) if "at-least" in entry else ("≤", entry.get("at-most", 0))
        criteria.append(Criterion(entry["stage"], entry["title"], entry.get("metric", ""), sign, threshold))
    return Ladder(table["stages"], criteria)


def expected(found: Found, ladder: Ladder, ticked: bool, text: str) -> Figures:
    """Every figure of a document by name; `ticked` says that all its manual criteria are.

    `text` is the document: it only settles which of equally high counts a list leaves out.
    """
    known: dict[str, tuple[Fraction, str]] = {
        "linting.total_violations": (Fraction(found.rules.total()), ""),
        "type_checking.errors": (Fraction(found.types["error"]), ""),
        "security.total_issues": (Fraction(found.security.total()), ""),
    }
    figures = {
        "Integration coverage: is": "unknown",
        "Integration tests: is": "unknown",
        **covered(found.coverage, text),
        **tested(found.tests),
        "Lint: violations": str(found.rules.total()),
        "Types: errors": str(found.types["error"]),
        "Types: warnings": str(found.types["warning"]),
        "Security: issues": str(found.security.total()),
        "Security: severities": ", ".join(f"{number} {name}" for name, number in sorted(found.security.items())),
    }
    shown, rest = listed(found.rules, text)
    figures |= {f"rule {rule}: violations": str(count) for rule, count in shown.items()}
    figures |= {"more rules: number": str(len(rest))} if rest else {}
    if found.coverage is not None:
        total, reached = found.coverage.statements, found.coverage.statements - found.coverage.missing.total()
        known["coverage.percentage"] = Fraction(100 * reached, total), f"{reached} of {total} statements"
    if found.tests is not None:
        # A test that is expected to fail says nothing either way.
        decided = sum(found.tests[name] for name in ("passed", "failed", "errors"))
        if decided:
            passed = found.tests["passed"]
            known["tests.pass_rate"] = Fraction(100 * passed, decided), f"{passed} of {decided} passed"
    return {**figures, **judged(known, ladder, ticked)}


def covered(coverage: Coverage | None, text: str) -> Figures:
    """The figures on coverage."""
    if coverage is None:
        return {"Coverage: is": "unknown"}
    total, reached = coverage.statements, coverage.statements - coverage.missing.total()
    percent = cut(Fraction(100 * reached, total))
    figures = {"Coverage: percent": percent, "Coverage: covered": str(reached), "Coverage: total": str(total)}
    shown, rest = listed(coverage.missing, text)
    figures |= {f"not covered in {file}: statements": str(count) for file, count in shown.items()}
    if rest:
        figures |= {"not covered in more: statements": str(rest.total()), "not covered in more: files": str(len(rest))}
    return figures


def tested(tests: Counter[str] | None) -> Figures:
    """The figures on the tests; what is rare is said only where there is some."""
    if tests is None:
        return {"Tests: is": "unknown"}
    figures = {f"Tests: {name}": str(tests[name]) for name in ("passed", "failed", "skipped")}
    figures |= {f"Tests: {name}": str(tests[name] or "") for name in ("errors", "xfailed", "xpassed")}
    return {**figures, "Tests: total": str(tests.total())}


def listed(counts: Counter[str], text: str) -> tuple[Counter[str], Counter[str]]:
    """The highest counts, which a document lists by name, and the others."""
    names = sorted(+counts, key=lambda name: (-counts[name], f"`{name}`" not in text))
    return Counter({name: counts[name] for name in names[:SHOWN]}), Counter({n: counts[n] for n in names[SHOWN:]})


def judged(known: Mapping[str, tuple[Fraction, str]], ladder: Ladder, ticked: bool) -> Figures:
    """Verdicts and stage: the highest stage whose criteria, and all below it, are met."""
    figures: dict[str, str] = {}
    unmet: dict[str, list[str]] = {stage: [] for stage in ladder.stages}
    for criterion in ladder.criteria:
        value, counts = known.get(criterion.metric, (None, ""))
        met = ticked if not criterion.metric else value is not None and criterion.met(value)
        unmet[criterion.stage] += [] if met else [criterion.title]
        own = {"box": "x" if met else " "}
        if criterion.metric:
            own["asked"] = f"{criterion.sign} {criterion.threshold}" if criterion.threshold else "= 0"
            own |= {"sign": "❔", "verdict": "unknown"}
        if value is not None:
            own |= {"sign": "✅" if met else "❌", "verdict": "met" if met else "missed"}
            own |= {"value": criterion.shown(value), "counts": counts}
        figures |= {f"criterion {criterion.title}: {name}": said for name, said in own.items()}
    of = Counter(criterion.stage for criterion in ladder.criteria)
    for stage in ladder.stages[1:]:
        figures[f"criteria of {stage}: met"] = str(of[stage] - len(unmet[stage]))
        figures[f"criteria of {stage}: of"] = str(of[stage])
    following = next((stage for stage in ladder.stages if unmet[stage]), None)
    if following is None:
        return {**figures, "stage: name": ladder.stages[-1]}
    figures |= {f"next stage: {name}": figures[f"criteria of {following}: {name}"] for name in ("met", "of")}
    figures |= {"next stage: name": following, "blocked by: names": ", ".join(unmet[following])}
    return {**figures, "stage: name": ladder.stages[ladder.stages.index(following) - 1]}


def cut(percent: Fraction) -> str:
    """A percentage with one decimal, never rounded up: 69.96 is 69.9."""
    whole, tenth = divmod(int(percent * 10), 10)
    return f"{whole}.{tenth}"
