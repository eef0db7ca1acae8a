"""Markdown, text to text: markers, regions, and what can be done with them."""
