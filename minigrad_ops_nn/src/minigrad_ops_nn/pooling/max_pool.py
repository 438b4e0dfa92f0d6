"""Max pooling."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..convolution.gather import from_columns, to_columns
from ..convolution.geometry import Geometry
from ..convolution.layout import match_layout
from ..kernels.ndarrays import are_ndarrays
from ..references import windows as plain
from .windows import make_pooling_geometry, pad_input, reduce_windows


class MaxPooling(Operation):
    """A max pooling whose windows move along `axes` axes."""

    axes: ClassVar[int]

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
    ) -> Array:
        geometry = make_pooling_geometry(self.name, self.axes, x.shape, kernel_size, stride, padding)
        if are_ndarrays(x):
            y = _max_of_windows(pad_input(x, geometry, _lowest_value(x.dtype)), geometry)
            ctx.save(x, y, geometry)
            return y
        columns = to_columns(x, geometry, fill=-np.inf)
        largest = columns.max(axis=2)
        ctx.save(columns, largest, geometry)
        return largest.reshape(*x.shape[:2], *geometry.out)

    def backward(self, ctx: Context, grad: Array) -> Array:
        x, y, geometry = ctx.saved
        if are_ndarrays(x, grad):
            return _scatter_gradient(grad, x, y, geometry)
        n, c, _, positions = x.shape
        y = y.reshape(n, c, 1, positions)
        cells = to_columns(np.ones((1, 1, *geometry.size), np.bool_), geometry)
        hits = ((x == y) | np.isnan(x)) & cells
        first = hits & (hits.cumsum(axis=2) == 1)
        return from_columns(grad.reshape(n, c, 1, positions) * first, geometry)


def _lowest_value(dtype: np.dtype[Any]) -> float:
    """Return the lowest value of the dtype, which fills the padding."""
    return -np.inf if dtype.kind == "f" else int(np.iinfo(dtype).min) if dtype.kind in "iu" else 0


def _max_of_windows(padded: NDArray[Any], geometry: Geometry) -> NDArray[Any]:
    """Return the maxima of the windows, not a view of x."""
    maxima = reduce_windows(np.maximum, padded, geometry)
    return maxima.copy() if geometry.cells == 1 else maxima


def _scatter_gradient(grad: Any, x: Any, y: Any, geometry: Geometry) -> NDArray[Any]:
    """Return zeros like x, to which the gradient of each window is added at its first maximum."""
    # The padding is NaN, which equals no maximum: padding must not win where a whole window is -inf.
    padded, grad = pad_input(x, geometry, np.nan), match_layout(grad, y)
    free = np.ones_like(y, bool)  # windows whose maximum has not been found yet
    apart = all(k <= s for k, s in zip(geometry.kernel, geometry.stride, strict=True))
    total = np.empty_like(padded, dtype=grad.dtype)
    if not apart or geometry.cells * prod(geometry.out) < prod(geometry.padded_size):
        total.fill(0)
    for window in geometry.windows():
        hits = padded[:, :, *window] == y
        hits &= free
        free ^= hits
        if apart:
            np.multiply(grad, hits, out=total[:, :, *window])
        else:
            total[:, :, *window] += grad * hits
    if free.any():  # a maximum is NaN, which equals nothing: infinity takes its place
        x, y = (np.nan_to_num(a, nan=np.inf) for a in (x, y))  # and the largest number that of infinity
        return _scatter_gradient(grad, x, y, geometry)
    return total[:, :, *geometry.inner]


class MaxPool1d(MaxPooling):
    """The maximum of each window of `kernel_size` cells, `stride` apart (the kernel's size by default).

    x: (n, c, l) -> (n, c, l') with l' = (l + 2 padding - kernel_size) // stride + 1; padding counts as -inf.
    Gradients and errors are those of `max_pool2d`.
    """

    name = "max_pool1d"
    reference = staticmethod(plain.max_pool)
    axes = 1
    cases = (
        Case(x=real("n c 6"), kernel_size=2),
        Case(x=real("n c 7"), kernel_size=3, stride=2, padding=1),
        Case(x=real("n c 4"), kernel_size=1),
        Case(x=np.array([[[-3, -1, -2, -4]]]), kernel_size=2, padding=1),
        Case(x=np.array([[[False, True, False, False]]]), kernel_size=2, padding=1),
        Case(x=np.array([[[0.5, np.nan, np.nan, np.inf, -np.inf, 2.0, 1.0]]]), kernel_size=3, stride=2),
    )


class MaxPool2d(MaxPooling):
    """The maximum of each window of `kernel_size` cells, `stride` apart (the kernel's size by default).

    x: (n, c, h, w) -> (n, c, h', w') with h' = (h + 2 padding - kernel_size) // stride + 1; a
    setting is an int, or one for each axis; padding counts as -inf.
    d/dx = grad at the maximum of each window, at the first one of a tie in reading order; NaN is the largest
    value.

    Raises
    ------
    InputError
        x has another number of axes, or no window fits.
    ArgumentError
        A setting is not a valid size, or the padding exceeds half the kernel.
    """

    name = "max_pool2d"
    reference = staticmethod(plain.max_pool)
    axes = 2
    cases = (
        Case(x=real("n c 4 5"), kernel_size=2),
        Case(x=real("n c 4 5"), kernel_size=(3, 2), stride=(1, 2), padding=1),
    )


max_pool1d = MaxPool1d()
max_pool2d = MaxPool2d()
