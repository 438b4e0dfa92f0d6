"""Right operations from papers: special functions, powers, ranks."""

from __future__ import annotations

from math import factorial
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import (
    Case,
    axis_of,
    between,
    dominant,
    positive,
    real,
)

from .common_steps import as_float, as_floats, need


def _even(s: Any, order: Any) -> Any:
    total = s * 0
    for j in range(14, -1, -1):
        top = j + order
        total = total * s + (2 * top if order else 1) / factorial(2 * top + 1)
    return total


class BestOf(Operation):
    """The sum of the largest `count` values of each row.

    Parameters
    ----------
    x : (n, k)
        d/dx = grad at the chosen values; of equal ones the first are chosen.
    count : int
        From 1 to k.
    """

    name = "best_of"
    cases = (Case(x=real("n k"), count=1), Case(x=real("n 5"), count=3))

    def forward(self, ctx: Any, x: Any, *, count: Any = 1) -> Any:
        need(x.ndim == 2, self.name, f"x (n, k), got {x.shape}")
        need(
            1 <= count <= x.shape[1] and count == int(count),
            self.name,
            f"count {count} for {x.shape[1]} values",
        )
        x = as_float(x)
        chosen = np.argsort(-x, axis=1, kind="stable")[:, : int(count)]
        mask = (np.expand_dims(chosen, -1) == np.arange(x.shape[1])).any(axis=1)
        ctx.save(mask)
        kept = np.take_along_axis(x, chosen, axis=1).sum(axis=1)
        return kept + 0 * x.sum(axis=1) if np.isnan(x).any() else kept

    def backward(self, ctx: Any, grad: Any) -> Any:
        (mask,) = ctx.saved
        return grad.reshape(-1, 1) * mask.astype(grad.dtype)


class VolumeLog(Operation):
    """log det of the symmetric part of A, for positive definite ones.

    Parameters
    ----------
    A : (n, n)
        Diagonally dominant; dA = grad * inverse of (A + A^T) / 2.
    """

    name = "volume_log"
    cases = (Case(A=dominant("n n")),)

    def forward(self, ctx: Any, A: Any) -> Any:
        need(A.ndim == 2 and A.shape[0] == A.shape[1], self.name, f"a square matrix, got {A.shape}")
        A = as_float(A)
        S = (A + A.T) / 2
        L = np.linalg.cholesky(S)
        ctx.save(S)
        return 2 * np.log(np.diagonal(L)).sum()

    def backward(self, ctx: Any, grad: Any) -> Any:
        (S,) = ctx.saved
        return grad * np.linalg.inv(S)


class SineRatio(Operation):
    """sinh(x) / x, 1 at 0.

    Parameters
    ----------
    x : any shape, in (-50, 50)
        d/dx = (cosh(x) - sinh(x) / x) / x, x / 3 near 0, by a series.
    """

    name = "sine_ratio"
    broadcasts = True
    cases = (Case(x=between(-50, 50)),)

    def forward(self, ctx: Any, x: Any) -> Any:
        x = as_floats(x)
        near = np.abs(x) < 1
        wide = np.where(near, 1, x)
        ctx.save(x)
        return np.where(near, _even(np.where(near, x, 0) ** 2, 0), np.sinh(wide) / wide)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (x,) = ctx.saved
        near = np.abs(x) < 1
        small, wide = (np.where(near, x, 0), np.where(near, 1, x))
        slope = np.where(near, small * _even(small**2, 1), (np.cosh(wide) - np.sinh(wide) / wide) / wide)
        return grad * slope


class PowerPool(Operation):
    """Power mean of positive values along an axis, (mean x^p)^(1/p), scaled by the largest value.

    Parameters
    ----------
    x : any shape but 0-d
        Positive. d/dx = grad (x / y)^(p - 1) / n.
    p : float
        At least 1.
    axis : int
        Which axis.
    keepdims : bool
        Keep the axis with size 1.
    """

    name = "power_pool"
    cases = (
        Case(x=positive("n k m"), axis=axis_of("x"), keepdims=True),
        Case(x=positive("n k"), axis=1, p=2.5, keepdims=False),
    )

    def forward(self, ctx: Any, x: Any, *, axis: Any = -1, p: Any = 3.0, keepdims: Any = False) -> Any:
        need(-x.ndim <= axis < x.ndim, self.name, f"axis {axis} for x {x.shape}")
        need(x.shape[axis] > 0, self.name, f"no values along axis {axis} of {x.shape}")
        need(p >= 1, self.name, "p below 1")
        need(not np.any(x <= 0), self.name, "x must be positive")
        x = as_float(x)
        top = x.max(axis=axis, keepdims=True)
        y = top * np.mean((x / top) ** p, axis=axis, keepdims=True) ** (1 / p)
        ctx.save(x / y, axis, p, keepdims)
        return y if keepdims else y.reshape(y.shape[: axis % y.ndim] + y.shape[axis % y.ndim + 1 :])

    def backward(self, ctx: Any, grad: Any) -> Any:
        ratio, axis, p, keepdims = ctx.saved
        g = grad if keepdims else np.expand_dims(grad, axis)
        return g * ratio ** (p - 1) / ratio.shape[axis]
