"""What layer and group norm share: samples (n, c) of m rows of d = c / m values, each row with a mean and a
variance of its own, and a weight and a bias for each of the c values. Layer norm has one row in a sample.

With z the normalized x and g = grad * weight, the gradient of x is inverse * (g - mean(g) - z * mean(g * z)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..kernels.constants import ones
from ..kernels.ndarrays import all_ndarrays

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minigrad_core import Array

# Values of a block of samples, worked through while they are in the cache: a quarter megabyte of float32.
BLOCK = 1 << 16


class Normalized(NamedTuple):
    """What backward needs: z (n, c), the inverse standard deviations (n m, 1), weight (c,) or None, and m."""

    z: Any
    inverse: Any
    weight: Any
    rows: int


def normalized(x: Any, weight: Any, bias: Any, rows: int, eps: float) -> tuple[Any, Normalized]:
    """Return x (n, c), normalized by rows and scaled, and what backward needs."""
    n, c = x.shape
    if all_ndarrays(x, weight, bias):
        return _by_blocks(np.ascontiguousarray(x), weight, bias, rows, eps)
    each = x.reshape(n * rows, c // rows)
    centered = each - _row_means(each)
    inverse = 1 / np.sqrt(_row_means(centered * centered) + eps)
    z = (centered * inverse).reshape(n, c)
    y = z.copy() if weight is None else z * weight
    return y if bias is None else y + bias, Normalized(z, inverse, weight, rows)


def gradients(grad: Any, saved: Normalized, needs: tuple[bool, ...]) -> tuple[Array | None, Array, Array]:
    """Return the gradients of x (n, c), if it is needed, weight and bias (c,)."""
    z, inverse, weight, rows = saved
    if all_ndarrays(grad, *saved[:3]):
        return _gradients_by_blocks(np.ascontiguousarray(grad), saved, needs[0])
    g = grad if weight is None else grad * weight
    each, each_z = (a.reshape(inverse.shape[0], z.shape[1] // rows) for a in (g, z))
    gx = inverse * (each - _row_means(each) - each_z * _row_means(each * each_z))
    return gx.reshape(z.shape), (grad * z).sum(axis=0), grad.sum(axis=0)


def _row_means(x: Any) -> Any:
    return x.sum(axis=1, keepdims=True) / max(x.shape[1], 1)


def _by_blocks(x: Any, weight: Any, bias: Any, rows: int, eps: float) -> tuple[Any, Normalized]:
    """Return the same for plain arrays; products with a constant column are the quickest means."""
    n, c = x.shape
    d, share = c // rows, _share(c // rows, x.dtype)
    y = np.empty(x.shape, np.result_type(*(a for a in (x, weight, bias) if a is not None)))
    z, inverse = np.empty(x.shape, x.dtype), np.empty((n * rows, 1), x.dtype)
    for part, within in _blocks(n, c, rows):
        each_inverse = inverse[within]
        each, each_z = (a[part].reshape(len(each_inverse), d) for a in (x, z))
        np.subtract(each, (each @ share)[:, None], out=each_z)
        np.vecdot(each_z, each_z, out=each_inverse[:, 0])
        each_inverse /= max(d, 1)
        each_inverse += eps
        np.sqrt(each_inverse, out=each_inverse)
        np.divide(1, each_inverse, out=each_inverse)
        each_z *= each_inverse
        if weight is None:
            y[part] = z[part]
        else:
            np.multiply(z[part], weight, out=y[part])
        if bias is not None:
            y[part] += bias
    return y, Normalized(z, inverse, weight, rows)


def _gradients_by_blocks(grad: Any, saved: Normalized, of_x: bool) -> tuple[Array | None, Array, Array]:
    z, inverse, weight, rows = saved
    n, c = z.shape
    dtype = np.result_type(*(a for a in (grad, z, weight) if a is not None))
    d, share = c // rows, _share(c // rows, dtype)
    gx, gw, gb = np.empty(z.shape, dtype) if of_x else None, np.zeros(c, dtype), np.zeros(c, dtype)
    products = np.empty((min(n, _step(c)), c), dtype)
    for part, within in _blocks(n, c, rows):
        g, product = grad[part], products[: part.stop - part.start]
        np.multiply(g, z[part], out=product)
        one = ones(len(g), dtype)
        gw += one @ product
        gb += one @ g
        if gx is None:
            continue
        inner = gx[part]
        if weight is None:
            inner[...] = g
        else:
            np.multiply(g, weight, out=inner)
            product *= weight
        each, each_product, each_z = (
            a.reshape(within.stop - within.start, d) for a in (inner, product, z[part])
        )
        of_g, of_z = (each @ share)[:, None], (each_product @ share)[:, None]
        np.multiply(each_z, of_z, out=each_product)
        each_product += of_g
        each -= each_product
        each *= inverse[within]
    return gx, gw, gb


def _share(d: int, dtype: Any) -> Any:
    return np.full(d, 1 / max(d, 1), dtype)


def _step(c: int) -> int:
    return max(1, BLOCK // max(c, 1))


def _blocks(n: int, c: int, rows: int) -> Iterator[tuple[slice, slice]]:
    """Yield slices of the samples of each block, and of their rows."""
    for start in range(0, n, _step(c)):
        stop = min(start + _step(c), n)
        yield slice(start, stop), slice(start * rows, stop * rows)
