"""The text of a new document: regions to fill in, and a TODO in every section that people write."""

from __future__ import annotations

from maturity.markdown.escape import title

BEGIN = "<!-- AUTO-GENERATED: DO NOT EDIT BELOW THIS LINE [region={name}] -->"
END = "<!-- END AUTO-GENERATED [region={name}] -->"

SECTIONS = (
    ("Component Overview", "what this component is for, and for whom."),
    ("Key Features", "what it can do."),
    ("Maturity Criteria", None),
    ("Test Coverage", None),
    ("Code Quality", None),
    ("Dependencies", "what it needs, and what needs it."),
    ("Next Steps", "what has to happen for the next stage, and who does it."),
    ("Promotion History", "when it reached which stage, and who decided."),
    ("Related Documentation", "where to read more."),
    ("Verification Commands", "what to type to see for yourself."),
)
"""The headings of a new document; a hint for those that people write, None for those that are generated."""


PLACEHOLDER = "{component}"
"""What stands for the component's name in a template of the repository's own."""


def new_document(component: str, template: str | None = None) -> str:
    """A document with empty regions, to be filled in by the first rewrite; from `template` if there is one."""
    if template is not None:
        return template.replace(PLACEHOLDER, title(component))
    blocks = [f"# {title(component)}", region("status")]
    for heading, hint in SECTIONS:
        body = region(heading.lower().replace(" ", "-")) if hint is None else manual(hint)
        blocks += [f"## {heading}", body]
    return "\n\n".join(blocks) + "\n"


def region(name: str) -> str:
    """An empty generated region."""
    return f"{BEGIN.format(name=name)}\n\n{END.format(name=name)}"


def manual(hint: str) -> str:
    """A section that is never touched."""
    return f"<!-- MANUAL SECTION -->\n\nTODO: {hint}\n\n<!-- END MANUAL SECTION -->"
