"""What can go wrong, by what the user has to do about it."""

from __future__ import annotations


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


class RepositoryGone(MaturityError):
    """The repository, or the cache in it, was deleted while a tool ran: there is nothing left to work on."""

    exit_code = 2
