"""The kernel of batch norm: x (n, c, i) has n samples of i values, and statistics for each channel.

Sums over i are a small table (n, c). `*=` and the like write into arrays that were made here; on a Tensor
they are out of place.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from minigrad_core import Array

from ..batch_share import BatchShare
from ..kernels.constants import ones
from ..kernels.ndarrays import are_ndarrays
from ..kernels.precision import to_single


class NormalizedChannels(NamedTuple):
    """The values that backward needs.

    centered: x - mean (n, c, i); inverse: 1 / sqrt(variance + eps) (c,); weight: (c,) or 1; share: the share
    of the batch that x is, or None.
    """

    centered: Any
    inverse: Any
    weight: Any
    share: BatchShare | None


def normalize_channels(
    x: Any, weight: Any, bias: Any, eps: float, share: BatchShare | None = None
) -> tuple[Any, NormalizedChannels, Array, Array]:
    """Return x (n, c, i), normalized and scaled, the values for backward, and mean and variance (c,)."""
    x = to_single(x, weight, bias)
    count = _count_values(x, share)
    mean = sum_samples(sum_cells(x), share) / count
    centered = x - mean[:, None]
    variance = sum_samples(sum_cells(centered, centered), share) / count
    inverse = 1 / np.sqrt(variance + eps)
    weight = 1 if weight is None else weight
    y = centered * (inverse * weight)[:, None]
    if bias is not None and bias.dtype is y.dtype:
        y += bias[:, None]
    elif bias is not None:
        y = y + bias[:, None]
    return y, NormalizedChannels(centered, inverse, weight, share), mean, variance


def channel_gradients(
    grad: Any, saved: NormalizedChannels, needs: tuple[bool, ...], mean_grad: Any, variance_grad: Any
) -> tuple[Array | None, ...]:
    """Return the gradients of x, weight and bias, given those of y (n, c, i), mean and variance (c,).

    The gradient of x is inverse * (g - mean(g) - z * mean(g * z)) with z = centered * inverse and g = grad *
    weight, computed as a factor of grad, a factor of centered, and a constant for each channel.
    """
    centered, inverse, weight, _ = saved
    grad = to_single(grad)
    gb, along = sum_samples(sum_cells(grad)), sum_samples(sum_cells(grad, centered)) * inverse
    gx = None
    if needs[0]:
        sums = along, gb, mean_grad, variance_grad
        through_variance, through_mean = _statistics_gradients(sums, saved)
        gx = grad * (inverse * weight)[:, None]
        gx += centered * through_variance[:, None]
        gx += through_mean[:, None]
    return (gx, along, gb)[: len(needs)]


def sum_cells(x: Any, other: Any = None) -> Any:
    """Return the sums (n, c) of x (n, c, i), or of x * other."""
    if x.shape[2] == 1:
        return (x if other is None else x * other)[..., 0]
    if not are_ndarrays(x, other):
        return (x if other is None else x * other).sum(axis=2)
    if other is not None:
        return np.vecdot(x, other)
    return (x.reshape(-1, x.shape[2]) @ ones(x.shape[2], x.dtype)).reshape(x.shape[:2])


def sum_samples(sums: Any, share: BatchShare | None = None) -> Any:
    """Return the sums (c,) of a table (n, c) over the samples, and over all shares of the batch."""
    total = ones(len(sums), sums.dtype) @ sums if are_ndarrays(sums) else sums.sum(axis=0)
    return total if share is None else share.sum(total)


def _count_values(x: Any, share: BatchShare | None) -> int:
    """Return the number of values of a channel in the whole batch."""
    count = x.shape[0] * x.shape[2]
    return (count if share is None else share.count_in_batch(count)) or 1


def _statistics_gradients(sums: tuple[Any, ...], saved: NormalizedChannels) -> tuple[Any, Any]:
    """Return the gradient of x through the variance, a factor of `centered`, and through the mean; (c,)."""
    centered, inverse, weight, share = saved
    if share is not None:
        sums = tuple(share.sum(np.stack(sums)))
    along, gb, mean_grad, variance_grad = sums
    count = _count_values(centered, share)
    through_variance = (2 * variance_grad - inverse * inverse * along * weight) / count
    through_mean = (mean_grad - inverse * gb * weight) / count
    counted = share is None or share.counted
    return (through_variance, through_mean) if counted else (0 * through_variance, 0 * through_mean)
