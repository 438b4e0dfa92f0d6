"""What is sorted, and the largest of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class SortRows(Operation):
    """x sorted along the last axis; x: (n, k), NaN last -> (n, k). d/dx puts grad back to where
    each value was.
    """

    name = "sort_rows"
    cases = (Case(x=real("n k")),)
    once_differentiable = "put_along_axis writes into a buffer"

    def forward(self, ctx: Context, x: Any) -> Any:
        order = np.argsort(x, axis=-1, kind="stable")
        ctx.save(order)
        return np.take_along_axis(x, order, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (order,) = ctx.saved
        dx = np.empty_like(grad)
        np.put_along_axis(dx, order, grad, axis=-1)
        return dx


@wrong_operation("index", twin=SortRows, cause=r"place|permut|order|index|inverse|wrong only")
class SortRowsTakes(SortRows):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (order,) = ctx.saved
        return np.take_along_axis(grad, order, axis=-1)  # the order, not its inverse


class TopK(Operation):
    """The `k` largest of each row, and their places; x: (n, m), NaN last -> (n, k) floats and ints.

    d/dx = grad at their places.
    """

    name = "top_k"
    cases = (Case(x=real("n 5"), k=2), Case(x=real("n 4"), k=3))
    once_differentiable = "put_along_axis writes into a buffer"

    def forward(self, ctx: Context, x: Any, *, k: int = 2) -> Any:
        if not 0 < k <= x.shape[-1]:
            raise ValueError(f"top_k: k = {k} of {x.shape[-1]}")
        places = np.argsort(-x, axis=-1, kind="stable")[:, :k]
        ctx.save(places, x.shape)
        return np.take_along_axis(x, places, axis=-1), places

    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        places, shape = ctx.saved
        dx = np.zeros(shape, grad.dtype)
        np.put_along_axis(dx, places, grad, axis=-1)
        return dx


@wrong_operation("index", twin=TopK, cause=r"place|entries|permut|order|index|zero|contribution")
class TopKFirstColumns(TopK):
    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        places, shape = ctx.saved
        dx = np.zeros(shape, grad.dtype)
        dx[:, : places.shape[1]] = grad  # as though the first were the largest
        return dx


@wrong_operation("coverage", twin=TopK, cause=r"k=|setting|entries|zero|lost|only|column|axis 1")
class TopKBestOnly(TopK):
    def backward(self, ctx: Context, grad: Any, _: Any) -> Any:
        places, shape = ctx.saved
        dx = np.zeros(shape, grad.dtype)
        np.put_along_axis(dx, places[:, :1], grad[:, :1], axis=-1)  # the largest alone
        return dx
