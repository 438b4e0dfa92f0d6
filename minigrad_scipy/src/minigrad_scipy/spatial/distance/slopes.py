"""The gradients of distances that sum or choose over coordinates, for all pairs of points.

Each function gets the cotangents of the distances, grad (i, j), the distances d (i, j), the points
x (k, i, 1) and y (k, 1, j), the weights w (k, 1, 1) or None, and the order p. It returns the gradient of
each pair with respect to x and to y, (k, i, j), or None for y if that is the negative of x. Where a distance
has no derivative, at 0 or at a tie, the result is a subgradient: 0, or equal shares.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Slopes: TypeAlias = tuple[Any, Any]


def divide(a: Any, b: Any) -> Any:
    """Return a / b, and 0 where b is 0."""
    is_zero = b == 0
    if not is_zero.any():  # half of the time
        return a / b
    return np.where(is_zero, 0, a / np.where(is_zero, 1, b))


def weigh(a: Any, w: Any) -> Any:
    """Return w a, or `a` itself without weights."""
    return a if w is None else w * a


def cityblock(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Slopes:
    """Differentiate d = sum w |x - y|."""
    return weigh(grad, w) * np.sign(x - y), None


def chebyshev(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Slopes:
    """Differentiate d = max |x - y| over the coordinates with w > 0."""
    difference = x - y
    is_largest = np.abs(difference) == d
    if w is not None:
        is_largest = is_largest & (w > 0)
    count = np.sum(is_largest, axis=0, dtype=difference.dtype)
    return divide(grad, count) * (is_largest * np.sign(difference)), None


def minkowski(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Slopes:
    """Differentiate d = (sum w |x - y|^p)^(1/p)."""
    difference = x - y
    powers = np.where(difference == 0, 1, np.abs(difference)) ** (p - 1)
    factor = np.where(d == 0, 0, grad * np.where(d == 0, 1, d) ** (1 - p))
    return weigh(factor, w) * (np.sign(difference) * powers), None


def canberra(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Slopes:
    """Differentiate d = sum w |x - y| / (|x| + |y|), where 0 / 0 is 0."""
    difference, total = x - y, np.abs(x) + np.abs(y)
    sign, ratio = np.sign(difference), divide(np.abs(difference), total)
    factor = divide(weigh(grad, w), total)
    return factor * (sign - ratio * np.sign(x)), factor * (-sign - ratio * np.sign(y))


def braycurtis(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Slopes:
    """Differentiate d = sum w |x - y| / sum w |x + y|."""
    total = x + y
    factor = weigh(divide(grad, np.sum(weigh(np.abs(total), w), axis=0)), w)
    sign, other = np.sign(x - y), d * np.sign(total)
    return factor * (sign - other), factor * (-sign - other)


def jensenshannon(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Slopes:
    """Differentiate d, where d^2 = sum(x log(x / m) + y log(y / m)) / 2 and m = (x + y) / 2."""
    m, factor = (x + y) / 2, divide(grad, 4 * d)

    def slope(a: Any) -> Any:
        with np.errstate(divide="ignore"):  # the slope is infinite where one of the two is 0
            return factor * np.log(np.where(m == 0, 1, divide(a, m)))

    return slope(x), slope(y)


SLOPES: dict[str, Callable[..., Slopes]] = {
    f.__name__: f for f in (cityblock, chebyshev, minkowski, canberra, braycurtis, jensenshannon)
}
