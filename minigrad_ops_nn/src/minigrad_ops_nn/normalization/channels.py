"""Arrays (n, c, ...) and one value for each channel."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from minigrad_core.errors import InputError

from ..raw import is_raw

if TYPE_CHECKING:
    from minigrad_core import Array


def check_channels(op: str, x: Array, *scales: Array | None) -> None:
    """Raise `InputError` unless x has channels and each scale one value for each of them."""
    if x.ndim < 2 or any(scale is not None and scale.shape != x.shape[1:2] for scale in scales):
        given = ", ".join(str(None if scale is None else scale.shape) for scale in scales)
        raise InputError(
            f"{op} expected x (n, c, ...) and weight, bias (c,) or None, got x {x.shape} and {given}"
        )


def per_channel(values: Array, ndim: int) -> Array:
    """Return values (c,) in a shape that broadcasts against (n, c, ...) of `ndim` axes."""
    return values.reshape(-1, *(1,) * (ndim - 2))


def channel_sums(x: Any, other: Any = None) -> Array:
    """Return the sums (c,) of x (n, c, ...), or of x * other, over all axes but the channels."""
    if not is_raw(x, other):
        return (x if other is None else x * other).sum(axis=(0, *range(2, x.ndim)))
    shape = (*x.shape[:2], prod(x.shape[2:]))
    x, other = x.reshape(shape), np.ones(shape[2], x.dtype) if other is None else other.reshape(shape)
    return (x @ other if other.ndim == 1 else np.einsum("nci,nci->nc", x, other)).sum(axis=0)
