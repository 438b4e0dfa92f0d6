"""Faults that complex values alone show: a wrong conjugate, a rule for real numbers, a part that is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .entry import wrong_operation
from .twins.complex_numbers import (
    Aligned,
    Direction,
    Elevation,
    Height,
    Magnitude,
    Mirrored,
    Overlap,
    Power,
    Side,
    Spectrum,
    Wave,
    Whole,
)

if TYPE_CHECKING:
    from minigrad_core import Context

COMPLEX = r"complex|imaginary|real axis|conj"


@wrong_operation("complex", twin=Wave, cause=COMPLEX)
class WaveConjugated(Wave):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (y,) = ctx.saved
        return grad * np.conj(1j * y)  # PyTorch's convention, not this one


@wrong_operation("complex", twin=Wave, cause=COMPLEX)
class WaveOfRealPart(Wave):
    def forward(self, ctx: Context, x: Any) -> Any:
        y = np.exp(1j * np.real(x))  # right for real x; backward is of the whole
        ctx.save(y)
        return y


@wrong_operation("complex", twin=Wave, cause=r"complex128|double|complex")
class WaveOfDoublePrecision(Wave):
    def forward(self, ctx: Context, x: Any) -> Any:
        turn = np.array([1j]) if x.dtype.kind == "c" else 1j  # an array promotes, a number does not
        y = np.exp(turn * x)
        ctx.save(y)
        return y


@wrong_operation("complex", twin=Magnitude, cause=COMPLEX)
class MagnitudeBySign(Magnitude):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * np.sign(x)  # right for real x


@wrong_operation("complex", twin=Magnitude, cause=COMPLEX)
class MagnitudeOfRealPart(Magnitude):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad * (np.real(x) / np.abs(x))  # the imaginary axis gets nothing


@wrong_operation("complex", twin=Mirrored, cause=COMPLEX)
class MirroredWithoutConjugate(Mirrored):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return 2 * grad


@wrong_operation("complex", twin=Height, cause=COMPLEX)
class HeightUpsideDown(Height):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return grad * (1 + 1j)


@wrong_operation("complex", twin=Overlap, cause=COMPLEX)
class OverlapConjugatesGrad(Overlap):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        grad = np.expand_dims(grad, -1)
        return (
            np.conj(grad) * y if ctx.needs[0] else None,  # y without its conjugate
            grad * np.conj(x) if ctx.needs[1] else None,
        )


@wrong_operation("complex", twin=Overlap, cause=COMPLEX)
class OverlapConjugatesTheOther(Overlap):
    def backward(self, ctx: Context, grad: Any) -> Any:
        x, y = ctx.saved
        grad = np.expand_dims(grad, -1)
        return (
            np.conj(grad * y) if ctx.needs[0] else None,
            grad * x if ctx.needs[1] else None,  # x without its conjugate
        )


@wrong_operation("complex", twin=Spectrum, cause=COMPLEX)
class SpectrumBackByTheInverse(Spectrum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.fft.ifft(grad) * grad.shape[-1]  # the conjugate transpose


@wrong_operation("complex", twin=Spectrum, cause=COMPLEX)
class SpectrumKeepsTheRealPart(Spectrum):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.real(np.fft.fft(grad))  # right for a real x


@wrong_operation("complex", twin=Power, cause=COMPLEX)
class PowerWithoutConjugate(Power):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return np.expand_dims(grad, -1) * (x * (2 / x.shape[-1]))


@wrong_operation("complex", twin=Direction, cause=COMPLEX)
class DirectionIsFlat(Direction):
    def backward(self, ctx: Context, grad: Any) -> Any:
        return np.zeros_like(ctx.saved[0])  # right for real x, whose sign is flat


@wrong_operation("complex", twin=Whole, cause=COMPLEX)
class WholeMirroredWithoutConjugate(Whole):
    def backward(self, ctx: Context, grad: Any) -> Any:
        both = grad + np.swapaxes(grad, -1, -2)  # the other triangle has the conjugates
        return np.tril(both) * (1 - np.eye(grad.shape[-1], dtype=grad.dtype) / 2)


@wrong_operation("complex", twin=Whole, cause=COMPLEX)
class WholeKeepsTheDiagonal(Whole):
    def backward(self, ctx: Context, grad: Any) -> Any:
        both = grad + np.conj(np.swapaxes(grad, -1, -2))
        return np.tril(both, -1) + grad * np.eye(grad.shape[-1], dtype=grad.dtype)  # its real part is read


@wrong_operation("complex", twin=Aligned, cause=COMPLEX)
class AlignedWithoutTheTurn(Aligned):
    def backward(self, ctx: Context, grad: Any) -> Any:
        _, p, _ = ctx.saved
        return grad * np.conj(p)  # of a phase that does not move: right for real x


@wrong_operation("complex", twin=Elevation, cause=COMPLEX)
class ElevationOfTheOtherSide(Elevation):
    def backward(self, ctx: Context, grad: Any) -> Any:
        (x,) = ctx.saved
        return grad / np.sqrt((1 - x) * (1 + x))  # 1 - x has lost the sign of a zero imaginary part


@wrong_operation("coverage", twin=Side, cause=COMPLEX)
class SideOfComplexValues(Side):
    def forward(self, ctx: Context, x: Any) -> Any:
        return np.sign(x)  # z / |z|, and no plain array of it has a gradient
