"""The correlation that the gradients of filters in their weights consist of."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import scipy

from minigrad_core import Array, Context

from .extension import extend_zeros
from .primitives import Primitive

_LONG = 256  # from this length on, np.correlate on each line, with BLAS, is faster than np.einsum


class _CorrelateValid(Primitive):
    """y_i = sum over k of a_(i + k) b_k, where b lies inside of a; in double precision.

    a: (n, ...), b: (k, ...) -> (n - k + 1, ...). Without a conjugate.

    d/da = grad with zeros around, correlated with b reversed; d/db = a correlated with grad.
    """

    name = "correlate_valid"

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        a, b = inputs
        if a.dtype.kind == "c":
            return self.compute(a.real, b) + 1j * self.compute(a.imag, b)
        if b.dtype.kind == "c":
            return self.compute(a, b.real) + 1j * self.compute(a, b.imag)
        shape = tuple(n - k + 1 for n, k in zip(a.shape, b.shape, strict=True))
        if 0 in (*shape, *b.shape):
            return np.zeros(shape)
        if np.prod(shape) <= b.size:
            return _correlate_each(a.astype(float), b.astype(float), shape)
        return _correlate_compiled(a, b, shape)

    def forward(self, ctx: Context, a: Array, b: Array) -> Any:
        ctx.save(a, b)
        return self.evaluate(a, b)

    def backward(self, ctx: Context, grad: Array) -> Any:
        a, b = ctx.saved
        pads = [(k - 1, k - 1) for k in b.shape]
        return (
            self.evaluate(extend_zeros(grad, pads), np.flip(b)) if ctx.needs[0] else None,
            self.evaluate(a, grad) if ctx.needs[1] else None,
        )


def _correlate_each(a: Array, b: Array, shape: Sequence[int]) -> Array:
    """Return one sum of products for each of a few outputs, without an array of the products."""
    if b.shape[-1] > _LONG and all(n == 1 for n in shape[:-1]):
        lines: Any = zip(a.reshape(-1, a.shape[-1]), b.reshape(-1, b.shape[-1]), strict=True)
        return np.reshape(sum(np.correlate(x, y, "valid") for x, y in lines), shape)
    out = np.empty(shape)
    axes = list(range(b.ndim))
    for index in product(*map(range, shape)):
        window = a[tuple(slice(i, i + k) for i, k in zip(index, b.shape, strict=True))]
        out[index] = np.einsum(window, axes, b, axes, [])
    return out


def _correlate_compiled(a: Array, b: Array, shape: Sequence[int]) -> Any:
    """Return SciPy's correlation; b is scaled, since SciPy takes weights below 2.2e-16 for 0."""
    scale = np.abs(b).max(initial=0.0)
    scale = scale if np.isfinite(scale) and scale else 1.0
    b = b.astype(float) / scale
    long = [axis for axis, k in enumerate(b.shape) if k > 1]
    if len(long) == 1:
        out = scipy.ndimage.correlate1d(a, b.ravel(), long[0], output=float, mode="constant")
    else:
        out = scipy.ndimage.correlate(a, b, output=float, mode="constant")
    inside = tuple(slice(k // 2, k // 2 + n) for k, n in zip(b.shape, shape, strict=True))
    return out[inside] * scale


correlate_valid = _CorrelateValid()
