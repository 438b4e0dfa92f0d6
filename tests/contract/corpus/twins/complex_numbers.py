"""Correct operations that take complex numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, nonzero, real

if TYPE_CHECKING:
    from minigrad_core import Context


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


class Mirrored(Operation):
    """The complex conjugate, twice as long. d/dx = 2 conj(grad)."""

    name = "mirrored"
    broadcasts = True
    takes_complex = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return 2 * np.conj(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return 2 * np.conj(grad)


class Height(Operation):
    """The imaginary part of (1 + i) x. d/dx = grad (1 - i)."""

    name = "height"
    broadcasts = True
    takes_complex = True

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.imag(x * (1 + 1j)).copy()

    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * (1 - 1j)


class Overlap(Operation):
    """The sum of conj(x) y. d/dx = conj(grad y); d/dy = grad conj(x)."""

    name = "overlap"
    takes_complex = True
    cases = (Case(x=real("n k"), y=real("n k")),)

    def forward(self, ctx: Context, x: Any, y: Any) -> Any:
        ctx.save(x, y)
        return np.sum(np.conj(x) * y, axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        grad = np.expand_dims(grad, -1)
        return (
            np.conj(grad * y) if ctx.needs[0] else None,
            grad * np.conj(x) if ctx.needs[1] else None,
        )


class Spectrum(Operation):
    """The discrete Fourier transform of the last axis. d/dx = that of grad."""

    name = "spectrum"
    takes_complex = True
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        return np.fft.fft(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.fft.fft(grad)


class Power(Operation):
    """The mean of |x|^2 over the last axis. d/dx = 2 grad conj(x) / k."""

    name = "power"
    takes_complex = True
    cases = (Case(x=real("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.mean(np.real(x * np.conj(x)), axis=-1)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.expand_dims(grad, -1) * (np.conj(x) * (2 / x.shape[-1]))
