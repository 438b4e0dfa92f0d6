"""Softmax and its logarithm, shifted by the maximum where an exponential could overflow.

`/=` and the like write into arrays that were made here; on a Tensor they are out of place.
"""

from __future__ import annotations

from functools import lru_cache
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Cached, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..kernels.constants import ones, scalar
from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import activations as plain

Axis = int | tuple[int, ...] | None

_CASES = (
    Case(x=real("n k")),
    Case(x=real("n k m"), axis=(0, -1)),
    Case(x=real("n k m"), axis=axis_of("x")),
    Case(x=real("n k"), axis=None),
    Case(x=real("0 3")),
    Case(x=np.array([[-1000.0, -1001.0], [-2.0, -3.0]])),
    Case(x=np.array([[3, 1, 0]], np.uint8)),
)


class Softmax(Operation):
    """`exp(x) / sum(exp(x))` along `axis`: one axis, several, or None for all.

    x: any shape of at least one axis. d/dx = y * (grad - sum(grad * y)).
    """

    name = "softmax"
    reference = staticmethod(plain.softmax)
    cases = _CASES

    def forward(self, ctx: Context, x: Array, *, axis: Axis = -1) -> Array:
        z = to_single(x)
        unshifted = exponentiate_without_shift(z, axis)
        y = _exponentiate(z - _find_maximum(z, axis)) if unshifted is None else unshifted[0]
        y /= y.sum(axis=axis, keepdims=True) if unshifted is None else unshifted[1]
        ctx.save(x, axis, Cached((y,)))
        return restore_half(y, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, axis, cached = ctx.saved
        y = cached[0] if cached else softmax(x, axis=axis)
        grad = to_single(grad)
        result = grad - sum_of_products(grad, y, axis)
        result *= y
        return result


class LogSoftmax(Operation):
    """`x - log(sum(exp(x)))` along `axis`: one axis, several, or None for all.

    x: any shape of at least one axis. d/dx = grad - softmax(x) * sum(grad).
    """

    name = "log_softmax"
    reference = staticmethod(plain.log_softmax)
    cases = _CASES

    def forward(self, ctx: Context, x: Array, *, axis: Axis = -1) -> Array:
        z = to_single(x)
        z = z - _find_maximum(z, axis)
        e = flush_small_exponentials(np.exp(z))
        sums = e.sum(axis=axis, keepdims=True)
        ctx.save(x, axis, Cached((e, sums)))
        z -= np.log(sums)
        return restore_half(z, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, axis, cached = ctx.saved
        grad = to_single(grad)
        e, sums = cached or (softmax(x, axis=axis), 1)
        result = e * (-grad.sum(axis=axis, keepdims=True) / sums)
        result += grad
        return result


def flush_small_exponentials(exponentials: Any) -> Any:
    """Round exponentials in place, in float32 to multiples of 2**-99; smaller ones become 0.

    In a gradient, times weights and inputs, small exponentials would become subnormal numbers, which take a
    hundred times as long to multiply. A network that has learned all its examples gives such probabilities to
    the wrong classes, and its training step took three times as long. A Tensor is returned unchanged.
    """
    if are_ndarrays(exponentials):
        rounding = _rounding_constant(exponentials.dtype)
        exponentials += rounding
        exponentials -= rounding
    return exponentials


@lru_cache(maxsize=8)
def _rounding_constant(dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return a number so large that its last digit is the multiple; it is added and subtracted again."""
    limits = np.finfo(dtype)
    return scalar(2.0**27 * float(limits.tiny) / float(limits.eps), dtype)


def exponentiate_without_shift(x: Any, axis: Axis = -1) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Return exp(x) and its sums along `axis`, kept as an axis of 1; None if x needs a shift.

    The result is also None for several axes, and for an axis that x does not have: NumPy's error is clearer.

    Usual scores (up to 10 in float32) do not overflow, and not all exponentials of a row are near 0. For
    2,048 rows of 64, the maxima of the rows take 220 us, the differences 50, the exponentials 60, and the
    search for the largest score 30. BLAS takes a third of the time of np.add.reduce for the sums. The
    comparisons are false for NaN.
    """
    if not are_ndarrays(x) or x.dtype.char not in "fd" or not x.size:
        return None
    if axis not in range(-x.ndim, x.ndim):
        return None
    count = x.shape[axis]
    largest = (np.finfo(x.dtype).max / count) ** 0.125
    if not np.maximum.reduce(x, axis=None) <= log(largest):
        return None
    e: Any = np.exp(x)
    if axis in (-1, x.ndim - 1) and e.flags.c_contiguous:
        sums = (e.reshape(-1, count) @ ones(count, x.dtype)).reshape(*x.shape[:-1], 1)
    else:
        sums = e.sum(axis=axis, keepdims=True)
    return (e, sums) if np.minimum.reduce(sums, axis=None) >= 1 / largest else None


def _find_maximum(x: Array, axis: Axis) -> Array | float:
    """Return the maximum along `axis`, or 0 if x is empty."""
    return x.max(axis=axis, keepdims=True) if x.size else 0.0


def _exponentiate(x: Any) -> Array:
    """Return the exponentials of x, in place if x is an array of floating point."""
    return np.exp(x, out=x) if are_ndarrays(x) and x.dtype.kind == "f" else np.exp(x)


def sum_of_products(a: Any, b: Any, axis: Axis = -1) -> Array:
    """Return `sum(a * b)` along `axis`, kept as an axis of 1; vecdot takes half the time of the two."""
    if are_ndarrays(a, b) and axis in (-1, a.ndim - 1):
        return np.vecdot(a, b)[..., None]
    return (a * b).sum(axis=axis, keepdims=True)


softmax = Softmax()
log_softmax = LogSoftmax()
