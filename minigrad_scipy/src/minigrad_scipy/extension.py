"""Values beyond the border of an image: the modes of `scipy.ndimage`, and their transpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from minigrad_core import Array

from .primitives import LinearMap

CONSTANT_MODES = frozenset({"constant", "grid-constant"})
Pads = Sequence[tuple[int, int]]  # the numbers of values before and after each axis


def find_source(i: Array, n: int, mode: str) -> Array:
    """Return the index of the value, one of n, at each position i of the extended axis; -1 for a constant.

    Raises
    ------
    RuntimeError
        SciPy has no such mode. The error is SciPy's.
    """
    if mode in CONSTANT_MODES:
        return np.where((i >= 0) & (i < n), i, -1)
    if mode == "nearest":
        return np.clip(i, 0, n - 1)
    if mode in ("wrap", "grid-wrap"):
        return i % n
    if mode in ("reflect", "grid-mirror"):
        i = i % (2 * n)
        return np.minimum(i, 2 * n - 1 - i)
    if mode == "mirror":
        period = max(2 * n - 2, 1)
        i = i % period
        return np.minimum(i, period - i) if n > 1 else i
    raise RuntimeError("boundary mode not supported")


def _list_edges(n: int, pads: tuple[int, int], mode: str) -> Iterator[tuple[int, int]]:
    """Yield each position of the extended axis outside of its core, with the position of its source or -1."""
    before, after = pads
    if before == after == 0:
        return
    outside = np.concatenate([np.arange(-before, 0), np.arange(n, n + after)])
    sources = find_source(outside, n, mode) if n else np.full(outside.shape, -1)
    for i, source in zip(outside.tolist(), sources.tolist(), strict=True):
        yield before + i, before + source if source >= 0 else -1


def _select_core(pads: Pads, shape: Sequence[int]) -> tuple[slice, ...]:
    return tuple(slice(before, before + n) for (before, _), n in zip(pads, shape, strict=True))


def _extend(x: Any, *, pads: Pads, modes: Sequence[str]) -> Any:
    shape = [n + before + after for n, (before, after) in zip(x.shape, pads, strict=True)]
    out = np.empty(shape, x.dtype)
    core = _select_core(pads, x.shape)
    out[core] = x
    for axis, n in enumerate(x.shape):
        lines = out[(slice(None),) * (axis + 1) + core[axis + 1 :]].swapaxes(axis, 0)
        for i, source in _list_edges(n, pads[axis], modes[axis]):
            lines[i] = lines[source] if source >= 0 else 0
    return out


def _fold(x: Any, *, shape: Sequence[int], pads: Pads, modes: Sequence[str]) -> Any:
    core = _select_core(pads, shape)
    owned = False
    for axis in reversed(range(len(shape))):
        edges = [(i, j) for i, j in _list_edges(shape[axis], pads[axis], modes[axis]) if j >= 0]
        if edges and not owned:
            x, owned = x.copy(), True
        lines = x.swapaxes(axis, 0)  # np.moveaxis takes thirty times as long
        for i, source in edges:
            lines[source] += lines[i]
        x = x[(slice(None),) * axis + (core[axis],)]
    return x


_extension = LinearMap("extend", _extend, _fold)


def extend(x: Any, pads: Pads, modes: Sequence[str]) -> Any:
    """Return `x` with `pads` more values at the ends of each axis; the modes of constants add zeros."""
    return _extension.evaluate(x, pads=pads, modes=modes)


def fold(x: Any, shape: Sequence[int], pads: Pads, modes: Sequence[str]) -> Any:
    """Return the transpose of `extend`: each value beyond the border is added to its source."""
    return _extension.transposed.evaluate(x, shape=tuple(shape), pads=pads, modes=modes)


def extend_zeros(x: Any, pads: Pads) -> Any:
    """Return `x` with zeros around it."""
    return extend(x, pads, ("constant",) * len(pads))
