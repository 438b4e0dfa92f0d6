"""Pooling into a given number of windows, whatever the size of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from minigrad_core import Operation
from minigrad_core.cases import Case, real
from minigrad_core.errors import InputError

from ..convolution.geometry import per_axis

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minigrad_core import Array, Context


class AdaptiveAveragePooling(Operation):
    """What adaptive_avg_pool1d and 2d share. Each axis is a product with a constant matrix of window
    weights.
    """

    axes: ClassVar[int]

    def forward(self, ctx: Context, x: Array, *, output_size: int | Sequence[int]) -> Array:
        """Return the mean of each window."""
        sizes = per_axis(self.name, "output_size", output_size, self.axes, 1)
        if x.ndim != self.axes + 2:
            raise InputError(
                f"{self.name} expected x with {self.axes + 2} axes (n, c, ...), got shape {x.shape}"
            )
        if 0 in x.shape[2:]:
            raise InputError(f"{self.name} has nothing to average in x {x.shape}")
        matrices = [_means(n, m, x.dtype) for n, m in zip(x.shape[2:], sizes, strict=True)]
        ctx.save(matrices)
        return _applied(x, matrices)

    def backward(self, ctx: Context, grad: Array) -> Array:
        """Return to each cell its share of every window that held it."""
        (matrices,) = ctx.saved
        return _applied(grad, [matrix.T for matrix in matrices])


def _applied(x: Array, matrices: list[NDArray[Any]]) -> Array:
    """Return x with each matrix applied to its axis: the last from the right, the one before from the
    left.
    """
    x = x @ matrices[-1].T
    return x if len(matrices) == 1 else matrices[0] @ x


def _means(n: int, m: int, dtype: Any) -> NDArray[Any]:
    """Return (m, n): window i averages the cells from floor(i n / m) to ceil((i + 1) n / m), as in
    PyTorch.
    """
    matrix = np.zeros((m, n), dtype)
    for i in range(m):
        start, stop = i * n // m, -(-(i + 1) * n // m)
        matrix[i, start:stop] = 1 / (stop - start)
    return matrix


class AdaptiveAvgPool1d(AdaptiveAveragePooling):
    """The means of `output_size` windows that cover x evenly.

    x: (n, c, l) -> (n, c, output_size). Window i reaches from floor(i l / m) to ceil((i + 1) l / m).
    d/dx = grad / cells, summed over the windows that hold the cell.

    Raises
    ------
    InputError
        x has another number of axes, or none of its cells.
    """

    name = "adaptive_avg_pool1d"
    axes = 1
    cases = (Case(x=real("n c 7"), output_size=3), Case(x=real("n c 2"), output_size=4))


class AdaptiveAvgPool2d(AdaptiveAveragePooling):
    """The means of `output_size` windows, an int or one for each axis, that cover x evenly.

    x: (n, c, h, w) -> (n, c, *output_size). Window i of m reaches from floor(i h / m) to ceil((i + 1) h / m).
    d/dx = grad / cells, summed over the windows that hold the cell.

    Raises
    ------
    InputError
        x has another number of axes, or none of its cells.
    """

    name = "adaptive_avg_pool2d"
    axes = 2
    cases = (Case(x=real("n c 5 4"), output_size=(2, 3)), Case(x=real("n c 4 6"), output_size=1))


adaptive_avg_pool1d = AdaptiveAvgPool1d()
adaptive_avg_pool2d = AdaptiveAvgPool2d()
