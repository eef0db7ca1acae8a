"""Component maturity, always true: MATURITY.md files that follow the code."""
