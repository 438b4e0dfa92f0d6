"""The terms of entropies, which are 0 where x is 0, and the logistic function with its inverse."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core import Array
from minigrad_core.cases import Case, between, positive, real

from .function import define
from .removable import divide_keeping_zero


@define(special.xlogy, Case(x=real("..."), y=positive("...")), takes_complex=True)
def xlogy(x: Array, y: Array) -> Any:
    """`x log(y)`, 0 where x is 0. d/dx = log(y); d/dy = x / y, 0 where x is 0."""
    return lambda: np.log(y), lambda: divide_keeping_zero(x, y)


@define(special.xlog1py, Case(x=real("..."), y=positive("...")), takes_complex=True)
def xlog1py(x: Array, y: Array) -> Any:
    """`x log(1 + y)`, 0 where x is 0. d/dx = log(1 + y); d/dy = x / (1 + y), 0 where x is 0."""
    return lambda: np.log1p(y), lambda: divide_keeping_zero(x, 1 + y)


@define(special.entr, Case(x=positive("...")))
def entr(x: Array) -> Array:
    """-x log(x), 0 at 0 and -inf below. d/dx = -log(x) - 1, inf at 0."""
    return -np.log(x) - 1


@define(special.rel_entr, Case(x=positive("..."), y=positive("...")))
def rel_entr(x: Array, y: Array) -> Any:
    """`x log(x / y)`, 0 where x is 0. d/dx = log(x / y) + 1; d/dy = -x / y."""
    return lambda: np.log(x / y) + 1, lambda: -divide_keeping_zero(x, y)


@define(special.kl_div, Case(x=positive("..."), y=positive("...")))
def kl_div(x: Array, y: Array) -> Any:
    """`x log(x / y) - x + y`, and y where x is 0. d/dx = log(x / y); d/dy = 1 - x / y."""
    return lambda: np.log(x / y), lambda: 1 - divide_keeping_zero(x, y)


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
