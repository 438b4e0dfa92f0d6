"""The dtype of Python numbers that are combined with arrays."""

from __future__ import annotations

from typing import Any


def match_dtype(x: Any, y: Any) -> tuple[Any, Any]:
    """Return both, with a Python number converted to the dtype of a floating point array.

    NumPy gives a Python number the dtype of the array (NEP 50). SciPy's ufuncs whose first loop is float64 do
    not: `special.xlogy(2.0, x)` would widen a float32 `x`.
    """
    if isinstance(x, int | float) and _is_floating(y):
        return y.dtype.type(x), y
    if isinstance(y, int | float) and _is_floating(x):
        return x, x.dtype.type(y)
    return x, y


def _is_floating(x: Any) -> bool:
    return hasattr(x, "dtype") and x.dtype.kind == "f"
