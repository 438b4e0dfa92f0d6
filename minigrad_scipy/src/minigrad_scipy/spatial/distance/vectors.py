"""The distance of two vectors: each metric as a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import special

from .. import distance


def _make_distance(metric: str, third: str = "w") -> Callable[..., Any]:
    def call(u: Any, v: Any, *parameter: Any, **parameters: Any) -> Any:
        """Return the element of `cdist` for the two vectors; the parameter by position is `third`."""
        given = dict(zip([third, "w"], parameter, strict=False)) | parameters
        u, v = (x if hasattr(x, "ndim") else np.asarray(x) for x in (u, v))
        if u.ndim != 1 or v.ndim != 1:
            raise ValueError("Input vector should be 1-D.")  # SciPy's message
        return distance.cdist(u[None], v[None], metric, **given)[0, 0]

    call.__name__ = metric
    return call


def jensenshannon(p: Any, q: Any, base: float | None = None, *, axis: int = 0, keepdims: bool = False) -> Any:
    """Return the Jensen-Shannon distance along an axis, by the formula of SciPy's function.

    The slope at a share of 0 is infinite, and 0 if both shares are 0.
    """
    # A share of 0 does not depend on the sum: its infinite slope times 0 would be NaN for all shares.
    p, q = (np.where(x == 0, x, x / np.sum(x, axis=axis, keepdims=True)) for x in (p, q))
    m = (p + q) / 2.0
    is_empty = m == 0
    p, q, m = (np.where(is_empty, 1, x) for x in (p, q, m))
    divergence = np.sum(special.rel_entr(p, m) + special.rel_entr(q, m), axis=axis, keepdims=keepdims)
    return np.sqrt(divergence / (2.0 if base is None else 2.0 * float(np.log(base))))


WEIGHTED = "braycurtis canberra chebyshev cityblock correlation cosine euclidean sqeuclidean"
THIRD = {"minkowski": "p", "mahalanobis": "VI", "seuclidean": "V"}
FUNCTIONS = {
    **{_make_distance(metric): ("u", "v") for metric in WEIGHTED.split()},
    **{_make_distance(metric, third): ("u", "v") for metric, third in THIRD.items()},
    jensenshannon: ("p", "q"),
}
