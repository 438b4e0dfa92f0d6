"""Products of many small matrices with one matrix, which is cut into panels of few columns.

With AVX-512 OpenBLAS multiplies small matrices, with up to a million multiplications, without a copy; for
larger ones it packs both operands first, at each product. 32 rows by 128 x 512 take 30 us as products with
eight panels of 64 columns, 42 as one; 32 rows by 512 x 128 take 36 with four panels of 32 columns, 50 as one,
79 with a transposed 128 x 512. A panel that does not begin with a cache line takes a tenth to a third more,
since each load of 64 bytes then reads two lines. Without AVX-512 OpenBLAS always packs, and the matrix stays
whole: panels take as long (59 us both), and cutting them takes 0.1 to 0.3 ms.
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
    """Return x (..., n, i), weight (i, k) or (gates, i, k) and out (..., n, k) in their fastest form.

    Two or three rows are multiplied one by one, as vectors, which no kernel packs.
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
    """Return whether BLAS packs nothing for products of (n, i) and (i, k) in panels of `width` columns."""
    return has_avx512() and k % width == 0 and n * i * width <= SMALL


def _count_panels(n: int, i: int, k: int) -> int:
    """Return the number of panels, of 64 or 32 columns, that make products with n rows small; else 1."""
    return max(next((k // width for width in (64, 32) if fits_small_gemm(n, i, k, width)), 1), 1)


def _copy_panels(weight: NDArray[Any], count: int) -> NDArray[Any]:
    """Return weight (..., i, k) as (..., count, i, k / count), contiguous, aligned to a cache line."""
    panels = _view_panels(weight, count)
    size = prod(panels.shape) * panels.itemsize
    raw = np.empty(size + CACHE_LINE, np.uint8)
    start = -raw.ctypes.data % CACHE_LINE
    result: Any = raw[start : start + size].view(panels.dtype).reshape(panels.shape)
    result[...] = panels
    return result


def _view_panels(x: NDArray[Any], count: int) -> NDArray[Any]:
    """Return a view of x (..., n, k) as (..., count, n, k / count)."""
    *leading, n, k = x.shape
    return x.reshape(*leading, n, count, k // count).swapaxes(-2, -3)
