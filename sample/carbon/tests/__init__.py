"""Tests of the carbon component."""
