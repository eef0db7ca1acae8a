"""Trends in each form that they can be asked for."""
