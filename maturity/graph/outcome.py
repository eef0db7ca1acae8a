"""What a run did, as its tasks note it."""

from __future__ import annotations

from dataclasses import dataclass, field

from maturity.document import Draft
from maturity.errors import MaturityError
from maturity.reports.closing import Figures, Process


@dataclass
class Outcome:
    """What a run did, for those who started it: drafts by component, and what is wrong with documents.

    `undone` are the components that were not current when it began, `stale` the names of the collectors' tasks whose
    records were not, in the cache neither. `written` are those whose documents were, with the
    drafts that were written; `failing` those without an answer from some collectors; `figures` go with the drafts;
    `processes` are those that have ended; `unkept` the collectors' tasks whose answer could not be kept, and why.
    """

    drafts: dict[str, Draft] = field(default_factory=dict[str, Draft])
    undone: set[str] = field(default_factory=set[str])
    stale: set[str] = field(default_factory=set[str])
    written: dict[str, Draft] = field(default_factory=dict[str, Draft])
    broken: dict[str, MaturityError] = field(default_factory=dict[str, MaturityError])
    failing: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    figures: dict[str, Figures] = field(default_factory=dict[str, Figures])
    processes: list[Process] = field(default_factory=list[Process])
    unkept: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def lost(self) -> set[str]:
        """The components of which not all that was found could be kept: their documents stay as they are."""
        return {name.partition(":")[2] for name in self.unkept}
