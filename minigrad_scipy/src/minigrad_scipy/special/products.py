"""The product of gradients and derivatives."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array
from minigrad_ops_basic.dtypes import detach
from minigrad_ops_basic.nan_safe import multiply_no_nan


def pull_back(grads: tuple[Array, ...], ys: tuple[Array, ...], slopes: Any, x: Any) -> Array:
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
