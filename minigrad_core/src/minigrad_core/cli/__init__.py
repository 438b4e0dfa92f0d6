"""The `minigrad` command line: the only package that parses arguments or prints."""

from .entry import main

__all__ = ["main"]
