"""Adaptive max pooling."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..kernels.ndarrays import are_ndarrays
from ..references import windows as plain
from .windows import OutputSize, make_adaptive_windows


class AdaptiveMaxPooling(Operation):
    """An adaptive max pooling over `axes` axes; windows may overlap and differ in size."""

    axes: ClassVar[int]

    def forward(self, ctx: Context, x: Array, *, output_size: OutputSize) -> Array:
        windows = make_adaptive_windows(self.name, self.axes, x.shape, output_size)
        places = np.stack([_find_maximum(x, window) for window in product(*windows)], axis=2)
        ctx.save(places, x.shape)
        flat = x.reshape(*x.shape[:2], prod(x.shape[2:]))
        return np.take_along_axis(flat, places, axis=2).reshape(*x.shape[:2], *map(len, windows))

    def backward(self, ctx: Context, grad: Array) -> Array:
        places, shape = ctx.saved
        n, c, count = places.shape
        grad, cells = grad.reshape(n, c, count), prod(shape[2:])
        if not are_ndarrays(grad):
            chosen = places[..., None] == np.arange(cells)
            return (grad[:, :, None] @ chosen.astype(grad.dtype)).reshape(shape)
        total: Any = np.zeros(shape, grad.dtype)
        flat = total.reshape(n * c, cells)
        rows = np.arange(n * c)
        for own, place in zip(grad.reshape(n * c, count).T, places.reshape(n * c, count).T, strict=True):
            flat[rows, place] += own  # one cell of each row: no index repeats
        return total


def _find_maximum(x: Array, window: tuple[slice, ...]) -> NDArray[Any]:
    """Return the position (n, c) of a window's first maximum in the flat cells of x; NaN is the largest."""
    cells = x[:, :, *window]
    size = cells.shape[2:]
    within = np.unravel_index(cells.reshape(*x.shape[:2], prod(size)).argmax(axis=2), size)
    at = tuple(part.start + axis for part, axis in zip(window, within, strict=True))
    return np.asarray(np.ravel_multi_index(at, x.shape[2:]))


class AdaptiveMaxPool1d(AdaptiveMaxPooling):
    """The maxima of `output_size` windows that cover x evenly; None keeps the size of the axis.

    x: (n, c, l) -> (n, c, output_size). Windows, gradients and errors are those of `adaptive_max_pool2d`.
    """

    name = "adaptive_max_pool1d"
    reference = staticmethod(plain.adaptive_max_pool)
    axes = 1
    cases = (Case(x=real("n c 7"), output_size=3), Case(x=real("n c 2"), output_size=4))


class AdaptiveMaxPool2d(AdaptiveMaxPooling):
    """The maxima of `output_size` windows that cover x evenly: an int, or one for each axis; None keeps
    the size of the axis.

    x: (n, c, h, w) -> (n, c, *output_size). Window i of m reaches from floor(i h / m) to ceil((i + 1) h / m).
    d/dx = grad at the maximum of each window, at the first one of a tie in reading order.

    Raises
    ------
    InputError
        x has another number of axes, or an axis without cells.
    ArgumentError
        The output size is not a valid size for each axis.
    """

    name = "adaptive_max_pool2d"
    reference = staticmethod(plain.adaptive_max_pool)
    axes = 2
    cases = (Case(x=real("n c 5 4"), output_size=(2, 3)), Case(x=real("n c 4 6"), output_size=1))


adaptive_max_pool1d = AdaptiveMaxPool1d()
adaptive_max_pool2d = AdaptiveMaxPool2d()
