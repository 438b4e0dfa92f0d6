"""Right operations on complex numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, nonzero


class Wave(Operation):
    """exp(i x). d/dx = i grad exp(i x)."""

    name = "wave"
    broadcasts = True
    takes_complex = True

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.exp(1j * x)
        ctx.save(y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * (1j * y)


class Magnitude(Operation):
    """|x|. d/dx = grad conj(x) / |x|."""

    name = "magnitude"
    broadcasts = True
    takes_complex = True
    cases = (Case(x=nonzero("...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.abs(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (np.conj(x) / np.abs(x))


class Side(Operation):
    """-1, 0 or 1; refused for complex values, whose sign turns with them."""

    differentiable = False
    name = "side"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        if ctx.needs[0] and x.dtype.kind == "c":
            raise ValueError("side: write z / np.abs(z)")
        return np.sign(x)
