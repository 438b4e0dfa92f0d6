"""Discrete Fourier transforms: `np.fft`.

A transform is linear, y = F x, and its gradient is F^T grad, without a conjugate. The matrix F of a transform
along one axis is symmetric, so the gradient is the same transform of grad. The gradients of transforms
between real values and half of a spectrum are the conjugate of each other's transform, up to the scale.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from minigrad_core import Array, Context
from minigrad_core.cases import Case, axis_of, real

from .composite import Composite
from .function import NumpyFunction

# From the gradient of a transform along `axis`, from `size` values to n, to that of these values.
Rule: TypeAlias = Callable[[Any, int, int, int, Any], Array]
Norm: TypeAlias = Any  # "backward", "ortho", "forward" or None
Ints: TypeAlias = tuple[int, ...]


def resize(x: Any, n: int, axis: int) -> Any:
    """Return `x` with n values along `axis`, cut off or padded with zeros."""
    before, have, after = x.shape[: axis % x.ndim], x.shape[axis], x.shape[axis % x.ndim + 1 :]
    if n <= have:
        return x[(*[slice(None)] * len(before), slice(n))]
    return np.concatenate([x, np.zeros((*before, n - have, *after), x.dtype)], axis=axis)


def _pull_back_fft(grad: Any, size: int, n: int, axis: int, norm: Norm) -> Array:
    return resize(np.fft.fft(grad, n, axis, norm), size, axis)


def _pull_back_ifft(grad: Any, size: int, n: int, axis: int, norm: Norm) -> Array:
    return resize(np.fft.ifft(grad, n, axis, norm), size, axis)


def _pull_back_rfft(grad: Any, size: int, n: int, axis: int, norm: Norm) -> Array:
    """Return the real part of the transform of grad padded with zeros: by irfft, in half the time."""
    half = np.conjugate(grad) / _count_occurrences(n, grad, axis)
    return resize(np.fft.irfft(half, n, axis, _OPPOSITE_NORM.get(norm, norm)), size, axis)


def _pull_back_irfft(grad: Any, size: int, n: int, axis: int, norm: Norm) -> Array:
    """Return half of the inverse transform of grad, times the occurrences in the whole spectrum."""
    half = np.conjugate(np.fft.rfft(grad, n, axis, _OPPOSITE_NORM.get(norm, norm)))
    return resize(half * _count_occurrences(n, grad, axis), size, axis)


def _count_occurrences(n: int, like: Array, axis: int) -> Array:
    """Return how often each value of a half spectrum occurs in the whole one: twice, once at the ends."""
    times = np.full(n // 2 + 1, 2, np.finfo(like.dtype).dtype)
    times[0] = 1
    if n % 2 == 0:
        times[-1] = 1
    return np.reshape(times, (-1,) + (1,) * (like.ndim - 1 - axis % like.ndim))


# A transform and its inverse have opposite scales.
_OPPOSITE_NORM: dict[Any, Norm] = {None: "forward", "backward": "forward", "forward": "backward"}

_RULES: dict[str, Rule] = {
    "fft": _pull_back_fft,
    "ifft": _pull_back_ifft,
    "rfft": _pull_back_rfft,
    "irfft": _pull_back_irfft,
}


class SingleAxisTransform(NumpyFunction):
    """`fft`, `ifft`, `rfft` and `irfft`: the transform of n values along `axis`.

    x is cut off or padded with zeros. `rfft` transforms real values to the first half of the spectrum,
    `irfft` transforms it back.

    d/dx = the transform of grad; for `rfft` the real part of it.
    """

    takes_complex = True
    cases = (
        Case(x=real("3 4")),  # not of any size: irfft of one value has none
        Case(x=real("2 5"), axis=axis_of("x"), norm="ortho"),
        Case(x=real("5"), n=3),
        Case(x=real("3 2"), n=7, axis=0, norm="forward"),
    )

    def forward(
        self, ctx: Context, x: Array, *, n: int | None = None, axis: int = -1, norm: Norm = None
    ) -> Array:
        size = x.shape[axis]
        ctx.save(size, _find_length(self.name, size) if n is None else n, axis, norm)
        return self.function(x, n, axis, norm)

    def backward(self, ctx: Context, grad: Array) -> Array:
        return _RULES[self.name](grad, *ctx.saved)


def _find_length(name: str, size: int) -> int:
    """Return the default n of a transform of `size` values."""
    return 2 * (size - 1) if name == "irfft" else size


class MultiAxisTransform(NumpyFunction):
    """The transforms of `np.fft` with names that end in n: one along each of `axes`, to the sizes `s`.

    axes: all axes by default, or as many last axes as `s` has sizes.

    d/dx = the transforms of grad, one after the other.
    """

    takes_complex = True
    cases = (
        Case(x=real("3 4")),
        Case(x=real("2 3 4"), axes=(0, 2), norm="ortho"),
        Case(x=real("3 4"), s=(4, 5), axes=(0, 1), norm="forward"),
        Case(x=real("4 3"), s=(2, -1), axes=(1, 0)),
        Case(x=real("3 4"), axes=(1, 1)),
    )

    def forward(
        self, ctx: Context, x: Array, *, s: Ints | None = None, axes: Ints | None = None, norm: Norm = None
    ) -> Array:
        ctx.save(self._list_steps(x.shape, s, axes), norm)
        return self.function(x, s=s, axes=axes, norm=norm)

    def backward(self, ctx: Context, grad: Array) -> Array:
        steps, norm = ctx.saved
        for name, size, n, axis in reversed(steps):
            grad = _RULES[name](grad, size, n, axis, norm)
        return grad

    def _list_steps(self, shape: Ints, s: Ints | None, axes: Ints | None) -> list[tuple[str, int, int, int]]:
        """Return NumPy's transforms along one axis in their order, as (name, size before, n, axis)."""
        ndim = len(shape)
        if axes is None:
            axes = tuple(range(-(ndim if s is None else len(s)), 0))
        last = self.name.rstrip("n2")
        inner = "ifft" if last.startswith("i") else "fft"
        order = range(len(axes)) if last == "irfft" else reversed(range(len(axes)))
        sizes, steps = list(shape), []
        for i in order:
            name = last if i == len(axes) - 1 else inner
            size, whole = sizes[axes[i]], shape[axes[i]]  # an axis that occurs twice was transformed before
            n = _find_length(name, whole) if s is None else whole if s[i] == -1 else s[i]
            steps.append((name, size, n, axes[i]))
            sizes[axes[i]] = n // 2 + 1 if name == "rfft" else n
        return steps


