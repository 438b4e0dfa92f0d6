"""Piecewise linear approximations of sigmoid and silu. Howard et al. 2019, "Searching for MobileNetV3"."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between
from minigrad_ops_basic.nan_safe import apply_mask

from ..kernels.precision import to_floating
from ..references import activations as plain
from .elementwise import is_float_ndarray
from .pointwise import BYTES, CASES


class HardSigmoid(Operation):
    """`clip(x / 6 + 1/2, 0, 1)`.

    x: any shape. d/dx = grad / 6 where -3 < x < 3, else 0; at the kinks, x = -3 and x = 3, 0.
    """

    name = "hard_sigmoid"
    reference = staticmethod(plain.hard_sigmoid)
    broadcasts = True
    cases = CASES

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        ctx.save(np.abs(x) < 3)
        return np.clip(x + 3, 0, 6) / 6

    def backward(self, ctx: Context, grad: Array) -> Array:
        return apply_mask(grad, *ctx.saved) / 6


class HardSwish(Operation):
    """`x * clip(x / 6 + 1/2, 0, 1)`.

    x: any shape. d/dx = 0 where x < -3, grad where x > 3, and grad * (x / 3 + 1/2) between them; at the
    kinks, x = -3 and x = 3, the derivatives of the outer pieces.
    """

    name = "hard_swish"
    reference = staticmethod(plain.hard_swish)
    broadcasts = True
    cases = (Case(x=between(-4.5, 4.5, "...")), BYTES)  # the interval contains both kinks

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        ctx.save(x)
        y = np.clip(x + 3, 0, 6) / 6
        y *= x
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        result = apply_mask(grad, x > -3)
        result *= _hard_swish_slope(x)
        return result


def _hard_swish_slope(x: Any) -> Array:
    """Return the derivative of `hard_swish` where x > -3.

    x / 3 is clipped to 1, so its integral part is 1 for x >= 3 and 0 below. This integral part selects the
    piece: `np.where` takes six times as long on a random mask.
    """
    if not is_float_ndarray(x):
        return np.where(x >= 3, 1, x / 3 + 0.5)
    third: Any = np.divide(x, 3, out=np.empty_like(x))
    np.clip(third, -1, 1, out=third)
    outer = np.trunc(third, out=np.empty_like(x))
    outer -= 1
    outer *= -0.5
    third += outer
    return third


hard_sigmoid = HardSigmoid()
hard_swish = HardSwish()
