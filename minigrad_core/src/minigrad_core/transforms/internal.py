"""The operations that the transforms themselves need. They are registered nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..contracts import Operation
from ..errors import DifferentiabilityError, GradientError

if TYPE_CHECKING:
    from ..array import Array
    from ..engine.node import Context


class Evaluation:
    """A run of a function that is being differentiated. `open`: whether it goes on."""

    def __init__(self) -> None:
        self.open = True


class Alias(Operation):
    """The input itself, as a new point of the graph: what a function is differentiated at.

    Its node saves the evaluation. Sweeps of transforms stop here, so while that goes on, only a `backward()`
    in the function comes by: what it leaves in `grad` are plain arrays, which would pass for constants.
    """

    name = "alias"
    takes_complex = True

    def forward(self, ctx: Context, x: Array) -> Array:  # noqa: ARG002 - the contract's
        """Return `x`."""
        return x

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad`."""
        if ctx.saved and ctx.saved[0].open:
            raise GradientError(
                "backward() inside a function that is being differentiated, of a value that depends on its "
                "argument: the gradients would be plain arrays, and what is made of them lose its own "
                "gradient in silence; use mg.grad or mg.value_and_grad inside"
            )
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
