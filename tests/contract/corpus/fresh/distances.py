"""Distances, kernels and spectra."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, axis_of, nonzero, positive, real

from ..entry import wrong_operation


class PairwiseDistance(Operation):
    name = "cdist"
    cases = (Case(x=real("n k"), y=real("m k")),)

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        d = x[:, None, :] - y[None, :, :]
        r = np.sqrt((d * d).sum(-1) + 1e-2)
        ctx.save(d, r)
        return r

    def backward(self, ctx: Any, grad: Any) -> Any:
        d, r = ctx.saved
        u = (grad / r)[..., None] * d
        return u.sum(axis=1), -u.sum(axis=0)


@wrong_operation("shape", twin=PairwiseDistance, cause=r"square")
class CdistAxes(PairwiseDistance):
    # the other axis where both are as long
    def backward(self, ctx: Any, grad: Any) -> Any:
        d, r = ctx.saved
        u = (grad / r)[..., None] * d
        return u.sum(axis=0 if u.shape[0] == u.shape[1] else 1), -u.sum(axis=0)


class RBF(Operation):
    name = "rbf_kernel"
    cases = (
        Case(x=real("n k"), c=real("m k"), gamma=positive("")),
        Case(x=real("n k"), c=real("m k"), gamma=positive("m")),
    )

    def forward(self, ctx: Any, x: Any, c: Any, gamma: Any) -> Any:
        d = x[:, None] - c[None]
        r = (d * d).sum(-1)
        y = np.exp(-gamma * r)
        ctx.save(d, r, y, gamma)
        return y

    def backward(self, ctx: Any, grad: Any) -> Any:
        d, r, y, gamma = ctx.saved
        gy = grad * y
        w = (-2 * gamma * gy)[..., None] * d
        gg = -(gy * r)
        gg = gg.sum(axis=0) if gamma.ndim else gg.sum()
        return w.sum(1), -w.sum(0), gg


@wrong_operation("shape", twin=RBF, cause=r"mean")
class RbfGammaMean(RBF):
    # a mean over rows for one gamma
    def backward(self, ctx: Any, grad: Any) -> Any:
        d, r, y, gamma = ctx.saved
        gy = grad * y
        w = (-2 * gamma * gy)[..., None] * d
        gg = -(gy * r)
        gg = gg.sum(axis=0) if gamma.ndim else gg.sum() / gy.shape[0]
        return w.sum(1), -w.sum(0), gg


class PowerSpectrum(Operation):
    """|rfft(x)|^2 as explicit cosine and sine sums."""

    name = "power_spectrum"
    cases = (Case(x=real("n 6")), Case(x=real("n 5")))

    def forward(self, ctx: Any, x: Any) -> Any:
        n = x.shape[-1]
        k = np.arange(n // 2 + 1)[:, None] * np.arange(n) * (2 * np.pi / n)
        c, s = np.cos(k).astype(x.dtype), np.sin(k).astype(x.dtype)
        re, im = x @ c.T, x @ s.T
        ctx.save(c, s, re, im)
        return re * re + im * im

    def backward(self, ctx: Any, grad: Any) -> Any:
        c, s, re, im = ctx.saved
        return 2 * ((grad * re) @ c + (grad * im) @ s)


@wrong_operation("formula", twin=PowerSpectrum, cause=r"permuted|reversed")
class SpectrumConj(PowerSpectrum):
    # the conjugate
    def backward(self, ctx: Any, grad: Any) -> Any:
        c, s, re, im = ctx.saved
        return 2 * ((grad * re) @ c - (grad * im) @ s)


class CosineSimilarity(Operation):
    name = "cosine_similarity"
    cases = (Case(x=nonzero("n k"), y=nonzero("n k")), Case(x=nonzero("n k"), y=nonzero("n k"), eps=1e-6))

    def forward(self, ctx: Any, x: Any, y: Any, *, eps: Any = 1e-8) -> Any:
        nx = np.sqrt((x * x).sum(-1, keepdims=True)) + eps
        ny = np.sqrt((y * y).sum(-1, keepdims=True)) + eps
        u, v = x / nx, y / ny
        c = (u * v).sum(-1, keepdims=True)
        ctx.save(x, y, u, v, c, nx, ny, eps)
        return c[..., 0]

    def backward(self, ctx: Any, grad: Any) -> Any:
        _x, _y, u, v, c, nx, ny, eps = ctx.saved
        g = grad[..., None]
        rx, ry = nx / (nx - eps), ny / (ny - eps)
        return g * (v - c * u * rx) / nx, g * (u - c * v * ry) / ny


@wrong_operation("formula", twin=CosineSimilarity, cause=r"term")
class CosineNoProjection(CosineSimilarity):
    # what lies along x is left in
    def backward(self, ctx: Any, grad: Any) -> Any:
        _x, _y, u, v, _c, nx, ny, _eps = ctx.saved
        g = grad[..., None]
        return g * v / nx, g * u / ny


class L2Normalize(Operation):
    name = "l2_normalize"
    cases = (Case(x=real("n k"), axis=axis_of("x")),)

    def forward(self, ctx: Any, x: Any, *, axis: Any = -1, eps: Any = 1e-3) -> Any:
        inv = 1 / np.sqrt((x * x).sum(axis=axis, keepdims=True) + eps)
        y = x * inv
        ctx.save(y, inv, axis)
        return y

    def backward(self, ctx: Any, grad: Any) -> Any:
        y, inv, axis = ctx.saved
        return inv * (grad - y * (grad * y).sum(axis=axis, keepdims=True))


@wrong_operation("shape", twin=L2Normalize, cause=r"axis")
class L2normAxisLast(L2Normalize):
    # the last axis for axis
    def backward(self, ctx: Any, grad: Any) -> Any:
        y, inv, _axis = ctx.saved
        return inv * (grad - y * (grad * y).sum(axis=-1, keepdims=True))
