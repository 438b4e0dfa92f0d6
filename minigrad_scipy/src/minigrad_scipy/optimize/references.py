"""Slow and obvious versions of the functions of `scipy.optimize`, with which the contract kit compares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def root(*parameters: Any, fun: Callable[..., Any], start: Any, **_: Any) -> Any:
    """Return the root by Newton's method."""
    return _iterate(lambda x: fun(x, *parameters), start, parameters)


def root_scalar(*parameters: Any, fun: Callable[..., Any], start: Any, **_: Any) -> Any:
    """Return the root by Newton's method, from the middle of the bracket."""
    return _iterate(lambda x: fun(x, *parameters), np.mean(start), parameters)


def fixed_point(*parameters: Any, fun: Callable[..., Any], start: Any, **_: Any) -> Any:
    """Return the root of fun(x) - x by Newton's method."""
    return _iterate(lambda x: fun(x, *parameters) - x, start, parameters)


def minimize(*parameters: Any, fun: Callable[..., Any], start: Any, **_: Any) -> Any:
    """Return the root of the gradient."""
    return _iterate(lambda x: _differentiate(lambda x: fun(x, *parameters), x), start, parameters)


def minimize_scalar(*parameters: Any, fun: Callable[..., Any], **_: Any) -> Any:
    """Return the root of the slope."""
    return minimize(*parameters, fun=fun, start=np.zeros(()))


def least_squares(*parameters: Any, fun: Callable[..., Any], start: Any, **_: Any) -> Any:
    """Return the root of the gradient of half the sum of the squares."""
    return minimize(*parameters, fun=lambda x, *p: np.sum(fun(x, *p) ** 2) / 2, start=start)


def _differentiate(f: Callable[[Any], Any], x: Any) -> Any:
    """Return the gradient, for a scalar f, by complex steps."""
    steps = 1e-30j * np.eye(x.size)
    return np.array([np.imag(f(x + step.reshape(x.shape))) / 1e-30 for step in steps]).reshape(x.shape)


def _iterate(f: Callable[[Any], Any], start: Any, parameters: Any) -> Any:
    """Return the root of f after 30 steps of Newton's method, with slopes by central differences."""
    x = np.array(start, float)
    for _ in range(30):
        n, h = x.size, 1e-5
        steps = [h * unit.reshape(x.shape) for unit in np.eye(n)]
        slopes = np.array([np.ravel(f(x + step) - f(x - step)) / (2 * h) for step in steps]).T
        x = x - np.linalg.solve(slopes, np.ravel(f(x))).reshape(x.shape)
    return x.astype(np.result_type(*parameters))


def find_positive(a: Any, b: Any) -> Any:
    """Return the columns of the best non-negative fit, of all choices of columns."""
    n = a.shape[1]
    best, chosen = float(np.inf), np.zeros(n, bool)
    for number in range(2**n):
        mask = np.array([bool(number >> k & 1) for k in range(n)])
        x = np.zeros(n)
        x[mask] = np.linalg.lstsq(a[:, mask], b)[0] if mask.any() else 0
        error = float(np.linalg.norm(a @ x - b))
        if (x >= 0).all() and error < best:
            best, chosen = error, mask
    return chosen
