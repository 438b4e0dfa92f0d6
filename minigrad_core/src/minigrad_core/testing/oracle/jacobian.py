"""The numeric Jacobian."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .slopes import IMAGINARY, LONGER, Function, complex_slope, line, long_slope, real_slope


def jacobian(f: Function, x: NDArray[Any], scale: NDArray[Any], oracle: str) -> NDArray[Any] | None:
    """Return the numeric Jacobian (outputs, values of `x`); NaN for a value that may not move."""
    take = {IMAGINARY: complex_slope, LONGER: long_slope}.get(oracle, real_slope)
    columns: list[Any] = []
    for j in range(x.size):
        unit = (np.arange(x.size) == j).reshape(x.shape) * scale
        if not unit.any():
            columns.append(None)
            continue
        at = line(f, [x], [unit])
        slope = take(at) or real_slope(at)  # a longdouble that nothing moves cannot prove that it was one
        if slope is None:
            return None
        columns.append(slope.value / scale.flat[j])
    known = next((column for column in columns if column is not None), None)
    if known is None:
        return None
    return np.stack([known * np.nan if column is None else column for column in columns], axis=1)
