"""Right operations on matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, real


class Affine(Operation):
    """x @ weight + bias. x: (n, k), weight: (k, m), bias: (m,) -> (n, m).

    d/dx = grad @ weight.T; d/dweight = x.T @ grad; d/dbias = grad summed over n.
    """

    name = "affine"
    cases = (Case(x=real("n k"), weight=real("k m"), bias=real("m")),)

    def forward(self, ctx: Context, x: Any, weight: Any, bias: Any) -> Any:
        if x.ndim != 2 or weight.ndim != 2 or x.shape[1] != weight.shape[0] or bias.shape != weight.shape[1:]:
            raise ValueError(f"affine: shapes {x.shape}, {weight.shape} and {bias.shape} do not fit")
        ctx.save(x, weight)
        return x @ weight + bias

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, weight = ctx.saved
        return (
            grad @ weight.T if ctx.needs[0] else None,
            x.T @ grad if ctx.needs[1] else None,
            np.sum(grad, axis=0) if ctx.needs[2] else None,
        )


class Matmul(Operation):
    """a @ b. a: (n, k), b: (k, m) -> (n, m). d/da = grad @ b.T, d/db = a.T @ grad."""

    name = "matmul"
    cases = (Case(a=real("n k"), b=real("k m")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[0]:
            raise ValueError(f"matmul: shapes {a.shape} and {b.shape} do not fit")
        ctx.save(a, b)
        return a @ b

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return (grad @ b.T if ctx.needs[0] else None, a.T @ grad if ctx.needs[1] else None)


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


class Outer(Operation):
    """The outer product. x: (n,), y: (m,) -> (n, m). d/dx = grad @ y, d/dy = x @ grad."""

    name = "outer"
    cases = (Case(x=real("n"), y=real("m")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.ndim != 1 or y.ndim != 1:
            raise ValueError(f"outer: expected two vectors, got shapes {x.shape} and {y.shape}")
        ctx.save(x, y)
        return x[:, None] * y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        return (
            np.sum(grad * y, axis=1) if ctx.needs[0] else None,
            np.sum(grad * x[:, None], axis=0) if ctx.needs[1] else None,
        )


class InverseOfTwo(Operation):
    """inv(x + 3 I) for values of x in (-1, 1). x: (2, 2) -> (2, 2). d/dx = -y.T @ grad @ y.T."""

    name = "inverse_of_two"
    cases = (Case(x=between(-1, 1, "2 2")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.shape != (2, 2):
            raise ValueError(f"inverse_of_two: expected shape (2, 2), got {x.shape}")
        a, b, c, d = x[0, 0] + 3, x[0, 1], x[1, 0], x[1, 1] + 3
        y = np.stack((np.stack((d, -b)), np.stack((-c, a)))) / (a * d - b * c)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return -(y.T @ grad @ y.T)
