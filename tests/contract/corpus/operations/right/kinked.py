"""Right operations with kinks."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, boolean, real


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


class LogOfRelu(Operation):
    """log(1 + max(x, 0)), any shape. d/dx = grad / (1 + x) where x > 0, else 0."""

    name = "log_of_relu"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.log1p(np.maximum(x, 0))

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.where(x > 0, grad / (1 + np.maximum(x, 0)), 0.0)
