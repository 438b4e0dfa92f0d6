"""The types in which a ufunc and its derivatives are computed."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from ..precision import match_precision

_NUMBERS = (int, float)


def call_ufunc(ufunc: np.ufunc, arguments: list[Any], *, in_double: bool) -> Any:
    """Return ufunc(*arguments); float32 stays float32, also with a Python number (NEP 50).

    SciPy's ufuncs whose first loop takes float64 widen it: `special.xlogy(2.0, x)` is float64 for a float32
    `x`.
    """
    y = ufunc(*(map(as_double, arguments) if in_double else arguments))
    dtype = np.result_type(*arguments)
    if dtype == np.float32 or dtype == np.complex64:
        narrow = partial(match_precision, dtype=np.float32)  # a complex part stays complex
        return tuple(map(narrow, y)) if isinstance(y, tuple) else narrow(y)
    return y


def as_double(x: Any) -> Any:
    """Return an array in double precision, and a Python number as a float."""
    if not hasattr(x, "dtype"):
        return float(x) if isinstance(x, _NUMBERS) else x
    if x.dtype.kind == "c":
        return x.astype(np.complex128) if x.dtype.itemsize < 16 else x
    return x.astype(np.float64) if x.dtype.kind in "iub" or x.dtype.itemsize < 8 else x


def as_setting(x: Any) -> Any:
    """Return a setting for a rule: `n - 1` wraps around in a small or unsigned type."""
    if not hasattr(x, "dtype"):
        return x
    return x.astype(np.int64) if x.dtype.kind in "iub" else as_double(x)
