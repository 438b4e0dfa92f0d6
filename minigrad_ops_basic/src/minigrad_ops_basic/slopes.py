"""The product of a gradient and a slope that may be infinite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from minigrad_core import Array


def product(grad: Array, slope: Array) -> Array:
    """Return `grad * slope`, with 0 where an infinite or undefined slope meets a zero gradient.

    A branch that `np.where` did not select sends back zeros; they must not become NaN on the way (0 times
    infinity), or the branch leaks into the other one. Where the slope is finite nothing is masked, so second
    derivatives stay right where a gradient happens to be zero.
    """
    out = grad * slope
    if np.isfinite(out).all():
        return out
    return np.where((grad == 0) & ~np.isfinite(slope), 0, out)
