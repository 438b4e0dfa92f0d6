"""Maxima, medians and ranges along an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context

AXES = (
    Case(x=real("n k"), axis=axis_of("x")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("n k m"), axis=axis_of("x")),
    Case(x=real("n k")),
)


def spread(value: Any, axis: Any, keepdims: Any) -> Any:
    """value with the reduced axis put back."""
    return value if keepdims or axis is None else np.expand_dims(value, axis)


class Peak(Operation):
    """Maximum over axis; x: any shape. d/dx = grad shared among the maxima."""

    name = "peak"
    cases = AXES

    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        y = np.max(x, axis=axis, keepdims=True)
        hit = x == y
        ctx.save(hit / np.sum(hit, axis=axis, keepdims=True), axis, keepdims)
        return y if keepdims else np.squeeze(y, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        share, axis, keepdims = ctx.saved
        return share.astype(grad.dtype) * spread(grad, axis, keepdims)


@wrong_operation("ties", twin=Peak, cause=r"tied|tie")
class PeakTies(Peak):
    # all tied maxima get the full gradient
    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        y = np.max(x, axis=axis, keepdims=True)
        ctx.save(x == y, axis, keepdims)
        return y if keepdims else np.squeeze(y, axis)


@wrong_operation("dtype", twin=Peak, cause=r"float64")
class PeakFloat64(Peak):
    # float64 gradient for float32
    def backward(self, ctx: Context, grad: Any) -> Any:
        share, axis, keepdims = ctx.saved
        return share * spread(grad, axis, keepdims)


@wrong_operation("index", twin=Peak, cause=r"permuted|places")
class PeakAbs(Peak):
    # compares abs: wrong where the minimum is largest in size
    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        y = np.max(x, axis=axis, keepdims=True)
        hit = np.abs(x) == np.max(np.abs(x), axis=axis, keepdims=True)
        ctx.save(hit / np.sum(hit, axis=axis, keepdims=True), axis, keepdims)
        return y if keepdims else np.squeeze(y, axis)


class Median(Operation):
    """Median over the last axis; x: (n, k).

    d/dx = grad at the middle value, halved where two are in the middle.
    """

    name = "my_median"
    cases = (Case(x=real("n k")), Case(x=real("n 5")), Case(x=real("n 4")))

    def forward(self, ctx: Context, x: Any) -> Any:
        k = x.shape[-1]
        if k == 0:
            raise ValueError("median: no values")
        order = np.argsort(x, axis=-1, kind="stable")
        low, high = order[..., (k - 1) // 2], order[..., k // 2]
        at = np.arange(k)
        ctx.save((at == low[..., None]) * 0.5 + (at == high[..., None]) * 0.5)
        return np.median(x, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return ctx.saved[0].astype(grad.dtype) * grad[..., None]


@wrong_operation("index", twin=Median, cause=r"twice")
class MedianEven(Median):
    # even counts: both in the middle get all of it
    def backward(self, ctx: Context, grad: Any) -> Any:
        return (ctx.saved[0] > 0) * grad[..., None]


@wrong_operation("index", twin=Median, cause=r"half|middle|only at")
class MedianUpper(Median):
    # even counts: only the upper gets it
    def forward(self, ctx: Context, x: Any) -> Any:
        k = x.shape[-1]
        if k == 0:
            raise ValueError("median: no values")
        order = np.argsort(x, axis=-1, kind="stable")
        ctx.save((np.arange(k) == order[..., k // 2][..., None]) * 1.0)
        return np.median(x, axis=-1)


class PeakToPeak(Operation):
    """max - min over axis; x: any shape. d/dx = grad at the maxima, -grad at the minima, shared at ties."""

    name = "spanning"
    cases = AXES

    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        top, low = np.max(x, axis=axis, keepdims=True), np.min(x, axis=axis, keepdims=True)
        a, b = (x == top) * 1.0, (x == low) * 1.0
        ctx.save(
            a / np.sum(a, axis=axis, keepdims=True) - b / np.sum(b, axis=axis, keepdims=True), axis, keepdims
        )
        y = top - low
        return y if keepdims else np.squeeze(y, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        w, axis, keepdims = ctx.saved
        return w.astype(grad.dtype) * spread(grad, axis, keepdims)


@wrong_operation("formula", twin=PeakToPeak, cause=r"minus|negative")
class PeakToPeakMax(PeakToPeak):
    # minimum's sign / forgotten minimum
    def backward(self, ctx: Context, grad: Any) -> Any:
        w, axis, keepdims = ctx.saved
        return np.maximum(w, 0).astype(grad.dtype) * spread(grad, axis, keepdims)


class PeakLast(Operation):
    """Maximum over the last axis; x: (n, k). d/dx = grad for the last of the maxima."""

    name = "peak_last"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        k = x.shape[-1]
        if k == 0:
            raise ValueError("peak: empty")
        at = k - 1 - np.argmax(x[..., ::-1], axis=-1)
        ctx.save(at[..., None] == np.arange(k))
        return np.max(x, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return ctx.saved[0] * grad[..., None]


OPERATIONS = (PeakLast(),)
