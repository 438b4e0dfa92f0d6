"""`remainder`, `fmod`, `floor_divide` and `divmod`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, nonzero, real

from ..non_differentiable import BinaryUfunc


class Remainder(Operation):
    """`x mod y`, with the sign of `y`.

    d/dx = grad; d/dy = -grad floor(x / y). At the jumps: the slope on the right.
    """

    name = "remainder"
    broadcasts = True
    implements = (np.remainder, np.mod)
    cases = (Case(x=real("..."), y=nonzero("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return np.remainder(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        return grad.copy(), -grad * np.floor_divide(x, y) if ctx.needs[1] else None


class Fmod(Operation):
    """The remainder with the sign of `x`. d/dx = grad; d/dy = -grad trunc(x / y)."""

    name = "fmod"
    broadcasts = True
    implements = (np.fmod,)
    cases = (Case(x=real("..."), y=nonzero("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return np.fmod(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        return grad.copy(), -grad * np.trunc(x / y) if ctx.needs[1] else None


class DivMod(Operation):
    """`floor(x / y)` and `x mod y`, in one.

    d/dx = grad of the remainder; d/dy = -floor(x / y) times it. The quotient is flat between its jumps.
    """

    name = "divmod"
    broadcasts = True
    implements = (np.divmod,)
    cases = (Case(x=real("..."), y=nonzero("...")),)

    def forward(self, ctx: Context, x: Array, y: Array) -> tuple[Array, ...]:
        quotient, rest = np.divmod(x, y)
        ctx.save(quotient)
        return quotient, rest

    def backward(self, ctx: Context, grad: Array, *grads: Array) -> tuple[Array | None, Array | None]:
        (quotient,) = ctx.saved
        (of_rest,) = grads
        return of_rest.copy(), -of_rest * quotient if ctx.needs[1] else None


remainder = Remainder()
fmod = Fmod()
floor_divide = BinaryUfunc(
    np.floor_divide,
    "`floor(x / y)`, a plain array: flat between its jumps.",
    Case(x=real("..."), y=nonzero("...")),
)
divmod = DivMod()  # noqa: A001 - NumPy's name
