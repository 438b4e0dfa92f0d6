"""Functional programming: other functions, applied to parts of an array."""
