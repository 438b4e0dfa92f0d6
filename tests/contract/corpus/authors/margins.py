"""Losses of two and three arrays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, integers, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class Hinge(Operation):
    """max(0, margin - t s), s: (n,) scores, t: (n,) of -1 or 1 (ints). d/ds = -grad t where positive."""

    name = "hinge"
    cases = (Case(s=real("n"), t=integers(-1, 2, "n")), Case(s=real("n"), t=integers(-1, 2, "n"), margin=0.3))

    def forward(self, ctx: Context, s: Any, t: Any, *, margin: float = 1.0) -> Any:
        m = margin - t.astype(s.dtype) * s
        ctx.save(t.astype(s.dtype), m > 0)
        return np.maximum(m, 0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        t, on = ctx.saved
        return -grad * t * on, None


@wrong_operation("coverage", twin=Hinge, cause=r"margin")
class HingeMargin(Hinge):
    # margin 1 hard-coded in backward
    def forward(self, ctx: Context, s: Any, t: Any, *, margin: float = 1.0) -> Any:
        y = super().forward(ctx, s, t, margin=margin)
        ctx.save(t.astype(s.dtype), 1 - t.astype(s.dtype) * s > 0)
        return y


@wrong_operation("dtype", twin=Hinge, cause=r"float64")
class HingePromotes(Hinge):
    # int labels promote float32 to float64
    def forward(self, ctx: Context, s: Any, t: Any, *, margin: float = 1.0) -> Any:
        m = margin - t * s
        ctx.save(t.astype(s.dtype), m > 0)
        return np.maximum(m, 0)


class Quantile(Operation):
    """Pinball loss: max(tau e, (tau - 1) e), e = y - f, broadcast.

    d/df = -grad (tau - [e < 0]), d/dy = grad (tau - [e < 0]).
    """

    name = "pinball"
    broadcasts = True
    cases = (Case(f=real(), y=real(), tau=0.3), Case(f=real(), y=real()))

    def forward(self, ctx: Context, f: Any, y: Any, *, tau: float = 0.5) -> Any:
        e = y - f
        ctx.save(e < 0, tau)
        return np.maximum(tau * e, (tau - 1) * e)

    def backward(self, ctx: Context, grad: Any) -> Any:
        low, tau = ctx.saved
        g = np.where(low, (tau - 1) * grad, tau * grad)
        return -g, g


@wrong_operation("formula", twin=Quantile, cause=r"tau")
class QuantileTau(Quantile):
    # tau ignored (0.5)
    def backward(self, ctx: Context, grad: Any) -> Any:
        low, _tau = ctx.saved
        g = np.where(low, -0.5 * grad, 0.5 * grad)
        return -g, g


@wrong_operation("formula", twin=Quantile, cause=r"sign")
class QuantileSign(Quantile):
    # d/dy has the sign of d/df
    def backward(self, ctx: Context, grad: Any) -> Any:
        low, tau = ctx.saved
        g = np.where(low, (tau - 1) * grad, tau * grad)
        return -g, -g


@wrong_operation("memory", twin=Quantile, cause=r"also the one")
class QuantileAlias(Quantile):
    # returns one array for both (one negated view of the other in place)
    def backward(self, ctx: Context, grad: Any) -> Any:
        low, tau = ctx.saved
        g = np.where(low, (tau - 1) * grad, tau * grad)
        return g, g


class Triplet(Operation):
    """max(0, |a - p|^2 - |a - n|^2 + margin) by row; a, p, n: (b, k) -> (b,).

    d/da = 2 grad (n - p), d/dp = -2 grad (a - p), d/dn = 2 grad (a - n).
    """

    name = "triplet"
    cases = (Case(a=real("b k"), p=real("b k"), n=real("b k")),)

    def forward(self, ctx: Context, a: Any, p: Any, n: Any, *, margin: float = 1.0) -> Any:
        loss = np.sum((a - p) ** 2, axis=1) - np.sum((a - n) ** 2, axis=1) + margin
        ctx.save(a, p, n, loss > 0)
        return np.maximum(loss, 0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        a, p, n, on = ctx.saved
        g = 2 * (grad * on)[:, None]
        return g * n - g * p, g * (p - a), g * (a - n)


@wrong_operation("formula", twin=Triplet, cause=r"term|input 1")
class TripletAnchor(Triplet):
    # d/da lacks the negative's part
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, p, n, on = ctx.saved
        g = 2 * (grad * on)[:, None]
        return g * (a - p), g * (p - a), g * (a - n)


@wrong_operation("coverage", twin=Triplet, cause=r"zero there")
class TripletMask(Triplet):
    # hinge mask forgotten
    def backward(self, ctx: Context, grad: Any) -> Any:
        a, p, n, _on = ctx.saved
        g = 2 * grad[:, None]
        return g * n - g * p, g * (p - a), g * (a - n)


class KlDivergence(Operation):
    """sum p (log p - log q) over the last axis; p, q: (n, k) > 0.

    d/dp = grad (log p - log q + 1), d/dq = -grad p / q.
    """

    name = "my_kl"
    cases = (Case(p=between(0.05, 1, "n k"), q=between(0.05, 1, "n k")),)

    def forward(self, ctx: Context, p: Any, q: Any) -> Any:
        ctx.save(p, q)
        return np.sum(p * (np.log(p) - np.log(q)), axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        p, q = ctx.saved
        g = grad[..., None]
        return g * (np.log(p) - np.log(q) + 1), -g * p / q


@wrong_operation("formula", twin=KlDivergence, cause=r"q\*\*2 / p\*\*2")
class KlSwapped(KlDivergence):
    # p and q exchanged in d/dq
    def backward(self, ctx: Context, grad: Any) -> Any:
        p, q = ctx.saved
        g = grad[..., None]
        return g * (np.log(p) - np.log(q) + 1), -g * q / p


class StableSigmoidLoss(Operation):
    """log(1 + exp(-y z)), y ints of -1 or 1: (n,), z: (n,). d/dz = -grad y sigmoid(-y z)."""

    name = "logistic_loss"
    cases = (Case(z=real("n"), y=integers(-1, 2, "n")),)

    def forward(self, ctx: Context, z: Any, y: Any) -> Any:
        y = y.astype(z.dtype)
        ctx.save(z, y)
        return np.logaddexp(0, -y * z)

    def backward(self, ctx: Context, grad: Any) -> Any:
        z, y = ctx.saved
        return -grad * y * (0.5 - 0.5 * np.tanh(y * z / 2)), None


class ComposedNormal(Operation):
    """Log-density of a normal: -(x - m)^2 / (2 s^2) - log s - log(2 pi)/2, broadcast, s > 0.

    All three by the chain rule, times grad.
    """

    name = "normal_logpdf"
    broadcasts = True
    cases = (Case(x=real(), m=real(), s=between(0.2, 4)),)

    def forward(self, ctx: Context, x: Any, m: Any, s: Any) -> Any:
        z = (x - m) / s
        ctx.save(z, s)
        return -0.5 * z * z - np.log(s) - 0.5 * math.log(2 * math.pi)

    def backward(self, ctx: Context, grad: Any) -> Any:
        z, s = ctx.saved
        g = grad * z / s
        return -g, g + 0, grad * (z * z - 1) / s


OPERATIONS = (StableSigmoidLoss(), ComposedNormal())
