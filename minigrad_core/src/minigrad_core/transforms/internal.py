"""The operations that the transforms themselves need. They are registered nowhere."""

from __future__ import annotations

from typing import Any

from ..array import Array
from ..contracts import Operation
from ..engine.node import Context
from ..errors import DifferentiabilityError


class Alias(Operation):
    """The input itself, as a new point of the graph: what a function is differentiated at."""

    name = "alias"

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return `x`."""
        return x

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad`."""
        return grad


class Refusal(Operation):
    """A gradient (the first input) that depends on the other inputs in a way that cannot be differentiated."""

    name = "refusal"

    def forward(self, ctx: Context, grad: Array, *_: Array, reason: str) -> Array:
        """Return `grad`."""
        ctx.save(reason)
        return grad

    def backward(self, ctx: Context, grad: Any) -> Array:
        """Raise, with the reason."""
        raise DifferentiabilityError(ctx.saved[0])


alias = Alias()
refusal = Refusal()
