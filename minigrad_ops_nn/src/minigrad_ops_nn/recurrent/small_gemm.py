"""A matrix that many small ones are multiplied by, one after the other, cut into panels of few columns.

With AVX-512 OpenBLAS reads the operands of a small product, of up to a million multiplications, where they
lie; for a larger one it packs both first, each time. 32 rows by 128 x 512 take 30 us as products with eight
panels of 64 columns, 42 as one; 32 rows by 512 x 128 take 36 with four of 32 columns, 50 as one, 79 with a
transposed 128 x 512. A panel that does not begin with a cache line takes a tenth to a third more, since each
load of 64 bytes takes two lines then. Without AVX-512 OpenBLAS packs always: there the matrix stays as it is,
since panels of it take as long as the whole (59 us both), and to make them 0.1 to 0.3 ms.
"""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels.cpu import has_avx512

SMALL = 100**3  # multiplications: OpenBLAS, kernel/x86_64/sgemm_small_kernel_permit_skylakex.c
CACHE_LINE = 64  # bytes


def arrange_operands(
    x: NDArray[Any], weight: NDArray[Any], out: NDArray[Any]
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return x (..., n, i), weight (i, k) or (gates, i, k) and out (..., n, k) as their product is fastest.

    Two or three rows are as many products with a vector, for which no kernel packs.
    """
    n = x.shape[-2]
    if n < 2:
        return x, weight, out
    if n < 4:
        return x[..., None, :], weight if weight.ndim == 2 else weight[:, None], out[..., None, :]
    if not has_avx512():
        return x, weight, out
    count = _count_panels(n, *weight.shape[-2:])
    return x, _copy_panels(weight, count), _view_panels(out, count)


def fits_small_gemm(n: int, i: int, k: int, width: int) -> bool:
    """Return whether BLAS packs nothing for products of (n, i) and (i, k) in panels of so many columns."""
    return has_avx512() and k % width == 0 and n * i * width <= SMALL


def _count_panels(n: int, i: int, k: int) -> int:
    """Return the number of panels, of 64 or 32 columns, that make products with n rows small; else 1."""
    return max(next((k // width for width in (64, 32) if fits_small_gemm(n, i, k, width)), 1), 1)


def _copy_panels(weight: NDArray[Any], count: int) -> NDArray[Any]:
    """Return weight (..., i, k) as (..., count, i, k / count), without gaps, from a cache line on."""
    cut = _view_panels(weight, count)
    size = prod(cut.shape) * cut.itemsize
    raw = np.empty(size + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    result: Any = raw[start : start + size].view(cut.dtype).reshape(cut.shape)
    result[...] = cut
    return result


def _view_panels(x: NDArray[Any], count: int) -> NDArray[Any]:
    """Return a view of x (..., n, k) as (..., count, n, k / count)."""
    *leading, n, k = x.shape
    return x.reshape(*leading, n, count, k // count).swapaxes(-2, -3)
