"""Inverses, factors and powers of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, dominant, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Solve(Operation):
    """x with a x = b; a: (n, n), b: (n, m). d/db = a^-T grad, d/da = -(a^-T grad) x^T."""

    name = "my_solve"
    cases = (Case(a=dominant("n n"), b=real("n m")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        x = np.linalg.solve(a, b)
        ctx.save(a, x)
        return x

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, x = ctx.saved
        g = np.linalg.solve(a.T, grad)
        return -(g @ x.T), g


@wrong_operation("formula", twin=Solve, cause=r"transpose")
class SolveTranspose(Solve):
    # a not transposed
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, x = ctx.saved
        g = np.linalg.solve(a, grad)
        return -(g @ x.T), g


class LogDet(Operation):
    """log |det a|; a: (n, n) -> (). d/da = grad a^-T."""

    name = "logdet"
    cases = (Case(a=dominant("n n")),)

    def forward(self, ctx: Context, a: Any) -> Any:
        ctx.save(a)
        return np.linalg.slogdet(a)[1] if isinstance(a, np.ndarray) else np.log(np.abs(np.linalg.det(a)))

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * np.linalg.inv(ctx.saved[0]).T


@wrong_operation("formula", twin=LogDet, cause=r"exp\(y\)")
class LogDetDet(LogDet):
    # gradient of det, not of log det
    def backward(self, ctx: Context, grad: Any) -> Any:
        a = ctx.saved[0]
        return grad * np.linalg.det(a) * np.linalg.inv(a).T


class Cholesky(Operation):
    """Lower factor of (a + a^T)/2; a: (n, n) positive definite. d/da by Murray 2016, eq. 10."""

    name = "my_cholesky"
    cases = (Case(a=dominant("n n")),)
    once_differentiable = "phi is written with masks of raw arrays"

    def forward(self, ctx: Context, a: Any) -> Any:
        low = np.linalg.cholesky((a + a.T) / 2)
        ctx.save(low)
        return low

    def backward(self, ctx: Context, grad: Any) -> Any:
        (low,) = ctx.saved
        p = self.phi(low.T @ np.tril(grad))
        s = np.linalg.solve(low.T, np.linalg.solve(low.T, p.T).T)
        return (s + s.T) / 2

    def phi(self, p: Any) -> Any:
        return np.tril(p) - 0.5 * np.diag(np.diagonal(p))


@wrong_operation("formula", twin=Cholesky, cause=r"diagonal|half")
class CholeskyPhi(Cholesky):
    # diagonal not halved in phi
    def phi(self, p: Any) -> Any:
        return np.tril(p)


@wrong_operation("formula", twin=Cholesky, cause=r"symmetric")
class CholeskyAsym(Cholesky):
    # not symmetrised
    def backward(self, ctx: Context, grad: Any) -> Any:
        (low,) = ctx.saved
        p = self.phi(low.T @ np.tril(grad))
        return np.linalg.solve(low.T, np.linalg.solve(low.T, p.T).T)


class MatrixPower(Operation):
    """a^n for n >= 0; a: (k, k). d/da = sum_i (a^T)^i grad (a^T)^(n-1-i)."""

    name = "mpower"
    cases = (Case(a=real("k k"), n=2), Case(a=real("k k"), n=3))

    def forward(self, ctx: Context, a: Any, *, n: int = 2) -> Any:
        if n < 1:
            raise ValueError("mpower: n at least 1")
        ctx.save(a, n)
        y = a + 0
        for _ in range(n - 1):
            y = y @ a
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, n = ctx.saved
        at, total = a.T, 0
        for i in range(n):
            g = grad
            for _ in range(i):
                g = at @ g
            for _ in range(n - 1 - i):
                g = g @ at
            total = total + g
        return total


@wrong_operation("formula", twin=MatrixPower, cause=r"order|commut|term|product")
class MatrixPowerScalar(MatrixPower):
    # as a scalar power: n (a^T)^(n-1) grad
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, n = ctx.saved
        g = grad
        for _ in range(n - 1):
            g = a.T @ g
        return n * g


class Trace(Operation):
    """Sum of the diagonal; a: (n, m) -> (). d/da = grad on the diagonal."""

    name = "my_trace"
    cases = (Case(a=real("n m")),)

    def forward(self, ctx: Context, a: Any) -> Any:
        ctx.save(a.shape, a.dtype)
        return np.sum(np.diagonal(a))

    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, dtype = ctx.saved
        return grad * np.eye(*shape, dtype=dtype)


@wrong_operation("dtype", twin=Trace, cause=r"float64")
class TraceDtype(Trace):
    # eye without dtype: float64 gradient
    def backward(self, ctx: Context, grad: Any) -> Any:
        shape, _ = ctx.saved
        return grad * np.eye(*shape)
