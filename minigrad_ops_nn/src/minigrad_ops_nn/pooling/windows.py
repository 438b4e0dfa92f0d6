"""The settings of a pooling, checked."""

from __future__ import annotations

from collections.abc import Sequence

from minigrad_core.array import Shape
from minigrad_core.errors import ArgumentError, InputError

from ..convolution.geometry import Geometry, expand_to_axes, make_geometry


def make_pooling_geometry(
    op: str,
    axes: int,
    shape: Shape,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None,
    padding: int | Sequence[int],
) -> Geometry:
    """Return the windows of pooling over the last `axes` of x (n, c, ...); they do not overlap by default.

    Raises
    ------
    InputError
        x has another number of axes, or not one window fits.
    ArgumentError
        A setting is no size, or a window might hold nothing but padding.
    """
    if len(shape) != axes + 2:
        raise InputError(f"{op} expected x (n, c{', l' if axes == 1 else ', h, w'}), got shape {shape}")
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
        A setting is no size, or a window might hold nothing but padding.
    """
    kernel = expand_to_axes(op, "kernel_size", kernel_size, axes, 1)
    pads = expand_to_axes(op, "padding", padding, axes, 0)
    if any(2 * p > k for p, k in zip(pads, kernel, strict=True)):
        raise ArgumentError(f"{op}: padding {pads} must be at most half of kernel_size {kernel}")
    return kernel, kernel if stride is None else expand_to_axes(op, "stride", stride, axes, 1), pads
