"""Masks: where and by product.

An infinity or a NaN under a mask that multiplies makes the result NaN. That is arithmetic, not a fault:
dropout multiplies, and a mask is no promise about what it hides.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, boolean, real


class KeepMasked(Operation):
    """x where mask, else 0; (n, k) both. d/dx = grad where mask, else 0."""

    name = "keep_masked"
    cases = (Case(x=real("n k"), mask=boolean("n k")),)

    def forward(self, ctx: Any, x: Any, mask: Any) -> Any:
        if x.shape != mask.shape:
            raise ValueError(f"keep_masked: shapes {x.shape} and {mask.shape} differ")
        ctx.save(mask)
        return np.where(mask, x, 0.0)

    def backward(self, ctx: Any, grad: Any) -> Any:
        (mask,) = ctx.saved
        return (np.where(mask, grad, 0.0) if ctx.needs[0] else None, None)


class KeepMaskedByProduct(KeepMasked):
    """x times mask; (n, k) both. d/dx = grad where mask, else 0."""

    name = "keep_masked_by_product"

    def forward(self, ctx: Any, x: Any, mask: Any) -> Any:
        super().forward(ctx, x, mask)
        return x * mask.astype(x.dtype)


OPERATIONS = (KeepMasked(), KeepMaskedByProduct())
