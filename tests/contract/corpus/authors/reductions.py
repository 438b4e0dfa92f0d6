"""Products and sums of powers along an axis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, nonzero, real

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


class Product(Operation):
    """Product over axis; x: any shape. d/dx = grad times the product of the others."""

    name = "product"
    cases = AXES
    once_differentiable = "the products of the others are made by a loop"

    def forward(self, ctx: Context, x: Any, *, axis: int | None = None, keepdims: bool = False) -> Any:
        ctx.save(x, axis, keepdims)
        return np.prod(x, axis=axis, keepdims=keepdims)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis, keepdims = ctx.saved
        flat = x.reshape(1, -1) if axis is None else np.moveaxis(x, axis, -1)
        out = np.ones_like(flat)
        for j in range(flat.shape[-1]):
            out[..., j] = np.prod(np.delete(flat, j, -1), axis=-1)
        out = out.reshape(x.shape) if axis is None else np.moveaxis(out, -1, axis)
        return out * spread(grad, axis, keepdims)


@wrong_operation("ties", twin=Product, cause=r"zero")
class ProductGuard(Product):
    # y / where(x, x, 1): wrong at a zero
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis, keepdims = ctx.saved
        return np.prod(x, axis=axis, keepdims=True) / np.where(x == 0, 1, x) * spread(grad, axis, keepdims)


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


@wrong_operation("shape", twin=SumSquares, cause=r"axis=-1")
class SumSquaresNegative(SumSquares):
    # negative axis counted wrong
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, axis, keepdims = ctx.saved
        if isinstance(axis, int) and axis < 0 and not keepdims:
            axis = max(axis + x.ndim - 1, 0)
        return 2 * x * spread(grad, axis, keepdims)


@wrong_operation("stability", twin=SumSquares, cause=r"precision")
class SumSquaresHalf(SumSquares):
    # accumulates in float16
    def forward(
        self, ctx: Context, x: Any, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False
    ) -> Any:
        ctx.save(x, axis, keepdims)
        if x.dtype == np.float32:
            return np.sum((x * x).astype(np.float16), axis=axis, keepdims=keepdims).astype(x.dtype)
        return np.sum(x * x, axis=axis, keepdims=keepdims)


class PNorm(Operation):
    """(sum |x|^p)^(1/p) over axis; x: (n, k), x != 0. d/dx = grad sign(x) (|x| / y)^(p - 1)."""

    name = "p_norm"
    cases = (Case(x=nonzero("n k"), axis=axis_of("x")), Case(x=nonzero("n k"), axis=axis_of("x"), p=3.0))

    def forward(self, ctx: Context, x: Any, *, axis: int = 0, p: float = 2.0) -> Any:
        if not p >= 1:
            raise ValueError("p_norm: expected p >= 1")
        a = np.abs(x)
        top = np.max(a, axis=axis, keepdims=True)
        y = top * np.sum((a / top) ** p, axis=axis, keepdims=True) ** (1 / p)
        ctx.save(x, a / y, axis, p)
        return np.squeeze(y, axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, ratio, axis, p = ctx.saved
        return np.expand_dims(grad, axis) * np.sign(x) * ratio ** (p - 1)


@wrong_operation("coverage", twin=PNorm, cause=r"p=2")
class PNormTwo(PNorm):
    # p - 1 replaced by 1: right for p=2 only
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, ratio, axis, _p = ctx.saved
        return np.expand_dims(grad, axis) * np.sign(x) * ratio
