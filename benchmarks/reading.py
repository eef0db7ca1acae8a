"""What a MATURITY.md says: its figures and verdicts, read from the text as a person would."""

from __future__ import annotations

import re
from collections.abc import Mapping

# The lines of a generated region. A figure's name is the label, filled in with what the line names, and the group.
LINES = tuple(
    (label, re.compile(pattern))
    for label, pattern in (
        ("stage", r"- \*\*Current Stage\*\*: (?P<name>.+)"),
        ("next stage", r"- \*\*Next Stage\*\*: (?P<name>.+) \((?P<met>\d+) of (?P<of>\d+) criteria met\)"),
        ("blocked by", r"- \*\*Blocked By\*\*: (?P<names>.+)"),
        ("criteria of {stage}", r"### .+ → (?P<stage>.+): (?P<met>\d+) of (?P<of>\d+) met"),
        (
            "criterion {title}",
            r"- \[(?P<box>.)\] (?P<sign>[✅❌]) (?P<title>.+) (?P<asked>[≥≤=] \d+)(?: %)?: "
            r"(?P<value>[\d.]+)(?: %)?(?: \((?P<counts>.+)\))?, (?P<verdict>met|missed)",
        ),
        (
            "criterion {title}",
            r"- \[(?P<box>.)\] (?P<sign>❔) (?P<title>.+) (?P<asked>[≥≤=] \d+)(?: %)?: (?P<verdict>unknown) \(.+\)",
        ),
        ("criterion {title}", r"- \[(?P<box>.)\] (?P<title>.+) \(manual\) <!-- criterion=[\w-]+ -->"),
        ("{what}", r"- \*\*(?P<what>(?:Integration c|C)overage|(?:Integration t|T)ests)\*\*: (?P<is>unknown) \(.+\)"),
        ("Coverage", r"- \*\*Coverage\*\*: (?P<percent>[\d.]+) % \((?P<covered>\d+) of (?P<total>\d+) statements\)"),
        ("not covered in {file}", r"  - `(?P<file>.+)`: (?P<statements>\d+) not covered"),
        ("not covered in more", r"  - (?P<statements>\d+) not covered in (?P<files>\d+) files? more"),
        (
            "Tests",
            r"- \*\*Tests\*\*: (?P<passed>\d+) passed, (?P<failed>\d+) failed, (?P<skipped>\d+) skipped"
            r"(?:, (?P<errors>\d+) errors?)?(?:, (?P<xfailed>\d+) expected failures?)?"
            r"(?:, (?P<xpassed>\d+) unexpected pass(?:es)?)?, (?P<total>\d+) in total",
        ),
        ("Lint", r"- \*\*[^*]+\*\*: (?P<violations>\d+) violations?"),
        ("rule {rule}", r"  - `(?P<rule>[\w-]+)`: (?P<violations>\d+)"),
        ("more rules", r"  - (?P<number>\d+) more rules?"),
        ("Types", r"- \*\*[^*]+\*\*: (?P<errors>\d+) errors?, (?P<warnings>\d+) warnings?"),
        ("Security", r"- \*\*[^*]+\*\*: (?P<issues>\d+) issues?(?: \((?P<severities>.+)\))?"),
    )
)
REGION = re.compile(r"<!-- AUTO-GENERATED: .*?-->\n(.*?)<!-- END AUTO-GENERATED .*?-->", re.DOTALL)
# The day on which something else in the document changed last is no figure of the component.
NO_FIGURE = re.compile(r"|- \*\*Last Updated\*\*: \d{4}-\d\d-\d\d")

Figures = Mapping[str, str]


def read(text: str) -> Figures:
    """Every figure and verdict in the generated regions, by name; a line that is not understood is one by itself."""
    figures: dict[str, str] = {}
    for line in "".join(REGION.findall(text)).splitlines():
        if NO_FIGURE.fullmatch(line):
            continue
        label, found = next(((n, m) for n, pattern in LINES if (m := pattern.fullmatch(line))), ("", None))
        groups = {"line": line} if found is None else found.groupdict(default="")
        names = {group: groups.pop(group) for group in ("stage", "title", "what", "file", "rule") if group in groups}
        for group, value in groups.items():
            name = f"{label.format(**names)}: {group}".removeprefix(": ")
            figures[f"{name}, again" if name in figures else name] = value
    return figures
