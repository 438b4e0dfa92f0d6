"""Linear algebra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context

SPD = Case(b=real("3 3"))


class Bilinear(Operation):
    """y_o = sum_ij x_i W_oij z_j, by row; x: (n, i), W: (o, i, j), z: (n, j) -> (n, o). All
    gradients by einsum.
    """

    name = "bilinear"
    cases = (Case(x=real("n i"), w=real("o i j"), z=real("n j")),)

    def forward(self, ctx: Context, x: Any, w: Any, z: Any) -> Any:
        ctx.save(x, w, z)
        return np.einsum("ni,oij,nj->no", x, w, z)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, w, z = ctx.saved
        return (
            np.einsum("no,oij,nj->ni", grad, w, z) if ctx.needs[0] else None,
            np.einsum("no,ni,nj->oij", grad, x, z) if ctx.needs[1] else None,
            np.einsum("no,oij,ni->nj", grad, w, x) if ctx.needs[2] else None,
        )


@wrong_operation("shape", twin=Bilinear, cause=r"transpos|shape|swap|permut|square")
class BilinearLayersTransposed(Bilinear):
    cases = (Case(x=real("n i"), w=real("o i i"), z=real("n i")),)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, _w, z = ctx.saved
        dx, _, dz = super().backward(ctx, grad)
        return dx, np.einsum("no,ni,nj->oji", grad, x, z) if ctx.needs[1] else None, dz


@wrong_operation("formula", twin=Bilinear, cause=r"mean|batch|factor|times|axis")
class BilinearMeanOverBatch(Bilinear):
    def backward(self, ctx: Context, grad: Any) -> Any:
        dx, dw, dz = super().backward(ctx, grad)
        return dx, None if dw is None else dw / len(grad), dz  # a mean over the batch, for a sum


class GramLogDet(Operation):
    """log det(I + b b^T); b: (n, k) -> (). d/db = 2 grad (I + b b^T)^-1 b."""

    name = "gram_log_det"
    cases = (Case(b=real("n k")),)
    once_differentiable = "slogdet has no second derivative here"

    def forward(self, ctx: Context, b: Any) -> Any:
        a = np.eye(len(b), dtype=b.dtype) + b @ b.T
        ctx.save(a, b)
        return np.linalg.slogdet(a)[1]

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return 2 * grad * np.linalg.solve(a, b)


@wrong_operation("formula", twin=GramLogDet, cause=r"twice|half|1/2|factor|times")
class GramLogDetHalf(GramLogDet):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return grad * np.linalg.solve(a, b)  # b occurs twice in b b^T


@wrong_operation("formula", twin=GramLogDet, cause=r"differs|inverse|factor|term|input 0")
class GramLogDetWithoutInverse(GramLogDet):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return 2 * grad * (a @ b)  # a for its inverse


class SolveRight(Operation):
    """x = b (I + 0.1 a)^-1; a: (n, n), |a| small, b: (m, n) -> (m, n). d/db = grad m^-T; d/da =
    -0.1 x^T d/db.
    """

    name = "solve_right"
    cases = (Case(a=real("n n"), b=real("m n")),)
    once_differentiable = "np.linalg.solve is not recorded"

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        if a.ndim != 2 or a.shape[0] != a.shape[1] or b.shape[-1] != a.shape[0]:
            raise ValueError(f"solve_right: a {a.shape}, b {b.shape}")
        m = np.eye(len(a), dtype=a.dtype) + a * 0.1
        x = np.linalg.solve(m.T, b.T).T
        ctx.save(m, x)
        return np.ascontiguousarray(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        m, x = ctx.saved
        db = np.ascontiguousarray(np.linalg.solve(m, grad.T).T)
        return (-0.1 * x.T @ db if ctx.needs[0] else None, db if ctx.needs[1] else None)


@wrong_operation("formula", twin=SolveRight, cause=r"sign|minus")
class SolveRightSign(SolveRight):
    def backward(self, ctx: Context, grad: Any) -> Any:
        m, x = ctx.saved
        db = np.ascontiguousarray(np.linalg.solve(m, grad.T).T)
        return (0.1 * x.T @ db if ctx.needs[0] else None, db if ctx.needs[1] else None)


@wrong_operation("shape", twin=SolveRight, cause=r"transpos|differs|input 1|input 0|side")
class SolveRightNotTransposed(SolveRight):
    def backward(self, ctx: Context, grad: Any) -> Any:
        m, x = ctx.saved
        db = np.ascontiguousarray(np.linalg.solve(m.T, grad.T).T)  # the same system again
        return (-0.1 * x.T @ db if ctx.needs[0] else None, db if ctx.needs[1] else None)


class TraceProduct(Operation):
    """tr(a b); a: (n, k), b: (k, n) -> (). d/da = grad b^T; d/db = grad a^T."""

    name = "trace_product"
    cases = (Case(a=real("n k"), b=real("k n")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        if a.shape != b.shape[::-1]:
            raise ValueError(f"trace_product: a {a.shape}, b {b.shape}")
        ctx.save(a, b)
        return np.sum(a * b.T)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return grad * b.T, grad * a.T


@wrong_operation("shape", twin=TraceProduct, cause=r"shape|transpos")
class TraceProductUntransposed(TraceProduct):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return grad * b, grad * a


@wrong_operation("shape", twin=TraceProduct, cause=r"transpos|square|shape")
class TraceProductReshaped(TraceProduct):
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return (grad * b).reshape(a.shape), (grad * a).reshape(b.shape)  # a reshape for a transpose


class Quadratic(Operation):
    """x^T A x by row; x: (n, d), A: (d, d) -> (n,). d/dx = grad (A + A^T) x; d/dA = sum grad x x^T."""

    name = "quadratic"
    cases = (Case(x=real("n d"), a=real("d d")),)

    def forward(self, ctx: Context, x: Any, a: Any) -> Any:
        if a.shape != (x.shape[1], x.shape[1]):
            raise ValueError(f"quadratic: x {x.shape}, a {a.shape}")
        ctx.save(x, a)
        return np.sum((x @ a) * x, axis=1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, a = ctx.saved
        return grad[:, None] * (x @ (a + a.T)), (grad[:, None] * x).T @ x


@wrong_operation(
    "higher_order", twin=Quadratic, cause=r"second|constant|order|recorded|adjoint|forward mode|graph"
)
class QuadraticDetachedGrad(Quadratic):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, a = ctx.saved
        g = np.asarray(grad.data if hasattr(grad, "requires_grad") else grad)
        return g[:, None] * (x @ (a + a.T)), (g[:, None] * x).T @ x
