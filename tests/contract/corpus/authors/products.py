"""Matrix products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class BatchMatmul(Operation):
    """a @ b; a: (b, n, k), b: (b, k, m) or (k, m) shared.

    d/da = grad b^T, d/db = a^T grad, summed over the batch if shared.
    """

    name = "bmm"
    cases = (Case(a=real("b n k"), b=real("b k m")), Case(a=real("b n k"), b=real("k m")))

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        ctx.save(a, b)
        return a @ b

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        gb = np.swapaxes(a, -1, -2) @ grad
        while gb.ndim > b.ndim:
            gb = np.sum(gb, axis=0)
        return grad @ np.swapaxes(b, -1, -2), gb


@wrong_operation("shape", twin=BatchMatmul, cause=r"mean for a sum")
class BatchMatmulMean(BatchMatmul):
    # shared b: batch mean instead of sum
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        gb = np.swapaxes(a, -1, -2) @ grad
        while gb.ndim > b.ndim:
            gb = np.mean(gb, axis=0)
        return grad @ np.swapaxes(b, -1, -2), gb


@wrong_operation("shape", twin=BatchMatmul, cause=r"sum over axis 0")
class BatchMatmulFirst(BatchMatmul):
    # shared b: only the first of the batch
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        gb = np.swapaxes(a, -1, -2) @ grad
        if gb.ndim > b.ndim:
            gb = gb[0] + 0
        return grad @ np.swapaxes(b, -1, -2), gb


@wrong_operation("shape", twin=BatchMatmul, cause=r"square.*transposed")
class BatchMatmulSquare(BatchMatmul):
    # b not transposed when square
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        gb = np.swapaxes(a, -1, -2) @ grad
        while gb.ndim > b.ndim:
            gb = np.sum(gb, axis=0)
        return grad @ (b if b.shape[-1] == b.shape[-2] else np.swapaxes(b, -1, -2)), gb


class Outer(Operation):
    """a_i b_j; a: (n,), b: (m,) -> (n, m). d/da = grad b, d/db = a grad."""

    name = "my_outer"
    cases = (Case(a=real("n"), b=real("m")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        ctx.save(a, b)
        return a[:, None] * b

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return grad @ b, a @ grad


@wrong_operation("shape", twin=Outer, cause=r"square.*transposed")
class OuterSquareTransposed(Outer):
    # grad transposed in b's gradient when square
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return grad @ b, (grad @ a if len(a) == len(b) else a @ grad)


@wrong_operation("shape", twin=Outer, cause=r"shape")
class OuterColumn(Outer):
    # shape (n, 1) instead of (n,)
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return grad @ b[:, None], a @ grad


@wrong_operation("coverage", twin=Outer, cause=r"only a needs")
class OuterNeeds(Outer):
    # gradient for a computed although not needed, needs ignored by giving zeros when b not needed
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return (grad @ b if ctx.needs[1] else a * 0), a @ grad


class Bilinear(Operation):
    """x W y; x: (n, k), w: (k, m), y: (n, m) -> (n,).

    d/dx = grad y W^T, d/dW = x^T (grad y), d/dy = grad x W.
    """

    name = "bilinear"
    cases = (Case(x=real("n k"), w=real("k m"), y=real("n m")),)

    def forward(self, ctx: Context, x: Any, w: Any, y: Any) -> Any:
        ctx.save(x, w, y)
        return np.einsum("nk,km,nm->n", x, w, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, y = ctx.saved
        g = grad[:, None]
        return (g * y) @ w.T, x.T @ (g * y), (g * x) @ w


@wrong_operation("shape", twin=Bilinear, cause=r"square.*transposed")
class BilinearTransposed(Bilinear):
    # input 1 transposed (square)
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, y = ctx.saved
        g = grad[:, None]
        gw = x.T @ (g * y)
        return (g * y) @ w.T, gw.T if gw.shape[0] == gw.shape[1] else gw, (g * x) @ w


@wrong_operation("cotangent", twin=Bilinear, cause=r"ignored")
class BilinearNoGrad(Bilinear):
    # input 2 lacks grad factor
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, y = ctx.saved
        g = grad[:, None]
        return (g * y) @ w.T, x.T @ (g * y), x @ w


@wrong_operation("formula", twin=Bilinear, cause=r"square")
class BilinearMixed(Bilinear):
    # x's gradient uses x for y where shapes agree
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, y = ctx.saved
        g = grad[:, None]
        return (g * y) @ w.T, x.T @ (g * y), (g * (y if x.shape == y.shape else x)) @ w


class QuadraticForm(Operation):
    """x A x; x: (n, k), a: (k, k) -> (n,). d/dx = grad x (A + A^T), d/dA = sum grad x x^T."""

    name = "quadratic_form"
    cases = (Case(x=real("n k"), a=real("k k")),)

    def forward(self, ctx: Context, x: Any, a: Any) -> Any:
        ctx.save(x, a)
        return np.sum((x @ a) * x, axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, a = ctx.saved
        g = grad[:, None]
        return g * (x @ (a + a.T)), x.T @ (g * x)


@wrong_operation("formula", twin=QuadraticForm, cause=r"symmetric")
class QuadraticSymmetric(QuadraticForm):
    # A taken for symmetric: 2 x A
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, a = ctx.saved
        g = grad[:, None]
        return 2 * g * (x @ a), x.T @ (g * x)


@wrong_operation("formula", twin=QuadraticForm, cause=r"symmetric|transposed term")
class QuadraticOne(QuadraticForm):
    # one term only
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, a = ctx.saved
        g = grad[:, None]
        return g * (x @ a.T), x.T @ (g * x)
