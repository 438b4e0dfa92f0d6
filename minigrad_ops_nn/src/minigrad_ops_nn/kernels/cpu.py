"""CPU features that the shape of a kernel depends on."""

from __future__ import annotations

from functools import cache

import numpy as np


@cache
def has_avx512() -> bool:
    """Return whether the processor has AVX-512, by what NumPy's exponential runs on."""
    found = np.lib.introspect.opt_func_info(func_name="^exp$", signature="float32")
    # Since 2.4 NumPy speaks of levels: x86-64-v4 is AVX-512.
    return any(how["current"] in ("AVX512_SKX", "X86_V4") for how in found["exp"].values())
