"""Reductions and running sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Cumsum(Operation):
    """Running sum over `axis`, any shape of at least one axis. d/dx = running sum of grad from the end."""

    name = "running_sum"
    cases = (Case(x=real("n k"), axis=axis_of("x")), Case(x=real("n"), axis=0))

    def forward(self, ctx: Context, x: Any, *, axis: int = 0) -> Any:
        ctx.save(axis)
        return np.cumsum(x, axis=axis)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (axis,) = ctx.saved
        return np.flip(np.cumsum(np.flip(grad, axis), axis=axis), axis).copy()


class TopValue(Operation):
    """The largest over `axis`; x: (n, k) -> (n,) or (k,). d/dx = grad / ties at the maximum."""

    name = "top_value"
    cases = (Case(x=real("n k"), axis=axis_of("x")),)

    def forward(self, ctx: Context, x: Any, *, axis: int = 1) -> Any:
        top = x.max(axis=axis, keepdims=True)
        ctx.save(x, top, axis)
        return np.squeeze(top, axis=axis).copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, top, axis = ctx.saved
        at = x == top
        share = at / np.sum(at, axis=axis, keepdims=True).astype(x.dtype)
        return np.expand_dims(grad, axis) * share.astype(x.dtype)


class VectorNorm(Operation):
    """The Euclidean norm of each row, 0 gradient at 0; x: (n, k) -> (n,). d/dx = grad x / norm."""

    name = "row_norm"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        big = np.max(np.abs(x), axis=1, keepdims=True, initial=0)
        safe = np.where(big > 0, big, 1)
        scaled = x / safe
        norm = np.sqrt(np.sum(scaled * scaled, axis=1)) * safe[:, 0]
        ctx.save(x, norm)
        return norm

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, norm = ctx.saved
        return grad[:, None] * (x / np.where(norm > 0, norm, 1)[:, None])


@wrong_operation("formula", twin=Cumsum, cause=r"transposed")
class CumsumForward(Cumsum):
    # not reversed
    def backward(self, ctx: Context, grad: Any) -> Any:
        (axis,) = ctx.saved
        return np.cumsum(grad, axis=axis)


@wrong_operation("coverage", twin=Cumsum, cause=r"axis=-")
class CumsumNegative(Cumsum):
    # negative axis is taken for axis 0 in backward
    def backward(self, ctx: Context, grad: Any) -> Any:
        axis = max(ctx.saved[0], 0)
        return np.flip(np.cumsum(np.flip(grad, axis), axis=axis), axis).copy()


@wrong_operation("ties", twin=TopValue, cause=r"tied")
class TopAll(TopValue):
    # all of the gradient to each tie
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, top, axis = ctx.saved
        return np.expand_dims(grad, axis) * (x == top)


@wrong_operation("ties", twin=VectorNorm, cause=r"NaN")
class NormNaN(VectorNorm):
    # NaN at zero rows
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, norm = ctx.saved
        with np.errstate(invalid="ignore", divide="ignore"):
            return grad[:, None] * (x / norm[:, None])


@wrong_operation("formula", twin=VectorNorm, cause=r"each row")
class NormTotal(VectorNorm):
    # grad divided by the total norm instead of the row's
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, norm = ctx.saved
        total = np.sqrt(np.sum(norm * norm))
        return grad[:, None] * x / np.where(total > 0, total, 1)
