"""Linear algebra."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, dominant, real

from ..entry import wrong_operation


class CholSolve(Operation):
    """A^-1 b for A = (M + M.T) / 2, symmetric."""

    name = "symmetric_solve"
    cases = (Case(m=dominant("n n"), b=real("n k")),)

    def forward(self, ctx: Any, m: Any, b: Any) -> Any:
        a = (m + m.T) / 2
        x = np.linalg.solve(a, b)
        ctx.save(a, x)
        return x

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, x = ctx.saved
        gb = np.linalg.solve(a, grad)
        ga = -gb @ x.T
        return (ga + ga.T) / 2, gb


@wrong_operation("formula", twin=CholSolve, cause=r"symmetric")
class SymsolveNotSym(CholSolve):
    # the gradient for A, not for M
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, x = ctx.saved
        gb = np.linalg.solve(a, grad)
        ga = -gb @ x.T
        return ga, gb


class Solve(Operation):
    name = "solve_batched"
    cases = (Case(a=dominant("b n n"), y=real("b n k")),)

    def forward(self, ctx: Any, a: Any, y: Any) -> Any:
        x = np.linalg.solve(a, y)
        ctx.save(a, x)
        return x

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, x = ctx.saved
        gy = np.linalg.solve(np.swapaxes(a, -1, -2), grad)
        return -gy @ np.swapaxes(x, -1, -2), gy


@wrong_operation("formula", twin=Solve, cause=r"permuted|transposed")
class SolveOuterOrder(Solve):
    # the outer product is transposed
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, x = ctx.saved
        gy = np.linalg.solve(np.swapaxes(a, -1, -2), grad)
        return -x @ np.swapaxes(gy, -1, -2), gy


class LogDet(Operation):
    name = "log_abs_det"
    cases = (Case(a=dominant("n n")),)

    def forward(self, ctx: Any, a: Any) -> Any:
        ctx.save(a)
        return np.linalg.slogdet(a)[1]

    def backward(self, ctx: Any, grad: Any) -> Any:
        (a,) = ctx.saved
        return grad * np.linalg.inv(a).T

    once_differentiable = "slogdet has no rule here"


class TraceProduct(Operation):
    name = "trace_product"
    cases = (Case(a=real("n k"), b=real("k n")), Case(a=real("n n"), b=real("n n")))

    def forward(self, ctx: Any, a: Any, b: Any) -> Any:
        ctx.save(a, b)
        return (a * b.T).sum()

    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b = ctx.saved
        return grad * b.T, grad * a.T


@wrong_operation("shape", twin=TraceProduct, cause=r"transposed")
class TraceSquareT(TraceProduct):
    # a transpose is left out where it fits
    def backward(self, ctx: Any, grad: Any) -> Any:
        a, b = ctx.saved
        return (grad * b, grad * a) if a.shape[0] == a.shape[1] else (grad * b.T, grad * a.T)


class BilinearForm(Operation):
    name = "bilinear"
    cases = (Case(x=real("n p"), w=real("o p q"), y=real("n q")),)

    def forward(self, ctx: Any, x: Any, w: Any, y: Any) -> Any:
        ctx.save(x, w, y)
        return np.einsum("np,opq,nq->no", x, w, y)

    def backward(self, ctx: Any, g: Any) -> Any:
        x, w, y = ctx.saved
        return (
            np.einsum("no,opq,nq->np", g, w, y),
            np.einsum("no,np,nq->opq", g, x, y),
            np.einsum("no,opq,np->nq", g, w, x),
        )


@wrong_operation("cotangent", twin=BilinearForm, cause=r"grad is ignored")
class BilinearMissingG(BilinearForm):
    # ones for grad
    def backward(self, ctx: Any, g: Any) -> Any:
        x, w, y = ctx.saved
        return (
            np.einsum("no,opq,nq->np", g, w, y),
            np.einsum("np,nq,no->opq", x, y, np.ones_like(g)),
            np.einsum("no,opq,np->nq", g, w, x),
        )
