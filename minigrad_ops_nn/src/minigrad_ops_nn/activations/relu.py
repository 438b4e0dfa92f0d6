"""ReLU."""

from __future__ import annotations

from minigrad_core import Array, Context, Operation, Tensor

from ..kernels.constants import scalar
from ..references import activations as plain
from .elementwise import apply_mask, positive_part


class ReLU(Operation):
    """`max(x, 0)`.

    x: any shape. d/dx = grad where x > 0, else 0; at the kink, x = 0, the subgradient 0.
    """

    name = "relu"
    reference = staticmethod(plain.relu)
    broadcasts = True

    def forward(self, ctx: Context, x: Array) -> Array:
        ctx.save(x)  # the node holds x anyway; a mask would take more memory
        return positive_part(x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (x,) = ctx.saved
        return apply_mask(grad, (x.numpy() if isinstance(x, Tensor) else x) > scalar(0, x.dtype))


relu = ReLU()
