"""Snake: an activation for periodic functions, with a trainable frequency."""

from __future__ import annotations

import numpy as np

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, positive, real


class Snake(Operation):
    """x + sin^2(a x) / a, for a frequency a > 0.

    x: any shape; a: a shape that broadcasts with that of x.
    d/dx = grad (1 + sin(2 a x)); d/da = grad (x sin(2 a x) - sin^2(a x) / a) / a.
    Ziyin et al. 2020, "Neural Networks Fail to Learn Periodic Functions and How to Fix It", section 3.
    """

    name = "snake"
    broadcasts = True  # the engine sums a gradient over the axes along which its input was repeated
    cases = (Case(x=real("n m"), a=positive("m")),)  # the contract kit draws arguments from this description

    # The same function by another formula: sin^2(a x) is (1 - cos(2 a x)) / 2.
    reference = staticmethod(lambda x, a: x + (1 - np.cos(2 * a * x)) / (2 * a))

    def forward(self, ctx: Context, x: Array, a: Array) -> Array:
        ctx.save(x, a)  # nothing else is kept for `backward`
        return x + np.sin(a * x) ** 2 / a

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, Array | None]:
        x, a = ctx.saved
        slope = np.sin(2 * a * x)
        return (
            grad * (1 + slope) if ctx.needs[0] else None,
            grad * ((x * slope - np.sin(a * x) ** 2 / a) / a) if ctx.needs[1] else None,
        )


snake = Snake()
