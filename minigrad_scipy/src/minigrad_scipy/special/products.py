"""The gradients of a ufunc: products of the gradients of its outputs with its derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from minigrad_core import Array, Context
from minigrad_ops_basic.dtypes import detach
from minigrad_ops_basic.nan_safe import multiply_no_nan

from .precision import as_double, as_setting


def pull_back(
    op: Any, rule: Callable[..., Any], ctx: Context, grads: tuple[Array, ...]
) -> tuple[Array | None, ...]:
    """Return the gradients of the inputs of a call of `op`, a `SpecialFunction` with this rule.

    SciPy's ufuncs raise no warnings, so the rules raise none either.
    """
    y, *values = ctx.saved
    count = len(op.inputs)
    inputs = [as_double(x) for x in values[:count]]
    settings = dict(zip(op.settings, map(as_setting, values[count:]), strict=True))
    ys = y if isinstance(y, tuple) else (y,)
    if op.takes_y:
        if any(part.dtype.char in "fF" for part in ys):  # a rule may subtract terms that nearly cancel
            arguments = {**dict(zip(op.inputs, inputs, strict=True)), **settings}
            y = op.ufunc(*(arguments[name] for name in op.order))
        settings["y"] = y
    with np.errstate(all="ignore"):
        slopes = rule(*inputs, **settings)
        functions = slopes if count > 1 else (lambda: slopes,)
        return tuple(
            _sum_products(grads, ys, slope(), x) if needed else None
            for slope, x, needed in zip(functions, values, ctx.needs, strict=False)
        )


def _sum_products(grads: tuple[Array, ...], ys: tuple[Array, ...], slopes: Any, x: Any) -> Array:
    """Return the sum of grad times derivative over the outputs, in the type of the gradients."""
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    total: Any = sum(
        multiply_no_nan(grad, slope=_spread_nan(slope, y))
        for grad, y, slope in zip(grads, ys, slopes, strict=True)
    )
    dtype = np.result_type(*(grad.dtype for grad in grads))
    if total.dtype.kind == "c" and getattr(x, "dtype", dtype).kind != "c":
        total = np.real(total)
    if total.dtype.kind != dtype.kind:
        dtype = np.dtype(dtype.char.swapcase())
    return total.astype(dtype) if total.dtype != dtype else total


def _spread_nan(slope: Any, y: Array) -> Any:
    """Return the slope, and NaN where the function has no value."""
    is_nan = np.isnan(detach(y))
    return np.where(is_nan, np.nan, slope) if is_nan.any() else slope
