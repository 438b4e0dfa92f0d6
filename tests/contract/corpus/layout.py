"""Code that depends on how an array lies in memory, not on its values.

The tricks are played on `ndarray`s only, so that higher derivatives stay right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.elementwise import Exp, Sin, Square
from .twins.linalg import SquareMatmul
from .twins.pairs import Multiply
from .twins.reductions import CumulativeSum, Softmax
from .twins.shapes import Flatten

if TYPE_CHECKING:
    from minigrad_core import Context

LAYOUT = r"layout|contiguous|strid|order|fortran|memory|view|read-?only|negative"


@wrong_operation("layout", twin=Flatten, cause=LAYOUT)
class FlattenInMemoryOrder(Flatten):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        # "K": the values in the order in which they happen to lie.
        return x.ravel(order="K") * 1 if isinstance(x, np.ndarray) else x.reshape(-1) * 1


@wrong_operation("layout", twin=Flatten, cause=LAYOUT)
class FlattenAnyOrder(Flatten):
    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x.shape)
        # "A": column-major for a Fortran array.
        return x.reshape(-1, order="A") * 1 if isinstance(x, np.ndarray) else x.reshape(-1) * 1


@wrong_operation("layout", twin=Square, cause=LAYOUT + "|gap|nan")
class SquareReadsGaps(Square):
    def forward(self, ctx: Context, x: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim == 1 and x.size and x.strides[0] > 0:
            # Takes its neighbours to be adjacent.
            x = np.lib.stride_tricks.as_strided(x, strides=(x.itemsize,))
        return super().forward(ctx, x)


@wrong_operation("layout", twin=Exp, cause=LAYOUT + "|base")
class ExpOfBase(Exp):
    def forward(self, ctx: Context, x: Any) -> Any:
        base = x.base if isinstance(x, np.ndarray) else None
        same = isinstance(base, np.ndarray) and base.shape == x.shape and base.dtype == x.dtype
        return super().forward(ctx, base if same else x)  # x[::-1].base is x, the other way round


@wrong_operation("layout", twin=SquareMatmul, cause=LAYOUT + "|transpos")
class MatmulFortran(SquareMatmul):
    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        if isinstance(a, np.ndarray) and a.flags.f_contiguous and not a.flags.c_contiguous:
            a = a.T  # "give BLAS what it wants", and forget to tell it
        return super().forward(ctx, a, b)


@wrong_operation("layout", twin=Sin, cause=LAYOUT + r"|broadcast|zero|grad")
class SinBroadcastGrad(Sin):
    def backward(self, ctx: Context, grad: Any) -> Any:
        if isinstance(grad, np.ndarray) and grad.size and 0 in grad.strides:
            # A shortcut for uniform gradients, also taken for grad of one stride 0.
            grad = grad.reshape(-1)[0]
        return super().backward(ctx, grad)


@wrong_operation("layout", twin=CumulativeSum, cause=LAYOUT)
class CumulativeSumOfContiguousGrad(CumulativeSum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        if isinstance(grad, np.ndarray):
            grad = np.frombuffer(grad.data, grad.dtype)  # an error unless grad is contiguous
        return super().backward(ctx, grad)


@wrong_operation("layout", twin=Multiply, cause=LAYOUT + r"|writ|input|purity|chang")
class MultiplyInPlaceAndBack(Multiply):
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim:
            x *= 2  # undone below, but a read-only x refuses, and another thread sees it
            product = x * y / 2
            x /= 2
            ctx.save(x, y)
            return product
        return super().forward(ctx, x, y)


@wrong_operation("layout", twin=Softmax, cause=LAYOUT + r"|axis|row")
class SoftmaxSmallestStride(Softmax):
    def forward(self, ctx: Context, x: Any) -> Any:
        if isinstance(x, np.ndarray) and x.ndim == 2 and x.flags.f_contiguous and min(x.shape) > 1:
            e = np.exp(x - np.max(x, axis=0, keepdims=True))  # along the axis that is contiguous
            y = e / np.sum(e, axis=0, keepdims=True)
            ctx.save(y)
            return y
        return super().forward(ctx, x)
