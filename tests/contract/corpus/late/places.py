"""A size of 2, a vector of zeros beside others that are not, and a bound that a setting gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation


class Polynomial(Operation):
    """p(x) = c[0] + c[1] x + ...; c: (m,), x: (n,) -> (n,). d/dc[i] = sum of grad x^i, d/dx = grad p'(x)."""

    name = "polynomial"
    cases = (Case(c=real("m"), x=real("n")),)

    def forward(self, ctx: Any, c: Any, x: Any) -> Any:
        ctx.save(c, x)
        return x[:, None] ** np.arange(len(c), dtype=x.dtype) @ c

    def backward(self, ctx: Any, grad: Any) -> Any:
        c, x = ctx.saved
        powers = x[:, None] ** np.arange(len(c), dtype=x.dtype)
        slopes = powers[:, :-1] @ (c[1:] * np.arange(1, len(c), dtype=x.dtype)) if len(c) > 1 else 0 * x
        return grad @ powers, grad * slopes


@wrong_operation("shape", twin=Polynomial, cause=r"others 2")
class ConstantOfTwo(Polynomial):
    # a line has no slope
    def backward(self, ctx: Any, grad: Any) -> Any:
        c, _ = ctx.saved
        gc, gx = super().backward(ctx, grad)
        return gc, gx if len(c) > 2 else 0 * gx


class Turn(Operation):
    """p turned around w by the angle |w|, p and w: (n, 3), to second order: p + sinc(|w|) w x p.

    With u = w x p and h = sinc(|w|): d/dp = grad + h (grad x w), d/dw = h (p x grad) + h' (grad . u) w / |w|.
    """

    name = "turn"
    cases = (Case(p=real("n 3"), w=real("n 3")),)
    once_differentiable = "sinc is chosen by a mask of numbers"

    def forward(self, ctx: Any, p: Any, w: Any) -> Any:
        ctx.save(p, w)
        return p + self.sinc(w)[0] * np.cross(w, p)

    def sinc(self, w: Any) -> Any:
        """Return sin(r) / r and its derivative divided by r, of r = |w| by row."""
        square = (w * w).sum(axis=1, keepdims=True)
        small = square < 1e-4
        r = np.sqrt(np.where(small, 1, square))
        value = np.where(small, 1 - square / 6 + square**2 / 120, np.sin(r) / r)
        return value, np.where(small, -1 / 3 + square / 30, (np.cos(r) - np.sin(r) / r) / r**2)

    def backward(self, ctx: Any, grad: Any) -> Any:
        p, w = ctx.saved
        h, slope = self.sinc(w)
        along = (grad * np.cross(w, p)).sum(axis=1, keepdims=True)
        return grad + h * np.cross(grad, w), h * np.cross(p, grad) + slope * along * w


@wrong_operation("ties", twin=Turn, cause=r"output is NaN at zero")
class TurnByNothing(Turn):
    # 0 / 0 for an angle of 0
    def sinc(self, w: Any) -> Any:
        r = np.sqrt((w * w).sum(axis=1, keepdims=True))
        return np.sin(r) / r, (np.cos(r) - np.sin(r) / r) / r**2


@wrong_operation("ties", twin=Turn, cause=r"at zero for w")
class StandsStill(Turn):
    # no gradient where the angle is 0, as if |w| were all that counts
    def backward(self, ctx: Any, grad: Any) -> Any:
        gp, gw = super().backward(ctx, grad)
        return gp, np.where((ctx.saved[1] == 0).all(axis=1, keepdims=True), 0, gw)


class Framed(Operation):
    """x with `width` = (before, after) zeros around its last axis; x: (..., k). d/dx = grad without them."""

    name = "framed"
    cases = (Case(x=real("n k"), width=(1, 2)),)

    def forward(self, ctx: Any, x: Any, *, width: tuple[int, int]) -> Any:
        ctx.save(width, x.shape[-1])
        return np.pad(x, [(0, 0)] * (x.ndim - 1) + [width])

    def backward(self, ctx: Any, grad: Any) -> Any:
        (before, _), size = ctx.saved
        return grad[..., before : before + size].copy()


@wrong_operation("coverage", twin=Framed, cause=r"width=\(2, 3\)")
class FramedByTwo(Framed):
    # what comes after is always 2
    def backward(self, ctx: Any, grad: Any) -> Any:
        (before, _), _size = ctx.saved
        return grad[..., before:-2].copy()


class BoundedCosine(Operation):
    """x . y / max(|x| |y|, least) by row; x, y: (n, k) -> (n,).

    With r the divisor and c the cosine: d/dx = grad (y / r - c x / |x|^2), below `least` grad y / r.
    """

    name = "bounded_cosine"
    cases = (Case(x=real("n k"), y=real("n k")), Case(x=real("n k"), y=real("n k"), least=0.5))

    def forward(self, ctx: Any, x: Any, y: Any, *, least: float = 1e-6) -> Any:
        xx, yy, xy = ((a * b).sum(axis=1, keepdims=True) for a, b in ((x, x), (y, y), (x, y)))
        above = xx * yy > least**2
        r = np.sqrt(np.where(above, xx * yy, least**2))
        ctx.save(x, y, np.where(above, xx, 1), np.where(above, yy, 1), xy / r, r, above)
        return (xy / r)[:, 0]

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y, xx, yy, c, r, above = ctx.saved
        g = grad[:, None]
        return g * (y / r - above * c * x / xx), g * (x / r - above * c * y / yy)


@wrong_operation("coverage", twin=BoundedCosine, cause=r"small values")
class BoundMoves(BoundedCosine):
    # below the bound the divisor is a constant
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y, xx, yy, c, r, _ = ctx.saved
        g = grad[:, None]
        return g * (y / r - c * x / xx), g * (x / r - c * y / yy)
