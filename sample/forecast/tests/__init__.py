"""Tests of the forecast component."""
