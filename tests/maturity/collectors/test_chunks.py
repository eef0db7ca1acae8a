from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from maturity.collectors.chunks import chunks


def test_no_file_is_no_portion() -> None:
    assert chunks(()) == ()


def test_a_portion_ends_before_the_limit() -> None:
    assert chunks(("ab", "cd", "ef"), limit=6) == (("ab", "cd"), ("ef",))


def test_a_name_is_as_long_as_its_bytes() -> None:
    assert chunks(("éé", "a"), limit=6) == (("éé",), ("a",))


def test_a_name_above_the_limit_stands_alone() -> None:
    assert chunks(("a", "b" * 9, "c"), limit=4) == (("a",), ("b" * 9,), ("c",))


@given(st.lists(st.text(min_size=1, max_size=8)), st.integers(1, 40))
def test_every_file_once_and_in_order(files: list[str], limit: int) -> None:
    portions = chunks(files, limit)
    assert [file for portion in portions for file in portion] == files
    for portion in portions:
        assert len(portion) == 1 or sum(len(file.encode()) + 1 for file in portion) <= limit
