"""The windows of pooling and adaptive pooling, made of checked settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from minigrad_core.array import Shape
from minigrad_core.errors import ArgumentError, InputError

from ..convolution.geometry import Geometry, expand_to_axes, make_geometry
from ..convolution.layout import move_images_first, pad_images

# One size for all axes, or one for each; None keeps the size of the axis, as in PyTorch.
OutputSize: TypeAlias = "int | Sequence[int | None] | None"


def make_pooling_geometry(
    op: str,
    axes: int,
    shape: Shape,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None,
    padding: int | Sequence[int],
) -> Geometry:
    """Return the windows of pooling over the last `axes` of x (n, c, ...); by default they do not overlap.

    Raises
    ------
    InputError
        x has another number of axes, or no window fits.
    ArgumentError
        A setting is not a valid size, or a window could hold padding only.
    """
    _check_axes(op, axes, shape)
    kernel, strides, pads = check_pooling_settings(op, axes, kernel_size, stride, padding)
    return make_geometry(op, shape[2:], kernel, stride=strides, padding=pads)


def check_pooling_settings(
    op: str,
    axes: int,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None,
    padding: int | Sequence[int],
) -> tuple[tuple[int, ...], ...]:
    """Return the sizes of kernel, stride and padding, one for each of `axes`.

    Raises
    ------
    ArgumentError
        A setting is not a valid size, or a window could hold padding only.
    """
    kernel = expand_to_axes(op, "kernel_size", kernel_size, axes, 1)
    pads = expand_to_axes(op, "padding", padding, axes, 0)
    if any(2 * p > k for p, k in zip(pads, kernel, strict=True)):
        raise ArgumentError(f"{op}: padding {pads} must be at most half of kernel_size {kernel}")
    return kernel, kernel if stride is None else expand_to_axes(op, "stride", stride, axes, 1), pads


def make_adaptive_windows(op: str, axes: int, shape: Shape, output_size: OutputSize) -> list[list[slice]]:
    """Return the windows along each of the last `axes` of x (n, c, ...).

    Window i of m along an axis of n cells reaches from floor(i n / m) to ceil((i + 1) n / m), as in PyTorch.

    Raises
    ------
    InputError
        x has another number of axes, or an axis without cells.
    ArgumentError
        The output size is not a valid size for each axis.
    """
    _check_axes(op, axes, shape)
    cells = shape[2:]
    if 0 in cells:
        raise InputError(f"{op}: a window needs a cell, got x of shape {shape}")
    sizes = check_output_size(op, cells, output_size)
    return [
        [slice(i * n // m, -(-(i + 1) * n // m)) for i in range(m)] for n, m in zip(cells, sizes, strict=True)
    ]


def check_output_size(op: str, cells: Shape, output_size: OutputSize) -> Shape:
    """Return the number of windows along each axis of `cells`, or raise `ArgumentError`."""
    axes = len(cells)
    wanted = output_size if isinstance(output_size, Iterable) else [output_size] * axes
    given = [cells[i % axes] if size is None else size for i, size in enumerate(wanted)]
    return expand_to_axes(op, "output_size", given, axes, 1)


def _check_axes(op: str, axes: int, shape: Shape) -> None:
    if len(shape) != axes + 2:
        raise InputError(f"{op} expected x (n, c{', l' if axes == 1 else ', h, w'}), got shape {shape}")


def pad_input(x: Any, geometry: Geometry, fill: float = 0) -> NDArray[Any]:
    """Return x padded with `fill`, images innermost in memory; x itself if there is no padding."""
    return x if geometry.padded_size == geometry.size else move_images_first(pad_images(x, geometry, fill))


def reduce_windows(ufunc: np.ufunc, padded: NDArray[Any], geometry: Geometry) -> NDArray[Any]:
    """Return the reductions of the windows of padded images, axis by axis: kh + kw passes, not kh * kw."""
    for axis in range(len(geometry.size)):
        before = (slice(None),) * (2 + axis)
        padded = reduce(ufunc, [padded[*before, cells] for cells in geometry.axis_windows(axis)])
    return padded
