"""Right operations with kinks."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, boolean, real

from .elementwise import OfInput, unbound


class RowMasked(Operation):
    """x[mask]; x: (n, k), mask: (n,) booleans -> (m, k). d/dx = grad at those rows, zeros elsewhere."""

    name = "row_mask"
    cases = (Case(x=real("n k"), mask=boolean("n")),)
    once_differentiable = "writes into zeros"

    def forward(self, ctx: Context, x: Any, mask: Any) -> Any:
        ctx.save(mask, x.shape)
        return x[mask]

    def backward(self, ctx: Context, grad: Any) -> Any:
        mask, shape = ctx.saved
        out = np.zeros(shape, grad.dtype)
        out[mask] = grad
        return out, None


class Relu(Operation):
    """max(x, 0), any shape. d/dx = grad where x > 0, else 0 (also at the kink)."""

    name = "relu"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.maximum(x, 0)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x > 0, grad, 0.0)


class HardTanh(Relu):
    """x limited to [-1, 1], any shape. d/dx = grad where |x| < 1, else 0."""

    name = "hard_tanh"

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.minimum(np.maximum(x, -1), 1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(np.abs(x) < 1, grad, 0.0)


class LogOfRelu(Relu):
    """log(1 + max(x, 0)), any shape. d/dx = grad / (1 + x) where x > 0, else 0."""

    name = "log_of_relu"

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log1p(np.maximum(x, 0))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x > 0, grad / (1 + np.maximum(x, 0)), 0.0)


class Abs(OfInput):
    """|x|, any shape. d/dx = grad * sign(x), 0 at 0."""

    name = "abs"
    value, slope = unbound(np.abs), unbound(np.sign)


class LeakyRelu(Operation):
    """x where x > 0, else slope * x; any shape. d/dx = grad, or slope * grad."""

    name = "leaky_relu"
    broadcasts = True
    cases = (Case(x=real("...")), Case(x=real("..."), slope=0.25))

    def forward(self, ctx: Context, x: Any, *, slope: float = 0.1) -> Any:
        ctx.save(x, slope)
        return np.where(x > 0, x, slope * x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, slope = ctx.saved
        return np.where(x > 0, grad, slope * grad)


class Round(Operation):
    """The nearest integer, any shape. Flat almost everywhere: no gradient."""

    differentiable = False
    name = "round"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.rint(x)
