"""What a hand-written document says of stage and coverage: claims, as far as it does not contradict itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from maturity.adoption.adopt import LARGEST
from maturity.adoption.contradictions import listen
from maturity.adoption.markup import checked, read_markup
from maturity.adoption.outline import read_outline
from maturity.adoption.sections import read_sections
from maturity.errors import MaturityError


@dataclass(frozen=True)
class Claims:
    """The stage and the coverage (percent) that a document claims; None where it claims none, or several."""

    stage: str | None
    coverage: Fraction | None


def claims(text: bytes, stages: Sequence[str]) -> Claims | None:
    """What a document claims, `stages` being the words for stages; None where it claims nothing or cannot be read."""
    if len(text) > LARGEST:
        return None
    try:
        outline = read_outline(checked(text))
        markup = read_markup(outline)
    except MaturityError:
        return None
    said = listen(outline, read_sections(outline, markup, stages), markup.closed)
    found = Claims(_only(said.stages.values()), _only(said.coverage.values()))
    return None if found == Claims(None, None) else found


Claim = TypeVar("Claim")


def _only(values: Iterable[Claim]) -> Claim | None:
    different = set(values)
    return different.pop() if len(different) == 1 else None
