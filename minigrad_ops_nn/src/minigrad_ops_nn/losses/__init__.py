"""Losses. Each takes `reduction`: "mean" (the default), "sum" or "none"."""

from .cross_entropy import cross_entropy
from .nll import nll

__all__ = ["cross_entropy", "nll"]
