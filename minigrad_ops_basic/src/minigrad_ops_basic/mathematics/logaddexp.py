"""`logaddexp`, `logaddexp2` and `logsumexp`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, real

from .. import references
from ..axes import Axis, normalize_axes, restore_axes
from ..dtypes import cast, detach, widen_half
from ..elementwise import BinaryElementwise
from ..function import NumpyFunction
from ..nan_safe import is_finite

# Ordinary values, equal infinities, and one infinity.
_CASES = (
    Case(x=real("..."), y=real("...")),
    Case(x=np.array([np.inf, -np.inf, np.inf, 0.5]), y=np.array([np.inf, -np.inf, 1.0, 0.5])),
)


@BinaryElementwise.define(np.logaddexp, *_CASES)
def logaddexp(grad: Array, x: Array, y: Array, needs: tuple[bool, ...]) -> tuple[Array | None, Array | None]:
    """log(e^x + e^y), without overflow. d/dx = grad e^x / (e^x + e^y); half each for equal infinities."""
    with np.errstate(invalid="ignore"):
        distance = x - y
    return _share_gradient(grad, distance, x, y, needs)


@BinaryElementwise.define(np.logaddexp2, *_CASES)
def logaddexp2(grad: Array, x: Array, y: Array, needs: tuple[bool, ...]) -> tuple[Array | None, Array | None]:
    """log2(2^x + 2^y), without overflow. d/dx = grad 2^x / (2^x + 2^y); half each for equal infinities."""
    with np.errstate(invalid="ignore"):
        distance = (x - y) * float(np.log(2))
    return _share_gradient(grad, distance, x, y, needs)


def _share_gradient(
    grad: Array, distance: Array, x: Array, y: Array, needs: tuple[bool, ...]
) -> tuple[Array | None, Array | None]:
    """Return grad / (1 + e^-distance) and grad / (1 + e^distance), without overflow.

    distance: x - y on the natural scale, NaN for equal infinities, which share evenly.
    """
    if not is_finite(distance):
        distance = np.where(x == y, 0, distance)
    x_is_larger = distance >= 0
    # Not exp(-|distance|): the absolute value has a kink, and the second derivative would be wrong there.
    small = np.exp(np.where(x_is_larger, -distance, distance))
    part = grad / (1 + small)
    rest = part * small
    return (
        np.where(x_is_larger, part, rest) if needs[0] else None,
        np.where(x_is_larger, rest, part) if needs[1] else None,
    )


class LogSumExp(NumpyFunction):
    """log of the sum of e^x over `axis` (None: all), without overflow.

    d/dx = grad e^(x - result), 0 where the result is -inf.
    """

    reference = staticmethod(references.logsumexp)
    cases = (
        Case(x=real("n k")),
        Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
        Case(x=real("")),
        Case(x=np.array([[1000.0, 999.0], [-1000.0, -1001.0], [-np.inf, -np.inf]]), axis=1),
        Case(x=np.array([3, 0, 200], np.uint32)),
        Case(x=np.array([-1.5e308, 1.5e308])),
    )

    def forward(self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
        if x.dtype.kind != "f":  # differences of whole numbers would wrap around
            x = x.astype(np.exp(np.zeros(0, x.dtype)).dtype)
        dtype, x = x.dtype, widen_half(x)
        top: Array = np.zeros((), x.dtype)  # an empty array has no maximum: the result is log(0) = -inf
        if x.size:
            top = np.max(detach(x), axis=axis, keepdims=True)
            top = np.where(np.isfinite(top), top, 0)
        with np.errstate(all="ignore"):  # of values far apart, and of log(0), where all values are -inf
            rest = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True))
            y = cast(rest + top, dtype)
        ctx.save(x, top, rest, axis, keepdims)
        return y if keepdims or x.ndim == 0 else np.reshape(y, _drop_axes(x.shape, axis))

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, top, rest, axis, keepdims = ctx.saved
        with np.errstate(over="ignore"):
            # Not x - y: y is rounded, and in float32 the slopes at scores of 1e6 would be wrong by 3 %.
            below = x - top - np.where(np.isneginf(rest), np.inf, rest)
        return restore_axes(grad, axis, x.ndim, keepdims) * np.exp(below)


def _drop_axes(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    axes = normalize_axes(axis, len(shape))
    return tuple(size for a, size in enumerate(shape) if a not in axes)


logsumexp = LogSumExp(np.logaddexp.reduce, name="logsumexp")
