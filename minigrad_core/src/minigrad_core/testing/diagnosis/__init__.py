"""What is wrong with a gradient, in a line."""

from .diagnose import diagnose
from .facts import Facts

__all__ = ["Facts", "diagnose"]
