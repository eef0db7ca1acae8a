"""What documents should say by the records as they are now, and which are known to say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from maturity import document
from maturity.cache.index import DocumentEntry, Memory
from maturity.collectors.base import Collector
from maturity.currency import Currency
from maturity.document import Draft
from maturity.files import Stamp, digest_bytes, digest_text, stamp_of
from maturity.inputs.key import combined, is_over
from maturity.model import Component, Measurement
from maturity.workspace import Workspace


class Drafts:
    """The documents of a workspace."""

    def __init__(self, workspace: Workspace, currency: Currency, memory: Memory) -> None:
        self._workspace = workspace
        self._currency = currency
        self._memory = memory

    def draft(self, component: Component, measurements: Sequence[Measurement], today: str) -> Draft:
        """What a component's document should say. Raises MaturityError where it cannot be read or obeyed."""
        before = document.read(self._workspace.root, component.document)
        template = self._workspace.template if before is None else None
        return document.draft(component, self._workspace.settings.ladder, measurements, before, today, template)

    def is_current(self, component: Component) -> bool:
        """Whether the document is known to say what it should, without reading more than the document itself."""
        noted = self._memory.index.documents.get(component.name)
        if noted is None or is_over(noted.until, self._currency.now):
            return False
        key = self._draft_inputs(component)
        if key is None or noted.drafted_from != combined(key):
            return False
        stamp = stamp_of(f"{self._workspace.root}/{component.document}")
        if stamp is not None and stamp == noted.stamp:
            return True
        content = document.read(self._workspace.root, component.document)
        if content is None or digest_bytes(content) != noted.content:
            return False
        self.note(component, content, stamp)
        return True

    def headline(self, component: Component) -> str | None:
        """A component in one line, as last collected; None if that is not remembered."""
        return self._memory.index.headlines.get(component.name)

    def note_headline(self, component: Component, headline: str) -> None:
        """Remember a component's line for lists."""
        self._memory.moved = True
        self._memory.index.headlines[component.name] = headline

    def note(self, component: Component, content: bytes, stamp: Stamp | None = None) -> None:
        """Remember that this content is what the document should say, as long as all it was drafted from stays.

        `stamp` is that of the file, taken before the content was read.
        """
        self._memory.moved = True
        key = self._draft_inputs(component)
        if key is None:
            self._memory.index.documents.pop(component.name, None)
        else:
            sure = stamp is not None and stamp.settled()
            until = self._currency.ends(component)
            entry = DocumentEntry(combined(key), digest_bytes(content), stamp if sure else None, until)
            self._memory.index.documents[component.name] = entry

    def _draft_inputs(self, component: Component) -> dict[str, str] | None:
        """All that a document is drafted from besides itself, by label; None where a collector fails."""
        inputs = {**self._shown_everywhere, "component": digest_text(repr(component))}
        for collector in self._workspace.applying(component):
            digest = self._currency.digest(collector, component)
            if digest is None:
                return None
            inputs[f"record of {collector.name}"] = digest
        return inputs

    @cached_property
    def _shown_everywhere(self) -> Mapping[str, str]:
        """What all documents are drafted from, by label: the code, and what is shown without a record, too."""
        inputs = {
            "ladder": digest_text(repr(self._workspace.settings.ladder)),
            "template": digest_text(self._workspace.template or ""),
        }
        for collector in self._workspace.collectors:
            shown = (collector.title, collector.idle, *collector.metrics)
            inputs |= self._workspace.code.inputs(collector)
            inputs[f"words of {collector.name}"] = digest_text("\n".join(shown))
        return inputs

    def failing(self, component: Component) -> list[str]:
        """The collectors that have no answer for a component now."""
        return [measured.collector for measured in self.measurements(component) if measured.failure is not None]

    def measurements(self, component: Component) -> tuple[Measurement, ...]:
        """What is known of a component now, collector by collector, for its document."""
        return tuple(self._measurement(collector, component) for collector in self._workspace.collectors)

    def _measurement(self, collector: Collector, component: Component) -> Measurement:
        metrics = tuple(collector.metrics)
        if not collector.applies(component):
            return Measurement(collector.name, collector.title, metrics, None, collector.idle)
        known = self._currency.known(collector, component)
        failure = None if known.failure is None else known.failure.reason
        measured = known.trace.measured if known.trace is not None else ""
        reason = f"{collector.name} failed" if failure is not None else "it was not measured yet"
        return Measurement(collector.name, collector.title, metrics, known.facts, reason, measured, failure)
