"""`remainder`, `fmod`, `floor_divide` and `divmod`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, nonzero, real

from ..elementwise import BinaryElementwise
from ..function import NumpyFunction
from ..non_differentiable import BinaryUfunc

_CASE = Case(x=real("..."), y=nonzero("..."))


@BinaryElementwise.define(np.remainder, _CASE)
def remainder(grad: Array, x: Array, y: Array, needs: tuple[bool, ...]) -> tuple[Array | None, Array | None]:
    """`x mod y`, with the sign of `y`.

    d/dx = grad; d/dy = -grad floor(x / y). At the jumps: the slope on the right.
    """
    return grad.copy(), -grad * np.floor_divide(x, y) if needs[1] else None


@BinaryElementwise.define(np.fmod, _CASE)
def fmod(grad: Array, x: Array, y: Array, needs: tuple[bool, ...]) -> tuple[Array | None, Array | None]:
    """The remainder with the sign of `x`. d/dx = grad; d/dy = -grad trunc(x / y)."""
    return grad.copy(), -grad * np.trunc(x / y) if needs[1] else None


class DivMod(NumpyFunction):
    """The quotient `floor(x / y)` and the remainder `x mod y`.

    d/dx = grad of the remainder; d/dy = -floor(x / y) times that grad. The quotient is flat.
    """

    broadcasts = True
    cases = (_CASE,)

    def forward(self, ctx: Context, x: Array, y: Array) -> tuple[Array, ...]:
        quotient, rest = np.divmod(x, y)
        ctx.save(quotient)
        return quotient, rest

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array | None, Array | None]:
        (quotient,) = ctx.saved
        (of_rest,) = grads
        return of_rest.copy(), -of_rest * quotient if ctx.needs[1] else None


floor_divide = BinaryUfunc(
    np.floor_divide,
    "`floor(x / y)`, without a gradient: flat between its jumps.",
    _CASE,
)
divmod = DivMod(np.divmod)  # noqa: A001 - NumPy's name
