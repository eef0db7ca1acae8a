"""Imports that ruff does not follow."""

from __future__ import annotations

import pytest

from maturity.inputs.unfollowed import elsewhere, out_of_package

FILES = {
    "top.py", "src/shared.py", "src/pack/__init__.py", "src/pack/inner.py", "src/a/x.py", "src/a/near.pyi",
    "src/space/deep.py", "regular/__init__.py", "regular/m.py",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from . import near", {"src/a/near.pyi"}),
        ("from .near import f", {"src/a/near.pyi"}),
        ("from ..shared import f", {"src/shared.py"}),
        ("    from .. import shared as s, pack", {"src/shared.py", "src/pack/__init__.py"}),
        ("from ..pack import (\n    inner,\n)", {"src/pack/__init__.py", "src/pack/inner.py"}),
        ("from ..space import deep", {"src/space/deep.py"}),
        ("from ... import top", {"top.py"}),
        ("from .... import top", set()),
        ("from . import x", set()),
        ("from shared import f", set()),
        ("import near", set()),
        ("from ..shared import f\ndef broken(", {"src/shared.py"}),
        ("", set()),
    ],
)
def test_relative_imports_where_there_is_no_package(text: str, expected: set[str]) -> None:
    assert out_of_package("src/a/x.py", FILES, lambda path: text.encode()) == expected


def test_inside_a_package_ruff_follows_them() -> None:
    assert out_of_package("regular/n.py", FILES, lambda path: b"from . import m") == set()
    assert out_of_package("regular/n.py", FILES, lambda path: b"from .. import top") == {"top.py"}


def test_a_module_may_be_found_beside_the_file_or_in_a_named_place() -> None:
    files = {"a/helper.py", "b/helper.py", "b/x.py", "lib/helper.py", "c/helper.py", "b/pack/m.py", "a/pack/m.py"}
    roots = (".", "src", "a", "b", "lib", "c")
    assert elsewhere("b/x.py", ["a/helper.py"], files, roots, ("lib",)) == {"b/helper.py", "lib/helper.py"}
    assert elsewhere("b/x.py", ["a/pack/m.py"], files, roots, ()) == {"b/pack/m.py"}
    assert elsewhere("b/x.py", ["b/helper.py"], files, roots, ()) == set()
