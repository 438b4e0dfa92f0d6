"""The operations that the transforms themselves need. They are registered nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..contracts import Operation
from ..engine.node import Context, numbers
from ..errors import DifferentiabilityError
from ..tensor import output_of

if TYPE_CHECKING:
    from ..array import Array
    from ..tensor import Tensor


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


_alias = Alias()
refusal = Refusal()


def alias(x: Tensor) -> Tensor:
    """Return a tensor that requires a gradient as a new point of the graph, in `no_grad` too."""
    node = Context(_alias, (x,), {}, (True,))
    node.number = next(numbers)
    node.outputs = None
    return output_of(node, x.data)
