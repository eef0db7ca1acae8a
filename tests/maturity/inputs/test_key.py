"""Keys: equal if and only if every input is, and over with the clock."""

from __future__ import annotations

import pytest

from maturity.inputs.key import combined, earliest, is_over, moved

KEY = {"files": "1", "our code": "2", "version of ruff": "3"}


def test_the_order_does_not_count() -> None:
    assert combined(dict(reversed(KEY.items()))) == combined(KEY)


@pytest.mark.parametrize("label", KEY)
def test_every_label_counts(label: str) -> None:
    without = {name: digest for name, digest in KEY.items() if name != label}
    assert combined(without) != combined(KEY)
    assert combined({**KEY, label: "4"}) != combined(KEY)
    assert moved(KEY, without) == moved(KEY, {**KEY, label: "4"}) == [label]


@pytest.mark.parametrize(
    ("moments", "first"), [([], None), ([None], None), ([None, 2.0, 1.0], 1.0), ([0.0, None], 0.0)]
)
def test_the_first_end_counts(moments: list[float | None], first: float | None) -> None:
    assert earliest(moments) == first


@pytest.mark.parametrize(("now", "over"), [(99.0, False), (100.0, True), (101.0, True)])
def test_at_the_moment_itself_it_is_over(now: float, over: bool) -> None:
    assert is_over(100.0, now) is over
    assert not is_over(None, now)
