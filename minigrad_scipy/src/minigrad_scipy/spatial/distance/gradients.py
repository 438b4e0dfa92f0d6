"""The gradients of distances between all pairs of points with respect to the points."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core.errors import ArgumentError

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

    grad, d: (m, n), the cotangents of the distances, and the distances.
    """
    if metric == "minkowski":
        metric = {1: "cityblock", 2: "euclidean", np.inf: "chebyshev"}.get(p, metric)
    w = w if w is None else np.asarray(w, grad.dtype)
    if metric in ("euclidean", "mahalanobis", "sqeuclidean"):
        form = inverse if w is None else np.diag(w)
        return differentiate_quadratic_form(2 * grad if metric[0] == "s" else divide(grad, d), x, y, form)
    if metric == "cosine":
        return differentiate_cosine(grad, d, x, y, w), differentiate_cosine(grad.T, d.T, y, x, w), None
    if metric != "jensenshannon":
        return *sum_slopes(metric, grad, d, x, y, p, w), None
    totals = [np.sum(each, axis=1, keepdims=True) for each in (x, y)]
    shares = x / totals[0], y / totals[1]
    slopes = sum_slopes(metric, grad, d, shares[0], shares[1], p, w)
    gx, gy = (
        (slope - np.sum(np.where(share == 0, 0, slope * share), axis=1, keepdims=True)) / total
        for slope, share, total in zip(slopes, shares, totals, strict=True)
    )
    return gx, gy, None


def differentiate_quadratic_form(c: Any, x: Any, y: Any, form: Any) -> tuple[Any, Any, Any]:
    """Return the gradients of sum c_ij (x_i - y_j)^T F (x_i - y_j) / 2, for c (m, n) and F (k, k).

    F: `form`, or the identity if that is None.

    The products of matrices are several times faster than differences of all pairs. They lose digits where
    the points are far from 0, so the points are centered first.
    """
    finite = x[np.isfinite(x).all(axis=1)]
    center = np.sum(finite, axis=0) / max(len(finite), 1)
    x, y = x - center, y - center
    rows, columns = np.sum(c, axis=1)[:, None], np.sum(c, axis=0)[:, None]
    gx, gy = rows * x - c @ y, columns * y - c.T @ x
    if form is None:
        return gx, gy, None
    symmetric = (form + form.T) / 2
    return gx @ symmetric, gy @ symmetric, (x.T @ gx + y.T @ gy) / 2


def differentiate_cosine(grad: Any, d: Any, x: Any, y: Any, w: Any) -> Any:
    """Return the gradient of 1 - sum w x y / (|x| |y|) with respect to x, where |x|^2 = sum w x^2."""
    w = 1.0 if w is None else w
    x_norm, y_norm = (np.sqrt(np.sum(w * each * each, axis=1, keepdims=True)) for each in (x, y))
    along = np.sum(grad * (1 - d), axis=1, keepdims=True) * (x / x_norm)
    return w * (along - grad @ (y / y_norm)) / x_norm


def sum_slopes(metric: str, grad: Any, d: Any, x: Any, y: Any, p: float, w: Any) -> tuple[Any, Any]:
    """Return the sums of the slopes of all pairs, for x (m, k) and y (n, k)."""
    weights = None if w is None else np.reshape(w, (-1, 1, 1))
    step = max(1, BLOCK // max(1, y.size))
    columns = np.copy(y.T, order="C")[:, None, :]  # or NumPy makes arrays with k innermost: 10 times slower
    gx, gy = [], np.zeros_like(y)
    for start in range(0, max(1, len(x)), step):
        rows = slice(start, start + step)
        slopes = SLOPES[metric](grad[rows], d[rows], x[rows].T[:, :, None], columns, weights, p)
        gx.append(np.sum(slopes[0], axis=2).T)
        gy = gy + (-np.sum(slopes[0], axis=1) if slopes[1] is None else np.sum(slopes[1], axis=1)).T
    return np.concatenate(gx), gy
