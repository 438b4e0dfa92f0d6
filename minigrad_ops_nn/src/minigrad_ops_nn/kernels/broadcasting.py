"""The test whether an input broadcasts to the shape of another one without enlarging it."""

from __future__ import annotations

import numpy as np


def is_broadcastable(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    """Return whether an array of `shape` broadcasts to the shape `to`."""
    try:
        return np.broadcast_shapes(shape, to) == to
    except ValueError:
        return False
