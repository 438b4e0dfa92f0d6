"""Overlapping segments of a signal, and their sum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from minigrad_core import Array
from minigrad_ops_basic.fourier import resize

from ..primitives import LinearMap


def _split(x: Array, *, size: int, step: int) -> Any:
    return sliding_window_view(x, size, axis=-1)[..., ::step, :].copy()


def _add_up(frames: Array, *, shape: Sequence[int], size: int, step: int) -> Any:
    """Return the sum of the segments at their positions, `step` values of each at a time."""
    n = frames.shape[-2]
    blocks = -(-size // step)
    total = np.zeros((*shape[:-1], n + blocks, step), frames.dtype)
    for i in range(blocks):
        part = frames[..., i * step : (i + 1) * step]
        total[..., i : i + n, : part.shape[-1]] += part
    return resize(total.reshape(*shape[:-1], -1), shape[-1], -1)


_frames = LinearMap("split_frames", _split, _add_up)


def split_frames(x: Any, size: int, step: int) -> Any:
    """Return the segments that begin at multiples of `step`: (..., n) -> (..., segments, size)."""
    return _frames.evaluate(x, size=size, step=step)


def add_frames(frames: Any, n: int, step: int) -> Any:
    """Return the sum of segments at multiples of `step`: (..., segments, size) -> (..., n)."""
    *lines, _, size = frames.shape
    return _frames.transposed.evaluate(frames, shape=(*lines, n), size=size, step=step)
