"""Right operations of several outputs, and various ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, axis_of, index_into, real


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


class Radians(Operation):
    """x * pi / 180, any shape. d/dx = grad * pi / 180."""

    name = "radians"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return x * (np.pi / 180)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * (np.pi / 180)


class Step(Operation):
    """1 where x > 0, else 0; any shape. Flat almost everywhere: no gradient."""

    differentiable = False
    name = "step"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return (x > 0).astype(x.dtype)


class SmoothedError(Operation):
    """Sum of (x - (1 - smoothing) * y)**2 / 2. x: (n,), y: (n,) -> ().

    d/dx = grad * e, d/dy = -(1 - smoothing) grad e.
    """

    name = "smoothed_error"
    cases = (Case(x=real("n"), y=real("n")), Case(x=real("n"), y=real("n"), smoothing=0.1))

    def forward(self, ctx: Context, x: Any, y: Any, *, smoothing: float = 0.0) -> Any:
        if x.ndim != 1 or x.shape != y.shape:
            raise ValueError(f"smoothed_error: shapes {x.shape} and {y.shape} differ")
        error = x - (1 - smoothing) * y
        ctx.save(error, smoothing)
        return 0.5 * np.sum(error * error)

    def backward(self, ctx: Context, grad: Any) -> Any:
        error, smoothing = ctx.saved
        return (
            grad * error if ctx.needs[0] else None,
            -(1 - smoothing) * grad * error if ctx.needs[1] else None,
        )


class SumOverAxis(Operation):
    """Sum over one axis. x: (n, k, m) without `axis`. d/dx = grad repeated along `axis`."""

    name = "sum_over_axis"
    cases = (Case(x=real("n k m"), axis=axis_of("x")),)

    def forward(self, ctx: Context, x: Any, *, axis: int) -> Any:
        ctx.save(x.shape, axis % x.ndim)
        return np.sum(x, axis=axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, axis = ctx.saved
        return np.broadcast_to(np.expand_dims(grad, axis), shape) * 1


class Distance(Operation):
    """|x - y| for points in the plane. x: (2,), y: (2,) -> ().

    d/dx = -d/dy = grad * (x - y) / distance, 0 if equal.
    """

    name = "distance"
    cases = (Case(x=real("2"), y=real("2")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.shape != (2,) or y.shape != (2,):
            raise ValueError(f"distance: expected two points of shape (2,), got {x.shape} and {y.shape}")
        difference = x - y
        length = np.hypot(difference[0], difference[1])
        ctx.save(difference, length)
        return length

    def backward(self, ctx: Context, grad: Any) -> Any:
        difference, length = ctx.saved
        direction = difference * (grad / np.where(length == 0, 1.0, length))
        return (direction if ctx.needs[0] else None, -direction if ctx.needs[1] else None)


class Lookup(Operation):
    """table[index] for a matrix of indices. table: (n, k), index: (p, q) ints -> (p, q, k).

    d/dtable adds up.
    """

    name = "lookup"
    cases = (Case(table=real("n k"), index=index_into("table", axis=0, shape="p q")),)
    once_differentiable = "the gradient is scattered into a buffer in place"

    def forward(self, ctx: Context, table: Any, index: Any) -> Any:
        ctx.save(index, table.shape)
        return table[index]

    def backward(self, ctx: Context, grad: Any) -> Any:
        index, shape = ctx.saved
        total = np.zeros(shape, grad.dtype)
        np.add.at(total, index, grad)
        return (total if ctx.needs[0] else None, None)


class Twice(Operation):
    """(2 x, 2 x), two arrays of any shape. d/dx = 2 (grad of the first + grad of the second)."""

    name = "twice"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return 2 * x, 2 * x

    def backward(self, ctx: Context, grad: Any, grad_second: Any) -> Any:
        return 2 * (grad + grad_second)
