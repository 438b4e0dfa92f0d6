"""Reductions and normalisations, in the styles that their authors use."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, axis_of, between, boolean, nonzero, real


class RowArgmaxMax(Operation):
    """The largest value of each row, and where it stands. x: (n, k) -> (n,), (n,) ints.

    The first largest gets grad.
    """

    name = "row_max_with_index"
    cases = (Case(x=real("n 5")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        index = np.argmax(x, axis=1)
        ctx.save(index, x.shape)
        return x[np.arange(x.shape[0]), index], index

    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        index, shape = ctx.saved
        return grad[:, None] * (index[:, None] == np.arange(shape[1]))


class VarianceDdof(Operation):
    """Variance over an axis. x: (n, k), n and k at least 2; `ddof` 0 or 1.

    d/dx = 2 grad (x - mean) / (count - ddof).
    """

    name = "variance_ddof"
    cases = tuple(
        Case(x=between(-3, 3, "3 4"), axis=axis_of("x"), ddof=d, keepdims=k)
        for d in (0, 1)
        for k in (False, True)
    )

    def forward(self, ctx: Context, x: Any, *, axis: int, ddof: int = 0, keepdims: bool = False) -> Any:
        count = x.shape[axis]
        centred = x - np.sum(x, axis=axis, keepdims=True) / count
        ctx.save(centred, count - ddof, axis, keepdims)
        return np.sum(centred * centred, axis=axis, keepdims=keepdims) / (count - ddof)

    def backward(self, ctx: Context, grad: Any) -> Any:
        centred, divisor, axis, keepdims = ctx.saved
        grad = grad if keepdims else np.expand_dims(grad, axis)
        return 2 * grad * centred / divisor


class MeanWhere(Operation):
    """Mean of the chosen values of a vector, 0 if none. x: (n,), chosen: (n,) -> ().

    d/dx = grad / count where chosen.
    """

    name = "mean_where"
    cases = (Case(x=real("n"), chosen=boolean("n")),)

    def forward(self, ctx: Context, x: Any, chosen: Any) -> Any:
        if x.ndim != 1 or x.shape != chosen.shape:
            raise ValueError(f"mean_where: shapes {x.shape} and {chosen.shape} differ")
        count = int(chosen.sum()) or 1
        ctx.save(chosen, count)
        return np.where(chosen, x, 0).sum() / count

    def backward(self, ctx: Context, grad: Any) -> Any:
        chosen, count = ctx.saved
        return np.where(chosen, grad / count, 0), None


class Quotient(Operation):
    """x / y for y != 0, broadcast by hand: gradients are summed here, `broadcasts` is not claimed.

    x: (n, k), y: (k,) -> (n, k). d/dx = grad / y, d/dy = -sum over n of grad * out / y.
    """

    name = "divide_columns"
    cases = (Case(x=real("n k"), y=nonzero("k")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.ndim != 2 or y.shape != x.shape[-1:]:
            raise ValueError(f"divide_columns: shapes {x.shape} and {y.shape} do not fit")
        out = x / y
        ctx.save(out, y)
        return out

    def backward(self, ctx: Context, grad: Any) -> Any:
        out, y = ctx.saved
        return grad / y, -(grad * out / y).sum(axis=0)


class SoftmaxAxis(Operation):
    """Softmax over an axis. x: (n, k) or (k,). d/dx = y * (grad - sum(grad * y))."""

    name = "softmax_axis"
    cases = (Case(x=real("n k"), axis=axis_of("x")), Case(x=real("k")))

    def forward(self, ctx: Context, x: Any, *, axis: int = -1) -> Any:
        shifted = x - x.max(axis=axis, keepdims=True)
        exponentials = np.exp(shifted)
        out = exponentials / exponentials.sum(axis=axis, keepdims=True)
        ctx.save(out, axis)
        return out

    def backward(self, ctx: Context, grad: Any) -> Any:
        out, axis = ctx.saved
        product = grad * out
        return product - out * product.sum(axis=axis, keepdims=True)


class StraightSum(Operation):
    """The sum of all values. x: any shape -> (). d/dx = grad everywhere."""

    name = "total"
    cases = (Case(x=real("...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        return x.sum()

    def backward(self, ctx: Context, grad: Any) -> Any:
        (shape,) = ctx.saved
        return np.broadcast_to(grad, shape).copy()


OPERATIONS = tuple(op() for op in (RowArgmaxMax, VarianceDdof, MeanWhere, Quotient, SoftmaxAxis, StraightSum))
