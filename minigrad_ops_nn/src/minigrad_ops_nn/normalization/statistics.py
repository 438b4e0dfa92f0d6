"""The kernel of batch norm: each channel of x (n, c, i), of n samples of i values, with its own statistics.

What is summed over i is a table (n, c), and small. `*=` and the like are for arrays that were made here; on a
Tensor they are out of place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..kernels.constants import ones
from ..kernels.ndarrays import all_ndarrays
from ..kernels.precision import single

if TYPE_CHECKING:
    from minigrad_core import Array


class Normalized(NamedTuple):
    """`x - mean` (n, c, i), the inverse standard deviations (c,), and the weight (c,) or 1."""

    centered: Any
    inverse: Any
    weight: Any


def normalized(x: Any, weight: Any, bias: Any, eps: float) -> tuple[Any, Normalized, Array, Array]:
    """Return x (n, c, i), normalized and scaled, what backward needs, and mean and variance (c,)."""
    x = single(x, weight, bias)
    count = x.shape[0] * x.shape[2] or 1
    mean = pooled(table(x)) / count
    centered = x - mean[:, None]
    variance = pooled(table(centered, centered)) / count
    inverse = 1 / np.sqrt(variance + eps)
    weight = 1 if weight is None else weight
    y = centered * (inverse * weight)[:, None]
    if bias is not None and bias.dtype is y.dtype:
        y += bias[:, None]
    elif bias is not None:
        y = y + bias[:, None]
    return y, Normalized(centered, inverse, weight), mean, variance


def gradients(
    grad: Any, saved: Normalized, needs: tuple[bool, ...], mean_grad: Any, variance_grad: Any
) -> tuple[Array | None, ...]:
    """Return the gradients of x, weight and bias for those of y (n, c, i), mean and variance (c,).

    That of x is inverse * (g - mean(g) - z * mean(g * z)) with z = centered * inverse and g = grad * weight,
    gathered by what grad and centered are multiplied by.
    """
    centered, inverse, weight = saved
    grad = single(grad)
    gb, along = pooled(table(grad)), pooled(table(grad, centered)) * inverse
    gx = None
    if needs[0]:
        count = centered.size // max(inverse.size, 1) or 1
        of_centered = (2 * variance_grad - inverse * inverse * along * weight) / count
        gx = grad * (inverse * weight)[:, None]
        gx += centered * of_centered[:, None]
        gx += ((mean_grad - inverse * gb * weight) / count)[:, None]
    return (gx, along, gb)[: len(needs)]


def table(x: Any, other: Any = None) -> Any:
    """Return the sums (n, c) of x (n, c, i), or of x * other."""
    if x.shape[2] == 1:
        return (x if other is None else x * other)[..., 0]
    if not all_ndarrays(x, other):
        return (x if other is None else x * other).sum(axis=2)
    if other is not None:
        return np.vecdot(x, other)
    return (x.reshape(-1, x.shape[2]) @ ones(x.shape[2], x.dtype)).reshape(x.shape[:2])


def pooled(sums: Any) -> Any:
    """Return the table (n, c), summed over the samples."""
    return ones(len(sums), sums.dtype) @ sums if all_ndarrays(sums) else sums.sum(axis=0)
