"""What can go wrong, by what the user has to do about it."""

from __future__ import annotations

import errno

REPORT = "This is a bug in maturity, not in your repository. Please report it, with all the lines above."
"""What follows the traceback of an error that nobody expected."""

SYSTEM = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EIO,
        errno.ELOOP,
        errno.EMFILE,
        errno.ENAMETOOLONG,
        errno.ENFILE,
        errno.ENOLCK,
        errno.ENOMEM,
        errno.ENOSPC,
        errno.EPERM,
        errno.EROFS,
        errno.ESTALE,
    }
)
"""What the system refuses for reasons of its own: a full disk, a missing permission. Other errors are bugs of ours."""


class MaturityError(Exception):
    """An expected error: shown as one message without a traceback.

    `exit_code` is the console script's answer when nothing worse happened.
    """

    exit_code = 4


class ConfigurationError(MaturityError):
    """A setting that cannot be obeyed; the message names the file, the key and the next step."""


class UsageError(MaturityError):
    """Arguments that contradict each other or say nothing."""


class UnknownComponent(MaturityError):
    """A component was asked for by a name that no component has."""

    exit_code = 3


class CollectorFailure(MaturityError):
    """A tool did not give an answer that can be believed; the message is the reason."""

    exit_code = 2


class StorageError(MaturityError):
    """The disk does not take, or does not give back, what has to be kept; the message names the file."""

    exit_code = 2


class RepositoryGone(MaturityError):
    """The repository, or the cache in it, was deleted while a tool ran: there is nothing left to work on."""

    exit_code = 2


def expected(error: Exception) -> MaturityError | None:
    """An error that is no bug of ours, as one that is shown without a traceback; None for a bug."""
    if isinstance(error, MaturityError):
        return error
    if isinstance(error, OSError) and error.errno in SYSTEM:
        return StorageError(f"{error.filename or 'the system'}: {said(error)}")
    return None


def said(error: OSError) -> str:
    """What the system says, and what a person can do about it."""
    steps = {
        errno.ENOSPC: "; make room and run again",
        errno.EDQUOT: "; make room and run again",
        errno.EFBIG: "; raise the limit on the size of files and run again",
        errno.EROFS: "; a run has to write there",
        errno.EACCES: "; give yourself the permission and run again",
    }
    return f"{error.strerror or error}{steps.get(error.errno or 0, '')}"
