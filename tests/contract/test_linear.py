"""The law that `backward` is linear in `grad`."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, between
from minigrad_core.testing import check_operation


class Steep(Operation):
    """e^x near the largest float; x: (n,) -> (n,). d/dx = grad e^x."""

    name = "steep"
    broadcasts = True
    cases = (Case(x=between(697, 703, "...")),)

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return up to 1e305."""
        y = np.exp(x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return the gradient, which is infinite for a grad of 1e6."""
        (y,) = ctx.saved
        return grad * y


def test_a_gradient_that_only_a_large_grad_makes_infinite_is_linear() -> None:
    report = check_operation(Steep(), only=["linear"])
    assert report.ok, str(report)
