"""Which manual criterion a line speaks of, and whether its tick can be believed.

A wrong tick is worse than a lost one: a line is a criterion only if it says all of it and nothing that could change
its meaning. What is only alike is reported.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from maturity.adoption.spellings import NO, OPEN, Box, words_of
from maturity.model import Criterion, Ladder

_SMALL = words_of("a an the its it is are was were been has have in of for on at by to all and")
_DROPPED = words_of("component complet exist procedur meet")
"""Stems in a title that people leave out."""

_ADDED = words_of("component complet fully valid validat verify verifi defin successfully yes ok pass")
"""Stems that people add and that change nothing."""

_ALIASES = {"met": "meet", "done": "complet", "finished": "complet"}
_HEDGES = words_of(
    """
    not never without except only but partial partially mostly almost nearly some half draft pending progress todo tbd
    wip need needs needed missing blocked unknown unfinished incomplete outdated stale old failing failed fails waived
    skipped bypass bypassed planned ready later soon yet until started ongoing awaiting waiting scheduled maybe none no
    probably unclear unsure assumed expected should will cannot revoked expired gap gaps error errors na requires
    broken rejected abandoned removed disabled deprecated reverted dropped unsuccessful wrong untested undocumented
    """
)
_ID = re.compile(r"<!--[ \t]*criterion=([^\s<>]+)[ \t]*-->")
_MARKUP = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]*>")
_DATED = re.compile(r"(?:\b(?:issue|see|pr)\s*)?#\d+|\b\d{4}-\d\d-\d\d\b|(?<=\w)\.md\b", re.IGNORECASE)
_POINTER = re.compile(r"\(\s*\[[^\]]*\]\([^()]*\)[\s,;]*\)|\]\([^()]*\)")
_DENIAL = re.compile(
    r"[,;(–—-]\s*(?:no|0)\s+(?:(?:planned|critical|security|known|open|major|high|breaking|further)\s+)*"
    r"(?:changes|vulnerabilities|issues|findings|problems|errors|violations|regressions|incidents|blockers)\b",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"`[^`\s]*[/.][^`\s]*`|\bwith (?:usage |code )?examples\b", re.IGNORECASE)
_DEEDS = "documented|tested|reviewed|written|configured|completed|verified|validated|published|approved|alerts|alerting"
_WORD = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+|[<≤]")


def identify(box: Box, ladder: Ladder, stage: str | None, whole: bool = False) -> Criterion | None:
    """The one manual criterion that a box is certainly about; `stage` None allows those of every stage.

    Remarks behind a dash or in parentheses count where the box is ticked, for they may take it back, and if the `whole`
    text is asked for.
    """
    told = _ID.search(box.text)
    if told:
        return next((criterion for criterion in _manual(ladder, None) if criterion.id == told[1]), None)
    texts = [box.text] if box.ticked or whole else [box.text, *_mains(box.text)]
    said = [set(_stems(reading)) for text in texts for reading in _readings(text)]
    certain = [criterion for criterion in _manual(ladder, stage) if _is_said(criterion, said, ladder)]
    return certain[0] if len(certain) == 1 else None


def resembling(text: str, ladder: Ladder, stage: str | None) -> Criterion | None:
    """The manual criterion that a text could be: the one with which it shares the most words, half of them or more."""
    said = set(_stems(text))
    shares = [(len(_core(c) & said) / max(1, len(_core(c))), c) for c in _manual(ladder, stage)]
    share, nearest = max(shares, key=lambda pair: pair[0], default=(0.0, None))
    return nearest if share >= 0.5 else None


def doubt(box: Box, criterion: Criterion) -> str:
    """Why a ticked box about a criterion cannot be believed; empty if it can."""
    against = [sign for sign in box.signs if sign in NO + OPEN]
    if against:
        return f"a {against[0]} stands beside it"
    said = _DENIAL.sub(" ", f"{box.text} ; {box.remarks}".casefold().replace("n/a", "na"))
    of_title = set(_WORD.findall(criterion.title.casefold()))
    hedges = [word for word in _WORD.findall(said) if word in _HEDGES - of_title]
    return f'it says "{hedges[0]}"' if hedges else ""


def _manual(ladder: Ladder, stage: str | None) -> Iterator[Criterion]:
    return (c for c in ladder.criteria if c.manual and (stage is None or c.stage == stage))


def _mains(text: str) -> Iterator[str]:
    """A text without what stands behind its first dash, colon or bracket."""
    for mark in (r"\s[-–—]\s", r":", r"\("):
        yield re.split(mark, text)[0]


def _is_said(criterion: Criterion, readings: Sequence[set[str]], ladder: Ladder) -> bool:
    """Whether one reading of a text has the words of a title, and no others but harmless ones.

    The stage below is harmless: a component earns a criterion there.
    """
    title, core = set(_stems(criterion.title)), _core(criterion)
    below = ladder.stages[ladder.stages.index(criterion.stage) - 1]
    harmless = title | _ADDED | set(_stems(below))
    return bool(core) and any(title <= said <= harmless or core <= said <= title for said in readings)


def _readings(text: str) -> Iterator[str]:
    """What a text says: whoever says `documented and tested` says each; paths and examples say nothing."""
    clean = _DENIAL.sub(" ", _POINTER.sub(" ", _DATED.sub("", _MARKUP.sub(" ", text))))
    for reading in (clean, _ASIDE.sub(" ", clean)):
        yield reading
        yield re.sub(rf"\b(?:{_DEEDS}) and\b", " ", reading, flags=re.IGNORECASE)
        yield re.sub(rf"\band (?:{_DEEDS})\b", " ", reading, flags=re.IGNORECASE)


def _core(criterion: Criterion) -> set[str]:
    """The stems of a title without those that people leave out; all of them if none is left."""
    title = set(_stems(criterion.title))
    return (title - _DROPPED) or title


def _stems(text: str) -> Iterator[str]:
    """The words of a text that say something, without their endings."""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).casefold()):
        if word not in _SMALL:
            stem = re.sub(r"(?:ations?|ings?|ions?|ed|es|s|e)$", "", word)
            yield _ALIASES.get(word, stem if len(stem) >= 3 else word)
