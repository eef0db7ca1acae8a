"""The tasks of this repository: `doit list` shows them."""

from maturity.dodo import *  # noqa: F403 - this line is all that a repository needs
