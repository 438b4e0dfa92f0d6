"""Dropout, with its mask as an input."""

from __future__ import annotations

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, boolean, real
from minigrad_core.errors import ArgumentError, InputError

from .convolution.layout import match_layout
from .kernels.ndarrays import are_ndarrays
from .references import layers as plain


class Dropout(Operation):
    """`x * mask / (1 - p)`: dropped values become zero, and the scale keeps the mean of the others.

    x: any shape; mask: booleans that broadcast to x, true where a value is kept, which has probability 1 - p.
    At p = 1 all values are dropped. d/dx = grad * mask / (1 - p); the mask has no gradient.
    Srivastava et al. 2014.

    Raises
    ------
    InputError
        The mask is not boolean or does not broadcast to x.
    ArgumentError
        p is not a probability.
    """

    name = "dropout"
    reference = staticmethod(plain.dropout)
    cases = (
        Case(x=real("n k"), mask=boolean("n k")),
        Case(x=real("n k m"), mask=boolean("n k 1"), p=0.2),
        Case(x=real("n"), mask=boolean("n"), p=1.0),
    )

    def forward(self, ctx: Context, x: Array, mask: Array, *, p: float = 0.5) -> Array:
        if not 0 <= p <= 1:
            raise ArgumentError(f"dropout expected a probability p in [0, 1], got {p}")
        if mask.dtype.kind != "b":
            raise InputError(f"dropout expected a boolean mask, true where x is kept, got {mask.dtype}")
        scale = 1 / (1 - p) if p < 1 else 0.0
        if mask.shape == x.shape and are_ndarrays(x, mask):
            mask = match_layout(mask, x)  # else each product reads one of the two arrays in small strides
        y = x * mask * scale
        if y.shape != x.shape:
            raise InputError(f"dropout: a mask of shape {mask.shape} does not broadcast to x {x.shape}")
        ctx.save(mask, scale)
        return y

    def backward(self, ctx: Context, grad: Array) -> tuple[Array | None, ...]:
        mask, scale = ctx.saved
        return grad * mask * scale, None


dropout = Dropout()
