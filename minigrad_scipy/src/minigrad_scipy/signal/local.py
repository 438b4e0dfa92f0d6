"""Filters that depend on the values around a point: `medfilt`, `medfilt2d`, `order_filter`, `wiener`."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, between, real

from .. import signal
from .. import signal as _signal
from ..composites import Composite
from ..ndimage.choices import expand
from ..ndimage.windows import Choice, Window

_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])


class NoiseFilter(Composite):
    """`wiener`, without SciPy's warning of a division by the variance of a constant part."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        with np.errstate(divide="ignore", invalid="ignore"):
            return super().compute(*inputs, **settings)


class Division(Composite):
    """`deconvolve`, whose quotient is an empty list in SciPy if the divisor is longer than the signal."""

    def compute(self, *inputs: Any, **settings: Any) -> Any:
        quotient, remainder = self.get_function()(*inputs, **settings)
        kind = np.result_type(*inputs)
        return tuple(np.array(x, kind) for x in (quotient, remainder))


def _list_constant(image: Any, footprint: Any, rank: int) -> list[Window]:
    """Return the window of the given rank on an image with zeros around it."""
    d = len(image.shape)
    return [expand(footprint, None, d, range(d), 0, "constant", 0.0, rank)]


@Choice.define("signal.medfilt", Case(volume=real("3 4")), Case(volume=real("5"), kernel_size=3))
def medfilt(volume: Any, *, kernel_size: Any = None) -> list[Window]:
    """The median of the values in a box of odd size around each point, 3 by default, with zeros around.

    d/dvolume = grad, added to the chosen value. If values are equal, a later value counts as greater.
    """
    sizes = np.broadcast_to(3 if kernel_size is None else kernel_size, (len(volume.shape),)).tolist()
    return _list_constant(volume, np.ones(sizes, bool), prod(sizes) // 2)


@Choice.define("signal.medfilt2d", Case(input=real("3 4")), Case(input=real("3 5"), kernel_size=(1, 5)))
def medfilt2d(input: Any, *, kernel_size: Any = 3) -> list[Window]:
    """The median of the values in a box of odd size around each pixel, with zeros around.

    d/dinput = grad, added to the chosen pixel. If pixels are equal, a later pixel counts as greater.
    """
    return medfilt.description(input, kernel_size=kernel_size)


@Choice.define("signal.order_filter", Case(a=real("3 4"), domain=_CROSS, rank=1))
def order_filter(a: Any, *, domain: Any, rank: int) -> list[Window]:
    """The value of the given rank where `domain` is not 0 around each point, with zeros around.

    d/da = grad, added to the chosen value. If values are equal, a later value counts as greater.
    """
    footprint = np.asarray(domain, bool)
    return _list_constant(a, footprint, rank % int(np.count_nonzero(footprint)))


@NoiseFilter.define(
    "signal.wiener",
    Case(im=between(-3, 3, "3 4")),
    Case(im=between(-3, 3, "5"), mysize=2, noise=0.3),
    real=True,
)
def wiener(im: Any, *, mysize: Any = None, noise: float | None = None) -> Any:
    """The local mean, plus the difference from it times 1 - noise / variance, where this is positive.

    mysize: the size of the neighbourhood, 3 by default. noise: the mean of the local variances by default.
    Lim 1990, "Two-dimensional signal and image processing", page 536.
    """
    sizes = np.broadcast_to(3 if mysize is None else mysize, (len(im.shape),)).tolist()
    box = np.ones(sizes) / prod(sizes)
    mean = signal.correlate(im, box, "same")
    variance = signal.correlate(im**2, box, "same") - mean**2
    level = np.mean(variance) if noise is None else noise
    smooth = variance < level
    quotient = level / np.where(smooth, 1.0, variance)  # no division by the variance of a constant
    return np.where(smooth, mean, mean + (im - mean) * (1 - quotient))


@Division.define(
    "signal.deconvolve",
    Case(signal=real("5"), divisor=between(0.3, 0.9, "2")),
    Case(signal=real("3"), divisor=between(0.3, 0.9, "3")),
    Case(signal=real("2"), divisor=real("3")),
)
def deconvolve(signal: Any, divisor: Any) -> Any:
    """The quotient and the remainder: signal = convolve(divisor, quotient) + remainder. Two sequences."""
    n, m = signal.shape[0], divisor.shape[0]
    if m > n:
        return np.zeros(0, signal.dtype), +signal
    impulse = (np.arange(n - m + 1) == 0).astype(signal.dtype)
    quotient = _signal.lfilter(signal, divisor, impulse)
    return quotient, signal - _signal.convolve(divisor, quotient, "full")


OPERATIONS: tuple[Operation, ...] = (medfilt, medfilt2d, order_filter, wiener, deconvolve)
