"""Right operations on complex numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from minigrad_core import Context, Operation
from minigrad_core.cases import Case, nonzero, real


class Framed(Operation):
    """x with `width` = (before, after) zeros around its last axis; x: (..., k). d/dx = grad without them."""

    name = "framed"
    cases = (Case(x=real("n k"), width=(1, 2)),)

    def forward(self, ctx: Any, x: Any, *, width: tuple[int, int]) -> Any:
        ctx.save(width, x.shape[-1])
        return np.pad(x, [(0, 0)] * (x.ndim - 1) + [width])

    def backward(self, ctx: Any, grad: Any) -> Any:
        (before, _), size = ctx.saved
        return grad[..., before : before + size].copy()


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


class Spectrum(Operation):
    """The discrete Fourier transform of the last axis. d/dx = that of grad."""

    name = "spectrum"
    takes_complex = True
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.fft.fft(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.fft.fft(grad)


class Side(Operation):
    """-1, 0 or 1; refused for complex values, whose sign turns with them."""

    differentiable = False
    name = "side"
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        if ctx.needs[0] and x.dtype.kind == "c":
            raise ValueError("side: write z / np.abs(z)")
        return np.sign(x)
