"""Average pooling."""

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
from ..convolution.layout import move_images_first
from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import windows as plain
from .windows import make_pooling_geometry, pad_input, reduce_windows


class AveragePooling(Operation):
    """An average pooling whose windows move along `axes` axes."""

    axes: ClassVar[int]

    def forward(
        self,
        ctx: Context,
        x: Array,
        *,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] | None = None,
        padding: int | Sequence[int] = 0,
        count_include_pad: bool = True,
    ) -> Array:
        geometry = make_pooling_geometry(self.name, self.axes, x.shape, kernel_size, stride, padding)
        cells = to_single(x)
        counts = geometry.cells if count_include_pad else _count_input_cells(geometry).astype(cells.dtype)
        ctx.save(geometry, counts)
        if are_ndarrays(x):
            return restore_half(_sum_windows(cells, geometry) / counts, x)
        sums = to_columns(cells, geometry).sum(axis=2)
        return restore_half(sums.reshape(*x.shape[:2], *geometry.out) / counts, x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        geometry, counts = ctx.saved
        share = to_single(grad) / counts
        if are_ndarrays(grad):
            return _spread_over_windows(share, geometry)
        n, c = grad.shape[:2]
        positions = prod(geometry.out)
        columns = np.broadcast_to(share.reshape(n, c, 1, positions), (n, c, geometry.cells, positions))
        return from_columns(columns, geometry)


def _sum_windows(x: Any, geometry: Geometry) -> NDArray[Any]:
    """Return the sums of the windows, axis by axis."""
    return reduce_windows(np.add, pad_input(x, geometry), geometry)


def _spread_over_windows(share: Any, geometry: Geometry) -> NDArray[Any]:
    """Return zeros to which `share` is added in all cells of each window, the transpose of `_sum_windows`."""
    total = move_images_first(np.zeros((share.shape[1], *geometry.padded_size, len(share)), share.dtype))
    for window in geometry.windows():
        total[:, :, *window] += share
    return total[:, :, *geometry.inner]


def _count_input_cells(geometry: Geometry) -> NDArray[Any]:
    """Return the number of cells of each window that are not padding."""
    return _sum_windows(np.ones((1, 1, *geometry.size)), geometry)


class AvgPool1d(AveragePooling):
    """The mean of each window of `kernel_size` cells, `stride` apart (the kernel's size by default).

    x: (n, c, l) -> (n, c, l') with l' = (l + 2 padding - kernel_size) // stride + 1. Padding, gradients and
    errors are those of `avg_pool2d`.
    """

    name = "avg_pool1d"
    reference = staticmethod(plain.avg_pool)
    axes = 1
    cases = (
        Case(x=real("n c 6"), kernel_size=2),
        Case(x=real("n c 7"), kernel_size=3, stride=2, padding=1, count_include_pad=False),
        Case(x=np.array([[[200, 100, 3]]], np.uint8), kernel_size=2),
    )


class AvgPool2d(AveragePooling):
    """The mean of each window of `kernel_size` cells, `stride` apart (the kernel's size by default).

    x: (n, c, h, w) -> (n, c, h', w') with h' = (h + 2 padding - kernel_size) // stride + 1; a setting
    is an int, or one for each axis. Padding counts as zeros, or not at all with `count_include_pad=False`.
    d/dx = grad / cells, summed over the windows that hold the cell.

    Raises
    ------
    InputError
        x has another number of axes, or no window fits.
    ArgumentError
        A setting is not a valid size, or the padding exceeds half the kernel.
    """

    name = "avg_pool2d"
    reference = staticmethod(plain.avg_pool)
    axes = 2
    cases = (
        Case(x=real("n c 4 5"), kernel_size=2),
        Case(x=real("n c 4 5"), kernel_size=(3, 2), stride=(1, 2), padding=1, count_include_pad=False),
    )


avg_pool1d = AvgPool1d()
avg_pool2d = AvgPool2d()
