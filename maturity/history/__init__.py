"""Time: what the documents in git said, commit by commit. Git is the time series; there is no database."""
