"""ReLU, leaky ReLU and PReLU."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation, Tensor
from minigrad_core.array import unbroadcast
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError
from minigrad_ops_basic.nan_safe import apply_mask

from ..kernels.constants import scalar
from ..kernels.precision import to_single
from ..references import activations as plain
from .elementwise import is_float_ndarray, negative_part, positive_part


def scale_by_slope(grad: Array, positive: Any, slope: Any) -> Array:
    """Return grad where the mask `positive` is true, else slope * grad."""
    if is_float_ndarray(grad) and isinstance(slope, (int, float)) and 0 <= slope <= 1:
        # The mask as 0 and 1, clipped to [slope, 1], takes half the time.
        factor: Any = positive.astype(grad.dtype).clip(scalar(slope, grad.dtype), scalar(1, grad.dtype))
        factor *= grad
        return factor
    right = grad * positive
    return right + slope * (grad - right)


class LeakyReLU(Operation):
    """`max(x, 0) + negative_slope * min(x, 0)`.

    x: any shape. d/dx = grad where x > 0, else negative_slope * grad; at the kink, x = 0, the left
    derivative.
    """

    name = "leaky_relu"
    reference = staticmethod(plain.leaky_relu)
    broadcasts = True
    cases = (Case(x=real("...")), Case(x=real("..."), negative_slope=-1.5))

    def forward(self, ctx: Context, x: Array, *, negative_slope: float = 0.01) -> Array:
        ctx.save(x > 0, negative_slope)
        if 0 < negative_slope <= 1:  # the larger of two takes half the time of the formula below
            return np.maximum(x, negative_slope * x)
        return positive_part(x) + negative_slope * negative_part(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        positive, slope = ctx.saved
        return scale_by_slope(grad, positive, slope)


class PReLU(Operation):
    """`max(x, 0) + weight * min(x, 0)`, with learned slopes.

    x: (n, c, ...), weight: (c,), a slope for each channel, or (1,), a slope for all channels; an x with fewer
    than two axes has one channel.
    d/dx = grad where x > 0, else weight * grad; d/dweight = grad * min(x, 0), summed over all axes but the
    channels.

    Raises
    ------
    InputError
        The weight has neither one value nor one for each channel.
    """

    name = "prelu"
    reference = staticmethod(plain.prelu)
    cases = (
        Case(x=real("n c"), weight=real("c")),
        Case(x=real("n c d"), weight=real("c")),
        Case(x=real("n c d"), weight=real("1")),
        Case(x=real("n"), weight=real("1")),
    )

    def forward(self, ctx: Context, x: Array, weight: Array) -> Array:
        channels = x.shape[1] if x.ndim > 1 else 1
        if weight.shape not in ((1,), (channels,)):
            raise InputError(
                f"prelu expected weight of shape (1,) or ({channels},) for x {x.shape}, got {weight.shape}"
            )
        slopes = weight.reshape(-1, *(1,) * (x.ndim - 2)) if x.ndim > 1 else weight.reshape((1,) * x.ndim)
        below = negative_part(x)
        ctx.save(x > 0, below, slopes, weight.shape)
        return positive_part(x) + slopes * below

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        positive, below, slopes, shape = ctx.saved
        gx = scale_by_slope(grad, positive, slopes) if ctx.needs[0] else None
        if not ctx.needs[1]:
            return gx, None
        return gx, unbroadcast(to_single(grad) * below, slopes.shape).reshape(shape)


leaky_relu = LeakyReLU()
prelu = PReLU()


class ReLU(Operation):
    """`max(x, 0)`.

    x: any shape. d/dx = grad where x > 0, else 0; at the kink, x = 0, the subgradient 0.
    """

    name = "relu"
    reference = staticmethod(plain.relu)
    broadcasts = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)  # the node holds x anyway; a mask would take more memory
        return positive_part(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return apply_mask(grad, (x.numpy() if isinstance(x, Tensor) else x) > scalar(0, x.dtype))


relu = ReLU()
