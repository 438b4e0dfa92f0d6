"""The larger or smaller of two values."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation


def _shared(
    grad: Array, first: Array, tie: Array, needs: tuple[bool, ...]
) -> tuple[Array | None, Array | None]:
    """Give the gradient to the first input where `first`, half of it to each at a `tie`, else the second."""
    half = np.where(tie, 0.5 * grad, 0) if np.count_nonzero(tie) else 0
    return (
        np.where(first, grad, half) if needs[0] else None,
        np.where(first | tie, half, grad) if needs[1] else None,
    )


class Maximum(Operation):
    """The larger of two; NaN if one is. The gradient goes to the larger input, half to each at a tie."""

    name = "maximum"
    broadcasts = True
    implements = (np.maximum,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the larger value."""
        ctx.save(x, y)
        return np.maximum(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Share the gradient."""
        x, y = ctx.saved
        return _shared(grad, x > y, x == y, ctx.needs)


class Minimum(Operation):
    """The smaller of two; NaN if one is. The gradient goes to the smaller input, half to each at a tie."""

    name = "minimum"
    broadcasts = True
    implements = (np.minimum,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the smaller value."""
        ctx.save(x, y)
        return np.minimum(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Share the gradient."""
        x, y = ctx.saved
        return _shared(grad, x < y, x == y, ctx.needs)


class Fmax(Operation):
    """The larger of two; a NaN loses. The gradient goes to the larger input, half to each at a tie."""

    name = "fmax"
    broadcasts = True
    implements = (np.fmax,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the larger value."""
        ctx.save(x, y)
        return np.fmax(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Share the gradient."""
        x, y = ctx.saved
        return _shared(grad, (x > y) | np.isnan(y), x == y, ctx.needs)


class Fmin(Operation):
    """The smaller of two; a NaN loses. The gradient goes to the smaller input, half to each at a tie."""

    name = "fmin"
    broadcasts = True
    implements = (np.fmin,)

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        """Return the smaller value."""
        ctx.save(x, y)
        return np.fmin(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        """Share the gradient."""
        x, y = ctx.saved
        return _shared(grad, (x < y) | np.isnan(y), x == y, ctx.needs)


maximum = Maximum()
minimum = Minimum()
fmax = Fmax()
fmin = Fmin()
