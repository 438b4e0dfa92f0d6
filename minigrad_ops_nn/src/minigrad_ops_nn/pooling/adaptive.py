"""Adaptive average and max pooling."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from minigrad_core import Array, Context, Operation
from minigrad_core.cases import Case, real

from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import restore_half, to_single
from ..references import windows as plain
from .windows import OutputSize, make_adaptive_windows


class AdaptiveAveragePooling(Operation):
    """An adaptive average pooling over `axes` axes: each is a product with a matrix of window weights."""

    axes: ClassVar[int]

    def forward(self, ctx: Context, x: Array, *, output_size: OutputSize) -> Array:
        windows = make_adaptive_windows(self.name, self.axes, x.shape, output_size)
        cells = to_single(x)
        matrices = [
            _averaging_matrix(n, along, cells.dtype) for n, along in zip(x.shape[2:], windows, strict=True)
        ]
        ctx.save(matrices)
        with np.errstate(invalid="ignore"):  # 0 times infinity is NaN
            y = _apply_matrices(cells, matrices)
        return restore_half(y if np.isfinite(y).all() else _average_windows(cells, windows), x)

    def backward(self, ctx: Context, grad: Array) -> Array:
        (matrices,) = ctx.saved
        return _apply_matrices(grad, [matrix.T for matrix in matrices])


def _apply_matrices(x: Array, matrices: list[NDArray[Any]]) -> Array:
    """Return x with each matrix applied to its axis.

    The last matrix multiplies from the right, in one product for all rows; the first one multiplies from the
    left. A matrix of one column, as in a gradient, is a factor that broadcasts.
    """
    last = matrices[-1]
    if last.shape[1] == 1:
        x = x * last[:, 0]
    else:
        rows = x.reshape(prod(x.shape[:-1]), x.shape[-1]) @ last.T
        x = rows.reshape(*x.shape[:-1], len(last))
    if len(matrices) == 1:
        return x
    first = matrices[0]
    return first * x if first.shape[1] == 1 else first @ x


def _average_windows(x: Any, windows: list[list[slice]]) -> Array:
    """Return the mean of each window; in a product with matrices, 0 times infinity would be NaN."""
    for axis, along in enumerate(windows, start=2):
        before = (slice(None),) * axis
        x = np.stack([x[*before, window].mean(axis=axis) for window in along], axis=axis)
    return x


def _averaging_matrix(n: int, windows: list[slice], dtype: Any) -> NDArray[Any]:
    """Return the matrix (windows, n) that averages the cells of each window."""
    matrix = np.zeros((len(windows), n), dtype)
    for row, window in zip(matrix, windows, strict=True):
        row[window] = 1 / (window.stop - window.start)
    return matrix


class AdaptiveAvgPool1d(AdaptiveAveragePooling):
    """The means of `output_size` windows that cover x evenly; None keeps the size of the axis.

    x: (n, c, l) -> (n, c, output_size). Windows, gradients and errors are those of `adaptive_avg_pool2d`.
    """

    name = "adaptive_avg_pool1d"
    reference = staticmethod(plain.adaptive_avg_pool)
    axes = 1
    cases = (
        Case(x=real("n c 7"), output_size=3),
        Case(x=real("n c 2"), output_size=4),
        Case(x=np.array([[[1.0, np.inf, 2.0, 3.0, 0.5, -1.0, 2.0]]]), output_size=3),
        Case(x=np.array([[[200, 100, 3]]], np.uint8), output_size=2),
    )


class AdaptiveAvgPool2d(AdaptiveAveragePooling):
    """The means of windows that cover x evenly.

    output_size: the number of windows, an int or one for each axis; None keeps the size of the axis.
    x: (n, c, h, w) -> (n, c, *output_size). Window i of m reaches from floor(i h / m) to ceil((i + 1) h / m).
    d/dx = grad / cells, summed over the windows that hold the cell.

    Raises
    ------
    InputError
        x has another number of axes, or an axis without cells.
    ArgumentError
        The output size is not a valid size for each axis.
    """

    name = "adaptive_avg_pool2d"
    reference = staticmethod(plain.adaptive_avg_pool)
    axes = 2
    cases = (
        Case(x=real("n c 5 4"), output_size=(2, 3)),
        Case(x=real("n c 4 6"), output_size=1),
        Case(x=np.array([[[[1.0, np.inf, 2.0], [3.0, 0.5, -1.0], [2.0, 1.5, 1.0]]]]), output_size=2),
    )


adaptive_avg_pool1d = AdaptiveAvgPool1d()
adaptive_avg_pool2d = AdaptiveAvgPool2d()


class AdaptiveMaxPooling(Operation):
    """An adaptive max pooling over `axes` axes; windows may overlap and differ in size."""

    axes: ClassVar[int]

    def forward(self, ctx: Context, x: Array, *, output_size: OutputSize) -> Array:
        windows = make_adaptive_windows(self.name, self.axes, x.shape, output_size)
        positions = np.stack([_find_maximum(x, window) for window in product(*windows)], axis=2)
        ctx.save(positions, x.shape)
        flat = x.reshape(*x.shape[:2], prod(x.shape[2:]))
        return np.take_along_axis(flat, positions, axis=2).reshape(*x.shape[:2], *map(len, windows))

    def backward(self, ctx: Context, grad: Array) -> Array:
        positions, shape = ctx.saved
        n, c, count = positions.shape
        grad, cells = grad.reshape(n, c, count), prod(shape[2:])
        if not are_ndarrays(grad):
            chosen = positions[..., None] == np.arange(cells)
            return (grad[:, :, None] @ chosen.astype(grad.dtype)).reshape(shape)
        total: Any = np.zeros(shape, grad.dtype)
        flat = total.reshape(n * c, cells)
        rows = np.arange(n * c)
        for own, position in zip(
            grad.reshape(n * c, count).T, positions.reshape(n * c, count).T, strict=True
        ):
            flat[rows, position] += own  # one cell of each row: no index repeats
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
    """The maxima of windows that cover x evenly.

    output_size: the number of windows, an int or one for each axis; None keeps the size of the axis.
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
