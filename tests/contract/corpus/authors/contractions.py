"""Products of rows, and of matrices with themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, nonzero, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


def _cross(a: Any, b: Any) -> Any:
    return np.roll(np.roll(a, -1, -1) * np.roll(b, -2, -1), 0, -1) - np.roll(a, -2, -1) * np.roll(b, -1, -1)


class CosineSimilarity(Operation):
    """a.b / (|a| |b|) by row; a, b: (n, k) -> (n,). d/da = grad (b/|b| - y a/|a|) / |a|, d/db likewise."""

    name = "cosine_similarity"
    cases = (Case(a=nonzero("n k"), b=nonzero("n k")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        if a.shape[-1] == 0:
            raise ValueError("cosine_similarity: no features")
        p = a / np.max(np.abs(a), axis=-1, keepdims=True)
        q = b / np.max(np.abs(b), axis=-1, keepdims=True)
        na = np.sqrt(np.sum(p * p, axis=-1, keepdims=True))
        nb = np.sqrt(np.sum(q * q, axis=-1, keepdims=True))
        u, v = p / na, q / nb
        y = np.sum(u * v, axis=-1, keepdims=True)
        ctx.save(
            u,
            v,
            y,
            na * np.max(np.abs(a), axis=-1, keepdims=True),
            nb * np.max(np.abs(b), axis=-1, keepdims=True),
        )
        return y[..., 0]

    def backward(self, ctx: Context, grad: Any) -> Any:
        u, v, y, na, nb = ctx.saved
        g = grad[..., None]
        return g * (v - y * u) / na, g * (u - y * v) / nb


@wrong_operation("formula", twin=CosineSimilarity, cause=r"proportional to a")
class CosineConstant(CosineSimilarity):
    # norm taken for constant
    def backward(self, ctx: Context, grad: Any) -> Any:
        u, v, _y, na, nb = ctx.saved
        g = grad[..., None]
        return g * v / na, g * u / nb


@wrong_operation("formula", twin=CosineSimilarity, cause=r"row|norm")
class CosineOtherNorm(CosineSimilarity):
    # input 1 divided by the norm of a
    def backward(self, ctx: Context, grad: Any) -> Any:
        u, v, y, na, _nb = ctx.saved
        g = grad[..., None]
        return g * (v - y * u) / na, g * (u - y * v) / na


class PairDistance(Operation):
    """Squared distances of rows; a: (n, k), b: (m, k) -> (n, m).

    d/da = 2 (sum_j grad a - grad b), d/db likewise.
    """

    name = "sq_distances"
    cases = (Case(a=real("n k"), b=real("m k")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        ctx.save(a, b)
        return np.sum((a[:, None, :] - b[None, :, :]) ** 2, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return (
            2 * (np.sum(grad, axis=1)[:, None] * a - grad @ b),
            2 * (np.sum(grad, axis=0)[:, None] * b - grad.T @ a),
        )


@wrong_operation("stability", twin=PairDistance, cause=r"precision")
class PairDistanceCancels(PairDistance):
    # precision: |a|^2 + |b|^2 - 2ab cancels
    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        ctx.save(a, b)
        return np.sum(a * a, axis=1)[:, None] + np.sum(b * b, axis=1) - 2 * a @ b.T


@wrong_operation("shape", twin=PairDistance, cause=r"square.*(transpose|axis)")
class PairDistanceAxis(PairDistance):
    # sums over the wrong axis when n == m
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        n, m = grad.shape
        s = np.sum(grad, axis=0 if n == m else 1)
        return (2 * (s[:, None] * a - grad @ b), 2 * (np.sum(grad, axis=0)[:, None] * b - grad.T @ a))


class Cross(Operation):
    """Cross product of rows; a, b: (n, 3) -> (n, 3). d/da = b x grad, d/db = grad x a."""

    name = "cross3"
    cases = (Case(a=real("n 3"), b=real("n 3")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        ctx.save(a, b)
        return _cross(a, b)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return _cross(b, grad), _cross(grad, a)


@wrong_operation("formula", twin=Cross, cause=r"sign")
class CrossOrder(Cross):
    # order reversed in input 1
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return _cross(b, grad), _cross(a, grad)


class Kron(Operation):
    """Kronecker product; a: (n, k), b: (m, p) -> (n m, k p). d/da, d/db = grad contracted with the other."""

    name = "my_kron"
    cases = (Case(a=real("n k"), b=real("m p")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        ctx.save(a, b)
        (n, k), (m, p) = a.shape, b.shape
        return np.reshape(a[:, None, :, None] * b[None, :, None, :], (n * m, k * p))

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        (n, k), (m, p) = a.shape, b.shape
        g = np.reshape(grad, (n, m, k, p))
        return np.einsum("nmkp,mp->nk", g, b), np.einsum("nmkp,nk->mp", g, a)


@wrong_operation("shape", twin=Kron, cause=r"wrong order")
class KronShape(Kron):
    # reshaped (m, n, ...) instead of (n, m, ...)
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        (n, k), (m, p) = a.shape, b.shape
        g = np.reshape(grad, (m, n, p, k))
        return np.einsum("mnpk,mp->nk", g, b), np.einsum("mnpk,nk->mp", g, a)


class Gram(Operation):
    """x^T x; x: (n, k) -> (k, k). d/dx = x (grad + grad^T)."""

    name = "gram"
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return x.T @ x

    def backward(self, ctx: Context, grad: Any) -> Any:
        return ctx.saved[0] @ (grad + grad.T)


@wrong_operation("formula", twin=Gram, cause=r"symmetric")
class GramSymmetric(Gram):
    # 2 x grad: grad taken for symmetric
    def backward(self, ctx: Context, grad: Any) -> Any:
        return 2 * (ctx.saved[0] @ grad)
