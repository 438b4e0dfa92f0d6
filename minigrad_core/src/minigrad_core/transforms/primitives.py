"""The operations that the transforms themselves need. They are registered nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..contracts import Operation
from ..errors import DifferentiabilityError

if TYPE_CHECKING:
    from ..array import Array
    from ..engine.node import Context


class Alias(Operation):
    """The input itself, as a new point of the graph: what a function is differentiated at."""

    name = "alias"
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:  # noqa: ARG002 - the contract's
        """Return `x`."""
        return x

    def backward(self, ctx: Context, grad: Array) -> Array:  # noqa: ARG002 - the contract's
        """Return `grad`."""
        return grad


class Refusal(Operation):
    """A gradient (the first input) that depends on the others in a way that cannot be differentiated."""

    name = "refusal"
    takes_complex = True

    def forward(self, ctx: Context, grad: Array, *_: Array, reason: str) -> Array:
        """Return `grad`."""
        ctx.save(reason)
        return grad

    def backward(self, ctx: Context, grad: Any) -> Array:  # noqa: ARG002 - the contract's
        """Raise, with the reason."""
        raise DifferentiabilityError(ctx.saved[0])


alias = Alias()
refusal = Refusal()
