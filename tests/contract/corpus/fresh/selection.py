"""What is sorted, selected or interpolated."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, between, real

from ..entry import wrong_operation


class Median(Operation):
    """The median over the last axis; NaN counts as the largest value."""

    name = "median_last"
    once_differentiable = True
    cases = (Case(x=real("n 5")), Case(x=real("n 4")), Case(x=real("n 1")))

    def forward(self, ctx: Any, x: Any) -> Any:
        n = x.shape[-1]
        order = np.argsort(x, axis=-1, kind="stable")
        lo, hi = (n - 1) // 2, n // 2
        picks = np.stack([order[..., lo], order[..., hi]], axis=-1)
        ctx.save(picks, x.shape)
        return (
            0.5
            * (np.take_along_axis(x, picks[..., :1], -1) + np.take_along_axis(x, picks[..., 1:], -1))[..., 0]
        )

    def backward(self, ctx: Any, grad: Any) -> Any:
        picks, shape = ctx.saved
        out = np.zeros(shape, grad.dtype)
        half = 0.5 * grad
        rows = np.arange(shape[0])
        np.add.at(out, (rows, picks[..., 0]), half)
        np.add.at(out, (rows, picks[..., 1]), half)
        return out


@wrong_operation("dtype", twin=Median, cause=r"float64")
class MedianF64(Median):
    # a buffer without a dtype
    def backward(self, ctx: Any, grad: Any) -> Any:
        picks, shape = ctx.saved
        out = np.zeros(shape)
        half = 0.5 * grad
        rows = np.arange(shape[0])
        np.add.at(out, (rows, picks[..., 0]), half)
        np.add.at(out, (rows, picks[..., 1]), half)
        return out


class TopK(Operation):
    """Values of the k largest, in falling order, and their positions."""

    name = "topk"
    once_differentiable = "scatters into a buffer"
    cases = (Case(x=real("n 5"), k=2), Case(x=real("n 3"), k=3))

    def forward(self, ctx: Any, x: Any, *, k: Any = 1) -> Any:
        order = np.argsort(-x, axis=-1, kind="stable")[..., :k]
        ctx.save(order, x.shape, x.dtype)
        return np.take_along_axis(x, order, axis=-1)

    def backward(self, ctx: Any, grad: Any) -> Any:
        order, shape, dtype = ctx.saved
        out = np.zeros(shape, dtype)
        np.put_along_axis(out, order, grad, axis=-1)
        return out


@wrong_operation("index", twin=TopK, cause=r"permuted")
class TopkSortedCols(TopK):
    # the places are sorted, the values are not
    def backward(self, ctx: Any, grad: Any) -> Any:
        order, shape, dtype = ctx.saved
        out = np.zeros(shape, dtype)
        np.put_along_axis(out, np.sort(order, axis=-1), grad, axis=-1)
        return out


class SortDesc(Operation):
    name = "sort_descending"
    cases = (Case(x=real("n k"), axis=axis_of("x")),)

    def forward(self, ctx: Any, x: Any, *, axis: Any = -1) -> Any:
        order = np.flip(np.argsort(x, axis=axis), axis=axis)
        ctx.save(order, axis)
        return np.take_along_axis(x, order, axis=axis)

    def backward(self, ctx: Any, grad: Any) -> Any:
        order, axis = ctx.saved
        inverse = np.argsort(order, axis=axis)
        return np.take_along_axis(grad, inverse, axis=axis)


@wrong_operation("shape", twin=SortDesc, cause=r"axis")
class SortAxisDefault(SortDesc):
    # argsort over the last axis
    def backward(self, ctx: Any, grad: Any) -> Any:
        order, axis = ctx.saved
        inverse = np.argsort(order)
        return np.take_along_axis(grad, inverse, axis=axis)


class Interp(Operation):
    """Piecewise-linear interpolation at x of values fp on the fixed grid xp."""

    name = "interp_grid"
    once_differentiable = "scatter"
    cases = (Case(x=between(0.0, 3.0, "n"), fp=real("4")),)

    def forward(self, ctx: Any, x: Any, fp: Any) -> Any:
        i = np.clip(np.floor(x).astype(int), 0, fp.shape[0] - 2)
        t = x - i.astype(x.dtype)
        ctx.save(i, t, fp)
        return fp[i] * (1 - t) + fp[i + 1] * t

    def backward(self, ctx: Any, grad: Any) -> Any:
        i, t, fp = ctx.saved
        g = np.zeros_like(fp)
        np.add.at(g, i, grad * (1 - t))
        np.add.at(g, i + 1, grad * t)
        return grad * fp[i + 1] - grad * fp[i], g


@wrong_operation("formula", twin=Interp, cause=r"axis 0|places")
class InterpWeightsSwapped(Interp):
    # the weight of the left neighbour
    def backward(self, ctx: Any, grad: Any) -> Any:
        i, t, fp = ctx.saved
        g = np.zeros_like(fp)
        np.add.at(g, i, grad * (1 - t))
        np.add.at(g, i + 1, grad * (1 - t))
        return grad * fp[i + 1] - grad * fp[i], g


class BilinearUpsample(Operation):
    name = "upsample_linear1d"
    cases = (Case(x=real("n 4")),)

    def forward(self, ctx: Any, x: Any) -> Any:
        m = self.matrix(x.shape[-1], x.dtype)
        ctx.save(m)
        return x @ m

    def backward(self, ctx: Any, grad: Any) -> Any:
        (m,) = ctx.saved
        return grad @ m.T

    @staticmethod
    def matrix(n: Any, dtype: Any) -> Any:
        at = np.linspace(0, n - 1, 2 * n)
        i = np.minimum(at.astype(int), n - 2)
        m = np.zeros((n, 2 * n), dtype)
        m[i, np.arange(2 * n)] = 1 - (at - i)
        m[i + 1, np.arange(2 * n)] += at - i
        return m


class MaxPool1d(Operation):
    name = "max_pool1d"
    once_differentiable = "puts along an axis"
    cases = (Case(x=real("n c 6"), size=2), Case(x=real("n c 6"), size=3))

    def forward(self, ctx: Any, x: Any, *, size: Any = 2) -> Any:
        n, c, length = x.shape
        w = x.reshape(n, c, length // size, size)
        at = w.argmax(axis=-1)[..., None]
        ctx.save(at, w.shape)
        return np.take_along_axis(w, at, axis=-1)[..., 0]

    def backward(self, ctx: Any, grad: Any) -> Any:
        at, shape = ctx.saved
        g = np.zeros(shape, grad.dtype)
        np.put_along_axis(g, at, grad[..., None], axis=-1)
        n, c, windows, s = shape
        return g.reshape(n, c, windows * s)


@wrong_operation("shape", twin=MaxPool1d, cause=r"permuted|axes")
class MaxpoolOrder(MaxPool1d):
    # two axes are exchanged before the reshape
    def backward(self, ctx: Any, grad: Any) -> Any:
        at, shape = ctx.saved
        g = np.zeros(shape, grad.dtype)
        np.put_along_axis(g, at, grad[..., None], axis=-1)
        n, c, windows, s = shape
        return g.swapaxes(2, 3).reshape(n, c, windows * s)


class AvgPool(Operation):
    name = "avg_pool1d"
    cases = (Case(x=real("n c 6"), size=2), Case(x=real("n c 9"), size=3))

    def forward(self, ctx: Any, x: Any, *, size: Any = 2) -> Any:
        n, c, length = x.shape
        ctx.save(size)
        return x.reshape(n, c, length // size, size).mean(axis=-1)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (size,) = ctx.saved
        return np.repeat(grad / size, size, axis=-1)
