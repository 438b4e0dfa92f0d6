"""Gradients that flow in some places only."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from minigrad_core import Array


def masked(grad: Any, mask: Any) -> Array:
    """Return `grad` where `mask` is true, else 0.

    A product, since `np.where` takes 14 times as long on a random mask; but infinity times 0 is no 0, and
    the sum of squares, in BLAS, tells whether there is one.
    """
    if type(grad) is np.ndarray:
        flat = grad.ravel("K")  # a view, in whatever order grad is laid
        if not isfinite(flat.dot(flat)):
            return np.where(mask, grad, 0)
    product: Array = grad * mask
    return product
