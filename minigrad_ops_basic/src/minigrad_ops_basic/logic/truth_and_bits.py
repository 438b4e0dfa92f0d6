"""Logic of truth values and of bits: NumPy's functions, whose plain arrays have no gradient."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, NonDifferentiable
from minigrad_core.cases import Case, boolean, integers


class Unary(NonDifferentiable):
    """A function of each value of x."""

    broadcasts = True

    def __init__(self, ufunc: np.ufunc, case: Case) -> None:
        self.name = ufunc.__name__
        self.ufunc = ufunc
        self.implements = (ufunc,)
        self.cases = (case,)
        self.__doc__ = f"`np.{self.name}(x)`, value by value; it has no gradient."

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return a plain array."""
        return self.ufunc(x)


class Binary(NonDifferentiable):
    """A function of each pair of values of x and y."""

    broadcasts = True

    def __init__(self, ufunc: np.ufunc, case: Case) -> None:
        self.name = ufunc.__name__
        self.ufunc = ufunc
        self.implements = (ufunc,)
        self.cases = (case,)
        self.__doc__ = f"`np.{self.name}(x, y)`, value by value, with broadcasting; it has no gradient."

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return a plain array."""
        return self.ufunc(x, y)


_TRUTHS = Case(x=boolean("..."), y=boolean("..."))
_BITS = Case(x=integers(0, 9, "..."), y=integers(0, 9, "..."))

logical_and = Binary(np.logical_and, _TRUTHS)
logical_or = Binary(np.logical_or, _TRUTHS)
logical_xor = Binary(np.logical_xor, _TRUTHS)
logical_not = Unary(np.logical_not, Case(x=boolean("...")))
bitwise_and = Binary(np.bitwise_and, _BITS)
bitwise_or = Binary(np.bitwise_or, _BITS)
bitwise_xor = Binary(np.bitwise_xor, _BITS)
left_shift = Binary(np.left_shift, _BITS)
right_shift = Binary(np.right_shift, _BITS)
invert = Unary(np.invert, Case(x=integers(0, 9, "...")))
