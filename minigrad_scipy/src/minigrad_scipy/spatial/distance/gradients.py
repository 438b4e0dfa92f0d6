"""The gradients of distances between all pairs of points with respect to the points.

Each function in `SLOPES` gets the cotangents of the distances, grad (i, j), the distances d (i, j), the
points x (k, i, 1) and y (k, 1, j), the weights w (k, 1, 1) or None, and the order p. It returns the sums of
the slopes in x over j, (k, i), and in y over i, (k, j); the caller multiplies them by the weights, but for
`chebyshev`. Where a distance has no derivative, at 0 or at a tie, the result is a subgradient: 0, or equal
shares.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.dtypes import detach

from ...precision import match_precision
from .. import distance

BLOCK = 2**17  # elements (k, i, j) at a time: 1 MiB stays in the cache


Sums: TypeAlias = tuple[Any, Any]


def divide_or_zero(a: Any, b: Any) -> Any:
    """Return a / b, and 0 where b is 0."""
    is_zero = b == 0
    if not is_zero.any():  # half of the time
        return a / b
    return np.where(is_zero, 0, a / np.where(is_zero, 1, b))


def widen(x: Any, least: Any) -> Any:
    """Return `x` in at least the precision `least`, None for None."""
    return None if x is None else match_precision(x, np.result_type(x.dtype, least))


def sum_pairs(s: Any) -> Sums:
    """Return the sums of s (k, i, j) over j and over i, by BLAS, which takes 0.6 of the time of np.sum."""
    return s @ np.ones(s.shape[2], s.dtype), np.ones(s.shape[1], s.dtype) @ s


def sum_differences(s: Any) -> Sums:
    """Return the sums of slopes s in x, if those in y are -s."""
    grad_x, grad_y = sum_pairs(s)
    return grad_x, -grad_y


def cityblock(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Sums:
    """Differentiate d = sum w |x - y|."""
    return sum_differences(grad * np.sign(x - y))


def chebyshev(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Sums:
    """Differentiate d = max |x - y| over the coordinates with w > 0."""
    difference, d = detach(x - y), detach(d)
    is_above, is_below = difference == d, difference == -d
    sign = is_above.view(np.int8) - is_below.view(np.int8)  # 0 but for the largest one
    if w is not None:
        sign *= w > 0
    count = np.sum(np.abs(sign), axis=0, dtype=np.int8 if len(sign) < 128 else np.intp)
    share = grad if count.max(initial=1) == 1 else divide_or_zero(grad, count.astype(grad.dtype))
    return sum_differences(share * sign)


def minkowski(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Sums:
    """Differentiate d = (sum w |x - y|^p)^(1/p)."""
    difference = x - y
    shares = np.abs(difference) / np.where(d == 0, 1, d)  # not d^(1-p), which may overflow
    shares = np.where(difference == 0, 1, shares)
    return sum_differences(grad * np.sign(difference) * shares ** (p - 1))


def canberra(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Sums:
    """Differentiate d = sum w |x - y| / (|x| + |y|), where 0 / 0 is 0.

    The slope in x is sign(x - y) (|y| + sign(x) y) / (|x| + |y|)^2, a sum of products of matrices.
    """
    total = np.abs(x) + np.abs(y)
    q = divide_or_zero(grad * np.sign(x - y), total * total)
    rows, columns = np.swapaxes(x, 1, 2), np.swapaxes(y, 1, 2)
    grad_x, grad_y = (
        q @ np.abs(columns) + np.sign(x) * (q @ columns),
        np.abs(rows) @ q + np.sign(y) * (rows @ q),
    )
    return grad_x[..., 0], -grad_y[:, 0]


def braycurtis(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Sums:
    """Differentiate d = sum w |x - y| / sum w |x + y|."""
    total = x + y
    size = np.abs(total)
    factor = divide_or_zero(grad, np.sum(size if w is None else w * size, axis=0))
    grad_x, grad_y = sum_differences(factor * np.sign(x - y))
    both = sum_pairs((factor * d) * np.sign(total))
    return grad_x - both[0], grad_y - both[1]


def jensenshannon(grad: Any, d: Any, x: Any, y: Any, w: Any, p: float) -> Sums:
    """Differentiate d, where d^2 = sum(x log(x / m) + y log(y / m)) / 2 and m = (x + y) / 2."""
    m, factor = (x + y) / 2, divide_or_zero(grad, 4 * d)

    def slope(a: Any) -> Any:
        with np.errstate(divide="ignore"):  # the slope is infinite where one of the two is 0
            return factor * np.log(np.where(m == 0, 1, divide_or_zero(a, m)))

    return np.sum(slope(x), axis=2), np.sum(slope(y), axis=1)


SLOPES: dict[str, Callable[..., Sums]] = {
    f.__name__: f for f in (cityblock, chebyshev, minkowski, canberra, braycurtis, jensenshannon)
}


def choose_parameters(metric: str, inverse: Any, p: float, w: Any) -> dict[str, Any]:
    """Return the arguments that SciPy's function takes for a metric.

    Raises
    ------
    ArgumentError
        An operation has no rule for the metric, or no inverse covariance.
    """
    if metric not in SLOPES and metric not in ("euclidean", "sqeuclidean", "mahalanobis", "cosine"):
        raise ArgumentError(f"no rule for the metric {metric!r}; call minigrad_scipy.spatial.distance")
    if metric == "mahalanobis" and inverse is None:
        raise ArgumentError("mahalanobis: VI is missing; minigrad_scipy.spatial.distance computes it")
    named = {"VI": inverse, "w": w, "p": p if metric == "minkowski" else None}
    return {name: value for name, value in named.items() if value is not None}


def differentiate(
    metric: str, grad: Any, d: Any, x: Any, y: Any, inverse: Any, p: float, w: Any
) -> tuple[Any, Any, Any]:
    """Return the gradients with respect to x (m, k), y (n, k) and `inverse` (k, k), which may be None.

    grad, d: (m, n), the cotangents of the distances, and the distances. If y is None, these are the condensed
    ones between the points of x, and the gradient with respect to y is None.
    """
    if metric == "minkowski":
        metric = {1: "cityblock", 2: "euclidean", np.inf: "chebyshev"}.get(p, metric)
    if metric != "chebyshev":  # which compares the distances with the coordinates
        grad, d, x, y = (widen(each, np.float32) for each in (grad, d, x, y))  # squares overflow in float16
    w = w if w is None else np.asarray(w, grad.dtype)
    if metric in ("euclidean", "mahalanobis", "sqeuclidean"):
        form = inverse if w is None else np.diag(w)
        # The quotients of close points are large, and their products with the points cancel.
        grad, d, x, y, form = (widen(each, np.float64) for each in (grad, d, x, y, form))
        c = 2 * grad if metric[0] == "s" else divide_or_zero(grad, d)
        return differentiate_quadratic_form(c, x, y, form)
    if metric == "cosine":
        return *differentiate_cosine(grad, grad * (1 - d), x, y, w), None
    if metric != "jensenshannon":
        return *sum_slopes(metric, grad, d, x, y, p, w), None
    points = [each for each in (x, y) if each is not None]
    totals = [np.sum(each, axis=1, keepdims=True) for each in points]
    shares = [each / total for each, total in zip(points, totals, strict=True)]
    slopes = sum_slopes(metric, grad, d, shares[0], shares[1] if y is not None else None, p, w)
    gradients: list[Any] = [
        (slope - np.sum(np.where(share == 0, 0, slope) * share, axis=1, keepdims=True)) / total
        for slope, share, total in zip(slopes, shares, totals, strict=False)
    ]
    return gradients[0], None if y is None else gradients[1], None


def differentiate_quadratic_form(c: Any, x: Any, y: Any, form: Any) -> tuple[Any, Any, Any]:
    """Return the gradients of sum c_ij (x_i - y_j)^T F (x_i - y_j) / 2, for c (m, n) and F (k, k).

    F: `form`, or the identity if that is None.

    The products of matrices are several times faster than differences of all pairs. They lose digits where
    the points are far from 0, so the points are centered first.
    """
    finite = x[np.isfinite(x).all(axis=1)]
    center = np.sum(finite, axis=0) / max(len(finite), 1)
    x = x - center
    if y is None:
        c = distance.squareform(c)
        gx, gy = np.sum(c, axis=1)[:, None] * x - c @ x, None
        moment = x.T @ gx
    else:
        y = y - center
        gx = np.sum(c, axis=1)[:, None] * x - c @ y
        gy = np.sum(c, axis=0)[:, None] * y - c.T @ x
        moment = x.T @ gx + y.T @ gy
    if form is None:
        return gx, gy, None
    symmetric = (form + form.T) / 2
    return gx @ symmetric, None if y is None else gy @ symmetric, moment / 2


def differentiate_cosine(grad: Any, product: Any, x: Any, y: Any, w: Any) -> tuple[Any, Any]:
    """Return the gradients of 1 - sum w x y / (|x| |y|), where |x|^2 = sum w x^2.

    product: the cotangent times 1 - d.
    """
    w = 1.0 if w is None else w
    x_norm = np.sqrt(np.sum(w * x * x, axis=1, keepdims=True))
    if y is None:
        grad, product = distance.squareform(grad), distance.squareform(product)
        along = np.sum(product, axis=1)[:, None] * (x / x_norm)
        return w * (along - grad @ (x / x_norm)) / x_norm, None
    y_norm = np.sqrt(np.sum(w * y * y, axis=1, keepdims=True))
    x, y = x / x_norm, y / y_norm
    return (
        w * (np.sum(product, axis=1)[:, None] * x - grad @ y) / x_norm,
        w * (np.sum(product, axis=0)[:, None] * y - grad.T @ x) / y_norm,
    )


def sum_slopes(metric: str, grad: Any, d: Any, x: Any, y: Any, p: float, w: Any) -> tuple[Any, Any]:
    """Return the sums of the slopes of all pairs; y as in `differentiate`."""
    is_condensed = y is None
    if is_condensed:
        grad, d, y = distance.squareform(grad), distance.squareform(d), x
    weights = None if w is None else np.reshape(w, (-1, 1, 1))
    columns = np.copy(y.T, order="C")[:, None, :]  # 10 times as fast as with k as the last axis in memory
    parts: list[Any] = []
    gy, start = np.zeros_like(y), 0
    while start < len(x) or not parts:
        first = start if is_condensed else 0
        step = max(1, BLOCK // max(1, y[first:].size))
        rows, later = slice(start, start + step), slice(first, None)
        pairs = grad[rows, later], d[rows, later], x[rows].T[:, :, None], columns[..., later]
        grad_rows, grad_columns = SLOPES[metric](*pairs, weights, p)
        parts.append(grad_rows.T)
        # `grad_rows` has both orders of each pair within `rows`: `gy` leaves out the first `step` columns.
        skip = step if is_condensed else 0
        gy = gy + np.concatenate([np.zeros_like(y[: first + skip]), grad_columns.T[skip:]])
        start += step
    gx = np.concatenate(parts)
    if w is not None and metric != "chebyshev":
        gx, gy = w * gx, w * gy
    return (gx + gy, None) if is_condensed else (gx, gy)
