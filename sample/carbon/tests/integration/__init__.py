"""Integration tests of the carbon component."""
