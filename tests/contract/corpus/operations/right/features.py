"""Right operations from papers: features, gates, windows."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import (
    Case,
    axis_of,
    between,
    real,
)

from .common_steps import as_float, as_floats, need


class TwoSides(Operation):
    """Positive and negative parts, two outputs: max(x, 0) and max(-x, 0).

    Parameters
    ----------
    x : any shape
        dx = grad_up where x > 0, -grad_down where x < 0, half of both at 0.
    """

    name = "two_sides"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        x = as_floats(x)
        ctx.save(np.sign(x))
        return (np.maximum(x, 0), np.maximum(-x, 0))

    def backward(self, ctx: Any, up: Any, down: Any) -> Any:
        (sign,) = ctx.saved
        return up * (0.5 + 0.5 * sign) - down * (0.5 - 0.5 * sign)


class WeighedGap(Operation):
    """Weighted pseudo-Huber gap, w (sqrt(1 + (a - b)^2) - 1), with broadcasting.

    Parameters
    ----------
    a, b : any shapes that broadcast
        da = grad w (a - b) / sqrt(1 + (a - b)^2) = -db.
    w : any shape
        Weights, of any type. dw = grad (sqrt(1 + (a - b)^2) - 1).
    """

    name = "weighed_gap"
    broadcasts = True
    cases = (Case(a=between(-3000, 3000), b=between(-3000, 3000), w=real()),)

    def forward(self, ctx: Any, a: Any, b: Any, w: Any) -> Any:
        a, b, w = as_floats(a, b, w)
        r = a - b
        root = np.sqrt(1 + r * r)
        ctx.save(r, root, w)
        return w * (r * r / (root + 1))

    def backward(self, ctx: Any, grad: Any) -> Any:
        r, root, w = ctx.saved
        ga = grad * w * r / root
        return (ga, -ga, grad * (r * r / (root + 1)))


class SmoothGate(Operation):
    """Mish: x tanh(softplus(x)) (Misra 2019).

    Parameters
    ----------
    x : any shape
        dx = (t + x logistic(x) (1 - t^2)) grad with t = tanh(softplus(x)).
    """

    name = "smooth_gate"
    broadcasts = True

    def forward(self, ctx: Any, x: Any) -> Any:
        x = as_floats(x)
        t = np.tanh(np.logaddexp(0, x))
        ctx.save(x, t)
        return x * t

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, t = ctx.saved
        small = np.exp(-np.abs(x))
        rest = (
            4
            * np.where(x > 0, small * small, 1)
            * (1 + small) ** 2
            / np.where(x > 0, (1 + 2 * small + 2 * small**2) ** 2, (small**2 + 2 * small + 2) ** 2)
        )
        return grad * (t + x * np.exp(-np.logaddexp(0, -x)) * rest)


class SlidingDot(Operation):
    """Strided 1-d correlation: y[n, o, i] = sum_ck w[o, c, k] x[n, c, i stride + k].

    Parameters
    ----------
    x : (n, c, t)
        dx gathers w grad where the windows lie.
    w : (o, c, k)
        At most t long.
    stride : int
        At least 1.
    """

    name = "sliding_dot"
    cases = (
        Case(x=real("n c 8"), w=real("o c 3")),
        Case(x=real("n c 8"), w=real("o c 3"), stride=2),
        Case(x=real("n c 7"), w=real("o c 2"), stride=3),
    )

    def forward(self, ctx: Any, x: Any, w: Any, *, stride: Any = 1) -> Any:
        need(
            x.ndim == 3 and w.ndim == 3 and (x.shape[1] == w.shape[1]),
            self.name,
            f"x (n, c, t) and w (o, c, k), got {x.shape} and {w.shape}",
        )
        need(stride >= 1 and stride == int(stride), self.name, f"a whole stride of at least 1, got {stride}")
        need(1 <= w.shape[2] <= x.shape[2], self.name, f"w of 1 to {x.shape[2]} taps, got {w.shape[2]}")
        x, w, stride = (as_float(x), as_float(w), int(stride))
        places = np.arange((x.shape[2] - w.shape[2]) // stride + 1).reshape(-1, 1) * stride + np.arange(
            w.shape[2]
        )
        windows = x[:, :, places]
        ctx.save(windows, w, places, x.shape[2])
        return np.einsum("ncik,ock->noi", windows, w)

    def backward(self, ctx: Any, grad: Any) -> Any:
        windows, w, places, t = ctx.saved
        gx = gw = None
        if ctx.needs[0]:
            each = np.einsum("noi,ock->ncik", grad, w)
            spread = (np.expand_dims(places, -1) == np.arange(t)).astype(grad.dtype)
            gx = np.einsum("ncik,ikt->nct", each, spread)
        if ctx.needs[1]:
            gw = np.einsum("noi,ncik->ock", grad, windows)
        return (gx, gw)


class LevelOver(Operation):
    """Values with their mean over some axes taken off.

    Parameters
    ----------
    x : any shape
        dx = grad with its mean over the same axes taken off.
    axis : int or tuple of int
        Which axes.
    """

    name = "level_over"
    cases = (
        Case(x=real("n k"), axis=axis_of("x")),
        Case(x=real("n k m"), axis=(0, 2)),
        Case(x=real("n k m"), axis=(-1, 1)),
    )

    def forward(self, ctx: Any, x: Any, *, axis: Any = -1) -> Any:
        axes = axis if isinstance(axis, tuple) else (axis,)
        need(all(-x.ndim <= a < x.ndim for a in axes), self.name, f"axis {axis} for x {x.shape}")
        axes = tuple(a % x.ndim for a in axes)
        need(len(set(axes)) == len(axes), self.name, f"axis {axis} names one axis twice")
        need(all(x.shape[a] > 0 for a in axes), self.name, f"no values along {axis} of {x.shape}")
        x = as_float(x)
        ctx.save(axes)
        y = x - x.mean(axis=axes, keepdims=True)
        return y - y.mean(axis=axes, keepdims=True)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (axes,) = ctx.saved
        return grad - grad.mean(axis=axes, keepdims=True)
