from __future__ import annotations

import pytest

from maturity.collectors.paths import relative


@pytest.mark.parametrize(
    ("path", "root", "expected"),
    [
        ("/repo/src/a.py", "/repo", "src/a.py"),
        ("/repo/src/a.py", "/repo/", "src/a.py"),
        ("./src/a.py", "/repo", "src/a.py"),
        ("././src//a.py", "/repo", "src/a.py"),
        ("src/a.py", "/repo", "src/a.py"),
        ("/a.py", "/", "a.py"),
        ("/repository/a.py", "/repo", "/repository/a.py"),
        ("/repo/a b/x%20#é\n.py", "/repo", "a b/x%20#é\n.py"),
        ("/odd (*)\\root/-a.py", "/odd (*)\\root", "-a.py"),
    ],
)
def test_relative(path: str, root: str, expected: str) -> None:
    assert relative(path, root) == expected
