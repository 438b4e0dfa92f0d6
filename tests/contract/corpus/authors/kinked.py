"""Elementwise operations with kinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real

from ..entry import wrong_operation

if TYPE_CHECKING:
    from minigrad_core import Context


class LeakyReLU(Operation):
    """x where x > 0, slope x elsewhere, any shape. d/dx = grad times 1 or slope; slope at 0."""

    name = "leaky_relu"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, *, slope: float = 0.01) -> Any:
        ctx.save(x, slope)
        return np.where(x > 0, x, slope * x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, slope = ctx.saved
        return np.where(x > 0, grad, slope * grad)


@wrong_operation("ties", twin=LeakyReLU, cause=r"slope|kink|0")
class LeakyReLUKink(LeakyReLU):
    # at the kink 0: gradient 0, not between slopes
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, slope = ctx.saved
        return grad * ((x > 0) + slope * (x < 0))


@wrong_operation("coverage", twin=LeakyReLU, cause=r"slope")
class LeakyReLUDefault(LeakyReLU):
    # slope ignored when not default
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, _slope = ctx.saved
        return np.where(x > 0, grad, 0.01 * grad)


class SoftShrink(Operation):
    """sign(x) max(|x| - lam, 0), any shape. d/dx = grad where |x| > lam, else 0."""

    name = "soft_shrink"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, *, lam: float = 0.5) -> Any:
        ctx.save(np.abs(x) > lam)
        return np.sign(x) * np.maximum(np.abs(x) - lam, 0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * ctx.saved[0]


@wrong_operation("coverage", twin=SoftShrink, cause=r"x < 0: zero")
class SoftShrinkOneSide(SoftShrink):
    # mask uses x > lam, not |x|
    def forward(self, ctx: Context, x: Any, *, lam: float = 0.5) -> Any:
        ctx.save(x > lam)
        return np.sign(x) * np.maximum(np.abs(x) - lam, 0)


class Clamp(Operation):
    """min(max(x, low), high), any shape. d/dx = grad where low <= x <= high."""

    name = "clamp"
    broadcasts = True
    cases = (Case(x=real(), low=-1.0, high=1.0), Case(x=real(), low=0.2, high=0.7))

    def forward(self, ctx: Context, x: Any, *, low: float = 0.0, high: float = 1.0) -> Any:
        ctx.save((x >= low) & (x <= high))
        return np.minimum(np.maximum(x, low), high)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * ctx.saved[0]


@wrong_operation("coverage", twin=Clamp, cause=r"x > 1")
class ClampUpper(Clamp):
    # upper bound ignored
    def forward(self, ctx: Context, x: Any, *, low: float = 0.0, high: float = 1.0) -> Any:
        ctx.save(x >= low)
        return np.minimum(np.maximum(x, low), high)


@wrong_operation("stability", twin=Clamp, cause=r"NaN")
class ClampNaN(Clamp):
    # NaN swallowed
    def forward(self, ctx: Context, x: Any, *, low: float = 0.0, high: float = 1.0) -> Any:
        ctx.save((x >= low) & (x <= high))
        return np.fmin(np.fmax(x, low), high)


class Smoothstep(Operation):
    """3 u^2 - 2 u^3, u = clip(x, 0, 1), any shape. d/dx = grad 6 u (1 - u)."""

    name = "smoothstep"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        u = np.clip(x, 0, 1)
        ctx.save(u)
        return u * u * (3 - 2 * u)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (u,) = ctx.saved
        return grad * 6 * u * (1 - u)


@wrong_operation("coverage", twin=Smoothstep, cause=r"not zero|zero there")
class SmoothstepUnclipped(Smoothstep):
    # u is not clipped in backward: wrong outside [0, 1]
    def forward(self, ctx: Context, x: Any) -> Any:
        u = np.clip(x, 0, 1)
        ctx.save(x)
        return u * u * (3 - 2 * u)


@wrong_operation("coverage", twin=Smoothstep, cause=r"1025")
class SmoothstepEdge(Smoothstep):
    # wrong only in [0.95, 1]: rare
    def backward(self, ctx: Context, grad: Any) -> Any:
        (u,) = ctx.saved
        return grad * np.where(u > 0.95, 0, 6 * u * (1 - u))


class Triangle(Operation):
    """|x - round(x)|, any shape: a triangle wave. d/dx = grad sign(x - round(x))."""

    name = "triangle"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        r = x - np.round(x)
        ctx.save(np.sign(r))
        return np.abs(r)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * ctx.saved[0]


@wrong_operation("higher_order", twin=Triangle, cause=r"slope")
class TriangleFlat(Operation):
    # says differentiable = False, but has slopes
    """|x - round(x)|, any shape: a triangle wave. No gradient."""

    name = "triangle"
    broadcasts = True
    differentiable = False

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.abs(x - np.round(x))


@wrong_operation("formula", twin=Triangle, cause=r"sign")
class TriangleStraight(Triangle):
    # straight-through: gradient where the function...sign forgotten
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * np.abs(ctx.saved[0])


class AbsLeft(Operation):
    """|x|, any shape. d/dx = grad where x > 0, -grad elsewhere, at 0 too."""

    name = "abs_left"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x > 0)
        return np.abs(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.where(ctx.saved[0], grad, -grad)


class Quantize(Operation):
    """floor(4 x) / 4, any shape; flat almost everywhere."""

    name = "quantize"
    differentiable = False
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.floor(x * 4) / 4


class Sawtooth(Operation):
    """x - floor(x), any shape: jumps at integers. d/dx = grad."""

    name = "sawtooth"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return x - np.floor(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad + 0


OPERATIONS = (AbsLeft(), Quantize(), Sawtooth())
