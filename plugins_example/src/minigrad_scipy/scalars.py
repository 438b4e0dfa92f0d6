"""Python numbers beside arrays."""

from __future__ import annotations

from typing import Any


def alike(x: Any, y: Any) -> tuple[Any, Any]:
    """Return both, a Python number among them in the type of the other, if that is floating.

    NumPy lets a Python number follow the array (NEP 50). SciPy's ufuncs whose first loop is float64 do not:
    `special.xlogy(2.0, x)` would widen a float32 `x`.
    """
    if isinstance(x, int | float) and _floats(y):
        return y.dtype.type(x), y
    if isinstance(y, int | float) and _floats(x):
        return x, x.dtype.type(y)
    return x, y


def _floats(x: Any) -> bool:
    return hasattr(x, "dtype") and x.dtype.kind == "f"
