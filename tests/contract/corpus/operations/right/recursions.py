"""Right operations from papers: recursions over steps."""

from __future__ import annotations

from math import log, pi
from typing import Any, ClassVar

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import (
    Case,
    between,
    real,
)

from .common_steps import as_float, need


def _logistic(x: Any) -> Any:
    return np.exp(-np.logaddexp(0, -x))


def _waves(t: Any, dtype: Any) -> Any:
    angle = np.arange(t).reshape(-1, 1) * np.arange(t // 2 + 1) % t * (2 * pi / t)
    return (np.cos(angle).astype(dtype), -np.sin(angle).astype(dtype))


class WarpCost(Operation):
    """Soft dynamic time warping of a cost matrix (Cuturi and Blondel 2017).

    Parameters
    ----------
    cost : (n, m)
        dcost = grad times the expected alignment.
    heat : float
        Above 0.
    """

    name = "warp_cost"
    once_differentiable: ClassVar[bool | str] = "the recursions run in place"
    cases = (Case(cost=real("n m")), Case(cost=real("n m"), heat=0.5))

    def forward(self, ctx: Any, cost: Any, *, heat: Any = 1.0) -> Any:
        need(
            cost.ndim == 2 and cost.size > 0, self.name, f"a cost matrix (n, m) with values, got {cost.shape}"
        )
        need(heat > 0, self.name, "heat must be above 0")
        cost = as_float(cost)
        n, m = cost.shape
        total = np.full((n + 1, m + 1), np.inf, cost.dtype)
        total[0, 0] = 0
        shares = np.zeros((n + 1, m + 1, 3), cost.dtype)
        for i in range(n):
            for j in range(m):
                before = np.array([total[i, j], total[i, j + 1], total[i + 1, j]])
                low = before.min()
                e = np.exp((low - before) / heat)
                shares[i, j] = e / e.sum()
                total[i + 1, j + 1] = cost[i, j] + low - heat * np.log(e.sum())
        ctx.save(shares)
        return total[n, m].copy()

    def backward(self, ctx: Any, grad: Any) -> Any:
        (shares,) = ctx.saved
        n, m = (shares.shape[0] - 1, shares.shape[1] - 1)
        flow = np.zeros((n + 1, m + 1), grad.dtype)
        flow[n - 1, m - 1] = 1
        for i in range(n - 1, -1, -1):
            for j in range(m - 1, -1, -1):
                for k, (a, b) in enumerate(((i + 1, j + 1), (i + 1, j), (i, j + 1))):
                    flow[i, j] += flow[a, b] * shares[a, b, k]
        return grad * flow[:n, :m]


class PlanBetween(Operation):
    """Entropic optimal transport plan after ten Sinkhorn rounds, in logarithms (Cuturi 2013).

    Parameters
    ----------
    cost : (n, m)
        The rounds are differentiated one by one.
    """

    name = "plan_between"
    cases = (Case(cost=real("n m")),)

    def forward(self, ctx: Any, cost: Any) -> Any:
        need(
            cost.ndim == 2 and cost.size > 0, self.name, f"a cost matrix (n, m) with values, got {cost.shape}"
        )
        logs = -as_float(cost)
        steps = []
        for _ in range(10):
            for axis, size in ((1, cost.shape[0]), (0, cost.shape[1])):
                top = logs.max(axis=axis, keepdims=True)
                z = logs - top
                e = np.exp(z)
                total = e.sum(axis=axis, keepdims=True)
                steps.append((axis, e / total))
                logs = z - np.log(total) - log(size)
        plan = np.exp(logs)
        ctx.save(steps, plan)
        return plan

    def backward(self, ctx: Any, grad: Any) -> Any:
        steps, plan = ctx.saved
        g = grad * plan
        for axis, soft in reversed(steps):
            g = g - soft * g.sum(axis=axis, keepdims=True)
        return -g


class GatedStep(Operation):
    """A minimal gated cell: f = logistic(a), y = f h + (1 - f) tanh(c).

    Parameters
    ----------
    h, a, c : (n, d)
        State, gate and candidate.
        dh = f grad, da = (h - tanh c) f (1 - f) grad, dc = (1 - f)(1 - tanh^2 c) grad.
    """

    name = "gated_step"
    cases = (Case(h=real("n d"), a=real("n d"), c=real("n d")),)

    def forward(self, ctx: Any, h: Any, a: Any, c: Any) -> Any:
        need(
            h.ndim == 2 and h.shape == a.shape == c.shape,
            self.name,
            f"three (n, d), got {h.shape}, {a.shape}, {c.shape}",
        )
        h, a, c = (as_float(h), as_float(a), as_float(c))
        f, r, t = (_logistic(a), _logistic(-a), np.tanh(c))
        e = np.exp(-2 * np.abs(c))
        ctx.save(h, f, r, t, 4 * e / (1 + e) ** 2)
        return f * h + r * t

    def backward(self, ctx: Any, grad: Any) -> Any:
        h, f, r, t, slope = ctx.saved
        return (
            grad * f if ctx.needs[0] else None,
            grad * (h - t) * f * r if ctx.needs[1] else None,
            grad * r * slope if ctx.needs[2] else None,
        )


class BandPower(Operation):
    """Power of each frequency of real rows: |rfft(x)|^2 / t.

    Parameters
    ----------
    x : (n, t)
        In (-1000, 1000). d/dx = 2 / t times the real part of the conjugate transform of grad * rfft(x).
    """

    name = "band_power"
    cases = (Case(x=between(-1000, 1000, "n t")),)

    def forward(self, ctx: Any, x: Any) -> Any:
        need(x.ndim == 2 and x.shape[1] > 0, self.name, f"x (n, t) with t > 0, got {x.shape}")
        x = as_float(x)
        cos, sin = _waves(x.shape[1], x.dtype)
        c, s = (x @ cos, x @ sin)
        ctx.save(cos, sin, c, s)
        return (c * c + s * s) / x.shape[1]

    def backward(self, ctx: Any, grad: Any) -> Any:
        cos, sin, c, s = ctx.saved
        return (grad * c @ cos.T + grad * s @ sin.T) * (2 / len(cos))

    @staticmethod
    def reference(x: Any) -> Any:
        """NumPy's transform."""
        return np.abs(np.fft.rfft(x, axis=1)) ** 2 / x.shape[1]
