"""Which components there are, with their tests and owners; and where they may be in a repository that is new to us."""
