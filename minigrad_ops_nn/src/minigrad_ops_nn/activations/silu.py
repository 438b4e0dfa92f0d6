"""SiLU (swish)."""

from __future__ import annotations

from minigrad_core import Array, Context, Operation

from ..kernels.precision import to_floating
from ..references import activations as plain
from .byte_cases import CASES
from .sigmoid import logistic


class SiLU(Operation):
    """`x * sigmoid(x)`, also known as swish. Elfwing et al. 2017.

    x: any shape. d/dx = grad * s * (1 + x * (1 - s)) with s = sigmoid(x).
    """

    name = "silu"
    reference = staticmethod(plain.silu)
    broadcasts = True
    cases = CASES

    def forward(self, ctx: Context, x: Array) -> Array:
        """Return `x * sigmoid(x)`."""
        x = to_floating(x)
        gate = logistic(x)
        ctx.save(x, gate)
        return x * gate

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, gate = ctx.saved
        return grad * (gate * (1 + x * (1 - gate)))


silu = SiLU()
