"""Helpers that the kernels of several operations share; README.md has the measurements."""
