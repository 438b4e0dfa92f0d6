"""The gradients of distances between all pairs of points with respect to the points."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.errors import ArgumentError

from .. import distance
from .slopes import SLOPES, divide

BLOCK = 2**17  # elements (k, i, j) at a time: 1 MiB stays in the cache


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
    w = w if w is None else np.asarray(w, grad.dtype)
    if metric in ("euclidean", "mahalanobis", "sqeuclidean"):
        form = inverse if w is None else np.diag(w)
        return differentiate_quadratic_form(2 * grad if metric[0] == "s" else divide(grad, d), x, y, form)
    if metric == "cosine":
        return *differentiate_cosine(grad, grad * (1 - d), x, y, w), None
    if metric != "jensenshannon":
        return *sum_slopes(metric, grad, d, x, y, p, w), None
    points = [each for each in (x, y) if each is not None]
    totals = [np.sum(each, axis=1, keepdims=True) for each in points]
    shares = [each / total for each, total in zip(points, totals, strict=True)]
    slopes = sum_slopes(metric, grad, d, shares[0], shares[1] if y is not None else None, p, w)
    gradients: list[Any] = [
        (slope - np.sum(np.where(share == 0, 0, slope * share), axis=1, keepdims=True)) / total
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
    columns = np.copy(y.T, order="C")[:, None, :]  # or NumPy makes arrays with k innermost: 10 times slower
    parts: list[Any] = []
    gy, start = np.zeros_like(y), 0
    while start < len(x) or not parts:
        first = start if is_condensed else 0
        step = max(1, BLOCK // max(1, y[first:].size))
        rows, later = slice(start, start + step), slice(first, None)
        pairs = grad[rows, later], d[rows, later], x[rows].T[:, :, None], columns[..., later]
        of_rows, of_columns = SLOPES[metric](*pairs, weights, p)
        parts.append(of_rows.T)
        # The sums of the rows have the pairs within `rows` twice: those of the columns are left out.
        skip = step if is_condensed else 0
        gy = gy + np.concatenate([np.zeros_like(y[: first + skip]), of_columns.T[skip:]])
        start += step
    gx = np.concatenate(parts)
    if w is not None and metric != "chebyshev":
        gx, gy = w * gx, w * gy
    return (gx + gy, None) if is_condensed else (gx, gy)
