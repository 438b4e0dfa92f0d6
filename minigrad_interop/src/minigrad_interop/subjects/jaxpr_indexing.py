"""JAX's gather and scatter as NumPy's fancy indexing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def gather(
    operand: Any,
    indices: Any,
    *,
    dimension_numbers: Any,
    slice_sizes: Any,
    mode: Any,
    fill_value: Any,
    **_: Any,
) -> Any:
    """Return the slices of `operand` that start at `indices`."""
    d = dimension_numbers
    window = [a for a in range(operand.ndim) if a not in (*d.collapsed_slice_dims, *d.operand_batching_dims)]
    index_arrays, inside = _index_arrays(
        operand.shape,
        indices,
        slice_sizes,
        window,
        d.start_index_map,
        dict(zip(d.operand_batching_dims, d.start_indices_batching_dims, strict=True)),
        clip="CLIP" in str(mode),
    )
    values = operand[index_arrays]
    if not inside.all():
        fill = fill_value if fill_value is not None else np.nan if operand.dtype.kind in "fc" else 0
        values = np.where(inside, values, np.asarray(fill).astype(operand.dtype))
    return np.moveaxis(values, range(indices.ndim - 1, values.ndim), d.offset_dims)


def scatter(ufunc: Any) -> Callable[..., Any]:
    """Return a scatter that assigns slices, or combines them with a ufunc."""

    def run(operand: Any, indices: Any, updates: Any, *, dimension_numbers: Any, mode: Any, **_: Any) -> Any:
        d = dimension_numbers
        window = [
            a for a in range(operand.ndim) if a not in (*d.inserted_window_dims, *d.operand_batching_dims)
        ]
        sizes = [1] * operand.ndim
        for axis, of_update in zip(window, d.update_window_dims, strict=True):
            sizes[axis] = updates.shape[of_update]
        batching = dict(zip(d.operand_batching_dims, d.scatter_indices_batching_dims, strict=True))
        to = d.scatter_dims_to_operand_dims
        index_arrays, inside = _index_arrays(
            operand.shape, indices, sizes, window, to, batching, clip="CLIP" in str(mode)
        )
        outer = [a for a in range(updates.ndim) if a not in d.update_window_dims]
        values = np.transpose(updates, (*outer, *d.update_window_dims))
        inside = np.broadcast_to(inside, values.shape)
        index = tuple(np.broadcast_to(p, values.shape)[inside] for p in index_arrays)
        out = operand.copy()
        if ufunc is None:
            out[index] = values[inside]
        else:
            ufunc.at(out, index, values[inside])
        return out

    return run


def dynamic_slice(x: Any, *starts: Any, slice_sizes: Any) -> Any:
    """Return the slice that starts at `starts`, moved inside of `x`."""
    return x[_window(x.shape, starts, slice_sizes)]


def dynamic_update_slice(x: Any, update: Any, *starts: Any) -> Any:
    """Return `x` with the slice at `starts` replaced."""
    out = x.copy()
    out[_window(x.shape, starts, update.shape)] = update
    return out


def _window(shape: Any, starts: Any, sizes: Any) -> tuple[slice, ...]:
    begin = [min(max(int(s), 0), n - size) for s, n, size in zip(starts, shape, sizes, strict=True)]
    return tuple(slice(b, b + size) for b, size in zip(begin, sizes, strict=True))


def _index_arrays(
    shape: Sequence[int],
    indices: Any,
    sizes: Sequence[int],
    window: Sequence[int],
    index_map: Sequence[int],
    batching: dict[int, int],
    *,
    clip: bool,
) -> tuple[tuple[Any, ...], Any]:
    """Return an index array of shape batch + window for each axis, and a mask of valid indices."""
    batch = indices.shape[:-1]
    ndim = len(batch) + len(window)

    def count_along(size: int, position: int) -> Any:
        return np.arange(size).reshape([-1 if k == position else 1 for k in range(ndim)])

    index_arrays: list[Any] = []
    inside: Any = np.ones((1,) * ndim, bool)
    for axis, (n, size) in enumerate(zip(shape, sizes, strict=True)):
        index: Any = np.zeros((1,) * ndim, np.int64)
        if axis in index_map:
            start = indices[..., list(index_map).index(axis)].astype(np.int64)
            start = start.reshape(batch + (1,) * len(window))
            if not clip:
                inside = inside & (start >= 0) & (start <= n - size)
            index = index + np.clip(start, 0, max(n - size, 0))
        if axis in batching:
            index = index + count_along(batch[batching[axis]], batching[axis])
        if axis in window:
            index = index + count_along(size, len(batch) + list(window).index(axis))
        index_arrays.append(index)
    whole = batch + tuple(sizes[a] for a in window)
    return tuple(np.broadcast_to(p, whole) for p in index_arrays), np.broadcast_to(inside, whole)
