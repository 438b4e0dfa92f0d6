"""The distances by their definitions, from differences of all pairs: the reference of the operations."""

from __future__ import annotations

from typing import Any

import numpy as np


def evaluate_pairs(
    x: Any, y: Any, form: Any = None, *, metric: str = "euclidean", p: float = 2.0, w: Any = None
) -> Any:
    """Return the distances (m, n) between the points x (m, k) and y (n, k)."""
    dtype = np.result_type(x, y, np.float64)  # SciPy's squares overflow above 1e154, too
    x, y = x[:, None].astype(dtype), y[None].astype(dtype)
    w = np.ones(x.shape[-1]) if w is None else w
    if metric == "jensenshannon":
        x, y = x / x.sum(-1, keepdims=True), y / y.sum(-1, keepdims=True)
        m = (x + y) / 2
        return np.sqrt(np.sum(x * np.log(x / m) + y * np.log(y / m), -1) / 2).astype(float)
    if metric == "mahalanobis":
        return np.sqrt(np.einsum("ijk,kl,ijl->ij", x - y, form, x - y)).astype(float)
    if metric == "cosine":
        norms = np.sqrt(np.sum(w * x * x, -1) * np.sum(w * y * y, -1))
        return (1 - np.sum(w * x * y, -1) / norms).astype(float)
    difference, total = np.abs(x - y), np.abs(x) + np.abs(y)
    if metric == "canberra":
        return np.sum(w * difference / np.where(total == 0, 1, total), -1).astype(float)
    if metric == "braycurtis":
        return (np.sum(w * difference, -1) / np.sum(w * np.abs(x + y), -1)).astype(float)
    if metric == "chebyshev" or p == np.inf:
        return np.max(difference * (w > 0), -1, initial=0).astype(float)
    order: Any = {"cityblock": 1, "minkowski": np.longdouble(p)}.get(metric, 2)
    powers = np.sum(w * difference**order, -1)
    return (powers if metric == "sqeuclidean" else powers ** (1 / order)).astype(float)


def evaluate_condensed(x: Any, form: Any = None, **settings: Any) -> Any:
    """Return the distances (m (m - 1) / 2,) between the points of x."""
    return evaluate_pairs(x, x, form, **settings)[np.triu_indices(len(x), 1)]
