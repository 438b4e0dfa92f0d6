"""Arrays (n, c, ...) and vectors (c,) with a value for each channel."""

from __future__ import annotations

from minigrad_core import Array
from minigrad_core.errors import InputError


def check_channels(op: str, x: Array, *scales: Array | None) -> None:
    """Raise `InputError` unless x has channels, and each scale that is not None has a value for each."""
    if x.ndim < 2 or any(scale is not None and scale.shape != x.shape[1:2] for scale in scales):
        given = ", ".join(str(None if scale is None else scale.shape) for scale in scales)
        raise InputError(
            f"{op} expected x (n, c, ...) and weight, bias (c,) or None, got x {x.shape} and {given}"
        )


def per_channel(values: Array, ndim: int) -> Array:
    """Return values (c,) in a shape that broadcasts with (n, c, ...) of `ndim` axes."""
    return values.reshape(-1, *(1,) * (ndim - 2))
