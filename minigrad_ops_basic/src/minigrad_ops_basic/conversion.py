"""The same values in another type."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import DifferentiabilityError


class Astype(Operation):
    """The values in the floating point type `dtype`. d/dx = grad in the input's type.

    To integers or booleans there is no gradient: leave the graph on purpose, with `x.numpy().astype(int)`.
    """

    name = "astype"
    implements = (np.astype,)
    cases = (Case(x=real("n k"), dtype=np.float64),)

    def forward(self, ctx: Context, x: Array, *, dtype: Any, copy: bool = True) -> Array:
        """Return the converted values."""
        ctx.save(x.dtype)
        if any(ctx.needs) and np.dtype(dtype).kind != "f":
            raise DifferentiabilityError(
                f"astype to {np.dtype(dtype)} has no gradient; leave the graph on purpose: x.numpy()"
            )
        return x.astype(dtype)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient in the old type."""
        return grad.astype(ctx.saved[0])


astype = Astype()
