"""The methods of `quantile`: which two values it lies between, and their weights."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Where the quantile q of n values lies in their order is n q + alpha + q (1 - alpha - beta) - 1, with Hyndman
# and Fan's numbers (Sample quantiles in statistical packages, 1996), and q (n - 1) for 1 and 1.
METHODS = {
    **dict.fromkeys(("linear", "lower", "higher", "midpoint", "nearest"), (1, 1)),
    **dict.fromkeys(("inverted_cdf", "averaged_inverted_cdf", "interpolated_inverted_cdf"), (0, 1)),
    "closest_observation": (-0.5, 1.5), "hazen": (0.5, 0.5), "weibull": (0, 0),
    "median_unbiased": (1 / 3, 1 / 3), "normal_unbiased": (3 / 8, 3 / 8),
}  # fmt: skip


def find_neighbours(q: NDArray[np.float64], n: NDArray[np.intp], method: str) -> tuple[Any, Any, Any]:
    """Return the places of the two values in order, and the second's weight, for each quantile and line."""
    alpha, beta = METHODS[method]
    last = np.maximum(n - 1, 0)
    place = q * last if alpha == beta == 1 else n * q + (alpha + q * (1 - alpha - beta)) - 1
    low = np.floor(place)
    t: Any = place - low
    if method == "lower":
        t = np.zeros_like(t)
    elif method in ("higher", "inverted_cdf"):
        t = np.ceil(t)
    elif method == "midpoint":
        t = np.where(t > 0, 0.5, 0.0)
    elif method == "averaged_inverted_cdf":
        t = np.where(t > 0, 1.0, 0.5)
    elif method == "nearest":  # halves to the even place, as in NumPy
        t = np.rint(place) - low
    elif method == "closest_observation":  # halves to the even one, counted from one
        t = np.where((t == 0) & (low % 2 == 1), 0.0, 1.0)
    at, behind = (np.clip(i, 0, last).astype(np.intp) for i in (low, low + 1))
    return at, behind, t


def find_by_weight(q: NDArray[np.float64], weights: NDArray[Any]) -> NDArray[np.intp]:
    """Return the first place up to which the share q of the weights lies, for each quantile and line.

    q: broadcasts against the lines; weights: (lines, n), in the order of the values.
    """
    share = np.cumsum(weights, axis=-1, dtype=np.float64)
    share /= share[..., -1:]
    share[share == 0] = -1  # what has no weight is not even the least
    return np.sum(share < q[..., None], axis=-1)
