"""ReLU."""

from __future__ import annotations

from minigrad_core import Array, Context, Operation, Tensor

from ..kernels.constants import scalar
from ..references import activations as plain
from .masked import apply_mask
from .vectorized import positive_part


class ReLU(Operation):
    """`max(x, 0)`.

    x: any shape. d/dx = grad where x > 0, else 0; at the kink, x = 0, the subgradient 0.
    """

    name = "relu"
    reference = staticmethod(plain.relu)
    broadcasts = True

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return `max(x, 0)`."""
        ctx.save(x)  # which the node holds anyway; a mask would come on top
        return positive_part(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return `grad` where x > 0."""
        (x,) = ctx.saved
        return apply_mask(grad, (x.numpy() if isinstance(x, Tensor) else x) > scalar(0, x.dtype))


relu = ReLU()
