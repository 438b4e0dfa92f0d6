"""The B-splines that `scipy.ndimage` interpolates with, and their derivatives."""

from __future__ import annotations

from functools import lru_cache
from math import comb, factorial
from typing import Any

import numpy as np

from minigrad_core import Array


@lru_cache
def _get_pieces(order: int, derivative: int) -> Array:
    """Return the polynomials of the `order` + 1 weights, one in each row, lowest power first.

    The weight of tap l at u in [0, 1) is, by de Boor's truncated powers,
    w_l(u) = sum over j <= order - l of (-1)^j C(order + 1, j) (u + order - l - j)^order / order!.
    Unser 1999, "Splines: a perfect fit for signal and image processing", equation 1.
    """
    rows = [
        [
            comb(order, power)
            * sum(
                (-1) ** j * comb(order + 1, j) * (order - tap - j) ** (order - power)
                for j in range(order - tap + 1)
            )
            / factorial(order)
            for power in range(order + 1)
        ]
        for tap in range(order + 1)
    ]
    return np.asarray(np.polynomial.polynomial.polyder(np.array(rows), derivative, axis=1))


def compute_weights(u: Any, order: int, derivative: int) -> Array:
    """Return the weights of the taps, or a derivative of them; u: (n,) in [0, 1) -> (order + 1, n)."""
    pieces = _get_pieces(order, derivative)
    weights = np.multiply.outer(pieces[:, -1], np.ones_like(u))
    for column in pieces.T[-2::-1]:
        weights *= u
        weights += column[:, None]
    return weights
