"""Correct operations that take complex numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, dominant, nonzero, real, unit

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


class Direction(Operation):
    """The sign of the determinants, of complex ones a number of length 1. d/dx = i im(grad y) x^-T."""

    name = "direction"
    takes_complex = True
    cases = (Case(x=dominant("n n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.linalg.slogdet(x)[0]
        ctx.save(x, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        if x.dtype.kind != "c":
            return np.zeros_like(x)
        turn = np.expand_dims(np.imag(grad * y) * 1j, (-2, -1))
        return turn * np.swapaxes(np.linalg.inv(x), -1, -2)


class Whole(Operation):
    """The symmetric matrix of a lower triangle, Hermitian if complex. d/dx = that of grad + grad^H."""

    name = "whole"
    takes_complex = True
    cases = (Case(x=real("n n")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        half = np.tril(x) * (1 - np.eye(x.shape[-1], dtype=x.dtype) / 2)
        return half + np.conj(np.swapaxes(half, -1, -2))

    def backward(self, ctx: Context, grad: Any) -> Any:
        both = grad + np.conj(np.swapaxes(grad, -1, -2))
        return np.tril(both) * (1 - np.eye(grad.shape[-1], dtype=grad.dtype) / 2)


class Aligned(Operation):
    """The vectors in the last axis, each turned until its first component is positive: x conj(p), with
    p = x_0 / |x_0|.

    d/dx = grad conj(p), and -i im(sum of grad y) / x_0 for the first component, which makes the turn.
    """

    name = "aligned"
    takes_complex = True
    cases = (Case(x=nonzero("n k")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        p = x[..., :1] / np.abs(x[..., :1])
        y = x * np.conj(p)
        ctx.save(x, p, y)
        return y

    def backward(self, ctx: Context, grad: Any) -> Any:
        x, p, y = ctx.saved
        straight = grad * np.conj(p)
        if x.dtype.kind != "c":
            return straight
        turn = np.imag(np.sum(grad * y, axis=-1, keepdims=True)) / x[..., :1] * -1j
        return straight + turn * (np.arange(x.shape[-1]) == 0)


class Elevation(Operation):
    """The arcsine. d/dx = grad / sqrt(1 - x^2), on the branch cuts the root of the side of the zero."""

    name = "elevation"
    broadcasts = True
    takes_complex = True
    cases = (Case(x=unit("...")),)

    def forward(self, ctx: Context, x: Any) -> Any:
        ctx.save(x)
        return np.arcsin(x)

    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / np.sqrt(-((x - 1) * (x - -1)))


class Side(Operation):
    """-1, 0 or 1; refused for complex values, whose sign turns with them."""

    name = "side"
    differentiable = False
    broadcasts = True

    def forward(self, ctx: Context, x: Any) -> Any:
        if ctx.needs[0] and x.dtype.kind == "c":
            raise ValueError("side: write z / np.abs(z)")
        return np.sign(x)
