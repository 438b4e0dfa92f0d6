"""Right operations: means and squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, axis_of, positive, real


class GeometricMean(Operation):
    """exp(mean(log x)) over axis; x > 0. d/dx = grad y / (n x)."""

    name = "gmean"
    cases = (Case(x=positive("n k"), axis=axis_of("x")), Case(x=positive("n k m"), axis=axis_of("x")))

    def forward(self, ctx: Context, x: Any, *, axis: int = 0) -> Any:
        y = np.exp(np.mean(np.log(x), axis=axis, keepdims=True))
        ctx.save(x, y, axis)
        return np.squeeze(y, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y, axis = ctx.saved
        return np.expand_dims(grad, axis) * y / x / x.shape[axis]


def spread(value: Any, axis: Any, keepdims: Any) -> Any:
    """value with the reduced axis put back."""
    return value if keepdims or axis is None else np.expand_dims(value, axis)


class SumSquares(Operation):
    """Sum of x^2 over axis (int, tuple or None); x: any shape. d/dx = 2 grad x."""

    name = "sum_squares"
    cases = (
        Case(x=real("n k m"), axis=(0, 2)),
        Case(x=real("n k"), axis=axis_of("x")),
        Case(x=real("n k")),
        Case(x=real("n k m"), axis=(-1, 0), keepdims=True),
    )

    def forward(
        self, ctx: Context, x: Any, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False
    ) -> Any:
        ctx.save(x, axis, keepdims)
        return np.sum(x * x, axis=axis, keepdims=keepdims)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis, keepdims = ctx.saved
        return 2 * x * spread(grad, axis, keepdims)
