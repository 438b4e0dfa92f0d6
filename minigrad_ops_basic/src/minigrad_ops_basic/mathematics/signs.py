"""`absolute`, `fabs`, `copysign`, `sign` and `heaviside`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, real
from minigrad_core.errors import DifferentiabilityError

from ..elementwise import BinaryElementwise, InputElementwise
from ..function import NumpyFunction
from ..nan_safe import divide_or_zero
from ..non_differentiable import BinaryUfunc


@InputElementwise.define(
    np.absolute, Case(x=real("...")), Case(x=np.array([np.inf, -np.inf])), takes_complex=True
)
def absolute(grad: Array, x: Array) -> Array:
    """|x|. d/dx = grad sign(x), for complex values grad conj(x) / |x|; 0 at x = 0."""
    if x.dtype.kind != "c":
        return grad * np.sign(x)
    return divide_or_zero(grad * np.conjugate(x), np.absolute(x))


@InputElementwise.define(np.fabs)
def fabs(grad: Array, x: Array) -> Array:
    """|x| in floating point, for whole numbers too. d/dx = grad sign(x), 0 at x = 0."""
    return grad * np.sign(x)


@BinaryElementwise.define(np.copysign)
def copysign(grad: Array, x: Array, y: Array, needs: tuple[bool, ...]) -> tuple[Array | None, Array | None]:
    """|x| with the sign of y.

    d/dx = grad, negated where the signs of x and y differ, 0 at x = 0; d/dy = 0.
    """
    return (
        grad * (np.sign(x) * np.copysign(np.sign(x), y)) if needs[0] else None,
        np.zeros_like(grad) if needs[1] else None,
    )


class Sign(NumpyFunction):
    """-1, 0 or 1, without a gradient. For complex values x / |x|, refused where a gradient would get lost."""

    differentiable = False
    broadcasts = True

    def forward(self, ctx: Context, x: Array) -> Array:
        if ctx.needs[0] and x.dtype.kind == "c":
            raise DifferentiabilityError(
                "sign: of complex values it is z / |z|, which would lose its gradient; write z / np.abs(z), "
                "or leave the graph on purpose: z.numpy()"
            )
        return np.sign(x)


sign = Sign(np.sign)
heaviside = BinaryUfunc(np.heaviside, "0 for x < 0, 1 for x > 0, `y` at x = 0; without a gradient.")
