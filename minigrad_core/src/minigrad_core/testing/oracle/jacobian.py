"""The numeric Jacobian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .slopes import complex_slope, long_slope, real_slope

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .slopes import Function


def jacobian(f: Function, x: NDArray[Any], scale: NDArray[Any], oracle: str) -> NDArray[Any] | None:
    """Return the numeric Jacobian (outputs, values of `x`); NaN for a value that may not move."""
    take = {"complex step": complex_slope, "longdouble central difference": long_slope}.get(
        oracle, real_slope
    )
    columns: list[Any] = []
    for j in range(x.size):
        if not scale.flat[j]:
            columns.append(None)
            continue
        unit = np.zeros(x.size)
        unit[j] = scale.flat[j]
        # A difference in longdouble that moves nothing cannot prove that it was one.
        slope = take(f, [x], [unit.reshape(x.shape)]) or real_slope(f, [x], [unit.reshape(x.shape)])
        if slope is None:
            return None
        columns.append(slope.value / scale.flat[j])
    known = next((column for column in columns if column is not None), None)
    if known is None:
        return None
    return np.stack([known * np.nan if column is None else column for column in columns], axis=1)
