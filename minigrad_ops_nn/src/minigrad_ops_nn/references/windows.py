"""Convolutions, cell by cell of the kernel, and pooling, window by window."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .activations import to_floats

Array = NDArray[Any]
PerAxis = int | Sequence[int]


def conv(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: PerAxis = 1,
    padding: PerAxis | str = 0,
    dilation: PerAxis = 1,
    groups: int = 1,
) -> Array:
    """Return the sum over cells of the kernel of `weight[:, :, cell] @ x[:, :, positions of the cell]`."""
    axes, kernel = x.ndim - 2, weight.shape[2:]
    strides, steps = _expand_to_axes(stride, axes), _expand_to_axes(dilation, axes)
    reach = [step * (size - 1) for step, size in zip(steps, kernel, strict=True)]
    if padding == "same":
        pads = [(r // 2, r - r // 2) for r in reach]
    else:
        pads = [(p, p) for p in _expand_to_axes(0 if padding == "valid" else padding, axes)]
    x = np.pad(to_floats(x), [(0, 0), (0, 0), *pads])
    out = [(n - r - 1) // s + 1 for n, r, s in zip(x.shape[2:], reach, strides, strict=True)]
    y = np.zeros((len(x), len(weight), *out), np.result_type(x, weight))
    for cell in product(*map(range, kernel)):
        first = [at * step for at, step in zip(cell, steps, strict=True)]
        windows = x[
            :, :, *(slice(f, f + s * (m - 1) + 1, s) for f, s, m in zip(first, strides, out, strict=True))
        ]
        parts = zip(np.split(windows, groups, 1), np.split(_cell_matrix(weight, cell), groups), strict=True)
        y += np.concatenate([np.einsum("nc...,oc->no...", part, w) for part, w in parts], axis=1)
    return y if bias is None else y + bias.reshape(-1, *(1,) * axes)


def conv_transpose(
    x: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    stride: PerAxis = 1,
    padding: PerAxis = 0,
    output_padding: PerAxis = 0,
    groups: int = 1,
    dilation: PerAxis = 1,
) -> Array:
    """Return the sum of copies of the kernel, each times a value of x, without `padding` at the edges."""
    axes, kernel = x.ndim - 2, weight.shape[2:]
    strides, steps, pads = (
        _expand_to_axes(stride, axes),
        _expand_to_axes(dilation, axes),
        _expand_to_axes(padding, axes),
    )
    more = _expand_to_axes(output_padding, axes)
    whole = [
        (n - 1) * s + d * (k - 1) + 1 + m
        for n, s, d, k, m in zip(x.shape[2:], strides, steps, kernel, more, strict=True)
    ]
    x = to_floats(x)
    y = np.zeros((len(x), weight.shape[1] * groups, *whole), np.result_type(x, weight))
    for cell in product(*map(range, kernel)):
        there = [
            slice(at * d, at * d + s * (n - 1) + 1, s)
            for at, d, s, n in zip(cell, steps, strides, x.shape[2:], strict=True)
        ]
        parts = zip(np.split(x, groups, 1), np.split(_cell_matrix(weight, cell), groups), strict=True)
        copies = [np.einsum("nc...,co->no...", part, w) for part, w in parts]
        y[:, :, *there] += np.concatenate(copies, axis=1)
    y = y[:, :, *(slice(p, n - p) for p, n in zip(pads, whole, strict=True))]
    return y if bias is None else y + bias.reshape(-1, *(1,) * axes)


def max_pool(x: Array, *, kernel_size: PerAxis, stride: PerAxis | None = None, padding: PerAxis = 0) -> Array:
    """Return the largest value of each window."""
    lowest = np.zeros_like(x) if x.dtype.kind == "b" else np.full_like(x, -np.inf)
    return _pool(x, lowest, _largest, kernel_size, kernel_size if stride is None else stride, padding)


def avg_pool(
    x: Array,
    *,
    kernel_size: PerAxis,
    stride: PerAxis | None = None,
    padding: PerAxis = 0,
    count_include_pad: bool = True,
) -> Array:
    """Return the mean of each window, over its cells with or without the padding."""
    stride = kernel_size if stride is None else stride
    if count_include_pad:
        return _pool(x, np.zeros_like(x), _mean, kernel_size, stride, padding)
    inside = _pool(np.ones_like(x), np.zeros_like(x), _mean, kernel_size, stride, padding)
    return _pool(x, np.zeros_like(x), _mean, kernel_size, stride, padding) / inside


def adaptive_max_pool(x: Array, *, output_size: Any) -> Array:
    """Return the largest value of each window, for windows that cover x evenly."""
    return _adaptive_pool(x, _largest, output_size)


def adaptive_avg_pool(x: Array, *, output_size: Any) -> Array:
    """Return the mean of each window, for windows that cover x evenly."""
    return _adaptive_pool(x, _mean, output_size)


def _cell_matrix(weight: Array, cell: tuple[int, ...]) -> Array:
    """Return the matrix (out, in) of a cell of the kernel."""
    index: Any = (slice(None), slice(None), *cell)
    return np.asarray(weight[index])


def _pool(
    x: Array,
    around: Array,
    reduce: Callable[[Array], Array],
    kernel_size: PerAxis,
    stride: PerAxis,
    padding: PerAxis,
) -> Array:
    """Return `reduce(window)` for each window of x, padded with the value of `around`."""
    axes = x.ndim - 2
    kernel, strides, pads = (_expand_to_axes(value, axes) for value in (kernel_size, stride, padding))
    fill = float(around.flat[0]) if around.size else 0.0
    x = np.pad(x, [(0, 0), (0, 0), *((p, p) for p in pads)], constant_values=fill)
    starts = [range(0, n - k + 1, s) for n, k, s in zip(x.shape[2:], kernel, strides, strict=True)]
    ends = [[(a, a + k) for a in at] for at, k in zip(starts, kernel, strict=True)]
    return _apply_to_windows(x, reduce, ends)


def _adaptive_pool(x: Array, reduce: Callable[[Array], Array], output_size: Any) -> Array:
    cells = x.shape[2:]
    given = output_size if isinstance(output_size, tuple | list) else [output_size] * len(cells)
    sizes = [n if m is None else m for n, m in zip(cells, given, strict=True)]
    ends = [[(i * n // m, -(-(i + 1) * n // m)) for i in range(m)] for n, m in zip(cells, sizes, strict=True)]
    return _apply_to_windows(x, reduce, ends)


def _apply_to_windows(x: Array, reduce: Callable[[Array], Array], ends: list[list[tuple[int, int]]]) -> Array:
    values = [reduce(x[:, :, *window]) for window in _windows(ends)]
    shape = (*x.shape[:2], *map(len, ends))
    return np.stack(values, axis=-1).reshape(shape) if values else np.zeros(shape, x.dtype)


def _windows(ends: list[list[tuple[int, int]]]) -> Iterator[list[slice]]:
    return ([slice(*pair) for pair in pairs] for pairs in product(*ends))


def _largest(values: Array) -> Array:
    return np.asarray(values.max(axis=tuple(range(2, values.ndim))))


def _mean(values: Array) -> Array:
    return np.asarray(values.mean(axis=tuple(range(2, values.ndim))))


def _expand_to_axes(value: PerAxis | str, axes: int) -> tuple[int, ...]:
    return (value,) * axes if isinstance(value, int) else tuple(map(int, value))
