"""Normalizations by means and variances over axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from minigrad_core import Array

from .activations import to_floats


def batch_norm(
    x: Array, weight: Array | None = None, bias: Array | None = None, *, eps: float = 1e-5
) -> tuple[Array, Array, Array]:
    """Return x normalized over all axes but the channels, and the mean and variance of each channel."""
    axes = (0, *range(2, x.ndim))
    if not len(x):  # the mean and variance of an empty batch are 0 here, NaN in NumPy
        return x, np.zeros(x.shape[1]), np.zeros(x.shape[1])
    return _scale(_normalize(x, axes, eps), weight, bias), x.mean(axis=axes), x.var(axis=axes)


def group_norm(
    x: Array,
    weight: Array | None = None,
    bias: Array | None = None,
    *,
    num_groups: int,
    eps: float = 1e-5,
) -> Array:
    """Return x normalized over each group of channels."""
    groups = x.reshape(len(x), num_groups, -1)
    return _scale(_normalize(groups, (2,), eps).reshape(x.shape), weight, bias)


def layer_norm(
    x: Array,
    weight: Array | None = None,
    bias: Array | None = None,
    *,
    normalized_shape: int | Sequence[int],
    eps: float = 1e-5,
) -> Array:
    """Return x normalized over its last axes."""
    y = _normalize(x, _last(normalized_shape), eps)
    return y * (1 if weight is None else weight) + (0 if bias is None else bias)


def rms_norm(
    x: Array,
    weight: Array | None = None,
    *,
    normalized_shape: int | Sequence[int],
    eps: float | None = None,
) -> Array:
    """Return x divided by the root of its mean square."""
    x = to_floats(x)
    least = np.finfo(x.dtype).eps if eps is None else eps
    mean = (x * x).mean(axis=_last(normalized_shape), keepdims=True)
    return x / np.sqrt(mean + least) * (1 if weight is None else weight)


def _last(shape: int | Sequence[int]) -> tuple[int, ...]:
    return tuple(range(-len(np.atleast_1d(shape)), 0))


def _normalize(x: Array, axes: tuple[int, ...], eps: float) -> Array:
    centered = x - x.mean(axis=axes, keepdims=True)
    return centered / np.sqrt((centered * centered).mean(axis=axes, keepdims=True) + eps)


def _scale(y: Array, weight: Array | None, bias: Array | None) -> Array:
    """Return `y * weight + bias`, with a weight and a bias for each channel."""
    shape = (-1, *[1] * (y.ndim - 2))
    scaled = y if weight is None else y * weight.reshape(shape)
    return scaled if bias is None else scaled + bias.reshape(shape)
