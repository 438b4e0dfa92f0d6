"""What batch and group norm share: cells whose values have one mean and one variance in common.

x is seen as (n, g, k, i): n samples of g groups of k channels of i values. What is summed over i is a table
(n, g, k), and small. Batch norm pools the tables over the samples, axis 0, with k = 1; group norm over the
channels of a group, axis 2. `*=` and the like are for arrays that were made here; on a Tensor they are out of
place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..kernels.constants import ones
from ..kernels.ndarrays import all_ndarrays
from ..kernels.precision import single
from .sums import plus

if TYPE_CHECKING:
    from minigrad_core import Array


class Pools(NamedTuple):
    """`x - mean` (n, g, k, i), the inverse standard deviation (a table of 1 along `axis`), weight (g, k)."""

    centered: Any
    inverse: Any
    weight: Any
    axis: int


def normalized(x: Any, weight: Any, bias: Any, eps: float, axis: int) -> tuple[Any, Pools, Array, Array]:
    """Return x (n, g, k, i), normalized and scaled, what backward needs, and mean and variance."""
    x = single(x, weight, bias)
    count = x.shape[axis] * x.shape[3] or 1
    mean = pooled(table(x), axis) / count
    centered = x - mean[..., None]
    variance = pooled(table(centered, centered), axis) / count
    inverse = 1 / np.sqrt(variance + eps)
    weight = 1 if weight is None else weight.reshape(x.shape[1:3])
    y = centered * (inverse * weight)[..., None]
    if bias is not None:
        y = plus(y, bias.reshape(*x.shape[1:3], 1))
    return y, Pools(centered, inverse, weight, axis), mean, variance


def gradients(
    grad: Any, pools: Pools, needs: tuple[bool, ...], mean_grad: Any = 0.0, variance_grad: Any = 0.0
) -> tuple[Array | None, ...]:
    """Return the gradients of x, weight and bias for those of y (n, g, k, i), mean and variance.

    That of x is inverse * (g - mean(g) - z * mean(g * z)) with z = centered * inverse and g = grad * weight,
    gathered by what grad and centered are multiplied by.
    """
    centered, inverse, weight, axis = pools
    grad = single(grad)
    sums, products = table(grad), table(grad, centered)
    if axis == 0:  # at once: what follows are tables of one row then
        sums, products = pooled(sums, 0), pooled(products, 0)
    along = products * inverse
    gw, gb = along.sum(axis=0).reshape(-1), sums.sum(axis=0).reshape(-1)
    gx = None
    if needs[0]:
        count = centered.size // max(inverse.size, 1) or 1
        of_centered = (2 * variance_grad - inverse * inverse * pooled(along * weight, axis)) / count
        gx = grad * (inverse * weight)[..., None]
        gx += centered * of_centered[..., None]
        gx += ((mean_grad - inverse * pooled(sums * weight, axis)) / count)[..., None]
    return (gx, gw, gb)[: len(needs)]


def table(x: Any, other: Any = None) -> Any:
    """Return the sums (n, g, k) of x (n, g, k, i), or of x * other."""
    if x.shape[3] == 1:
        return (x if other is None else x * other)[..., 0]
    if not all_ndarrays(x, other):
        return (x if other is None else x * other).sum(axis=3)
    if other is not None:
        return np.vecdot(x, other)
    return (x.reshape(-1, x.shape[3]) @ ones(x.shape[3], x.dtype)).reshape(x.shape[:3])


def pooled(sums: Any, axis: int) -> Any:
    """Return the table (n, g, k) summed over `axis`, which stays as an axis of 1."""
    if axis or not all_ndarrays(sums):
        return sums.sum(axis=axis, keepdims=True)
    rows = sums.reshape(len(sums), sums.shape[1] * sums.shape[2])
    return (ones(len(sums), sums.dtype) @ rows).reshape(1, *sums.shape[1:])
