"""Rules of physics and of learning, and conduct that nobody wants from an operation."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, positive, real

from ..entry import wrong_operation


class SafeDistance(Operation):
    """sqrt(x^2 + y^2), broadcasting, with gradient 0 at the origin. d/dx = grad x / r, d/dy = grad y / r."""

    name = "safe_distance"
    broadcasts = True

    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        r = np.hypot(x, y)
        ctx.save(x, y, r)
        return r

    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y, r = ctx.saved
        safe = np.where(r == 0, 1 + 0 * r, r)
        return grad * (x / safe), grad * (y / safe)


@wrong_operation("shape", twin=SafeDistance, cause=r"mean over axis 0")
class MeanOverKeptAxis(SafeDistance):
    # reduces a broadcast input over the first axis, whichever was broadcast
    def backward(self, ctx: Any, grad: Any) -> Any:
        x, y, r = ctx.saved
        safe = np.where(r == 0, 1 + 0 * r, r)
        own = grad * (y / safe)
        return grad * (x / safe), own if y.shape == own.shape else own.mean(axis=0, keepdims=True) + 0 * own


@wrong_operation("state", twin=SafeDistance, cause=r"threads that run")
class StartsThreads(SafeDistance):
    # starts a timer at each call
    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        timer = threading.Timer(2.0, int)
        timer.daemon = True
        timer.start()
        return super().forward(ctx, x, y)


@wrong_operation("state", twin=SafeDistance, cause=r"print options")
class SetsPrintOptions(SafeDistance):
    # prints fewer digits, and everybody with it
    def forward(self, ctx: Any, x: Any, y: Any) -> Any:
        np.set_printoptions(precision=4)
        return super().forward(ctx, x, y)


class RadialKernel(Operation):
    """exp(-|x_i - y_j|^2 / (2 s^2)); x: (n, d), y: (m, d), s: () -> (n, m)."""

    name = "radial_kernel"
    cases = (Case(x=real("n d"), y=real("m d"), s=positive("")),)

    def forward(self, ctx: Any, x: Any, y: Any, s: Any) -> Any:
        if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1] or s.ndim:
            raise ValueError("radial_kernel: x must be (n, d), y (m, d), s 0-d")
        d = x[:, None, :] - y
        q = (d * d).sum(axis=2)
        k = np.exp(-q / (2 * s * s))
        ctx.save(d, q, k, s)
        return k.copy()

    def backward(self, ctx: Any, grad: Any) -> Any:
        d, q, k, s = ctx.saved
        g = grad * k / (s * s)
        pull = g[:, :, None] * d
        return -pull.sum(axis=1), pull.sum(axis=0), (g * q).sum() / s


@wrong_operation("formula", twin=RadialKernel, cause=r"grad times the output|grad times y")
class KernelForgotten(RadialKernel):
    # the exponential's own derivative is missing
    def backward(self, ctx: Any, grad: Any) -> Any:
        d, q, _, s = ctx.saved
        g = grad / (s * s)
        pull = g[:, :, None] * d
        return -pull.sum(axis=1), pull.sum(axis=0), (g * q).sum() / s


@wrong_operation("formula", twin=RadialKernel, cause=r"factor too many: s$")
class WidthCubed(RadialKernel):
    # the derivative by s has a power of s too few below
    def backward(self, ctx: Any, grad: Any) -> Any:
        d, q, k, s = ctx.saved
        g = grad * k / (s * s)
        pull = g[:, :, None] * d
        return -pull.sum(axis=1), pull.sum(axis=0), (g * q).sum()


class ScaledLog(Operation):
    """-log(1 + z^2) - log(scale), z = (x - loc) / scale, broadcasting."""

    name = "scaled_log"
    broadcasts = True
    cases = (Case(x=real(), loc=real(), scale=positive()),)

    def forward(self, ctx: Any, x: Any, loc: Any, scale: Any) -> Any:
        z = (x - loc) / scale
        ctx.save(z, scale)
        return -np.log1p(z * z) - np.log(scale)

    def backward(self, ctx: Any, grad: Any) -> Any:
        z, scale = ctx.saved
        slope = 2 * grad * z / (1 + z * z) / scale
        return -slope, slope, slope * z - grad / scale


@wrong_operation("formula", twin=ScaledLog, cause=r"grad times 1 / scale")
class NormalizerForgotten(ScaledLog):
    # log(scale) counts as a constant
    def backward(self, ctx: Any, grad: Any) -> Any:
        z, scale = ctx.saved
        slope = 2 * grad * z / (1 + z * z) / scale
        return -slope, slope, slope * z


class GatedStep(Operation):
    """h (1 - f), f = sigmoid(h @ u); h: (n, k), u: (k, k) -> (n, k)."""

    name = "gated_step"
    cases = (Case(h=real("n k"), u=real("k k")),)

    def forward(self, ctx: Any, h: Any, u: Any) -> Any:
        f = 0.5 + 0.5 * np.tanh(0.5 * (h @ u))
        ctx.save(h, u, f)
        return h * (1 - f)

    def backward(self, ctx: Any, grad: Any) -> Any:
        h, u, f = ctx.saved
        inner = -grad * h * f * (1 - f)
        return grad * (1 - f) + inner @ u.T, h.T @ inner


@wrong_operation("formula", twin=GatedStep, cause=r"each value of grad to its own place")
class PathForgotten(GatedStep):
    # the direct path of h is missing
    def backward(self, ctx: Any, grad: Any) -> Any:
        h, u, f = ctx.saved
        inner = -grad * h * f * (1 - f)
        return inner @ u.T, h.T @ inner
