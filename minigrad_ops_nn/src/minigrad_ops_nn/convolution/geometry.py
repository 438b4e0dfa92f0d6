"""The geometry of the windows of a convolution or pooling: sizes, strides, padding, dilation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

from minigrad_core.array import Shape
from minigrad_core.errors import ArgumentError, InputError


@dataclass(frozen=True)
class Geometry:
    """Windows over axes of `size`, padded by `padding` (before, after); a field has an entry for each axis.

    A window holds `kernel` cells, `dilation` apart. Windows start `stride` apart. Each axis has `count`
    windows, by default as many as fit.
    """

    size: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    count: tuple[int, ...] | None = None

    @cached_property
    def padded_size(self) -> Shape:
        """The size of each axis with its padding."""
        return tuple(n + before + after for n, (before, after) in zip(self.size, self.padding, strict=True))

    @cached_property
    def out(self) -> Shape:
        """The number of windows along each axis."""
        return self.count or tuple(
            (n - d * (k - 1) - 1) // s + 1
            for n, k, s, d in zip(self.padded_size, self.kernel, self.stride, self.dilation, strict=True)
        )

    @cached_property
    def cells(self) -> int:
        """The number of cells in a window."""
        return prod(self.kernel)

    @cached_property
    def inner(self) -> tuple[slice, ...]:
        """The slices of the padded axes that hold the input."""
        return tuple(
            slice(before, before + n) for n, (before, _) in zip(self.size, self.padding, strict=True)
        )

    @cached_property
    def mirror(self) -> Geometry | None:
        """The windows over the output whose sums, weighted by the flipped kernel, are the input's gradient.

        None if the stride is not 1, or if no window reaches some of the padding.
        """
        spans = [d * (k - 1) for d, k in zip(self.dilation, self.kernel, strict=True)]
        befores = [span - before for span, (before, _) in zip(spans, self.padding, strict=True)]
        pads = tuple(
            (before, n + span - before - out)
            for before, n, span, out in zip(befores, self.size, spans, self.out, strict=True)
        )
        if any(s != 1 for s in self.stride) or min(min(pad) for pad in pads) < 0:
            return None
        return Geometry(self.out, self.kernel, self.stride, pads, self.dilation)

    def windows(self, rows: slice | None = None) -> list[tuple[slice, ...]]:
        """Return, for each cell of a window, the slices of the padded axes that hold it in all windows.

        With `rows`, only these windows along the first axis count.
        """
        return list(
            product(*(self.axis_windows(axis, None if axis else rows) for axis in range(len(self.size))))
        )

    def axis_windows(self, axis: int, part: slice | None = None) -> list[slice]:
        """Return the slices of one axis that hold each cell of its windows, of all windows or of a part."""
        first, last = (part.start, part.stop - 1) if part else (0, self.out[axis] - 1)
        stride, dilation = self.stride[axis], self.dilation[axis]
        starts = range(0, dilation * self.kernel[axis], dilation)
        return [slice(at + stride * first, at + stride * last + 1, stride) for at in starts]


def make_geometry(
    op: str,
    size: tuple[int, ...],
    kernel: tuple[int, ...],
    *,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
) -> Geometry:
    """Return the geometry of `op`; an int holds for every axis.

    padding: the number of zeros on both sides of an axis, "valid" for none, or "same" for an output of the
    input's size, which needs stride 1 (an odd cell goes after the input, as in PyTorch).

    Raises
    ------
    ArgumentError
        A setting is not a valid size for each axis.
    InputError
        No window fits.
    """
    strides, pads, dilations = check_spacing(op, kernel, stride=stride, padding=padding, dilation=dilation)
    return _check_windows(op, Geometry(size, kernel, strides, pads, dilations))


def check_spacing(
    op: str,
    kernel: tuple[int, ...],
    *,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Return strides, paddings (before, after) and dilations, one for each axis of `kernel`.

    Raises
    ------
    ArgumentError
        A setting is not a valid size for each axis.
    """
    axes = len(kernel)
    strides = expand_to_axes(op, "stride", stride, axes, 1)
    dilations = expand_to_axes(op, "dilation", dilation, axes, 1)
    if padding == "same":
        if any(s != 1 for s in strides):
            raise ArgumentError(f'{op}: padding="same" needs stride 1, got stride {stride}')
        spans = [d * (k - 1) for d, k in zip(dilations, kernel, strict=True)]
        return strides, tuple((span // 2, span - span // 2) for span in spans), dilations
    if isinstance(padding, str) and padding != "valid":
        raise ArgumentError(f'{op}: padding must be a size, "same" or "valid", got {padding!r}')
    sizes = expand_to_axes(op, "padding", 0 if isinstance(padding, str) else padding, axes, 0)
    return strides, tuple((n, n) for n in sizes), dilations


def _check_windows(op: str, geometry: Geometry) -> Geometry:
    """Return `geometry` if at least one of its windows fits."""
    if min(geometry.out) < 1:
        raise InputError(
            f"{op}: not one window of kernel {geometry.kernel}, dilation {geometry.dilation} fits into "
            f"{geometry.padded_size} (the input {geometry.size}, padded); use a larger input, more "
            "padding or a smaller kernel"
        )
    return geometry


def expand_to_axes(op: str, name: str, value: int | Sequence[int], axes: int, least: int) -> tuple[int, ...]:
    """Return `value` as one int, at least `least`, for each axis."""
    sizes = tuple(value) if isinstance(value, Iterable) else (value,) * axes
    if len(sizes) != axes or any(not hasattr(n, "__index__") or n < least for n in sizes):
        raise ArgumentError(
            f"{op}: {name} must be an int of at least {least}, or {axes} of them, got {value!r}"
        )
    return tuple(map(int, sizes))  # products of NumPy's narrow integers would wrap around