class TwoAxisTransform(MultiAxisTransform):
    """The transforms of `np.fft` with names that end in 2: along the last two axes by default.

    d/dx = the transforms of grad, one after the other.
    """

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        s: Ints | None = None,
        axes: Ints | None = (-2, -1),
        norm: Norm = None,
    ) -> Array:
        return super().forward(ctx, x, s=s, axes=axes, norm=norm)


def _transform_hermitian(x: Any, *, n: int | None, axis: int, norm: Norm) -> Array:
    return np.fft.irfft(np.conjugate(x), n, axis, _OPPOSITE_NORM.get(norm, norm))


def _invert_hermitian(x: Any, *, n: int | None, axis: int, norm: Norm) -> Array:
    return np.conjugate(np.fft.rfft(x, n, axis, _OPPOSITE_NORM.get(norm, norm)))


class HermitianTransform(Composite):
    """`hfft`, the real spectrum of a signal with the first half x, and `ihfft`, its inverse.

    d/dx = the derivative of `irfft` or `rfft` of the conjugate.
    """

    takes_complex = True
    cases = SingleAxisTransform.cases

    def __init__(self, function: Callable[..., Any], formula: Callable[..., Any]) -> None:
        super().__init__(function)
        self.formula = formula

    def forward(
        self, ctx: Context, x: Array, *, n: int | None = None, axis: int = -1, norm: Norm = None
    ) -> Array:
        ctx.save(self.formula, (x,), {"n": n, "axis": axis, "norm": norm})
        return self.function(x, n, axis, norm)


fft = SingleAxisTransform(np.fft.fft)
ifft = SingleAxisTransform(np.fft.ifft)
rfft = SingleAxisTransform(np.fft.rfft)
irfft = SingleAxisTransform(np.fft.irfft)
fft2 = TwoAxisTransform(np.fft.fft2)
ifft2 = TwoAxisTransform(np.fft.ifft2)
fftn = MultiAxisTransform(np.fft.fftn)
ifftn = MultiAxisTransform(np.fft.ifftn)
rfft2 = TwoAxisTransform(np.fft.rfft2)
irfft2 = TwoAxisTransform(np.fft.irfft2)
rfftn = MultiAxisTransform(np.fft.rfftn)
irfftn = MultiAxisTransform(np.fft.irfftn)
hfft = HermitianTransform(np.fft.hfft, _transform_hermitian)
ihfft = HermitianTransform(np.fft.ihfft, _invert_hermitian)
