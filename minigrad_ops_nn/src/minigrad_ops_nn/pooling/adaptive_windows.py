"""The windows of adaptive pooling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from minigrad_core.array import Shape
from minigrad_core.errors import InputError

from ..convolution.geometry import expand_to_axes

# One size for all axes, or one for each; None keeps the size of the axis, as in PyTorch.
OutputSize: TypeAlias = "int | Sequence[int | None] | None"


def make_adaptive_windows(op: str, axes: int, shape: Shape, output_size: OutputSize) -> list[list[slice]]:
    """Return the windows along each of the last `axes` of x (n, c, ...): window i of m along an axis of n
    cells reaches from floor(i n / m) to ceil((i + 1) n / m), as in PyTorch.

    Raises
    ------
    InputError
        x has another number of axes, or an axis without cells.
    ArgumentError
        The output size is no size for each axis.
    """
    if len(shape) != axes + 2:
        raise InputError(f"{op} expected x (n, c{', l' if axes == 1 else ', h, w'}), got shape {shape}")
    cells = shape[2:]
    if 0 in cells:
        raise InputError(f"{op}: a window needs a cell, got x of shape {shape}")
    sizes = check_output_size(op, cells, output_size)
    return [
        [slice(i * n // m, -(-(i + 1) * n // m)) for i in range(m)] for n, m in zip(cells, sizes, strict=True)
    ]


def check_output_size(op: str, cells: Shape, output_size: OutputSize) -> Shape:
    """Return how many windows there are along each axis of `cells`, or raise `ArgumentError`."""
    axes = len(cells)
    wanted = output_size if isinstance(output_size, Iterable) else [output_size] * axes
    given = [cells[i % axes] if size is None else size for i, size in enumerate(wanted)]
    return expand_to_axes(op, "output_size", given, axes, 1)
