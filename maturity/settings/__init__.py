"""What a repository's `[tool.maturity]` says."""
