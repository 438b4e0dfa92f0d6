"""CPU features that kernels depend on."""

from __future__ import annotations

from functools import cache

import numpy as np


@cache
def has_avx512() -> bool:
    """Return whether the processor has AVX-512, judged by the loop of NumPy's exponential."""
    loops = np.lib.introspect.opt_func_info(func_name="^exp$", signature="float32")
    # Since 2.4 NumPy reports levels: x86-64-v4 includes AVX-512.
    return any(loop["current"] in ("AVX512_SKX", "X86_V4") for loop in loops["exp"].values())
