"""The matrix of Minkowski distances."""

from __future__ import annotations

from typing import Any

from . import distance


def distance_matrix(x: Any, y: Any, p: float = 2, threshold: int = 1000000) -> Any:
    """Return the distances of all pairs. SciPy chooses a loop by the threshold, to save memory."""
    return distance.cdist(x, y, "minkowski", p=p)
