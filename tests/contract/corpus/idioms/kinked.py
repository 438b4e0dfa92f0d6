"""Elementwise operations with kinks or steps, in the styles that their authors use."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, between, real


class ReluOneAtZero(Operation):
    """max(x, 0), any shape. d/dx = grad where x >= 0: the right-hand slope at the kink."""

    name = "relu_one_at_zero"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x >= 0)
        return np.maximum(x, 0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (active,) = ctx.saved
        return grad * active


class MaximumFirstTakesAll(Operation):
    """The larger of x and y, broadcast. At a tie x gets all of the gradient, y nothing."""

    name = "maximum_first"
    broadcasts = True

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        first = x >= y
        ctx.save(first)
        return np.maximum(x, y)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (first,) = ctx.saved
        return np.where(first, grad, 0.0), np.where(first, 0.0, grad)  # both, whatever is needed


class AbsCopySign(Operation):
    """|x|, any shape. d/dx = grad * (1 where x >= 0, else -1)."""

    name = "abs_signed"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return abs(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x >= 0, grad, -grad)


class HardSwish(Operation):
    """x * clip(x + 3, 0, 6) / 6 for |x| < 50, any shape. d/dx = 0, grad (2 x + 3) / 6, or grad."""

    name = "hard_swish"
    broadcasts = True
    cases = (Case(x=between(-50, 50)),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return x * np.clip(x + 3, 0, 6) / 6

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x <= -3, 0.0, np.where(x >= 3, grad, grad * (2 * x + 3) / 6))


class Prelu(Operation):
    """x where x > 0, else slope * x, for one slope per column. x: (n, k), slope: (k,) -> (n, k).

    d/dx = grad or grad * slope; d/dslope = grad * x where x <= 0, summed over n.
    """

    name = "prelu"
    cases = (Case(x=real("n k"), slope=real("k")),)

    def forward(self, ctx: Context, x: Any, slope: Any) -> Any:
        if x.ndim != 2 or slope.shape != x.shape[1:]:
            raise ValueError(f"prelu: shapes {x.shape} and {slope.shape} do not fit")
        ctx.save(x, slope)
        return np.where(x > 0, x, slope * x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, slope = ctx.saved
        dx = dslope = None
        if ctx.needs[0]:
            dx = np.where(x > 0, grad, grad * slope)
        if ctx.needs[1]:
            dslope = np.where(x > 0, 0.0, grad * x).sum(0)
        return dx, dslope


class ClipBounds(Operation):
    """x limited to [low, high], either of which may be None. d/dx = grad inside, 0 outside."""

    name = "clip_bounds"
    broadcasts = True
    cases = (
        Case(x=real(), low=-1.0, high=2.0),
        Case(x=real(), low=0.5),
        Case(x=real(), high=0.0),
    )

    def forward(self, ctx: Context, x: Any, *, low: float | None = None, high: float | None = None) -> Any:
        y = x * 1
        if low is not None:
            y = np.maximum(y, low)
        if high is not None:
            y = np.minimum(y, high)
        ctx.save(y == x)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (inside,) = ctx.saved
        return np.where(inside, grad, 0)


class Ceiling(Operation):
    """The smallest integer not below x, any shape. Flat almost everywhere: no gradient."""

    name = "ceiling"
    broadcasts = True
    differentiable = False

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.ceil(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        raise NotImplementedError


class AtLeast(Operation):
    """Whether x >= y, as booleans, broadcast. No gradient."""

    name = "at_least"
    broadcasts = True
    differentiable = False

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        return x >= y

    def backward(self, ctx: Context, grad: Any) -> Any:
        raise NotImplementedError


OPERATIONS = tuple(
    op()
    for op in (
        ReluOneAtZero,
        MaximumFirstTakesAll,
        AbsCopySign,
        HardSwish,
        Prelu,
        ClipBounds,
        Ceiling,
        AtLeast,
    )
)
