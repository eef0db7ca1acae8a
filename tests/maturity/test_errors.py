"""Which errors are shown without a traceback."""

from __future__ import annotations

import errno
import os

import pytest

from maturity.errors import ConfigurationError, StorageError, UnknownComponent, expected, said


def test_our_own_errors_are_expected_and_stay_what_they_are() -> None:
    for error in (ConfigurationError("x"), UnknownComponent("y"), StorageError("z")):
        assert expected(error) is error


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO, errno.EMFILE, errno.ELOOP])
def test_what_the_system_refuses_is_expected(number: int) -> None:
    error = expected(OSError(number, os.strerror(number), "some/file"))
    assert isinstance(error, StorageError)
    assert str(error).startswith(f"some/file: {os.strerror(number)}")
    assert error.exit_code == 2


def test_a_full_disk_has_a_next_step() -> None:
    assert said(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device; make room and run again"
    assert said(OSError("odd")) == "odd"


@pytest.mark.parametrize(
    "error", [KeyError("x"), ValueError(), FileNotFoundError(errno.ENOENT, "x"), OSError("odd"), RecursionError()]
)
def test_all_else_is_a_bug(error: Exception) -> None:
    assert expected(error) is None
