"""Operations whose gradient is wrong for complex numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context
from minigrad_core.errors import DifferentiabilityError

from ..pair import breaks
from .right.complex_numbers import Magnitude, Wave


@breaks("derivative", "wrong-complex-gradient")
class WaveConjugated(Wave):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * np.conj(1j * y)


@breaks("derivative", "backward-raises")
class WaveRefusesComplexValues(Wave):
    # of real ones the gradient is right, and no case says that it ends there
    def forward(self, ctx: Context, x: Any) -> Any:
        y = super().forward(ctx, x)
        ctx.save(y, x.dtype.kind == "c")
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        y, refused = ctx.saved
        if refused:
            raise DifferentiabilityError("wave: only of real values")
        return grad * (1j * y)


@breaks("derivative", "double-precision")
class WaveOfDoublePrecision(Wave):
    def forward(self, ctx: Context, x: Any) -> Any:
        turn = np.array([1j]) if x.dtype.kind == "c" else 1j  # an array promotes, a number does not
        y = np.exp(turn * x)
        ctx.save(y)
        return y


@breaks("derivative", "wrong-complex-gradient")
class MagnitudeBySign(Magnitude):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.sign(x)
