"""Lengths and angles in the plane, and the sinc function."""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between

from ..nan_safe import zeros_in


class Hypot(Operation):
    """sqrt(x^2 + y^2), without overflow.

    d/dx = grad x / hypot, d/dy = grad y / hypot, and 0 at the origin.
    """

    name = "hypot"
    broadcasts = True
    implements = (np.hypot,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the length of (x, y)."""
        z = np.hypot(x, y)
        ctx.save(x, y, z)
        return z

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the gradient times the direction."""
        x, y, z = ctx.saved
        length = np.where(z == 0, np.inf, z) if zeros_in(z) else z  # no direction at 0, in any order
        return grad * (x / length) if ctx.needs[0] else None, grad * (y / length) if ctx.needs[1] else None


class Arctan2(Operation):
    """The angle of the point (x2, x1), in [-pi, pi].

    d/dx1 = grad x2 / r^2, d/dx2 = -grad x1 / r^2, and 0 at the origin.
    """

    name = "arctan2"
    broadcasts = True
    implements = (np.arctan2,)

    def forward(self, ctx: Context, y: Array, x: Array) -> Array:
        """Return the angle."""
        ctx.save(y, x)
        return np.arctan2(y, x)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Return the gradients of ordinate and abscissa."""
        y, x = ctx.saved
        # The length first, squared by two divisions: x^2 + y^2 would overflow or vanish long before r does.
        r = np.hypot(x, y)
        r = np.where(r == 0, np.inf, r) if zeros_in(r) else r
        return grad * (x / r / r) if ctx.needs[0] else None, -grad * (y / r / r) if ctx.needs[1] else None


class Unwrap(Operation):
    """Angles along `axis`, with whole periods added so that no step is greater than `discont` (None: half a
    `period`).

    d/dx = grad: what is added is flat between its jumps.
    """

    name = "unwrap"
    implements = (np.unwrap,)
    cases = (Case(p=between(-9, 9, "n 4")), Case(p=between(-9, 9, "4 2"), axis=0, period=1.5, discont=1.0))

    def forward(
        self,
        ctx: Context,
        p: Array,
        *,
        discont: float | None = None,
        axis: int = -1,
        period: float = 2 * np.pi,
    ) -> Array:
        """Return the continuous angles."""
        # NumPy's result for one value, or none, is the input itself.
        y = np.unwrap(p, discont, axis, period=period)
        return y.astype(p.dtype) if p.dtype.kind == "f" else y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return a copy of the gradient."""
        return grad.copy()


class Sinc(Operation):
    """sin(pi x) / (pi x), 1 at x = 0. d/dx = grad (cos(pi x) - sinc x) / x, 0 at x = 0."""

    name = "sinc"
    broadcasts = True
    implements = (np.sinc,)
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return the values."""
        ctx.save(x)
        return np.sinc(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient; near 0, where the formula cancels, by its series."""
        (x,) = ctx.saved
        near = abs(x) < _NEAR
        if not np.count_nonzero(near):
            return grad * _far(x)
        inside = np.where(near, x, 0)
        return grad * np.where(near, inside * _series(inside * inside), _far(np.where(near, 1, x)))


def _far(x: Array) -> Array:
    return (np.cos(np.pi * x) - np.sinc(x)) / x


# Taylor: sinc'(x) = sum over k >= 1 of (-1)^k pi^2k 2k / (2k + 1)! x^(2k - 1); at |x| < 0.1 six terms reach
# double precision.
_NEAR = 0.1
_TERMS = [(-1) ** k * np.pi ** (2 * k) * 2 * k / factorial(2 * k + 1) for k in range(1, 7)]


def _series(square: Array) -> Array:
    total: Any = _TERMS[-1]
    for term in _TERMS[-2::-1]:
        total = total * square + term
    return total


hypot = Hypot()
arctan2 = Arctan2()
unwrap = Unwrap()
sinc = Sinc()
