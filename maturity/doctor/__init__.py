"""What `maturity doctor` looks at."""
