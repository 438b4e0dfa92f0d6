"""Right reductions."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, axis_of, between, real

REDUCTION_CASES = (
    Case(x=real("n k")),
    Case(x=real("n k"), axis=axis_of("x")),
    Case(x=real("n k"), axis=axis_of("x"), keepdims=True),
    Case(x=real("n k m"), axis=(0, 2)),
)


class RowMax(Operation):
    """The largest value of each row. x: (n, k) -> (n,).

    The largest gets grad; tied values share it evenly.
    """

    name = "row_max"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.max(x, axis=1)
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        largest = x == y[:, None]
        share = np.where(largest, 1.0 / np.maximum(np.sum(largest, axis=1), 1)[:, None], 0.0)
        return grad[:, None] * share.astype(x.dtype)


class RowProduct(Operation):
    """The product of each row. x: (n, k) -> (n,). d/dx = grad * (the product of the others)."""

    name = "row_product"
    cases = (Case(x=real("n 4")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return x[:, 0] * x[:, 1] * x[:, 2] * x[:, 3]

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        a, b, c, d = x[:, 0], x[:, 1], x[:, 2], x[:, 3]
        others = np.stack((b * c * d, a * c * d, a * b * d, a * b * c), axis=1)
        return grad[:, None] * others


class Variance(Operation):
    """Population variance of each row. x: (n, k) -> (n,). d/dx = grad * 2 (x - mean) / k."""

    name = "variance"
    cases = (Case(x=between(-5, 5, "n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        k = max(x.shape[1], 1)
        centred = x - np.sum(x, axis=1, keepdims=True) / k
        ctx.save(centred, k)
        return np.sum(centred * centred, axis=1) / k

    def backward(self, ctx: Context, grad: Any) -> Any:
        centred, k = ctx.saved
        return grad[:, None] * (2 / k) * centred


Fold = Literal["sum", "mean"]


class RowFold(Operation):
    """The sum or the mean of each row. x: (n, k) -> (n,). d/dx = grad, or grad / k."""

    name = "row_fold"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any, *, fold: Fold = "sum") -> Any:
        ctx.save(x, fold)
        folds: dict[str, Any] = {"sum": np.sum, "mean": np.mean}
        return folds[fold](x, axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, fold = ctx.saved
        return grad[:, None] * np.ones_like(x) / (1 if fold == "sum" else x.shape[1])


class Dot(Operation):
    """The inner product. x: (n,), y: (n,) -> (). d/dx = grad * y, d/dy = grad * x."""

    name = "dot"
    cases = (Case(x=real("n"), y=real("n")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(f"dot: shapes {x.shape} and {y.shape} differ")
        ctx.save(x, y)
        return np.sum(x * y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (grad * y if ctx.needs[0] else None, grad * x if ctx.needs[1] else None)


class MeanAndStd(Operation):
    """The mean and the standard deviation over rows; x: (n, k), n > 1, rows that differ -> (k,), (k,)."""

    name = "mean_and_std"
    cases = (Case(x=real("5 k")), Case(x=real("4 k"), ddof=1))

    def forward(self, ctx: Context, x: Any, *, ddof: int = 0) -> Any:
        if not 0 <= ddof < x.shape[0]:
            raise ValueError(f"mean_and_std: ddof {ddof} for {x.shape[0]} rows")
        mean = np.mean(x, axis=0)
        d = x - mean
        free = x.shape[0] - ddof
        std = np.sqrt(np.sum(d * d, axis=0) / free)
        ctx.save(d, std, free)
        return mean, std

    def backward(self, ctx: Context, g: Any, h: Any) -> Any:
        d, std, free = ctx.saved
        safe = np.where(std == 0, 1, std)
        return g / d.shape[0] + h * d / (safe * free)
