"""How a run ends: what its tasks have noted, as the rows of the closing table."""

from __future__ import annotations

from collections.abc import Sequence

from maturity.graph.actions import Actions
from maturity.model import Component
from maturity.reports.closing import Closing, Noted, Seen, close, figures, left_alone


def closing(actions: Actions, about: Sequence[Component], seconds: float) -> Closing:
    """How a run over some components ends, after some seconds: a table of what it did, or one line."""
    verbs = {name.partition(":")[0] for name in actions.asked.names}
    if verbs and verbs <= {"explain", "gate", "trend"}:
        return Closing()
    if verbs and verbs <= {"preview", "validate"}:
        changed = sum(draft.changed for draft in actions.outcome.drafts.values())
        wrong = changed or actions.outcome.broken or actions.outcome.unkept or any(actions.outcome.failing.values())
        said = left_alone(len(about), validated=verbs == {"validate"})
        return Closing(line="" if wrong else said)
    outcome = actions.outcome
    named = {name.partition(":")[2] for name in actions.asked.names}
    collected = {name for process in outcome.processes for name in process.components}
    failing = {name for name, collectors in outcome.failing.items() if collectors}
    touched = {*collected, *outcome.written, *failing, *outcome.broken, *named}
    seen = [look_back(actions, c, c.name in collected, c.name in named) for c in about if c.name in touched]
    records = sum(len(current(actions, component)) for component in about)
    return close(Noted(len(about), records, seconds, seen, tuple(outcome.processes)))


def current(actions: Actions, component: Component) -> tuple[str, ...]:
    """The collectors whose records of a component were current when the run began, or were found in the cache."""
    names = (collector.name for collector in actions.repository.applying(component))
    return tuple(name for name in names if f"{name}:{component.name}" not in actions.outcome.stale)


def look_back(actions: Actions, component: Component, collected: bool, named: bool) -> Seen:
    """What the run noted of one component; what it did not draft after collecting is drafted now."""
    outcome, repository, name = actions.outcome, actions.repository, component.name
    judged = name in outcome.failing  # its document's task has seen all that was collected
    if not judged and (collected or name not in outcome.drafts):
        actions.draft(component)
    draft = outcome.written.get(name) or outcome.drafts.get(name)
    failing = outcome.failing[name] if judged else tuple(repository.drafts.failing(component))
    unkept = tuple(task.partition(":")[0] for task in outcome.unkept if task.partition(":")[2] == name)
    return Seen(
        component=name,
        before=draft.stage_before if draft is not None else None,
        stage=draft.standing.stage if draft is not None else "?",
        figures=outcome.figures.get(name) or figures(repository.drafts.measurements(component)),
        applying=tuple(collector.name for collector in repository.applying(component)),
        current=current(actions, component),
        failing=(*failing, *(collector for collector in unkept if collector not in failing)),
        written=name in outcome.written,
        stale=draft is not None and draft.changed,
        new=draft is not None and draft.before is None,
        named=named,
        problem=str(outcome.broken.get(name, "")) or ("not all that was found could be kept" if unkept else ""),
    )
