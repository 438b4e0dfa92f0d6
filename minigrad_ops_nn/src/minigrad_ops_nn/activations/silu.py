"""SiLU (swish)."""

from __future__ import annotations

from minigrad_core import Array, Context

from ..kernels.precision import to_floating
from ..references import activations as plain
from .pointwise import Pointwise
from .sigmoid import logistic


class SiLU(Pointwise):
    """`x * sigmoid(x)`, also known as swish. Elfwing et al. 2017.

    x: any shape. d/dx = grad * s * (1 + x * (1 - s)) with s = sigmoid(x).
    """

    name = "silu"
    reference = staticmethod(plain.silu)

    def forward(self, ctx: Context, x: Array) -> Array:
        x = to_floating(x)
        gate = logistic(x)
        ctx.save(x, gate)
        return x * gate

    @staticmethod
    def derivative(x: Array, gate: Array) -> Array:
        return gate * (1 + x * (1 - gate))


silu = SiLU()
