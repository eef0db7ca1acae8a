"""What is kept under `.maturity/` between two runs."""
