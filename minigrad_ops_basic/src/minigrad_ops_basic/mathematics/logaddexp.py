"""`logaddexp`, `logaddexp2` and `logsumexp`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, axis_of, real

from ..axes import Axis, normalize_axes, restore_axes
from ..nan_safe import is_finite
from ..references import mathematics as references

# Beside ordinary values equal infinities, and one alone.
_CASES = (
    Case(x=real("..."), y=real("...")),
    Case(x=np.array([np.inf, -np.inf, np.inf, 0.5]), y=np.array([np.inf, -np.inf, 1.0, 0.5])),
)


def _share_gradient(
    grad: Array, d: Array, x: Array, y: Array, ctx: Context
) -> tuple[Array | None, Array | None]:
    """Return grad e^x / (e^x + e^y) and grad e^y / (e^x + e^y), given d = x - y on the natural scale.

    Without overflow; equal infinities share evenly.
    """
    if not is_finite(d):
        d = np.where(x == y, 0, d)
    ahead = d >= 0
    small = np.exp(np.where(ahead, -d, d))  # not exp(-|d|): |d| has a kink, and the second derivative none
    part = grad / (1 + small)
    rest = part * small
    return (
        np.where(ahead, part, rest) if ctx.needs[0] else None,
        np.where(ahead, rest, part) if ctx.needs[1] else None,
    )


class LogAddExp(Operation):
    """log(e^x + e^y), without overflow. d/dx = grad e^x / (e^x + e^y); half each for equal infinities."""

    name = "logaddexp"
    broadcasts = True
    implements = (np.logaddexp,)
    cases = _CASES

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return np.logaddexp(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        with np.errstate(invalid="ignore"):
            d = x - y
        return _share_gradient(grad, d, x, y, ctx)


class LogAddExp2(Operation):
    """log2(2^x + 2^y), without overflow. d/dx = grad 2^x / (2^x + 2^y); half each for equal infinities."""

    name = "logaddexp2"
    broadcasts = True
    implements = (np.logaddexp2,)
    cases = _CASES

    def forward(self, ctx: Context, x: Array, y: Array) -> Array:
        ctx.save(x, y)
        return np.logaddexp2(x, y)

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, y = ctx.saved
        with np.errstate(invalid="ignore"):
            d = (x - y) * float(np.log(2))
        return _share_gradient(grad, d, x, y, ctx)


class LogSumExp(Operation):
    """log of the sum of e^x over `axis` (None: all), without overflow.

    d/dx = grad e^(x - result), 0 where the result is -inf.
    """

    name = "logsumexp"
    reference = staticmethod(references.logsumexp)
    implements = (np.logaddexp.reduce,)
    cases = (
        Case(x=real("n k")),
        Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
        Case(x=real("")),
        Case(x=np.array([[1000.0, 999.0], [-1000.0, -1001.0], [-np.inf, -np.inf]]), axis=1),
        Case(x=np.array([3, 0, 200], np.uint32)),
        Case(x=np.array([-1.5e308, 1.5e308])),
    )

    def forward(self, ctx: Context, x: Array, *, axis: Axis = None, keepdims: bool = False) -> Array:
        if x.dtype.kind != "f":  # before a difference can wrap round
            x = x.astype(np.exp(np.zeros(0, x.dtype)).dtype)
        top: Array = np.zeros((), x.dtype)  # nothing has no maximum: log(0) is -inf
        if x.size:
            top = np.max(x, axis=axis, keepdims=True)
            top = np.where(np.isfinite(top), top, 0)
        with np.errstate(all="ignore"):  # far apart, and log(0) where nothing but -inf adds up
            y = np.log(np.sum(np.exp(x - top), axis=axis, keepdims=True)) + top
        ctx.save(x, y, axis, keepdims)
        return y if keepdims or x.ndim == 0 else np.reshape(y, _drop_axes(x.shape, axis))

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y, axis, keepdims = ctx.saved
        with np.errstate(over="ignore"):
            below = x - np.where(np.isneginf(y), np.inf, y)
        return restore_axes(grad, axis, x.ndim, keepdims) * np.exp(below)


def _drop_axes(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    gone = normalize_axes(axis, len(shape))
    return tuple(size for a, size in enumerate(shape) if a not in gone)


logaddexp = LogAddExp()
logaddexp2 = LogAddExp2()
logsumexp = LogSumExp()
