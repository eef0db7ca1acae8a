"""What a thing is derived from, in one form for all: the digest of each input under its label, and until when it holds.

A record, a document and "nothing to do" are current if and only if all these are as they were. What is read from the
clock enters as the earliest moment (seconds since the epoch) at which the answer changes: until then the clock is none
of the inputs, and after it nothing that was derived is current.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from maturity.files import digest_text

Inputs = Mapping[str, str]
"""Digests by label."""

CHANGED = "changed during the run of "
"""How the digest begins of what changed while it was used: with the moment after it, it is equal to no other."""

OPENED, LISTED, EXISTING = "opened files", "listed directories", "existing paths"
FOUND_OUT = frozenset({OPENED, LISTED, EXISTING})
"""The labels of what a run reads; which paths these are is known only after it."""


def combined(inputs: Inputs) -> str:
    """One digest of all inputs."""
    return digest_text("\n".join(f"{label} {digest}" for label, digest in sorted(inputs.items())))


def moved(before: Inputs, now: Inputs) -> list[str]:
    """The labels of the inputs that differ, in a fixed order."""
    return sorted(label for label in {*before, *now} if before.get(label) != now.get(label))


def earliest(moments: Iterable[float | None]) -> float | None:
    """The moment at which the first of some things ends; None where none of them does."""
    return min((moment for moment in moments if moment is not None), default=None)


def is_over(until: float | None, now: float) -> bool:
    """Whether what holds until a moment holds no longer."""
    return until is not None and now >= until
