"""The logistic function, its logarithm and its inverse."""

from __future__ import annotations

from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between

from .function import define


@define(special.expit)
def expit(x: Array, *, y: Array) -> Array:
    """1 / (1 + e^-x). d/dx = y expit(-x), exact where y is near 1, unlike y (1 - y)."""
    return y * special.expit(-x)


@define(special.log_expit)
def log_expit(x: Array) -> Array:
    """log(1 / (1 + e^-x)). d/dx = expit(-x)."""
    return special.expit(-x)


@define(special.logit, Case(x=between(0, 1, "...")))
def logit(x: Array) -> Array:
    """log(x / (1 - x)), the inverse of expit on (0, 1). d/dx = 1 / (x (1 - x))."""
    return 1 / (x * (1 - x))
