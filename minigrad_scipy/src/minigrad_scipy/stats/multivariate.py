"""Formulas of distributions of vectors: multivariate normal, Dirichlet and multinomial."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from math import log, pi
from typing import Any

import numpy as np
from scipy.special import _ufuncs as special

from minigrad_core.errors import ArgumentError
from minigrad_ops_basic.dtypes import detach

from ..precision import match_precision
from .distribution import refuse_gradients, widen


def as_covariance(cov: Any, dim: int) -> Any:
    """Return a covariance matrix (d, d) for a number, a diagonal (d,) or a matrix."""
    if np.ndim(cov) == 2:
        return (cov + np.transpose(cov)) / 2  # the gradient is symmetric, too
    return cov * np.eye(dim) if np.ndim(cov) == 0 else np.diag(cov)


def find_dimension(mean: Any, cov: Any) -> int:
    """Return the number of variables that the parameters of a normal distribution have.

    Raises
    ------
    ArgumentError
        `cov` is no array, or the mean and `cov` have different numbers of variables.
    """
    shape, size = np.shape(cov), np.size(mean) if mean is not None else None
    if np.asarray(detach(cov)).dtype.kind == "O":
        raise ArgumentError("stats.multivariate_normal: for tensors cov is a number, a diagonal or a matrix")
    dim = int(max(size or 1, shape[0] if shape else 1))
    if size not in (None, dim) or shape not in ((), (dim,), (dim, dim)):
        raise ArgumentError(
            f"stats.multivariate_normal: the mean has {size} values, and cov has the shape {shape}"
        )
    return dim


def normal_logpdf(x: Any, mean: Any = None, cov: Any = 1, allow_singular: bool = False) -> Any:
    """Return -(y^T y + log det(2 pi cov)) / 2 for y = L^-1 (x - mean) and cov = L L^T."""
    if allow_singular:
        raise ArgumentError("stats.multivariate_normal: allow_singular=True has no derivative")
    dim = find_dimension(mean, cov)
    (x, mean, cov), dtype = widen([x, 0.0 if mean is None else mean, cov])
    factor = np.linalg.cholesky(as_covariance(cov, dim))
    if dim > 1 and np.shape(x)[-1:] != (dim,):
        raise ArgumentError(f"stats.multivariate_normal: expected x of shape (..., {dim}), got {np.shape(x)}")
    shape = np.shape(x) if dim == 1 else np.shape(x)[:-1]
    shape = tuple(n for n in shape if n != 1)  # as in SciPy
    deviations = np.reshape(x, (-1, dim)) - mean
    y = np.linalg.solve(factor, np.transpose(deviations))
    log_root = np.log(np.diagonal(factor)).sum()
    value = np.reshape(-(y * y).sum(axis=0) / 2 - log_root - dim * (log(2 * pi) / 2), shape)
    return match_precision(value, dtype)


def normal_entropy(mean: Any = None, cov: Any = 1) -> Any:
    """Return log det(2 pi e cov) / 2."""
    dim = find_dimension(mean, cov)
    (cov,), dtype = widen([cov])
    factor = np.linalg.cholesky(as_covariance(cov, dim))
    return match_precision(np.log(np.diagonal(factor)).sum() + dim * ((1 + log(2 * pi)) / 2), dtype)


def dirichlet_logpdf(x: Any, alpha: Any) -> Any:
    """Return log gamma(sum alpha) + sum ((alpha - 1) log(x) - log gamma(alpha)), along the first axis."""
    (x, alpha), dtype = widen([x, alpha])
    import_module("scipy.stats").dirichlet.logpdf(detach(x), detach(alpha))  # raises if x is on no simplex
    if np.shape(x)[0] == np.shape(alpha)[0] - 1:
        x = np.concatenate([x, 1 - x.sum(axis=0, keepdims=True)])
    powers = np.reshape(alpha - 1, (-1, *(1,) * (np.ndim(x) - 1)))
    constant = special.gammaln(alpha.sum()) - special.gammaln(alpha).sum()
    return match_precision(special.xlogy(powers, x).sum(axis=0) + constant, dtype)


def multinomial_logpmf(x: Any, n: Any, p: Any) -> Any:
    """Return log n! + sum (x log(p) - log x!), for probabilities that add up to 1.

    SciPy replaces the last probability otherwise, which has another derivative.
    """
    (x, n, p), dtype = widen([x, n, p])
    refuse_gradients("stats.multinomial.logpmf", {"x": x, "n": n})
    if np.any(np.abs(detach(p).sum(axis=-1) - 1) > 1e-10):
        raise ArgumentError("stats.multinomial: the probabilities do not add up to 1: pass p / p.sum()")
    inside = (x.sum(axis=-1) == n) & np.all((x >= 0) & (x == np.floor(x)), axis=-1)
    value = special.gammaln(n + 1) + (special.xlogy(x, p) - special.gammaln(x + 1)).sum(axis=-1)
    return match_precision(np.where(inside, value, -np.inf), dtype)


MULTIVARIATE: dict[str, dict[str, Callable[..., Any]]] = {
    "multivariate_normal": {"logpdf": normal_logpdf, "entropy": normal_entropy},
    "dirichlet": {"logpdf": dirichlet_logpdf},
    "multinomial": {"logpmf": multinomial_logpmf},
}
