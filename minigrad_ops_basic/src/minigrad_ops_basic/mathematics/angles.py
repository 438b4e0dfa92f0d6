"""`hypot`, `arctan2` and `unwrap`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between

from ..nan_safe import has_zeros


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
        x, y, z = ctx.saved
        length = np.where(z == 0, np.inf, z) if has_zeros(z) else z  # no direction at 0, in any order
        return grad * (x / length) if ctx.needs[0] else None, grad * (y / length) if ctx.needs[1] else None


class Arctan2(Operation):
    """The angle of the point (x2, x1), in [-pi, pi].

    d/dx1 = grad x2 / r^2, d/dx2 = -grad x1 / r^2, and 0 at the origin.
    """

    name = "arctan2"
    broadcasts = True
    implements = (np.arctan2,)

    def forward(self, ctx: Context, y: Array, x: Array) -> Array:
        ctx.save(y, x)
        return np.arctan2(y, x)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        y, x = ctx.saved
        # The length first, squared by two divisions: x^2 + y^2 would overflow or vanish long before r does.
        r = np.hypot(x, y)
        r = np.where(r == 0, np.inf, r) if has_zeros(r) else r
        return grad * (x / r / r) if ctx.needs[0] else None, -grad * (y / r / r) if ctx.needs[1] else None


class Unwrap(Operation):
    """Angles along `axis`, with whole periods added so that no step is greater than `discont` (None: half a
    `period`).

    d/dx = grad: what is added is flat between its jumps.
    """

    name = "unwrap"
    implements = (np.unwrap,)
    cases = (
        Case(p=between(-9, 9, "n 4")),
        Case(p=between(-9, 9, "4 2"), axis=0, period=1.5, discont=1.0),
        Case(p=np.array([0, 7, 3])),
    )

    def forward(
        self,
        ctx: Context,
        p: Array,
        *,
        discont: float | None = None,
        axis: int = -1,
        period: float = 2 * np.pi,
    ) -> Array:
        # NumPy's result for one value, or none, is the input itself.
        y = np.unwrap(p, discont, axis, period=period)
        return y.astype(p.dtype) if p.dtype.kind == "f" else y

    def backward(self, ctx: Context, grad: Array) -> Array:
        return grad.copy()


hypot = Hypot()
arctan2 = Arctan2()
unwrap = Unwrap()
