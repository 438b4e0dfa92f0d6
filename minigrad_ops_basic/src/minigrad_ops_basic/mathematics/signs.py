"""`absolute`, `fabs`, `copysign`, `sign` and `heaviside`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import DifferentiabilityError

from ..nan_safe import divide_or_zero
from ..non_differentiable import BinaryUfunc


class Absolute(Operation):
    """|x|. d/dx = grad sign(x), of complex values grad conj(x) / |x|; 0 at x = 0."""

    name = "absolute"
    broadcasts = True
    implements = (np.absolute,)
    takes_complex = True
    cases = (Case(x=real("...")), Case(x=np.array([np.inf, -np.inf])))

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.absolute(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient with the sign of `x`."""
        (x,) = ctx.saved
        if x.dtype.kind != "c":
            return grad * np.sign(x)
        size = np.absolute(x)
        return divide_or_zero(grad * np.conjugate(x), size)


class Fabs(Operation):
    """|x| in floating point, of whole numbers too. d/dx = grad sign(x), 0 at x = 0."""

    name = "fabs"
    broadcasts = True
    implements = (np.fabs,)

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)
        return np.fabs(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient with the sign of `x`."""
        (x,) = ctx.saved
        return grad * np.sign(x)


class Copysign(Operation):
    """|x| with the sign of y.

    d/dx = grad, negated where the signs of x and y differ, 0 at x = 0; y is flat.
    """

    name = "copysign"
    broadcasts = True
    implements = (np.copysign,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return np.copysign(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the gradient with the product of both signs."""
        x, y = ctx.saved
        return (
            grad * (np.sign(x) * np.copysign(np.sign(x), y)) if ctx.needs[0] else None,
            np.zeros_like(grad) if ctx.needs[1] else None,
        )


class Sign(Operation):
    """-1, 0 or 1, a plain array; of complex values x / |x|, refused where it would lose its gradient."""

    name = "sign"
    differentiable = False
    broadcasts = True
    implements = (np.sign,)

    def forward(self, ctx: Context, x: Array) -> Array:
        if ctx.needs[0] and x.dtype.kind == "c":
            raise DifferentiabilityError(
                "sign: of complex values it is z / |z|, which would lose its gradient; write z / np.abs(z), "
                "or leave the graph on purpose: z.numpy()"
            )
        return np.sign(x)


absolute = Absolute()
fabs = Fabs()
copysign = Copysign()
sign = Sign()
heaviside = BinaryUfunc(np.heaviside, "0 for x < 0, 1 for x > 0, `y` at x = 0; a plain array.")
