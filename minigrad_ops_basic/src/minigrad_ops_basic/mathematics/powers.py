"""`power` and `float_power`."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, between, real
from minigrad_core.cases import positive as above_zero

from ..dtypes import cast, detach
from ..function import NumpyFunction
from ..nan_safe import has_zeros, multiply_no_nan


class Power(NumpyFunction):
    """`x ** y`. d/dx = grad y x^(y - 1); d/dy = grad x^y log(x).

    At x = 0 the derivative in y is 0 by convention; for y = 0 the derivative in x is 0. For x < 0 the power
    is defined for whole y only, and the derivative in y is NaN.
    """

    broadcasts = True
    takes_complex = True
    cases = (
        Case(x=above_zero("..."), y=real("...")),
        Case(x=real("..."), y=3),
        Case(x=above_zero("..."), y=0.5),
        Case(x=above_zero("..."), y=-1.5),
        Case(x=np.array([0.0, 0.5, 2.0]), y=between(1.5, 3, "3")),
        Case(x=np.array([0.0, 0.5, 2.0]), y=np.array([0.0, 0.0, 1.5])),
        Case(x=np.array([1, 3, 17], np.uint8), y=real("3")),
    )

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        z = x**y
        ctx.save(x, y, z if ctx.needs[1] else None)
        return z

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y, z = ctx.saved
        if isinstance(y, (int, float)) and y >= 1 and float(y).is_integer():
            # Squares and cubes need no mask.
            return multiply_no_nan(grad, slope=y * x ** (y - 1)), None
        x, y = cast(x, grad.dtype), cast(y, grad.dtype)  # the log of an int8 has half precision
        with np.errstate(divide="ignore", invalid="ignore"):
            zeros = has_zeros(x)
            grad_x = multiply_no_nan(grad, slope=_compute_base_slope(x, y)) if ctx.needs[0] else None
            if not ctx.needs[1]:
                return grad_x, None
            logarithm = np.log(np.where(x == 0, 1, x) if zeros else x)
            return grad_x, grad * (z * cast(logarithm, grad.dtype))  # the log of a Python number is double


def _compute_base_slope(x: Any, y: Any) -> Array:
    if isinstance(y, (int, float)):  # x**2 and x**3 are common: no masks, and NumPy's fast paths
        if y == 0.5:
            return 0.5 / x**0.5  # x**-0.5 takes NumPy ten times as long
        return y * x ** (y - 1) if y else np.zeros_like(x)
    # 0 * 0**-1 is NaN, and so is 0 * x**-1 where x**-1 overflows, for 1e-5 in half precision for instance.
    # Elsewhere the formula holds, second derivatives included.
    if has_zeros(y):
        with np.errstate(over="ignore"):
            x = np.where((detach(y) == 0) & ~np.isfinite(1 / detach(x)), 1, x)
    return y * x ** (y - 1)


def _to_floating(x: Any) -> Any:
    """Return whole numbers in double precision, floating point as it is."""
    return x.astype(np.float64) if hasattr(x, "dtype") and x.dtype.kind in "iub" else x


class FloatPower(Power):
    """`x ** y` in floating point, for whole numbers too. d/dx, d/dy: as for `power`.

    float32 stays float32, where NumPy gives double precision.
    """

    cases = (*Power.cases[:6], Case(x=np.array([1, 2, 3]), y=np.array([2, 0, 1])))

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        return super().forward(ctx, _to_floating(x), _to_floating(y))


power = Power(np.power)
float_power = FloatPower(np.float_power)
