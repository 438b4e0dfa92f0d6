"""Norms, products and distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class RmsNorm(Operation):
    """x / rms(x) over the last axis times gain; x: (n, k), gain: (k,) -> (n, k).

    With r = 1/sqrt(mean(x^2) + 1e-5): d/dx = r (g gain - x r^2 mean(g gain x)), d/dgain = sum of g x r.
    """

    name = "rms_norm2"
    cases = (Case(x=real("n k"), gain=real("k")),)

    def forward(self, ctx: Context, x: Any, gain: Any) -> Any:
        if gain.shape != x.shape[-1:]:
            raise ValueError(f"rms_norm2: gain {gain.shape}, x {x.shape}")
        r = 1 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + 1e-5)
        ctx.save(x, gain, r)
        return x * r * gain

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, gain, r = ctx.saved
        gg = grad * gain
        return r * (gg - x * r * r * np.mean(gg * x, axis=-1, keepdims=True)), np.sum(grad * x * r, axis=0)


class BatchedMatmul(Operation):
    """einsum bij,bjk->bik. da = bik,bjk->bij; db = bij,bik->bjk."""

    name = "bmm"
    cases = (Case(a=real("b i j"), b=real("b j k")),)

    def forward(self, ctx: Context, a: Any, b: Any) -> Any:
        if a.ndim != 3 or b.ndim != 3 or a.shape[0] != b.shape[0]:
            raise ValueError(f"bmm: {a.shape} and {b.shape}")
        ctx.save(a, b)
        return np.einsum("bij,bjk->bik", a, b)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        return np.einsum("bik,bjk->bij", grad, b), np.einsum("bij,bik->bjk", a, grad)


class BilinearForm(Operation):
    """x' A y; x: (n,), a: (n, m), y: (m,) -> (). dx = g A y, dA = g x y', dy = g A' x."""

    name = "bilinear_form"
    cases = (Case(x=real("n"), a=real("n m"), y=real("m")),)

    def forward(self, ctx: Context, x: Any, a: Any, y: Any) -> Any:
        ctx.save(x, a, y)
        return x @ a @ y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, a, y = ctx.saved
        return grad * (a @ y), grad * np.outer(x, y), grad * (x @ a)


class Pairwise(Operation):
    """Squared distances; x: (n, d), y: (m, d) -> (n, m). dx = 2 sum of g (x - y), dy = -that over x."""

    name = "sq_distances"
    cases = (Case(x=real("n d"), y=real("m d")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.shape[1] != y.shape[1]:
            raise ValueError(f"sq_distances: {x.shape}, {y.shape}")
        ctx.save(x, y)
        diff = x[:, None, :] - y[None, :, :]
        return np.sum(diff * diff, axis=2)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        diff = x[:, None, :] - y[None, :, :]
        return 2 * np.einsum("nm,nmd->nd", grad, diff), -2 * np.einsum("nm,nmd->md", grad, diff)


@wrong_operation("formula", twin=RmsNorm, cause=r"term")
class RmsSum(RmsNorm):
    # sum for mean in the correction
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, gain, r = ctx.saved
        gg = grad * gain
        return r * (gg - x * r * r * np.sum(gg * x, axis=-1, keepdims=True)), np.sum(grad * x * r, axis=0)


@wrong_operation("shape", twin=RmsNorm, cause=r"1/3")
class RmsGainMean(RmsNorm):
    # mean over the batch instead of sum for gain
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, gain, r = ctx.saved
        gg = grad * gain
        return r * (gg - x * r * r * np.mean(gg * x, axis=-1, keepdims=True)), np.mean(grad * x * r, axis=0)


@wrong_operation("shape", twin=BatchedMatmul, cause=r"sum over axis 0")
class BmmShared(BatchedMatmul):
    # db is summed over the batch and repeated
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        db = np.einsum("bij,bik->jk", a, grad)
        return np.einsum("bik,bjk->bij", grad, b), np.broadcast_to(db, b.shape).copy()


@wrong_operation("shape", twin=BatchedMatmul, cause=r"permuted")
class BmmSquare(BatchedMatmul):
    # transposed when square
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, b = ctx.saved
        da = np.einsum("bik,bjk->bij", grad, b)
        if a.shape[1] == a.shape[2]:
            da = np.swapaxes(da, 1, 2).copy()
        return da, np.einsum("bij,bik->bjk", a, grad)


@wrong_operation("shape", twin=BilinearForm, cause=r"reshaped")
class BilinearT(BilinearForm):
    # dA is outer(y, x) reshaped
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, a, y = ctx.saved
        return grad * (a @ y), grad * np.outer(y, x).reshape(a.shape), grad * (x @ a)


@wrong_operation("coverage", twin=BilinearForm, cause=r"square")
class BilinearSq(BilinearForm):
    # dy = A y if square
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, a, y = ctx.saved
        dy = x @ a if a.shape[0] != a.shape[1] else a @ x
        return grad * (a @ y), grad * np.outer(x, y), grad * dy


@wrong_operation("stability", twin=Pairwise, cause=r"close")
class PairCancel(Pairwise):
    # expanded square |x|^2 + |y|^2 - 2xy cancels for close points
    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        if x.shape[1] != y.shape[1]:
            raise ValueError(f"sq_distances: {x.shape}, {y.shape}")
        ctx.save(x, y)
        return np.sum(x * x, axis=1)[:, None] + np.sum(y * y, axis=1) - 2 * (x @ y.T)


@wrong_operation("formula", twin=Pairwise, cause=r"1/2")
class PairHalf(Pairwise):
    # factor 2 missing for y only
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        diff = x[:, None, :] - y[None, :, :]
        return 2 * np.einsum("nm,nmd->nd", grad, diff), -np.einsum("nm,nmd->md", grad, diff)
