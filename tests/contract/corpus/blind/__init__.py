"""A fourth set that was held out: written blind, before the kit was run on it."""

from . import (
    elementwise,
    losses,
    outputs,
    products,
    reductions,
    rows,
)

__all__ = [
    "elementwise",
    "losses",
    "outputs",
    "products",
    "reductions",
    "rows",
]
