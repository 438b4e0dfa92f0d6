"""Transforms, polynomials, interpolation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Dct2(Operation):
    """DCT-II of the last axis; x: (n, k): y_j = sum_i x_i cos(pi (i + 1/2) j / k).

    d/dx = grad times the matrix transposed.
    """

    name = "my_dct"
    cases = (Case(x=real("n k")),)

    def matrix(self, k: Any, dtype: Any) -> Any:
        i = np.arange(k)
        return np.cos(np.pi * (i + 0.5) * i[:, None] / max(k, 1)).astype(dtype)

    def forward(self, ctx: Context, x: Any) -> Any:
        m = self.matrix(x.shape[-1], x.dtype)
        ctx.save(m)
        return x @ m.T

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad @ ctx.saved[0]


@wrong_operation("shape", twin=Dct2, cause=r"transposed")
class Dct2Forward(Dct2):
    # matrix not transposed: the inverse taken for the transpose
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad @ ctx.saved[0].T


@wrong_operation("formula", twin=Dct2, cause=r"0\.707|constant factor")
class Dct2Scaled(Dct2):
    # orthonormal scaling in backward only
    def backward(self, ctx: Context, grad: Any) -> Any:
        (m,) = ctx.saved
        return grad @ m * math.sqrt(2 / max(len(m), 1))


@wrong_operation("dtype", twin=Dct2, cause=r"float64")
class Dct2Float64(Dct2):
    # matrix kept in float64: float32 becomes float64
    def matrix(self, k: Any, dtype: Any) -> Any:
        return super().matrix(k, np.float64)


@wrong_operation("dtype", twin=Dct2, cause=r"float64")
class Dct2Cache(Dct2):
    # table cached by size only: the first dtype wins
    def __init__(self) -> None:
        self.tables: Any = {}

    def matrix(self, k: Any, dtype: Any) -> Any:
        if k not in self.tables:
            self.tables[k] = super().matrix(k, dtype)
        return self.tables[k]


class Haar(Operation):
    """One Haar step of the last axis; x: (n, 2k) -> sums (n, k), differences (n, k), over sqrt 2.

    d/dx = the inverse of the gradients.
    """

    name = "haar"
    cases = (Case(x=real("n 6")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        if x.shape[-1] % 2:
            raise ValueError("haar: an even number of values")
        a, b = x[..., ::2], x[..., 1::2]
        return (a + b) / math.sqrt(2), (a - b) / math.sqrt(2)

    def backward(self, ctx: Context, gs: Any, gd: Any) -> Any:
        a, b = (gs + gd) / math.sqrt(2), (gs - gd) / math.sqrt(2)
        return np.reshape(np.stack([a, b], axis=-1), (*a.shape[:-1], 2 * a.shape[-1]))


@wrong_operation("formula", twin=Haar, cause=r"sign")
class HaarSign(Haar):
    # odd samples' sign
    def backward(self, ctx: Context, gs: Any, gd: Any) -> Any:
        a, b = (gs + gd) / math.sqrt(2), (gs + gd) / math.sqrt(2)
        return np.reshape(np.stack([a, b], axis=-1), (*a.shape[:-1], 2 * a.shape[-1]))


class Horner(Operation):
    """c_0 + c_1 x + ... ; c: (d,), x: any (n,) -> (n,). d/dx = grad p'(x), d/dc_j = sum grad x^j."""

    name = "horner"
    cases = (Case(c=real("d"), x=between(-2, 2, "n")),)

    def forward(self, ctx: Context, c: Any, x: Any) -> Any:
        ctx.save(c, x)
        y = x * 0
        for j in reversed(range(len(c))):
            y = y * x + c[j]
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        c, x = ctx.saved
        slope = x * 0
        for j in reversed(range(1, len(c))):
            slope = slope * x + j * c[j]
        if not len(c):
            return c * 0, grad * slope
        return np.stack([np.sum(grad * x**j) for j in range(len(c))]), grad * slope


@wrong_operation("formula", twin=Horner, cause=r"factor|term|only at")
class HornerFactor(Horner):
    # factor j missing in p'
    def backward(self, ctx: Context, grad: Any) -> Any:
        c, x = ctx.saved
        slope = x * 0
        for j in reversed(range(1, len(c))):
            slope = slope * x + c[j]
        return super().backward(ctx, grad)[0], grad * slope


@wrong_operation("shape", twin=Horner, cause=r"reversed")
class HornerReversed(Horner):
    # coefficients in reverse order
    def backward(self, ctx: Context, grad: Any) -> Any:
        gc, gx = super().backward(ctx, grad)
        return np.flip(gc, 0) + 0, gx


class Interpolate(Operation):
    """Piecewise linear through y at 0, 1, ..., m-1; t: (n,) in (0, m-1), y: (m,).

    d/dt = grad slope, d/dy = grad shared by distance.
    """

    name = "my_interp"
    cases = (Case(t=between(0, 3, "n"), y=real("4")),)

    def forward(self, ctx: Context, t: Any, y: Any) -> Any:
        raw = t if isinstance(t, np.ndarray) else t.data
        left = np.clip(np.floor(raw), 0, len(y) - 2).astype(int)
        f = t - left.astype(raw.dtype)
        ctx.save(left, f, y)
        return y[left] * (1 - f) + y[left + 1] * f

    def backward(self, ctx: Context, grad: Any) -> Any:
        left, f, y = ctx.saved
        at = np.arange(len(y))
        low = (left[:, None] == at).astype(grad.dtype)
        high = (left[:, None] + 1 == at).astype(grad.dtype)
        return grad * y[left + 1] - grad * y[left], (grad * (1 - f)) @ low + (grad * f) @ high


@wrong_operation("formula", twin=Interpolate, cause=r"places|swapped")
class InterpolateWeights(Interpolate):
    # weights exchanged in d/dy
    def backward(self, ctx: Context, grad: Any) -> Any:
        left, f, y = ctx.saved
        at = np.arange(len(y))
        low = (left[:, None] == at).astype(grad.dtype)
        high = (left[:, None] + 1 == at).astype(grad.dtype)
        return grad * y[left + 1] - grad * y[left], (grad * f) @ low + (grad * (1 - f)) @ high


@wrong_operation("index", twin=Interpolate, cause=r"places")
class InterpolateNearest(Interpolate):
    # nearest in d/dy
    def backward(self, ctx: Context, grad: Any) -> Any:
        left, _f, y = ctx.saved
        low = (left[:, None] == np.arange(len(y))).astype(grad.dtype)
        return grad * y[left + 1] - grad * y[left], grad @ low


@wrong_operation("formula", twin=Interpolate, cause=r"sign")
class InterpolateSlope(Interpolate):
    # slope's sign
    def backward(self, ctx: Context, grad: Any) -> Any:
        left, _f, y = ctx.saved
        return grad * (y[left] - y[left + 1]), super().backward(ctx, grad)[1]
