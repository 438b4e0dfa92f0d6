"""Running sums, products, maxima and recurrences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, between, real, unit

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


def onehot(index: Any, n: Any, dtype: Any) -> Any:
    return (np.asarray(index)[..., None] == np.arange(n)).astype(dtype)


class CumSum(Operation):
    """Running sums along axis; x: any shape with an axis. d/dx = grad summed from the end."""

    name = "running_sum"
    cases = (Case(x=real("n k"), axis=axis_of("x")), Case(x=real("n k"), axis=axis_of("x"), exclusive=True))

    def forward(self, ctx: Context, x: Any, *, axis: int = 0, exclusive: bool = False) -> Any:
        ctx.save(axis, exclusive)
        y = np.cumsum(x, axis=axis)
        return y - x if exclusive else y

    def backward(self, ctx: Context, grad: Any) -> Any:
        axis, exclusive = ctx.saved
        g = np.flip(np.cumsum(np.flip(grad, axis), axis=axis), axis)
        return g - grad if exclusive else g + 0


@wrong_operation("coverage", twin=CumSum, cause=r"exclusive")
class CumSumExclusive(CumSum):
    # exclusive ignored
    def backward(self, ctx: Context, grad: Any) -> Any:
        axis, _exclusive = ctx.saved
        return np.flip(np.cumsum(np.flip(grad, axis), axis=axis), axis) + 0


@wrong_operation("shape", twin=CumSum, cause=r"reversed")
class CumSumFlipped(CumSum):
    # reversed without turning back
    def backward(self, ctx: Context, grad: Any) -> Any:
        axis, exclusive = ctx.saved
        g = np.cumsum(np.flip(grad, axis), axis=axis)
        return g - grad if exclusive else g


class CumProd(Operation):
    """Running products along the last axis; x: (n, k), x != 0.

    d/dx = reverse running sum of grad y, over x.
    """

    name = "running_product"
    cases = (Case(x=between(0.3, 2, "n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.cumprod(x, axis=-1)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return np.flip(np.cumsum(np.flip(grad * y, -1), axis=-1), -1) / x


@wrong_operation("index", twin=CumProd, cause=r"diagonal")
class CumProdOwn(CumProd):
    # only the own term: grad * y / x
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return grad * y / x


class CumMax(Operation):
    """Running maximum along the last axis; x: (n, k).

    d/dx = grad added up where the maximum was first reached.
    """

    name = "running_max"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.maximum.accumulate(np.asarray(x) if isinstance(x, np.ndarray) else x.data, axis=-1)
        x if isinstance(x, np.ndarray) else x.data
        new = np.concatenate(
            [np.ones((*y.shape[:-1], min(1, y.shape[-1])), bool), ~(y[..., 1:] <= y[..., :-1])], axis=-1
        )
        at = np.maximum.accumulate(np.where(new, np.arange(y.shape[-1]), 0), axis=-1)
        hot = onehot(at, y.shape[-1], y.dtype)
        ctx.save(hot)
        return np.take_along_axis(x, at, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.einsum("...jk,...j->...k", ctx.saved[0], grad)


@wrong_operation("index", twin=CumMax, cause=r"diagonal")
class CumMaxOwn(CumMax):
    # not added up: only where new
    def backward(self, ctx: Context, grad: Any) -> Any:
        (hot,) = ctx.saved
        return grad * np.einsum("...kk->...k", hot)


class Difference(Operation):
    """x[..., lag:] - x[..., :-lag]; x: (n, k). d/dx = grad at the end minus grad at the start."""

    name = "difference"
    cases = (Case(x=real("n 5")), Case(x=real("n 6"), lag=2))

    def forward(self, ctx: Context, x: Any, *, lag: int = 1) -> Any:
        if not 0 < lag < x.shape[-1]:
            raise ValueError("difference: the lag is not inside the last axis")
        ctx.save(lag)
        return x[..., lag:] - x[..., :-lag]

    def backward(self, ctx: Context, grad: Any) -> Any:
        (lag,) = ctx.saved
        zero = [(0, 0)] * (grad.ndim - 1)
        return np.pad(grad, [*zero, (lag, 0)]) - np.pad(grad, [*zero, (0, lag)])


@wrong_operation("coverage", twin=Difference, cause=r"lag")
class DifferenceLag(Difference):
    # lag 1 always in backward (shape right by padding)
    def backward(self, ctx: Context, grad: Any) -> Any:
        (lag,) = ctx.saved
        zero = [(0, 0)] * (grad.ndim - 1)
        return np.pad(grad, [*zero, (1, lag - 1)]) - np.pad(grad, [*zero, (lag - 1, 1)])


class LinearScan(Operation):
    """h_t = a_t h_(t-1) + x_t over axis 0 from 0; a, x: (t, k) -> (t, k).

    d/dx_t = r_t = grad_t + a_(t+1) r_(t+1), d/da_t = r_t h_(t-1).
    """

    name = "linear_scan"
    cases = (Case(a=unit("t k"), x=real("t k")),)
    once_differentiable = "a loop that writes"

    def forward(self, ctx: Context, a: Any, x: Any) -> Any:
        if a.shape != x.shape:
            raise ValueError("linear_scan: a and x must have one shape")
        h = np.zeros_like(x)
        s = np.zeros(x.shape[1:], x.dtype)
        for t in range(len(x)):
            s = a[t] * s + x[t]
            h[t] = s
        ctx.save(a, h.copy())
        return h

    def carried(self, a: Any, r: Any, t: Any) -> Any:
        return a[t + 1] * r

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, h = ctx.saved
        ga, gx = np.zeros_like(a), np.zeros_like(a)
        r = np.zeros_like(grad[0]) if len(grad) else None
        for t in reversed(range(len(grad))):
            r = grad[t] + (self.carried(a, r, t) if t + 1 < len(grad) else 0)
            gx[t] = r
            ga[t] = r * h[t - 1] if t else 0
        return ga, gx


@wrong_operation("shape", twin=LinearScan, cause=r"shift|only at")
class LinearScanShift(LinearScan):
    # carried with a_t rather than a_(t+1)
    def carried(self, a: Any, r: Any, t: Any) -> Any:
        return a[t] * r


@wrong_operation("formula", twin=LinearScan, cause=r"diagonal")
class LinearScanTruncated(LinearScan):
    # truncated: carried not at all
    def carried(self, a: Any, r: Any, t: Any) -> Any:
        return 0 * r
